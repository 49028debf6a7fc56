import pytest

from tests.unit.domain.authentication.people import People
from tests.unit.fakes import Fakes


@pytest.fixture
def people(fakes: Fakes) -> People:
    return People(fakes)
