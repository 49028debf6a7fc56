"""The test servers themselves: other tests draw conclusions from what these do."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.servers import MariaDB, Mongo, Redis, mariadb, mongo
from tests.servers.fixtures import unavailable
from tests.servers.host import free_port

ROOT = Path(__file__).parents[2]


def test_mysql_keeps_what_it_acknowledged_before_it_was_killed(restartable_mysql: MariaDB) -> None:
    with closing(mariadb.connect(restartable_mysql.uri)) as connection:
        connection.query("CREATE TABLE kept (number INT)")
        connection.query("INSERT INTO kept VALUES (1)")
        restartable_mysql.kill()
    restartable_mysql.start()
    with closing(mariadb.connect(restartable_mysql.uri)) as connection:
        assert connection.query("SELECT number FROM kept") == 1


def test_mongo_keeps_what_it_acknowledged_before_it_was_killed(restartable_mongo: Mongo) -> None:
    with mongo.connect(restartable_mongo.uri) as client:
        client.test.kept.insert_one({"number": 1})
        restartable_mongo.kill()
        restartable_mongo.start()
        assert client.test.kept.count_documents({}) == 1


def test_a_paused_server_is_silent_until_it_is_resumed(restartable_redis: Redis) -> None:
    restartable_redis.pause()
    assert restartable_redis.running
    assert not restartable_redis.answers()
    restartable_redis.resume()
    assert restartable_redis.answers()


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("required, status", [("0", 0), ("1", 1)])
def test_a_skipped_server_test_fails_the_run_where_servers_are_required(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    required: str,
    status: int,
    workers: int,
) -> None:
    monkeypatch.setenv("REQUIRE_SERVERS", required)
    pytester.makeini("[pytest]\nmarkers = mysql\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile("import pytest\n\n@pytest.mark.mysql\ndef test():\n    pytest.skip('away')")
    result = pytester.runpytest("-p", "tests.servers.reporting", f"--numprocesses={workers}")
    assert result.ret == status
    result.stdout.fnmatch_lines(["*skipped tests that need a server*", "mysql: 1 skipped; *"])


@pytest.mark.redis
def test_a_command_runs_beside_the_servers_that_nobody_named(tmp_path: Path) -> None:
    if reason := Redis.missing():
        unavailable(reason)
    named = {"TEST_MYSQL_URI": "mysql://named", "TEST_MONGO_URI": "mongodb://named"}
    told = "import os; print(*(os.environ[f'TEST_{it}_URI'] for it in ('MYSQL', 'MONGO', 'REDIS')))"
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.servers", sys.executable, "-c", told],
        cwd=ROOT,
        env={**os.environ, **named, "TEST_REDIS_URI": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    mysql, mongo, started = outcome.stdout.split()
    assert [mysql, mongo] == [*named.values()]
    assert started.startswith("redis://127.0.0.1:")
    assert not Redis(tmp_path, urlsplit(started).port).answers()


def test_no_other_process_gets_a_port_that_is_not_in_use_yet() -> None:
    told = "from tests.servers.host import *; print([is_ours(%d), is_ours(free_port())])"
    outcome = subprocess.run(
        [sys.executable, "-c", told % free_port()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert outcome.stdout == "[False, True]\n"
