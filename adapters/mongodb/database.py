"""The MongoDB database: its client, opened and closed with the server. Only this module uses motor.

Motor is deprecated in favour of PyMongo's own asyncio client; a change to that is a change here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from motor.core import AgnosticClient, AgnosticCollection
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from adapters.mongodb.errors import (
    translated_connect_errors,
    translated_errors,
    translated_uri_errors,
)
from adapters.mongodb.indexes import INDEXES, Keys
from adapters.mongodb.values import CODEC_OPTIONS, Document
from domain.errors import StoreNotReady, StoreUnavailable
from domain.timing import TimedStore

# Motor's threads end their work by the deadline; what waits for a thread or for DNS may not.
_GRACE_SECONDS = 0.5

_MONGODB_TIME = TimedStore("MongoDB")


class MongoDBDatabase:
    """Lends the collections of one database. `timeout` bounds one operation, in seconds.

    The driver repeats a write that lost its connection where the server tells the two apart (a
    replica set or a sharded cluster), within the same deadline.
    """

    technology = "MongoDB"

    def __init__(self, uri: str, name: str, *, timeout: float) -> None:
        self._uri = uri
        self._name = name
        self._timeout = timeout
        self._client: AgnosticClient[Document] | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Connect; raises StoreUnavailable and, for missing indexes or rights, StoreNotReady."""
        async with self._connected():
            await self._check_indexes()
            yield

    async def initialise(self) -> None:
        """Make the indexes that are missing. Connects by itself, and may be repeated."""
        async with self._connected():
            for name, indexes in INDEXES.items():
                for keys in await self._missing(name, indexes):
                    async with self.collection(name) as collection:
                        await collection.create_index(list(keys))

    @asynccontextmanager
    async def collection(self, name: str) -> AsyncIterator[AgnosticCollection[Document]]:
        """Lend a collection for one operation; raises StoreUnavailable for any failure of it."""
        if self._client is None:
            raise StoreUnavailable("MongoDB", "its adapter is not open")
        database = self._client.get_database(
            self._name, codec_options=CODEC_OPTIONS, write_concern=WriteConcern("majority")
        )
        with _MONGODB_TIME, translated_errors():
            async with asyncio.timeout(self._timeout + _GRACE_SECONDS):
                yield database.get_collection(name)

    async def ping(self) -> None:
        """Run the command of that name."""
        async with self.collection("ping") as collection:
            await collection.database.command("ping")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[None]:
        with translated_uri_errors():
            client = AsyncIOMotorClient[Document](self._uri, timeoutMS=int(self._timeout * 1000))
        try:
            with translated_connect_errors():
                async with asyncio.timeout(self._timeout + _GRACE_SECONDS):
                    await client.get_database(self._name).command("ping")
            self._client = client
            yield
        finally:
            self._client = None
            client.close()

    async def _check_indexes(self) -> None:
        for name, indexes in INDEXES.items():
            for keys in await self._missing(name, indexes):
                fields = ", ".join(field for field, _ in keys)
                reason = f"the collection {name} has no index on {fields}"
                raise StoreNotReady("MongoDB", reason, "Run `flask db-init`.")

    async def _missing(self, name: str, indexes: tuple[Keys, ...]) -> list[Keys]:
        async with self.collection(name) as collection:
            found = {tuple(index["key"].items()) async for index in collection.list_indexes()}
        return [keys for keys in indexes if keys not in found]
