"""What integration tests share."""

import pytest


@pytest.fixture(autouse=True)
def _as_operator(as_operator: None) -> None:
    """Tests may call use-cases by themselves."""
