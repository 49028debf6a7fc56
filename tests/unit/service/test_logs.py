"""What the server writes to its log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from domain.timing import Stopwatch
from service.hooks.current import CurrentRequest, current_request
from service.hooks.tracing import Trace
from service.logs import configure_logging


class Program:
    """A program that configures its log; `written` is what that wrote to the standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.written = ""

    @contextmanager
    def logging_at(self, level: str) -> Iterator[None]:
        """Run a block with a log of its own: pytest has handlers, which would be in the way."""
        root, alembic = logging.getLogger(), logging.getLogger("alembic")
        kept = root.handlers[:], root.level, alembic.level
        root.handlers[:] = []
        try:
            configure_logging(level)
            yield
        finally:
            root.handlers[:] = kept[0]
            root.setLevel(kept[1])
            alembic.setLevel(kept[2])
        output = self._capsys.readouterr()
        assert output.out == ""
        self.written = output.err


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(capsys)


def test_records_go_to_the_standard_error_a_line_each(program: Program) -> None:
    with program.logging_at("INFO"):
        logging.getLogger("service.relay_worker").warning("Events wait: %s", "MongoDB is away")

    assert program.written == "WARNING service.relay_worker: Events wait: MongoDB is away\n"


@pytest.mark.parametrize("level,count", [("DEBUG", 3), ("INFO", 2), ("WARNING", 1), ("ERROR", 0)])
def test_records_below_the_level_are_left_out(program: Program, level: str, count: int) -> None:
    with program.logging_at(level):
        logging.getLogger("domain").debug("x")
        logging.getLogger("domain").info("x")
        logging.getLogger("domain").warning("x")

    assert len(program.written.splitlines()) == count


def test_what_hypercorn_writes_by_itself_is_not_written_twice(program: Program) -> None:
    with program.logging_at("INFO"):
        logging.getLogger("hypercorn.error").info("Running on http://127.0.0.1:8000")
        logging.getLogger("hypercorn.access").info("GET /")
        logging.getLogger("hypercorns").info("something else")

    assert program.written == "INFO hypercorns: something else\n"


def test_only_what_goes_wrong_in_a_migration_is_written(program: Program) -> None:
    with program.logging_at("DEBUG"):
        logging.getLogger("alembic.runtime.migration").info("Context impl SQLiteImpl.")
        logging.getLogger("alembic.runtime.migration").warning("wrong")

    assert program.written == "WARNING alembic.runtime.migration: wrong\n"


def test_the_line_of_a_request_has_its_id_and_its_trace(program: Program) -> None:
    trace = Trace("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", sampled=True, state="")
    with program.logging_at("INFO"):
        for request in (
            CurrentRequest("GET", "7", None, Stopwatch()),
            CurrentRequest("GET", "8", trace, Stopwatch()),
        ):
            token = current_request.set(request)
            logging.getLogger("domain").info("x")
            current_request.reset(token)

    assert program.written == (
        "INFO domain [7]: x\nINFO domain [8 trace 4bf92f3577b34da6a3ce929d0e0e4736]: x\n"
    )
