"""What the contracts of the activity log and of the configuration don't say of MongoDB."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson.int64 import Int64
from pymongo import MongoClient
from pymongo.collection import Collection

from adapters.memory.clock import FixedClock
from adapters.mongodb.activity import MAX_DOCUMENT_BYTES, MongoDBActivityLog
from adapters.mongodb.configuration import MongoDBConfigurations
from adapters.mongodb.database import MongoDBDatabase
from adapters.mongodb.indexes import ACTIVITY, CONFIGURATION
from domain.configuration.entities import Configuration
from domain.errors import CorruptedValue, OutcomeUnknown, StoreNotReady, StoreUnavailable
from tests.contracts.examples import NOW, new_event
from tests.servers import mongo
from tests.servers.databases import MongoDatabase
from tests.servers.host import free_port
from tests.servers.mongo import Mongo

TIMEOUT_SECONDS = 1
PATIENT_SECONDS = 10

# The moment of the Date that holds NOW.
NOW_IN_MILLISECONDS = NOW.replace(microsecond=123_000)


@pytest.fixture
def raw(empty_mongo_database: MongoDatabase) -> Iterator[MongoClient[dict[str, Any]]]:
    with mongo.connect(empty_mongo_database.uri) as client:
        yield client


@pytest.fixture
def raw_activity(
    raw: MongoClient[dict[str, Any]], empty_mongo_database: MongoDatabase
) -> Collection[dict[str, Any]]:
    return raw[empty_mongo_database.name][ACTIVITY]


@pytest.fixture
def raw_configuration(
    raw: MongoClient[dict[str, Any]], empty_mongo_database: MongoDatabase
) -> Collection[dict[str, Any]]:
    return raw[empty_mongo_database.name][CONFIGURATION]


@pytest.fixture
async def database(empty_mongo_database: MongoDatabase) -> AsyncIterator[MongoDBDatabase]:
    uri, name = empty_mongo_database
    database = MongoDBDatabase(uri, name, timeout=PATIENT_SECONDS)
    await database.initialise()
    async with database.opened():
        yield database


@pytest.fixture
async def server(restartable_mongo: Mongo) -> AsyncIterator[Mongo]:
    restartable_mongo.start()
    yield restartable_mongo
    restartable_mongo.resume()


@pytest.fixture
async def restartable(server: Mongo) -> AsyncIterator[MongoDBDatabase]:
    database = MongoDBDatabase(server.uri, "restartable", timeout=TIMEOUT_SECONDS)
    await database.initialise()
    async with database.opened():
        yield database


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


async def test_a_database_without_its_indexes_is_refused(
    empty_mongo_database: MongoDatabase,
) -> None:
    uri, name = empty_mongo_database

    with pytest.raises(StoreNotReady, match=r"activity has no index on kind, _id.*flask db-init"):
        async with MongoDBDatabase(uri, name, timeout=PATIENT_SECONDS).opened():
            pass


async def test_a_database_can_be_initialised_again(
    empty_mongo_database: MongoDatabase, raw_activity: Collection[dict[str, Any]]
) -> None:
    uri, name = empty_mongo_database
    database = MongoDBDatabase(uri, name, timeout=PATIENT_SECONDS)
    await database.initialise()
    first = raw_activity.index_information()
    raw_activity.drop_index("occurred_at_1")

    for _ in range(2):
        await database.initialise()

    assert raw_activity.index_information() == first
    async with database.opened():
        pass


async def test_a_server_that_is_away_is_named_in_time() -> None:
    port = free_port()
    database = MongoDBDatabase(f"mongodb://127.0.0.1:{port}", "any", timeout=TIMEOUT_SECONDS)
    begun = time.monotonic()

    with pytest.raises(StoreUnavailable) as caught:
        async with database.opened():
            pass

    reason = f"MongoDB is unavailable: 127.0.0.1:{port}: [Errno 111] Connection refused"
    assert str(caught.value) == reason
    assert time.monotonic() - begun < 10 * TIMEOUT_SECONDS


async def test_a_refused_password_is_named_with_its_remedy(mongo_uri: str) -> None:
    uri = mongo_uri.replace("mongodb://", "mongodb://nobody:secret@")

    with pytest.raises(StoreNotReady, match=r"authentication failed.*FLASK_MONGO_URI") as caught:
        async with MongoDBDatabase(uri, "any", timeout=PATIENT_SECONDS).opened():
            pass

    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://u:sec/ret@127.0.0.1",
        "mongodb://u:sec:ret@127.0.0.1",
        "mongodb://127.0.0.1:secret",
        "http://127.0.0.1",
        "",
    ],
)
async def test_a_uri_that_cannot_be_read_is_refused_without_showing_it(uri: str) -> None:
    with pytest.raises(StoreNotReady, match="FLASK_MONGO_URI") as caught:
        async with MongoDBDatabase(uri, "any", timeout=TIMEOUT_SECONDS).opened():
            pass

    assert "sec" not in str(caught.value)


async def test_a_database_that_is_not_open_is_unavailable(clock: FixedClock) -> None:
    log = MongoDBActivityLog(MongoDBDatabase("mongodb://x", "any", timeout=1), clock)

    with pytest.raises(StoreUnavailable, match="not open"):
        await log.record([new_event()])


async def test_an_event_is_a_document_that_people_can_read(
    database: MongoDBDatabase, raw_activity: Collection[dict[str, Any]]
) -> None:
    recorded_at = datetime(2026, 3, 1, 0, 0, 0, 2_003, tzinfo=UTC)
    event = new_event(occurred_at=NOW, details={"fields": ["name"], "version": 2})

    await MongoDBActivityLog(database, FixedClock(recorded_at)).record([event])

    [document] = raw_activity.find({}, {"_id": False})
    assert document == {
        "kind": event.kind,
        "subject": event.subject,
        "details": {"fields": ["name"], "version": 2},
        "occurred_at": NOW_IN_MILLISECONDS.replace(tzinfo=None),
        "occurred_at_microseconds": 456,
        "created_at": datetime(2026, 3, 1, 0, 0, 0, 2_000),  # noqa: DTZ001 - as PyMongo gives it.
        "created_at_microseconds": 3,
        "updated_at": datetime(2026, 3, 1, 0, 0, 0, 2_000),  # noqa: DTZ001 - as PyMongo gives it.
        "updated_at_microseconds": 3,
    }


@pytest.mark.parametrize(
    "details",
    [
        {"number": 2**63},
        {"name": "\ud800"},
        {"a\0key": 1},
        {"text": "x" * MAX_DOCUMENT_BYTES},
    ],
)
async def test_an_event_that_bson_cannot_hold_is_refused(
    database: MongoDBDatabase, clock: FixedClock, details: dict[str, str | int]
) -> None:
    log = MongoDBActivityLog(database, clock)
    good = new_event()

    assert await log.record([new_event(details=details), good]) == {good.id}
    assert await log.record([new_event(details=details)]) == frozenset()


async def test_a_killed_server_is_unavailable_and_served_again_when_it_is_back(
    restartable: MongoDBDatabase, server: Mongo, clock: FixedClock
) -> None:
    log = MongoDBActivityLog(restartable, clock)
    before, during = new_event(), new_event()
    await log.record([before])

    await asyncio.to_thread(server.kill)
    with pytest.raises(StoreUnavailable, match=r"Connection refused|closed|reset"):
        await log.record([during])

    await asyncio.to_thread(server.start)
    assert await log.record([before, during]) == {before.id, during.id}
    found = await log.list(kind=None, subject=None, before=None, limit=2)
    assert found == [during, before]


async def test_a_server_that_hangs_is_unavailable_in_time(
    restartable: MongoDBDatabase, server: Mongo, clock: FixedClock
) -> None:
    log = MongoDBActivityLog(restartable, clock)
    configurations = MongoDBConfigurations(restartable)
    server.pause()
    begun = time.monotonic()

    results = await asyncio.gather(
        log.record([new_event()]),
        log.list(kind=None, subject=None, before=None, limit=1),
        log.purge(NOW, 1),
        configurations.load(),
        return_exceptions=True,
    )

    assert {type(result) for result in results} == {StoreUnavailable}
    assert time.monotonic() - begun < 10 * TIMEOUT_SECONDS


async def test_an_operation_has_a_deadline_beside_the_one_of_the_driver(
    restartable: MongoDBDatabase,
) -> None:
    with pytest.raises(StoreUnavailable, match="no answer in time"):
        async with restartable.collection(ACTIVITY):
            await asyncio.Event().wait()


async def test_a_change_whose_answer_is_lost_has_an_unknown_outcome(
    restartable: MongoDBDatabase, server: Mongo, monkeypatch: pytest.MonkeyPatch
) -> None:
    configurations = MongoDBConfigurations(restartable)
    latest = await configurations._find_latest()

    async def pause_after_reading() -> dict[str, Any] | None:
        server.pause()
        return latest

    monkeypatch.setattr(configurations, "_find_latest", pause_after_reading)

    with pytest.raises(OutcomeUnknown):
        await configurations.replace(Configuration(version=1), NOW)


async def test_each_version_of_the_configuration_stays_as_history(
    database: MongoDBDatabase, raw_configuration: Collection[dict[str, Any]]
) -> None:
    configurations = MongoDBConfigurations(database)
    await configurations.replace(Configuration(sign_ups_open=False, version=1), NOW)
    await configurations.replace(Configuration(version=2), NOW + timedelta(seconds=1))

    history = list(raw_configuration.find().sort("_id"))

    assert [(kept["_id"], kept["values"]) for kept in history] == [
        (1, {"sign_ups_open": False}),
        (2, {}),
    ]
    assert history[0]["created_at"] == NOW_IN_MILLISECONDS.replace(tzinfo=None)
    assert history[0]["created_at_microseconds"] == 456


async def test_a_value_written_by_hand_is_loaded(
    database: MongoDBDatabase, raw_configuration: Collection[dict[str, Any]]
) -> None:
    raw_configuration.insert_one({"_id": Int64(4), "values": {"default_page_size": Int64(30)}})

    loaded = await MongoDBConfigurations(database).load()

    assert loaded == Configuration(default_page_size=30, version=4)


@pytest.mark.parametrize(
    "document, named",
    [
        ({"values": {"default_page_size": 0}}, "default_page_size"),
        ({"values": {"default_page_size": 20.5}}, "default_page_size"),
        ({"values": {"default_page_size": True}}, "default_page_size"),
        ({"values": {"sign_ups_open": "yes"}}, "sign_ups_open"),
        ({"values": {"sign_ups_open": None}}, "sign_ups_open"),
        ({"values": {"maintenance_notice": ""}}, "maintenance_notice"),
        ({"values": {"maintenance_notice": NOW}}, "maintenance_notice"),
        ({"values": {"page_size": 20}}, "page_size"),
        ({"values": None}, "values"),
        ({}, "values"),
        ({"_id": "five", "values": {}}, "version"),
    ],
)
async def test_a_value_that_breaks_a_rule_is_named(
    database: MongoDBDatabase,
    raw_configuration: Collection[dict[str, Any]],
    document: dict[str, Any],
    named: str,
) -> None:
    raw_configuration.insert_one({"_id": 5, **document})

    with pytest.raises(CorruptedValue, match=named):
        await MongoDBConfigurations(database).load()
