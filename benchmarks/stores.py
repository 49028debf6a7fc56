"""The stores behind some of the work, from the programs that the tests use."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from benchmarks.apps.rows import CREATE_ROWS
from tests.servers import MariaDB, Redis
from tests.servers.mariadb import connect


@contextmanager
def start_mysql(directory: Path) -> Iterator[str]:
    """Run MySQL or MariaDB with the rows; give its address. Raises ServerError."""
    with MariaDB(directory) as server:
        with closing(connect(server.uri)) as connection, connection.cursor() as cursor:
            for statement in CREATE_ROWS:
                cursor.execute(statement)
        yield server.uri


@contextmanager
def start_redis(directory: Path) -> Iterator[str]:
    """Run Redis; give its address. Raises ServerError."""
    with Redis(directory) as server:
        yield server.uri
