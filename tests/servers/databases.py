"""Databases of a test's own on a server that may also hold somebody's data."""

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

import redis

from tests.servers import mariadb, mongo


class MongoDatabase(NamedTuple):
    """A database of MongoDB: the address of its server, and its name there."""

    uri: str
    name: str


def random_name() -> str:
    """Return a name that nobody else uses, valid in MySQL and MongoDB."""
    return f"imflask_test_{secrets.token_hex(6)}"


@contextmanager
def own_mysql_database(uri: str) -> Iterator[str]:
    """Create an empty database on the server of this URI, give its own URI, drop it at the end."""
    name = random_name()
    with closing(mariadb.connect(uri)) as connection:
        connection.query(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    try:
        yield urlsplit(uri)._replace(path=f"/{name}").geturl()
    finally:
        # A transaction that a test left open must not hold up the drop for long.
        with closing(mariadb.connect(uri, init_command="SET lock_wait_timeout = 5")) as connection:
            connection.query(f"DROP DATABASE {name}")


@contextmanager
def own_mongo_database(uri: str) -> Iterator[MongoDatabase]:
    """Give a database name that is free on the server of this URI; drop the database at the end."""
    database = MongoDatabase(uri, random_name())
    try:
        yield database
    finally:
        with mongo.connect(uri) as client:
            client.drop_database(database.name)


@contextmanager
def own_redis_prefix(uri: str) -> Iterator[str]:
    """Give a prefix for keys that nobody else uses; delete the keys that have it at the end."""
    prefix = f"{random_name()}:"
    try:
        yield prefix
    finally:
        with redis.Redis.from_url(uri, socket_timeout=10) as client:
            for key in client.scan_iter(match=f"{prefix}*", count=1000):
                client.delete(key)
