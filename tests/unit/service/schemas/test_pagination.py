"""Which page a query asks for."""

import pytest
from pydantic import ValidationError

from service.schemas.pagination import PageQuery


def test_a_query_may_be_empty() -> None:
    query = PageQuery.model_validate_strings({})

    assert (query.limit, query.cursor) == (None, None)


@pytest.mark.parametrize("limit", ["0", "101", "-1", "", "ten", "1e1", "0x1", "9" * 5000])
def test_a_limit_that_is_no_whole_number_in_bounds_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate_strings({"limit": limit})
