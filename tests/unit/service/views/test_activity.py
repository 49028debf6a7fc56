"""The activity log over HTTP."""

import httpx
import pytest

from domain.catalogue.entities import Author
from service.use_cases import UseCases
from tests.unit.fakes import Fakes, details_of

ACTIVITY = "/v1/activity"


@pytest.fixture
async def authors(use_cases: UseCases) -> list[Author]:
    """Give two authors; the log tells of their creation and of the first one's change."""
    authors = [await use_cases.catalogue.create_author(details_of(name)) for name in "ab"]
    await use_cases.catalogue.change_author(authors[0].id, {"name": "c", "born_on": None})
    await use_cases.relay.deliver_batch()
    return authors


async def test_an_empty_log_is_one_last_page(client: httpx.AsyncClient) -> None:
    assert (await client.get(ACTIVITY)).json() == {"items": [], "nextCursor": None}


async def test_an_event_tells_who_what_and_when(
    client: httpx.AsyncClient, authors: list[Author]
) -> None:
    response = await client.get(ACTIVITY, params={"limit": 1, "kind": "author.created"})

    (event,) = response.json()["items"]
    assert response.status_code == 200
    assert event == {
        "id": "01900000-0000-7000-8000-000000000004",
        "kind": "author.created",
        "subject": str(authors[1].id),
        "occurredAt": "2026-01-01T00:00:00Z",
        "details": {"name": "b", "version": 1},
    }


async def test_changed_fields_are_named_as_clients_know_them(
    client: httpx.AsyncClient, use_cases: UseCases
) -> None:
    author = await use_cases.catalogue.create_author(details_of(biography="x"))
    body = {"name": "y", "bornOn": "1970-11-27"}
    await client.put(f"/v1/authors/{author.id}", json=body)
    await use_cases.relay.deliver_batch()

    (event,) = (await client.get(ACTIVITY, params={"kind": "author.changed"})).json()["items"]

    assert event["details"] == {"fields": ["name", "biography", "bornOn"], "version": 2}


async def test_events_come_newest_first_in_pages(
    client: httpx.AsyncClient, authors: list[Author]
) -> None:
    first = (await client.get(ACTIVITY, params={"limit": 2})).json()
    second = (await client.get(ACTIVITY, params={"limit": 2, "cursor": first["nextCursor"]})).json()

    kinds = [event["kind"] for event in first["items"] + second["items"]]
    assert kinds == ["author.changed", "author.created", "author.created"]
    assert second["nextCursor"] is None


async def test_events_are_filtered_by_kind_and_subject(
    client: httpx.AsyncClient, authors: list[Author]
) -> None:
    subject = str(authors[0].id)

    by_subject = (await client.get(ACTIVITY, params={"subject": subject})).json()["items"]
    by_both = (
        await client.get(ACTIVITY, params={"subject": subject, "kind": "author.created"})
    ).json()["items"]
    by_unknown = (await client.get(ACTIVITY, params={"kind": "author.eaten"})).json()["items"]

    assert [event["kind"] for event in by_subject] == ["author.changed", "author.created"]
    assert [event["kind"] for event in by_both] == ["author.created"]
    assert by_unknown == []


async def test_a_page_without_a_limit_has_the_configured_size(
    client: httpx.AsyncClient, use_cases: UseCases, authors: list[Author]
) -> None:
    await use_cases.configuration.change({"default_page_size": 2})

    assert len((await client.get(ACTIVITY)).json()["items"]) == 2


async def test_reading_is_off_while_the_log_is_away(
    client: httpx.AsyncClient, fakes: Fakes
) -> None:
    fakes.activity_log.away = True

    response = await client.get(ACTIVITY)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"


async def test_writes_go_on_while_the_log_is_away_and_their_events_come_later(
    client: httpx.AsyncClient, fakes: Fakes, use_cases: UseCases
) -> None:
    fakes.activity_log.away = True
    response = await client.post("/v1/authors", json={"name": "Han Kang"})
    assert response.status_code == 201
    fakes.activity_log.away = False

    await use_cases.relay.deliver_batch()

    (event,) = (await client.get(ACTIVITY)).json()["items"]
    assert event["subject"] == response.json()["id"]
