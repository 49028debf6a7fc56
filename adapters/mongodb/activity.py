"""The activity log in MongoDB."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import bson
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import DESCENDING
from pymongo.errors import BulkWriteError

from adapters.mongodb.database import MongoDBDatabase
from adapters.mongodb.errors import DUPLICATE_KEY
from adapters.mongodb.indexes import ACTIVITY
from adapters.mongodb.values import CODEC_OPTIONS, Document, decode_time, encode_time, is_before
from domain.events import Event
from domain.ports import Clock

logger = logging.getLogger(__name__)

# https://www.mongodb.com/docs/manual/reference/limits/#bson-documents
MAX_DOCUMENT_BYTES = 16 * 1024 * 1024


class MongoDBActivityLog:
    """The activity log as one document for each event.

    It refuses an event that BSON can't hold: an integer of more than 64 bits, a NUL in a key, more
    than MAX_DOCUMENT_BYTES.
    """

    def __init__(self, database: MongoDBDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(self, events: Sequence[Event]) -> frozenset[UUID]:
        """Insert the events that are not there yet."""
        now = self._clock.now()
        encoded = {event.id: _encode(event, now) for event in events}
        documents = {key: document for key, document in encoded.items() if document is not None}
        refused = await self._insert(list(documents.values())) if documents else set()
        return frozenset(key for index, key in enumerate(documents) if index not in refused)

    async def _insert(self, documents: list[RawBSONDocument]) -> set[int]:
        """Insert in any order; gives the positions of those that the server refuses."""
        async with self._database.collection(ACTIVITY) as activity:
            try:
                await activity.insert_many(documents, ordered=False)
            except BulkWriteError as error:
                if error.details["writeConcernErrors"]:
                    raise
                return _refused(error.details["writeErrors"])
        return set()

    async def list(
        self, *, kind: str | None, subject: str | None, before: UUID | None, limit: int
    ) -> list[Event]:
        """Find the documents before a key."""
        asked = {"kind": kind, "subject": subject, "_id": before and {"$lt": before}}
        conditions = {field: value for field, value in asked.items() if value is not None}
        async with self._database.collection(ACTIVITY) as activity:
            found = activity.find(conditions).sort("_id", DESCENDING).limit(limit)
            return [_decode(document) async for document in found]

    async def purge(self, occurred_before: datetime, limit: int) -> int:
        """Find some keys by their date, and delete them."""
        async with self._database.collection(ACTIVITY) as activity:
            found = activity.find(is_before("occurred_at", occurred_before), ["_id"]).limit(limit)
            keys = [document["_id"] async for document in found]
        if not keys:
            return 0
        async with self._database.collection(ACTIVITY) as activity:
            result = await activity.delete_many({"_id": {"$in": keys}})
        return result.deleted_count


def _encode(event: Event, now: datetime) -> RawBSONDocument | None:
    document: Document = {
        "_id": event.id,
        "kind": event.kind,
        "subject": event.subject,
        "details": event.details,
        **encode_time("occurred_at", event.occurred_at),
        **encode_time("created_at", now),
        **encode_time("updated_at", now),
    }
    try:
        encoded = bson.encode(document, codec_options=CODEC_OPTIONS)
    except (BSONError, OverflowError, UnicodeError) as error:
        logger.warning("BSON can't hold event %s: %s", event.id, error)
        return None
    return RawBSONDocument(encoded) if len(encoded) <= MAX_DOCUMENT_BYTES else None


def _refused(write_errors: Sequence[dict[str, Any]]) -> set[int]:
    refused = [error for error in write_errors if error["code"] != DUPLICATE_KEY]
    for error in refused:
        logger.warning("MongoDB refuses an event: %s", error["errmsg"])
    return {error["index"] for error in refused}


def _decode(document: Document) -> Event:
    return Event(
        id=document["_id"],
        kind=document["kind"],
        subject=document["subject"],
        occurred_at=decode_time("occurred_at", document),
        details=document["details"],
    )
