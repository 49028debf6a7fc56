"""POST under an Idempotency-Key, over fakes."""

import asyncio
import logging
from collections.abc import AsyncIterator

import httpx
import pytest
from flask import Flask, Request, Response, request
from werkzeug.test import EnvironBuilder

from domain.errors import OutcomeUnknown
from service.hooks.idempotency import fingerprint, idempotently, read_key
from service.request_errors import InvalidKey
from service.use_cases import UseCases
from tests.keyed_app import AUTHORS, REPLAYED, client_of, keyed_app, post, told
from tests.unit.fakes import Fakes, no_trouble, raising


@pytest.fixture
async def http(use_cases: UseCases) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(keyed_app(use_cases.catalogue)) as client:
        yield client


def request_with(**arguments: object) -> Request:
    defaults = {"method": "POST", "path": "/a", "query_string": "x=1", "data": b"body"}
    builder = EnvironBuilder(**{**defaults, "content_type": "text/plain", **arguments})
    return Request(builder.get_environ())


async def test_a_repetition_gets_the_same_answer_and_is_told_so(
    fakes: Fakes, http: httpx.AsyncClient
) -> None:
    first, again = await post(http), await post(http)

    assert first.status_code == 201
    assert first.json()["name"] == "Han Kang"
    assert first.headers["location"] == f"{AUTHORS}/{first.json()['id']}"
    assert first.headers["etag"] == '"1"'
    assert first.headers["content-type"] == "application/json"
    assert told(again) == told(first)
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
    assert len(await fakes.authors()) == 1


async def test_without_a_key_each_request_is_done(fakes: Fakes, http: httpx.AsyncClient) -> None:
    first, again = await post(http, None), await post(http, None)

    assert (first.status_code, again.status_code) == (201, 201)
    assert REPLAYED not in again.headers
    assert len(await fakes.authors()) == 2


async def test_each_key_is_done(fakes: Fakes, http: httpx.AsyncClient) -> None:
    await post(http, "a-key")
    await post(http, "another-key")

    assert len(await fakes.authors()) == 2


async def test_callers_have_keys_of_their_own(fakes: Fakes, http: httpx.AsyncClient) -> None:
    await post(http)
    other = await post(http, Caller="somebody")

    assert other.status_code == 201
    assert REPLAYED not in other.headers
    assert len(await fakes.authors()) == 2


async def test_another_body_or_path_under_the_key_is_refused(
    fakes: Fakes, http: httpx.AsyncClient
) -> None:
    await post(http)

    body = await post(http, body="Yi Sang")
    path = await http.post("/others", content="Han Kang", headers={"Idempotency-Key": "a-key"})

    for refused in (body, path):
        assert refused.status_code == 422
        assert refused.json()["type"] == "/problems/idempotency-key-reused"
    assert len(await fakes.authors()) == 1


async def test_a_request_that_fails_is_done_anew(fakes: Fakes, http: httpx.AsyncClient) -> None:
    refused = await post(http, body=" ")
    done = await post(http)

    assert (refused.status_code, done.status_code) == (422, 201)
    assert REPLAYED not in done.headers
    assert len(await fakes.authors()) == 1


async def test_a_request_whose_answer_was_lost_is_answered_at_last(
    fakes: Fakes, http: httpx.AsyncClient
) -> None:
    fakes.unit_of_work.after_commit = raising(OutcomeUnknown("MySQL", "lost"))
    lost = await post(http)
    fakes.unit_of_work.after_commit = no_trouble

    again = await post(http)

    assert lost.status_code == 503
    assert lost.json()["type"] == "/problems/outcome-unknown"
    assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
    [author] = await fakes.authors()
    assert again.json()["id"] == str(author.id)


async def test_requests_at_once_share_one_answer(fakes: Fakes, http: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(post(http) for _ in range(50)))

    assert [told(answer) for answer in answers] == [told(answers[0])] * 50
    assert sum(REPLAYED in answer.headers for answer in answers) == 49
    assert len(await fakes.authors()) == 1


async def test_a_quoted_key_is_the_same_as_a_bare_one(http: httpx.AsyncClient) -> None:
    await post(http, '"a-key"')

    assert (await post(http, "a-key")).headers[REPLAYED] == "true"


async def test_a_view_that_runs_no_unit_can_bear_no_key(caplog: pytest.LogCaptureFixture) -> None:
    app = Flask("idle")
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.post(AUTHORS)
    async def do_nothing() -> Response:
        async def call() -> str:
            return "done"

        return await idempotently(request, "anonymous", call, Response)

    async with client_of(app) as client:
        with caplog.at_level(logging.ERROR):
            answers = [await post(client, None), await post(client)]

    assert [answer.status_code for answer in answers] == [200, 500]
    assert "has to run a unit of work" in caplog.text


@pytest.mark.parametrize(
    "header,key",
    [
        ('"6ba7b810-9dad-41d1-80b4-00c04fd430c8"', "6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
        ("6ba7b810-9dad-41d1-80b4-00c04fd430c8", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
        (' \t"a" ', "a"),
        ('"a,b;c"', "a,b;c"),
        (r'"a\"b\\c"', r'a"b\c'),
        ("!#$%&'()*+-./:<=>?@[]^_`{|}~", "!#$%&'()*+-./:<=>?@[]^_`{|}~"),
        ("k" * 255, "k" * 255),
        (f'"{"k" * 255}"', "k" * 255),
        ('"' + r"\\" * 255 + '"', "\\" * 255),
    ],
)
def test_a_key_is_read(header: str, key: str) -> None:
    assert read_key(request_with(headers={"Idempotency-Key": header})) == key


def test_no_key_is_none() -> None:
    assert read_key(request_with()) is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        '""',
        '"a',
        'a"',
        '"a"b"',
        '"a b"',
        "a b",
        "a,b",
        "a, b",
        '"a", "b"',
        "a;b",
        '"a";b=1',
        r"a\b",
        r'"a\b"',
        '"\\"',
        "é",
        '"é"',
        '"\x7f"',
        ":YQ==: ?",
        "k" * 256,
        f'"{"k" * 256}"',
    ],
)
def test_what_is_no_key_is_refused(header: str) -> None:
    with pytest.raises(InvalidKey, match="1 to 255 visible ASCII"):
        read_key(request_with(headers={"Idempotency-Key": header}))


async def test_a_wrong_key_changes_nothing(fakes: Fakes, http: httpx.AsyncClient) -> None:
    refused = await post(http, "a key")

    assert refused.status_code == 400
    assert refused.json()["type"] == "/problems/invalid-idempotency-key"
    assert await fakes.authors() == []


def test_the_same_request_has_the_same_fingerprint() -> None:
    one = request_with(headers={"Date": "now"}, content_type="text/plain; charset=utf-8")

    assert fingerprint(one) == fingerprint(request_with())
    assert len(fingerprint(one)) == 32
    assert one.get_data(cache=False) == b"body"


@pytest.mark.parametrize(
    "difference",
    [
        {"method": "PATCH"},
        {"path": "/A"},
        {"query_string": "x=2"},
        {"query_string": ""},
        {"content_type": "application/json"},
        {"data": b"Body"},
        {"data": b""},
        {"path": "/ax=", "query_string": "1"},
        {"query_string": "x=1text/plain", "content_type": ""},
    ],
    ids=str,
)
def test_another_request_has_another_fingerprint(difference: dict[str, object]) -> None:
    assert fingerprint(request_with(**difference)) != fingerprint(request_with())
