"""Throw-away servers for the tests: MySQL or MariaDB, MongoDB, Redis, each from its own program.

`python -m tests.servers` runs them for a developer; `fixtures` gives them to tests.
"""

from tests.servers.mariadb import MariaDB
from tests.servers.mongo import Mongo
from tests.servers.process import Server, ServerError
from tests.servers.redis import Redis

__all__ = ["MariaDB", "Mongo", "Redis", "Server", "ServerError"]
