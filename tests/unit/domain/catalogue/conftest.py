import pytest

from domain.catalogue.use_cases import Catalogue
from tests.unit.fakes import Fakes


@pytest.fixture
def catalogue(fakes: Fakes) -> Catalogue:
    return fakes.use_cases().catalogue


@pytest.fixture(autouse=True)
def _as_operator(as_operator: None) -> None:
    """Who may call is tested elsewhere."""
