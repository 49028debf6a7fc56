"""The commands on the schema's revisions."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from adapters.sql.migrations.revisions import VERSIONS, next_revision

if TYPE_CHECKING:
    from sqlalchemy import URL

    from adapters.sql.migrations.session import Session


class Migrations:
    """Moves the schema of one database along its revisions, and tells what it does.

    `url` is SQLAlchemy's, for `mysql+pymysql` or `sqlite`, and `connect_args` are further
    arguments of the driver's `connect`. `lock` keeps others out while a SQLite file's schema
    changes, None where the caller does; MySQL needs none. What is told goes to `output`, else to
    the standard output.

    A revision is a number of four digits, a symbol (`head`, `base`) or a number of steps (`+1`,
    `-2`). Each method raises InvalidValue for one that can't be had. Those that ask the database
    raise StoreUnavailable and StoreNotReady.
    """

    def __init__(
        self,
        url: "str | URL",
        lock: Callable[[], AbstractContextManager[None]] | None,
        *,
        connect_args: Mapping[str, object] | None = None,
        output: TextIO | None = None,
        versions: Path = VERSIONS,
    ) -> None:
        self._url = url
        self._lock = lock
        self._connect_args = connect_args or {}
        self._output = output or sys.stdout
        self._versions = versions

    def upgrade(self, revision: str = "head") -> None:
        """Apply the migrations up to `revision`, each in a transaction of its own."""
        with self._changing() as alembic:
            alembic.command.upgrade(alembic.config, revision)

    def downgrade(self, revision: str) -> None:
        """Revert the migrations down to `revision`, each in a transaction of its own."""
        with self._changing() as alembic:
            alembic.command.downgrade(alembic.config, revision)

    def stamp(self, revision: str) -> None:
        """Mark the schema as being at `revision`, and run nothing."""
        with self._changing() as alembic:
            alembic.command.stamp(alembic.config, revision)

    def current(self) -> None:
        """Tell the revision of the schema."""
        with StringIO() as told, self._reading(told) as alembic:
            alembic.command.current(alembic.config)
            self._tell(told.getvalue().strip() or "No migration was applied yet.")

    def history(self) -> None:
        """Tell all revisions, the latest first."""
        with self._reading(self._output) as alembic:
            alembic.command.history(alembic.config)

    def heads(self) -> None:
        """Tell the latest revision; where there are several, `merge` makes them one."""
        with self._reading(self._output) as alembic:
            alembic.command.heads(alembic.config)

    def show(self, revision: str) -> None:
        """Tell what is to say of one revision, `current` for the schema's own."""
        with self._reading(self._output) as alembic:
            alembic.command.show(alembic.config, revision)

    def revision(self, message: str) -> None:
        """Write the file of a new migration, which takes the next number."""
        with self._writing() as alembic:
            number = next_revision(self._versions)
            written = alembic.command.revision(alembic.config, message, rev_id=number)
            self._tell(f"Wrote {written.path}.")

    def merge(self, revisions: Sequence[str], message: str) -> None:
        """Write the file of a migration that follows several, and takes the next number."""
        with self._writing() as alembic:
            number = next_revision(self._versions)
            written = alembic.command.merge(alembic.config, revisions, message, rev_id=number)
            self._tell(f"Wrote {written.path}.")

    # Alembic and SQLAlchemy take 0.25 s to import, which a server on a current schema need not
    # spend; so only what uses them imports them.

    @contextmanager
    def _changing(self) -> Iterator["Session"]:
        from adapters.sql.migrations import connections, session  # noqa: PLC0415

        connect = partial(connections.changing, self._url, self._connect_args, self._lock)
        with session.changing(connect, self._versions, self._output) as alembic:
            yield alembic

    @contextmanager
    def _reading(self, output: TextIO) -> Iterator["Session"]:
        from adapters.sql.migrations import connections, session  # noqa: PLC0415

        connect = partial(connections.reading, self._url, self._connect_args)
        with session.reading(connect, self._versions, output) as alembic:
            yield alembic

    @contextmanager
    def _writing(self) -> Iterator["Session"]:
        from adapters.sql.migrations import session  # noqa: PLC0415

        with session.writing(self._versions, self._output) as alembic:
            yield alembic

    def _tell(self, line: str) -> None:
        print(line, file=self._output)
