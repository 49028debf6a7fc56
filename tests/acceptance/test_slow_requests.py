"""The log line of a slow request: whose it is, and in which stores its time went."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from tests.acceptance.clients import client_of, created
from tests.acceptance.deployments import Settings
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn

# Seconds: every request is slow.
NOTHING = {"FLASK_SLOW_REQUEST": "0.000001"}
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def line_of(server: Hypercorn, path: str) -> str:
    """Ask for a path and give the line that the log then has."""
    request_id = uuid4().hex
    headers = {"X-Request-ID": request_id, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    with client_of(server) as client:
        assert client.get(path, headers=headers).headers["x-request-id"] == request_id
    until(lambda: request_id in server.output(), "the line of the request")
    (line,) = (line for line in server.output().splitlines() if request_id in line)
    start = f"WARNING service.hooks.timer [{request_id} trace {TRACE}]: Slow request: "
    assert line.startswith(start)
    return line.removeprefix(start)


def check(line: str, route: str, *stores: str) -> None:
    """Check what is told, whatever the times are and whichever store took longest."""
    seconds = r"\d+\.\d{3} s"
    assert re.fullmatch(
        rf"GET {re.escape(route)}, 200 after {seconds}: {seconds} in stores \(.*\), "
        rf"{seconds} elsewhere",
        line,
    )
    assert set(re.findall(rf"(\w+) {seconds}[,)]", line.partition("(")[2])) == set(stores)


def test_embedded(tmp_path: Path) -> None:
    settings = {"FLASK_SQLITE_PATH": str(tmp_path / "embedded.sqlite3"), **NOTHING}
    with Hypercorn(tmp_path, settings) as server:
        check(line_of(server, "/v1/activity?limit=1"), "/v1/activity", "SQLite")
        check(line_of(server, "/v1/authors?limit=1"), "/v1/authors", "SQLite")


@pytest.mark.mysql
@pytest.mark.mongodb
@pytest.mark.redis
def test_on_servers(tmp_path: Path, settings_on_servers: Settings) -> None:
    with Hypercorn(tmp_path, {**settings_on_servers, **NOTHING}, *PRODUCTION) as server:
        with client_of(server) as client:
            author = created(client)["id"]
        route = "/v1/authors/<uuid:author_id>"
        check(line_of(server, f"/v1/authors/{author}"), route, "MySQL", "Redis")
        check(line_of(server, "/v1/activity?limit=1"), "/v1/activity", "MongoDB")
