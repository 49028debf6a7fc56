"""MariaDB, or MySQL where that is what is installed."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pymysql

from tests.servers.process import Server

DATABASE = "imflask"

# The installers let root in as localhost only; run at every start, each statement on one line.
INIT_SQL = f"""\
CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
"""

# A commit is in the operating system's hands before it is acknowledged: it survives the server's
# death, though not the machine's. What only one of MySQL and MariaDB knows is "loose".
OPTIONS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--socket=server.sock",
    "--pid-file=server.pid",
    "--character-set-server=utf8mb4",
    "--skip-log-bin",
    "--performance-schema=OFF",
    "--innodb-buffer-pool-size=32M",
    "--loose-innodb-log-file-size=16M",
    "--innodb-flush-log-at-trx-commit=2",
    "--loose-mysqlx=OFF",
)


class MariaDB(Server):
    """A server with the database `imflask` and an all-powerful root without a password."""

    name = "MySQL"
    programs = ("mariadbd", "mysqld")
    remedy = "apt-get install mariadb-server"

    @property
    def uri(self) -> str:
        """The address of the database `imflask`."""
        return f"mysql://root@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def prepare(self) -> None:
        """Create the system tables. Raises ServerError."""
        super().prepare()
        (self.directory / "init.sql").write_text(INIT_SQL)
        if self._data.exists():
            return
        unfinished = self.directory / f"data.{os.getpid()}"
        self.run_to_end([*self._installer(), f"--datadir={unfinished}"])
        unfinished.rename(self._data)

    def command(self) -> list[str]:
        """Return the command line; paths of socket and process id are relative to the data."""
        return [
            self.program(),
            "--no-defaults",
            *self._user(),
            *OPTIONS,
            f"--port={self.port}",
            f"--datadir={self._data}",
            f"--init-file={self.directory / 'init.sql'}",
        ]

    def answers(self) -> bool:
        """Tell whether a client can log in."""
        try:
            connect(self.uri, timeout=1).close()
        except pymysql.Error:
            return False
        return True

    def _installer(self) -> list[str]:
        if Path(self.program()).name == "mysqld":
            return [self.program(), "--no-defaults", "--initialize-insecure", *self._user()]
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        return ["mariadb-install-db", "--no-defaults", *options, *self._user()]

    @staticmethod
    def _user() -> list[str]:
        # Both refuse to run as root unless told to.
        return ["--user=root"] if os.geteuid() == 0 else []


def connect(uri: str, timeout: int = 10, **options: Any) -> "pymysql.connections.Connection[Any]":  # noqa: ANN401
    """Connect to `mysql://user:password@host:port/database`; each wait is `timeout` s at most."""
    parts = urlsplit(uri)
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        database=parts.path.strip("/") or None,
        connect_timeout=timeout,
        read_timeout=timeout,
        autocommit=True,
        **options,
    )
