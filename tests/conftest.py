"""What every folder of tests can use."""

import os
from collections.abc import Iterator

import pytest

from domain.callers import OPERATOR, acting_as

pytest_plugins = [
    "pytester",
    "tests.servers.fixtures",
    "tests.servers.reporting",
    "tests.sql_databases",
]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let workers of xdist begin with what takes longest, lest all wait for it at the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("fuzzing") is None)


@pytest.fixture(scope="session", autouse=True)
def _unmeasured_programs() -> None:
    """Let coverage measure the workers of xdist, and not the programs that tests start."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.fixture
def as_operator() -> Iterator[None]:
    """Let a test call use-cases by itself; a request is never more than who sent it."""
    with acting_as(OPERATOR):
        yield
