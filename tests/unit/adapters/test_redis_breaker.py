"""When the breaker lets calls through, and what it logs."""

import logging
from collections.abc import Iterator

import pytest

from adapters.redis.breaker import Breaker
from domain.errors import StoreUnavailable

REST_SECONDS = 1.0


class Server:
    """A server behind a breaker, which counts the calls that reach it."""

    def __init__(self) -> None:
        self.away = False
        self.reached = 0
        self.seconds = 0.0
        self.breaker = Breaker(REST_SECONDS, lambda: self.seconds)

    def call(self) -> bool:
        """Call it and tell whether it answered."""
        try:
            with self.breaker.call():
                self._answer()
        except StoreUnavailable:
            return False
        return True

    def _answer(self) -> None:
        self.reached += 1
        if self.away:
            raise StoreUnavailable("Redis", "connection refused")


@pytest.fixture
def server(caplog: pytest.LogCaptureFixture) -> Iterator[Server]:
    with caplog.at_level(logging.INFO, "adapters.redis"):
        yield Server()


def test_all_calls_pass_while_the_server_answers(server: Server) -> None:
    assert all(server.call() for _ in range(5))


def test_after_a_failure_calls_rest(server: Server) -> None:
    server.away = True

    assert not any(server.call() for _ in range(5))
    assert server.reached == 1


def test_one_call_in_each_rest_tries_again(server: Server) -> None:
    server.away = True
    for _ in range(3):
        server.call()
        server.call()
        server.seconds += REST_SECONDS

    assert server.reached == 3


def test_a_success_lets_all_through_again(server: Server) -> None:
    server.away = True
    server.call()
    server.away = False
    server.seconds += REST_SECONDS

    assert all(server.call() for _ in range(5))


def test_other_calls_rest_while_one_tries(server: Server) -> None:
    server.away = True
    server.call()
    server.away = False
    server.seconds += REST_SECONDS

    with server.breaker.call():
        assert not server.call()
    assert server.call()


def test_a_call_from_before_the_failure_does_not_end_the_rest(server: Server) -> None:
    with server.breaker.call():
        server.away = True
        server.call()
        server.away = False

    assert not server.call()


def test_the_log_tells_once_that_the_server_went_and_came(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.away = True
    for _ in range(20):
        server.call()
        server.seconds += REST_SECONDS / 2
    server.away = False
    server.seconds += REST_SECONDS
    server.call()
    server.call()

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Redis is away, and bypassed where it can be: connection refused"),
        ("INFO", "Redis is back."),
    ]
