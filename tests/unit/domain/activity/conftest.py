import pytest


@pytest.fixture(autouse=True)
def _as_operator(as_operator: None) -> None:
    """Who may call is tested elsewhere."""
