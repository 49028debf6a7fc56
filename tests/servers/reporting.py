"""Pytest hooks: which tests need a server, and what the run says of those that had none."""

import signal
from collections import Counter

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


def pytest_configure() -> None:
    """Let a SIGTERM end the run like a Ctrl-C, so that the servers of the tests are stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test whose fixtures need a server, so that `-m` and the count are right."""
    for item in items:
        for fixture in FIXTURES.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(FIXTURES[fixture])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the run fail for a skipped test of a server where servers are required."""
    if servers_required() and skipped_tests(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many tests each missing server cost, and how to have it."""
    skipped = skipped_tests(config)
    if not skipped:
        return
    verdict = ": a failure, for REQUIRE_SERVERS is 1" if servers_required() else ""
    terminalreporter.section(f"skipped tests that need a server{verdict}")
    for mark, count in sorted(skipped.items()):
        reason = KINDS[mark].missing() or "its program is installed: see the reasons above"
        terminalreporter.line(f"{mark}: {count} skipped; {reason}")


def skipped_tests(config: pytest.Config) -> Counter[str]:
    """Count the skipped tests of each mark; a worker of xdist, which reports none, has none."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter(
        mark
        for report in reports
        if isinstance(report, pytest.TestReport)
        for mark in KINDS.keys() & report.keywords.keys()
    )
