"""How the server starts, what it tells its operator when it can't, and how it ends."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain.permissions import Role
from service import wiring
from service.settings import load_settings
from tests.acceptance.administrators import authorization
from tests.acceptance.clients import client_of, created, items
from tests.acceptance.deployments import (
    EMBEDDED,
    ON_SERVERS,
    TWO_WORKERS,
    Deployment,
    Settings,
    initialise,
    own_databases,
)
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, ROOT, Hypercorn
from tests.servers.host import free_port, is_free


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    return {"FLASK_SQLITE_PATH": str(tmp_path / "embedded.sqlite3")}


@pytest.fixture
def empty_stores(mysql_uri: str, mongo_uri: str, redis_uri: str) -> Iterator[Settings]:
    with own_databases(mysql_uri, mongo_uri, redis_uri) as settings:
        yield settings


def refusal(folder: Path, settings: Settings) -> str:
    """Give all that a start writes which must fail."""
    server = Hypercorn(folder, settings, *PRODUCTION)
    server.spawn()
    try:
        status = server.wait()
    finally:
        server.kill()
    assert status == 1, server.output()
    return server.output()


@pytest.mark.parametrize(
    "wrong, line",
    [
        (
            {"FLASK_MYSQL_POOL_SIZE": "many"},
            "FLASK_MYSQL_POOL_SIZE is 'many'; expected 1 to 200 connections",
        ),
        (
            {"FLASK_MYSQL_URL": "mysql://somebody:secret@localhost/imflask"},
            "FLASK_MYSQL_URL is not a setting; did you mean FLASK_MYSQL_URI?",
        ),
    ],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, embedded: Settings, wrong: Settings, line: str
) -> None:
    said = refusal(tmp_path, {**embedded, **wrong})
    assert said == f"The settings are wrong:\n  {line}\n"


@pytest.mark.parametrize(
    "variable, scheme, store",
    [
        ("FLASK_MYSQL_URI", "mysql", "MySQL"),
        ("FLASK_MONGO_URI", "mongodb", "MongoDB"),
        ("FLASK_REDIS_URI", "redis", "Redis"),
    ],
)
def test_a_store_that_is_away_is_named(
    tmp_path: Path, settings_on_servers: Settings, variable: str, scheme: str, store: str
) -> None:
    address = f"127.0.0.1:{free_port()}"
    away = {variable: f"{scheme}://nobody:hush-hush@{address}/0", "FLASK_STORE_TIMEOUT": "1"}
    said = refusal(tmp_path, {**settings_on_servers, **away})
    assert said.startswith(f"{store} is unavailable: ")
    assert address in said
    assert said.endswith(f" Start it, or correct {variable}.\n")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "variable, store",
    [
        ("FLASK_MYSQL_URI", "MySQL"),
        ("FLASK_MONGO_URI", "MongoDB"),
        ("FLASK_REDIS_URI", "Redis"),
    ],
)
def test_a_wrong_password_is_told_and_not_shown(
    tmp_path: Path, settings_on_servers: Settings, variable: str, store: str
) -> None:
    parts = urlsplit(settings_on_servers[variable])
    stranger = parts._replace(netloc=f"nobody:hush-hush@{parts.hostname}:{parts.port}").geturl()
    said = refusal(tmp_path, {**settings_on_servers, variable: stranger})
    assert said.startswith(f"{store} is not ready: ")
    assert said.endswith(f" Check the user and the password in {variable}.\n")
    assert len(said.splitlines()) == 1
    assert "hush-hush" not in said


def leave_empty(settings: Settings) -> None:
    """Make no table and no index."""


def make_tables_only(settings: Settings) -> None:
    wiring.migrations(load_settings(settings, None)).upgrade()


def make_an_old_schema(settings: Settings) -> None:
    initialise(settings)
    wiring.migrations(load_settings(settings, None)).downgrade("0002")


@pytest.mark.parametrize(
    "prepare, start, command",
    [
        (leave_empty, "MySQL is not ready: it has no schema yet.", "db-init"),
        (make_tables_only, "MongoDB is not ready: the collection activity has no", "db-init"),
        (make_an_old_schema, "MySQL is not ready: its schema is at revision 0002", "db upgrade"),
    ],
)
def test_a_store_that_is_not_ready_names_the_command_that_makes_it_so(
    tmp_path: Path,
    empty_stores: Settings,
    prepare: Callable[[Settings], None],
    start: str,
    command: str,
) -> None:
    prepare(empty_stores)
    said = refusal(tmp_path, empty_stores)
    assert said.startswith(start)
    assert said.endswith(f" Run `flask {command}`.\n")
    assert len(said.splitlines()) == 1

    server = Hypercorn(tmp_path, empty_stores, *PRODUCTION)
    subprocess.run(
        [sys.executable, "-m", "flask", *command.split()],
        cwd=ROOT,
        env=server.environment,
        check=True,
        capture_output=True,
        timeout=30,
    )
    with server, client_of(server) as client:
        assert items(client, "/v1/authors") == items(client, "/v1/activity") == []


def test_a_second_process_on_one_file_is_refused(tmp_path: Path, embedded: Settings) -> None:
    with Hypercorn(tmp_path, embedded):
        said = refusal(tmp_path, embedded)
    path = embedded["FLASK_SQLITE_PATH"]
    assert said.startswith(f"SQLite is not ready: {path} is in use by another process (pid ")
    assert said.endswith("Stop that process; to serve by several, set FLASK_MYSQL_URI.\n")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("kind", ["folder", "text", "below a file"])
def test_a_path_that_can_be_no_database_is_refused(tmp_path: Path, kind: str) -> None:
    text = tmp_path / "text"
    text.write_text("This is no database. " * 100)
    path = {"folder": tmp_path, "text": text, "below a file": text / "embedded.sqlite3"}[kind]
    said = refusal(tmp_path, {"FLASK_SQLITE_PATH": str(path)})
    assert said.startswith("SQLite is ")
    assert "FLASK_SQLITE_PATH" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("deployment", [EMBEDDED, ON_SERVERS, TWO_WORKERS], indirect=True)
def test_sigterm_ends_it_cleanly(deployment: Deployment) -> None:
    (server,) = deployment.servers
    created(deployment.client)
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.sendall(b"GET /v1/authors HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert server.stop() == 0
    assert server.output().splitlines()[-1].endswith("(CTRL + C to quit)")
    assert "Traceback" not in server.output()


def test_a_request_in_flight_at_sigterm_is_answered(tmp_path: Path, embedded: Settings) -> None:
    body = b'{"name":"Ann"}'
    editor = authorization(embedded, Role.EDITOR)["Authorization"].encode()
    head = (
        b"POST /v1/authors HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"authorization: %b\r\ncontent-length: %d\r\nexpect: 100-continue\r\n\r\n"
        % (editor, len(body))
    )
    with Hypercorn(tmp_path, embedded, *PRODUCTION) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(head)
            assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
            server.terminate()
            until(lambda: is_free(server.port), "it listens no more")
            client.sendall(body)
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 201 ")
        assert server.wait() == 0
        assert "Traceback" not in server.output()

        server.start()
        with client_of(server) as later:
            assert [author["name"] for author in items(later, "/v1/authors")] == ["Ann"]
