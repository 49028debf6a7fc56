"""Alembic, set up in code for one command."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TextIO, cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script
from sqlalchemy import Connection

from adapters.sql.migrations.errors import translated_errors

FOLDER = Path(__file__).parent

Connect = Callable[[], AbstractContextManager[Connection]]


class Session(NamedTuple):
    """Alembic's commands, and the configuration that each of them takes."""

    command: ModuleType
    config: Config


@contextmanager
def reading(connect: Connect, versions: Path, output: TextIO) -> Iterator[Session]:
    """Set up for a command that leaves the database as it is."""
    with translated_errors():
        yield Session(command, _config(versions, output, connect=connect, on_version_apply=()))


@contextmanager
def changing(connect: Connect, versions: Path, output: TextIO) -> Iterator[Session]:
    """Set up for a command that changes the database, and tell each step."""
    told: list[str] = []

    # Alembic gives more than is used here, all by keyword.
    def tell(*, step: MigrationInfo, **_: Any) -> None:  # noqa: ANN401
        told.append(_line(step))
        print(told[-1], file=output, flush=True)

    with translated_errors():
        yield Session(command, _config(versions, output, connect=connect, on_version_apply=(tell,)))
    if not told:
        print("Nothing to do.", file=output)


@contextmanager
def writing(versions: Path, output: TextIO) -> Iterator[Session]:
    """Set up for a command that writes a file and tells nothing itself."""
    with translated_errors():
        config = _config(versions, output)
        config.cmd_opts = Namespace(quiet=True)
        yield Session(command, config)


def _config(versions: Path, output: TextIO, **attributes: object) -> Config:
    config = Config(stdout=output, attributes=attributes)
    options = {
        "script_location": FOLDER,
        "version_locations": versions,
        "path_separator": "newline",
    }
    for name, value in options.items():
        config.set_main_option(name, str(value).replace("%", "%%"))
    return config


def _line(step: MigrationInfo) -> str:
    if step.is_stamp:
        return f"Marked as {', '.join(step.destination_revision_ids) or 'empty'}; nothing was run."
    verb = "Applied" if step.is_upgrade else "Reverted"
    # A step that is no stamp has one script, though Alembic's types allow for none.
    return f"{verb} {step.up_revision_id}: {cast('Script', step.up_revision).doc}"
