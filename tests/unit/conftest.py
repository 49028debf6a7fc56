"""What the unit tests of all layers can use."""

import pytest

from tests.unit.fakes import Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()
