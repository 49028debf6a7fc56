"""Pytest hooks: which tests need a server, and what the run says of those that had none."""

import signal
from collections import Counter
from collections.abc import Generator

import pytest

from tests.servers import MariaDB, Mongo, Redis, Server
from tests.servers.fixtures import servers_required

KINDS: dict[str, type[Server]] = {"mysql": MariaDB, "mongodb": Mongo, "redis": Redis}
FIXTURES = {
    "mysql_uri": "mysql",
    "mongo_uri": "mongodb",
    "redis_uri": "redis",
    "restartable_mysql": "mysql",
    "restartable_mongo": "mongodb",
    "restartable_redis": "redis",
}
SKIPPED = pytest.StashKey[Counter[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count the skipped tests of each mark."""
    # Like a Ctrl-C, so that the servers of the tests are stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config.stash[SKIPPED] = Counter()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test whose fixtures need a server, so that `-m` and the count are right."""
    for item in items:
        for fixture in FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(FIXTURES[fixture])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count a skipped test once for each server that it is marked to need."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        marks = {mark.name for mark in item.iter_markers()}
        item.config.stash[SKIPPED].update(KINDS.keys() & marks)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the run fail for a skipped test of a server where servers are required."""
    if servers_required() and session.config.stash[SKIPPED] and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests each missing server cost, and how to have it."""
    skipped = config.stash[SKIPPED]
    if not skipped:
        return
    verdict = ": a failure, for REQUIRE_SERVERS is 1" if servers_required() else ""
    terminalreporter.section(f"skipped tests that need a server{verdict}")
    for mark, count in sorted(skipped.items()):
        reason = KINDS[mark].missing() or "its program is installed: see the reasons above"
        terminalreporter.line(f"{mark}: {count} skipped; {reason}")
