"""Where a MySQL database is and who asks for it."""

import ssl
from dataclasses import dataclass, field
from typing import TypedDict


class ConnectArguments(TypedDict):
    """What PyMySQL and aiomysql both take to reach a server."""

    host: str
    port: int
    user: str
    password: str
    unix_socket: str | None
    ssl: ssl.SSLContext | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MySQLAddress:
    """How to reach one database; `ssl_ca` is the file of the authorities to trust.

    Where `unix_socket` is given, `host` and `port` are not used.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    unix_socket: str | None = None
    ssl: bool = False
    ssl_ca: str | None = None

    def __str__(self) -> str:
        return self.unix_socket or f"{self.host}:{self.port}"

    def connect_arguments(self) -> ConnectArguments:
        """Give what reaches the server.

        It has no `connect_timeout`: aiomysql hands that to `asyncio.wait_for`, which on Python
        3.11 can swallow a cancellation (https://github.com/python/cpython/issues/86296), and then
        the caller's own deadline never ends the wait.
        """
        return ConnectArguments(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            unix_socket=self.unix_socket,
            ssl=ssl.create_default_context(cafile=self.ssl_ca) if self.ssl else None,
        )
