"""The runtime configuration in MongoDB."""

from dataclasses import asdict
from datetime import datetime

from bson import json_util
from pydantic import TypeAdapter, ValidationError
from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from adapters.mongodb.database import MongoDBDatabase
from adapters.mongodb.indexes import CONFIGURATION
from adapters.mongodb.values import Document, encode_time
from domain.configuration.entities import Configuration
from domain.errors import CorruptedValue, InvalidValue, OutcomeUnknown, StoreUnavailable

_CONFIGURATION = TypeAdapter(Configuration)


class MongoDBConfigurations:
    """The configuration as one document for each version, the highest of which holds.

    The version is the `_id`: of several changes of one version, the unique `_id` lets one through
    on every server of the protocol, also where a filtered update isn't atomic. What was there
    before stays, as a history. Only what differs from the code's defaults is in `values`.
    """

    def __init__(self, database: MongoDBDatabase) -> None:
        self._database = database

    async def load(self) -> Configuration:
        """Find the highest version."""
        document = await self._find_latest()
        return Configuration() if document is None else _decode(document)

    async def replace(self, configuration: Configuration, changed_at: datetime) -> bool:
        """Insert the version where the one before is the highest."""
        latest = await self._find_latest()
        if configuration.version != (1 if latest is None else latest["_id"] + 1):
            return False
        try:
            return await self._insert(_encode(configuration, changed_at))
        except StoreUnavailable as error:
            raise OutcomeUnknown("MongoDB", error.reason) from error

    async def _find_latest(self) -> Document | None:
        async with self._database.collection(CONFIGURATION) as configurations:
            return await configurations.find_one(sort=[("_id", DESCENDING)])

    async def _insert(self, document: Document) -> bool:
        async with self._database.collection(CONFIGURATION) as configurations:
            try:
                await configurations.insert_one(document)
            except DuplicateKeyError:
                return False
        return True


def _encode(configuration: Configuration, changed_at: datetime) -> Document:
    defaults = asdict(Configuration(version=configuration.version))
    values = {
        field: value for field, value in asdict(configuration).items() if value != defaults[field]
    }
    return {
        "_id": configuration.version,
        "values": values,
        **encode_time("created_at", changed_at),
        **encode_time("updated_at", changed_at),
    }


def _decode(document: Document) -> Configuration:
    values = document.get("values")
    if not isinstance(values, dict):
        raise CorruptedValue("The stored configuration can't be read: values is not an object")
    # In JSON, what a person wrote by hand is judged strictly, whatever BSON types it has.
    text = json_util.dumps({**values, "version": document["_id"]})
    try:
        return _CONFIGURATION.validate_json(text, strict=True, extra="forbid")
    except (InvalidValue, ValidationError) as error:
        raise CorruptedValue(f"The stored configuration can't be read: {error}") from error
