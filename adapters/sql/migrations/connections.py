"""Connections for migrations: one per command, alone with the schema while it changes it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from domain.errors import StoreUnavailable

LOCK_NAME = "imflask.migrations"
LOCK_TIMEOUT = 60

Lock = Callable[[], AbstractContextManager[None]]


@contextmanager
def reading(url: str | URL, connect_args: Mapping[str, object]) -> Iterator[Connection]:
    """Connect to look at the schema; waits for nobody who changes it."""
    with _engine(url, connect_args, "BEGIN").connect() as connection:
        yield connection


@contextmanager
def changing(
    url: str | URL, connect_args: Mapping[str, object], lock: Lock | None
) -> Iterator[Connection]:
    """Connect to change the schema, when everybody else who does has finished.

    MySQL keeps a lock for that by itself; for SQLite it is `lock`, or the caller holds one.
    """
    engine = _engine(url, connect_args, "BEGIN IMMEDIATE")
    with lock() if lock else nullcontext(), engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            _lock_mysql(connection)
        yield connection


def _engine(url: str | URL, connect_args: Mapping[str, object], begin: str) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args=dict(connect_args))
    if engine.dialect.name != "sqlite":
        return engine
    # The driver begins no transaction before DDL, so SQLAlchemy has to. See "Enabling Non-Legacy
    # SQLite Transactional Modes" in https://docs.sqlalchemy.org/en/21/dialects/sqlite.html.
    event.listen(engine, "connect", lambda driver, _: setattr(driver, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _lock_mysql(connection: Connection) -> None:
    """Take a lock that belongs to this connection and this database, and ends with the first.

    Names of locks are the whole server's and have at most 64 characters.
    """
    taken = connection.exec_driver_sql(
        "SELECT GET_LOCK(LEFT(CONCAT(%(name)s, '/', DATABASE()), 64), %(timeout)s)",
        {"name": LOCK_NAME, "timeout": LOCK_TIMEOUT},
    ).scalar()
    # Alembic would take a transaction that is open already for the caller's, and not commit it.
    connection.rollback()
    if taken != 1:
        reason = f"another process has been migrating for more than {LOCK_TIMEOUT} s"
        raise StoreUnavailable("MySQL", reason, retry_after=LOCK_TIMEOUT)
