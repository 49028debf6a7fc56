"""The stores that the settings name."""

from dataclasses import fields

from adapters.mongodb.database import MongoDBDatabase
from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.redis.client import RedisClient
from adapters.sqlite.database import SQLiteDatabase
from service.settings import Settings

# Seconds: a cache or a count that takes longer is slower than what it stands before.
REDIS_TIMEOUT = 1.0


def sqlite(settings: Settings) -> SQLiteDatabase:
    """Give the embedded database."""
    return SQLiteDatabase(
        settings.sqlite_path, timeout=settings.store_timeout, pool_timeout=settings.pool_timeout
    )


def mysql(settings: Settings) -> MySQLDatabase | None:
    """Give MySQL, where it has an address."""
    address = mysql_address(settings)
    if address is None:
        return None
    return MySQLDatabase(
        address,
        pool_size=settings.mysql_pool_size,
        timeout=settings.store_timeout,
        pool_timeout=settings.pool_timeout,
    )


def mysql_address(settings: Settings) -> MySQLAddress | None:
    """Give the address of MySQL, if it has one."""
    if settings.mysql is None:
        return None
    values = {field.name: getattr(settings.mysql, field.name) for field in fields(MySQLAddress)}
    return MySQLAddress(**{**values, "password": settings.mysql.password.get_secret_value()})


def mongodb(settings: Settings) -> MongoDBDatabase | None:
    """Give MongoDB, where it has an address."""
    if settings.mongo_uri is None or settings.mongo_db_name is None:
        return None
    uri = settings.mongo_uri.get_secret_value()
    return MongoDBDatabase(uri, settings.mongo_db_name, timeout=settings.store_timeout)


def redis(settings: Settings) -> RedisClient | None:
    """Give Redis, where it has an address."""
    if settings.redis_uri is None:
        return None
    return RedisClient(settings.redis_uri.get_secret_value(), timeout=REDIS_TIMEOUT)
