"""The rules of authors."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from domain.catalogue.entities import BIOGRAPHY_MAX_LENGTH, NAME_MAX_LENGTH, Author
from domain.errors import InvalidValue

NOW = datetime(2026, 1, 1, tzinfo=UTC)
AUTHOR = Author(
    id=UUID(int=1),
    name="Han Kang",
    biography=None,
    born_on=None,
    died_on=None,
    version=1,
    created_at=NOW,
    updated_at=NOW,
)


@pytest.mark.parametrize(
    "details",
    [
        {"name": "x"},
        {"name": "x" * NAME_MAX_LENGTH},
        {"name": "🙂" * NAME_MAX_LENGTH},
        {"biography": ""},
        {"biography": "x" * BIOGRAPHY_MAX_LENGTH},
        {"born_on": date(1970, 11, 27)},
        {"died_on": date(1970, 11, 27)},
        {"born_on": date(1970, 11, 27), "died_on": date(1970, 11, 27)},
        {"born_on": date.min, "died_on": date.max},
    ],
)
def test_details_up_to_their_bounds_make_an_author(details: dict[str, object]) -> None:
    assert replace(AUTHOR, **details) is not AUTHOR


@pytest.mark.parametrize(
    "details,field,reason",
    [
        ({"name": ""}, "name", "must not be blank"),
        ({"name": " \t\n\u3000\u00a0"}, "name", "must not be blank"),
        ({"name": "x" * (NAME_MAX_LENGTH + 1)}, "name", "must have at most 200 characters"),
        (
            {"biography": "x" * (BIOGRAPHY_MAX_LENGTH + 1)},
            "biography",
            "must have at most 10000 characters",
        ),
        (
            {"born_on": date(1970, 11, 27), "died_on": date(1970, 11, 26)},
            "died_on",
            "must not be before the date of birth",
        ),
    ],
)
def test_details_that_break_a_rule_are_named(
    details: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(InvalidValue) as caught:
        replace(AUTHOR, **details)

    assert (caught.value.field, caught.value.reason) == (field, reason)
