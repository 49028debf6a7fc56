"""Who is let in: what a request shows, who pays for it, and what a refusal says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest
from flask import Blueprint, Flask

from domain.accounts.entities import Account
from domain.authentication.entities import MAX_KEYS
from domain.callers import current_caller, require
from domain.errors import StoreUnavailable
from domain.permissions import Permission, Role
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.routes import PUBLIC, RateClass, route
from service.schemas.fields import ResponseSchema
from service.settings import load_settings
from tests.token_keys import Forger
from tests.unit.accounts import add_account, bearer, key_header
from tests.unit.fakes import Fakes, raising

AUTHORS = "/v1/authors"
BEARER = 'Bearer realm="imflask-asgi"'
LIMITS = {"FLASK_RATE_LIMIT_READ": "4/60", "FLASK_RATE_LIMIT_WRITE": "2/60"}


@pytest.fixture
def app(fakes: Fakes) -> Flask:
    """Four reads a minute, and two writes."""
    settings = load_settings({"FLASK_CONFIG": "testing", **LIMITS}, dotenv=None)
    return create_app(settings, fakes.use_cases())


@asynccontextmanager
async def client_at(app: Flask, address: str = "192.0.2.7") -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(FlaskToAsgi(app), client=(address, 50123))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
        yield client


@pytest.fixture
async def client(app: Flask) -> AsyncIterator[httpx.AsyncClient]:
    async with client_at(app) as client:
        yield client


@pytest.fixture
async def editor(fakes: Fakes) -> Account:
    return await add_account(fakes, Role.EDITOR)


def left(answer: httpx.Response) -> str:
    """Give how many requests the caller has left."""
    return answer.headers["ratelimit"].split(";")[1]


async def test_who_shows_nothing_is_told_what_to_show(client: httpx.AsyncClient) -> None:
    answer = await client.post(AUTHORS, content=b"{")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == BEARER
    assert answer.json()["type"] == "/problems/not-authenticated"


async def test_who_lacks_a_permission_is_told_which(
    client: httpx.AsyncClient, fakes: Fakes
) -> None:
    headers = await bearer(fakes, await add_account(fakes, Role.READER))

    answer = await client.post(AUTHORS, content=b"{", headers=headers)

    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/not-permitted"
    assert answer.headers["www-authenticate"] == (
        f'{BEARER}, error="insufficient_scope", scope="catalogue:change"'
    )


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_name_of_the_scheme_may_be_in_capitals_or_not(
    client: httpx.AsyncClient, fakes: Fakes, editor: Account, scheme: str
) -> None:
    headers = await bearer(fakes, editor)
    headers["Authorization"] = headers["Authorization"].replace("Bearer", scheme)

    answer = await client.post(AUTHORS, json={"name": "x"}, headers=headers)

    assert answer.status_code == 201


@pytest.mark.parametrize("path", [AUTHORS, "/v1/activity", "/.well-known/jwks.json"])
@pytest.mark.parametrize(
    "form",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer {} {}",
        "Bearer {},{}",
        "Bearer {}, Bearer {}",
        "Bearer\t{}",
        "Bearer: {}",
        "Bearer  x",
        "Bearer token={}",
        'Bearer "{}"',
        "{}",
        "Token {}",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer =",
        "Bearer {}=",
        "Bearer rt_{}",
        "Bearer imk_{}",
        "Bearer null",
        "Bearer \u00e9",
        "Bearer " + "A" * 8000,
    ],
)
async def test_a_header_that_can_not_be_read_is_refused_and_never_taken_for_none(
    client: httpx.AsyncClient, fakes: Fakes, form: str, path: str
) -> None:
    token = fakes.headers()["Authorization"].removeprefix("Bearer ")
    header = form.replace("{}", token).encode("latin-1")

    answer = await client.get(path, headers={b"Authorization": header})

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/invalid-token"
    assert answer.headers["www-authenticate"] == f'{BEARER}, error="invalid_token"'


async def test_two_headers_are_refused(client: httpx.AsyncClient, fakes: Fakes) -> None:
    good = fakes.headers()["Authorization"]

    for both in ([good, good], [good, ""], ["", good], ["", ""]):
        headers = [("Authorization", it) for it in both]
        assert (await client.get(AUTHORS, headers=headers)).status_code == 401


@pytest.mark.parametrize("name", ["access_token", "token", "authorization", "Authorization"])
async def test_a_token_in_the_query_or_a_cookie_is_none(
    client: httpx.AsyncClient, fakes: Fakes, name: str
) -> None:
    """RFC 6750, 2.3: it would stand in logs. RFC 9700, 4.3.2."""
    token = fakes.headers()["Authorization"].removeprefix("Bearer ")

    for answer in (
        await client.get("/v1/activity", params={name: token}),
        await client.get("/v1/activity", headers={"Cookie": f"{name}={token}"}),
        await client.post(AUTHORS, data={name: token}),
    ):
        assert answer.json()["type"] == "/problems/not-authenticated"


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256", "HS256"])
async def test_no_forged_token_is_let_in(
    client: httpx.AsyncClient, fakes: Fakes, algorithm: str
) -> None:
    forger = Forger(algorithm, fakes.clock.now())
    sendable = [
        token
        for _, token in (*forger.without_the_key(), *forger.with_the_key())
        if token.isascii() and token.isprintable() and len(token) < 100_000
    ]

    assert len(sendable) > 40
    for token in sendable:
        headers = {"Authorization": f"Bearer {token}"}
        # Another address each time: nobody is over a limit.
        answer = await client.get("/v1/me", headers=headers)
        assert answer.status_code in {401, 429}, token


async def test_signed_in_people_are_counted_by_account_at_whichever_address(
    app: Flask, fakes: Fakes, editor: Account
) -> None:
    one, other = await bearer(fakes, editor), await bearer(fakes, editor)
    async with client_at(app, "192.0.2.1") as first, client_at(app, "192.0.2.2") as second:
        answers = [
            await first.get(AUTHORS, headers=one),
            await second.get(AUTHORS, headers=one),
            await second.get(AUTHORS, headers=other),
        ]
        anonymous = await second.get(AUTHORS)

    assert [left(answer) for answer in answers] == ["r=3", "r=2", "r=1"]
    assert left(anonymous) == "r=3"


async def test_one_address_has_room_for_many_accounts(
    client: httpx.AsyncClient, fakes: Fakes
) -> None:
    for _ in range(8):
        headers = await bearer(fakes, await add_account(fakes))
        assert left(await client.get(AUTHORS, headers=headers)) == "r=3"


async def test_a_wrong_credential_is_counted_by_the_address(
    client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    wrong = {"Authorization": "Bearer x.y.z"}
    answers = [await client.get(AUTHORS, headers=wrong) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    assert (await client.get(AUTHORS)).status_code == 429
    assert (await client.get(AUTHORS, headers=await bearer(fakes, editor))).status_code == 200


async def test_keys_that_were_invented_spend_nothing_of_the_account_that_they_name(
    app: Flask, client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    good = await key_header(fakes, editor, Permission)
    forged = await key_header(fakes, editor, Permission)
    for key in await fakes.unit_of_work.read(lambda it: it.api_keys.of(editor.id, MAX_KEYS)):
        if str(key.id) not in str(good):
            last = key
    await fakes.unit_of_work.run(lambda it: it.api_keys.remove(editor.id, last.id))

    answers = [await client.get(AUTHORS, headers=forged) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401] * 4 + [429]
    async with client_at(app, "192.0.2.8") as elsewhere:
        assert left(await elsewhere.get(AUTHORS, headers=good)) == "r=3"
        assert left(await elsewhere.get(AUTHORS, headers=await bearer(fakes, editor))) == "r=3"


async def test_a_key_that_was_let_in_pays_for_itself(
    app: Flask, fakes: Fakes, editor: Account
) -> None:
    key = await key_header(fakes, editor, ())
    async with client_at(app, "192.0.2.1") as first, client_at(app, "192.0.2.2") as second:
        answers = [await it.get(AUTHORS, headers=key) for it in (first, second, first, second)]

        # The first one was charged to its address.
        assert [left(answer) for answer in answers] == ["r=3", "r=3", "r=2", "r=1"]
        assert [left(await it.get(AUTHORS)) for it in (first, second)] == ["r=2", "r=3"]


async def test_a_session_that_ended_pays_by_its_address_from_then_on(
    app: Flask, client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    ended, other = await bearer(fakes, editor), await bearer(fakes, editor)
    await client.get(AUTHORS, headers=ended)
    await fakes.unit_of_work.run(
        lambda it: it.sessions.end_all(editor.id, fakes.clock.now(), but=None)
    )
    await fakes.access_cache.forget(editor.id)

    answers = [await client.get(AUTHORS, headers=ended) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    # It spent one request of the account before it ended, and one as it was found out.
    async with client_at(app, "192.0.2.8") as elsewhere:
        again = await elsewhere.get(AUTHORS, headers=await bearer(fakes, editor))
    assert left(again) == "r=1"
    assert other


async def test_over_the_limit_nothing_of_an_account_is_loaded(
    client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    headers = await bearer(fakes, editor)
    for _ in range(4):
        await client.get("/.well-known/jwks.json", headers=headers)
    await fakes.access_cache.forget(editor.id)
    fakes.unit_of_work.after_read = raising(LookupError("it was asked"))

    assert (await client.get("/.well-known/jwks.json", headers=headers)).status_code == 429


async def test_a_change_of_the_account_counts_from_the_next_request_on(
    client: httpx.AsyncClient, fakes: Fakes
) -> None:
    account = await add_account(fakes, Role.EDITOR)
    headers = await bearer(fakes, account)
    assert (await client.post(AUTHORS, json={"name": "x"}, headers=headers)).status_code == 201

    administration = fakes.use_cases().accounts
    await administration.change_account(account.id, {"role": Role.READER})

    assert (await client.post(AUTHORS, json={"name": "x"}, headers=headers)).status_code == 403


async def test_while_the_store_is_away_who_is_not_cached_can_not_be_told(
    client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    cached = await bearer(fakes, editor)
    await client.get("/v1/configuration", headers=cached)
    stranger = await bearer(fakes, await add_account(fakes))
    fakes.unit_of_work.after_read = raising(StoreUnavailable("MySQL", "gone"))

    assert (await client.get("/.well-known/jwks.json", headers=cached)).status_code == 200
    assert (await client.get("/.well-known/jwks.json", headers=stranger)).status_code == 503
    assert (await client.get("/.well-known/jwks.json")).status_code == 200


async def test_idempotency_keys_are_those_of_their_caller(
    app: Flask, fakes: Fakes, editor: Account
) -> None:
    machine = await key_header(fakes, editor, Permission)
    other = await bearer(fakes, await add_account(fakes, Role.EDITOR))
    callers = [await bearer(fakes, editor), machine, other]
    key = {"Idempotency-Key": '"the-same"'}
    async with client_at(app) as client:
        made = [
            await client.post(AUTHORS, json={"name": "x"}, headers={**headers, **key})
            for headers in callers
        ]
        again = await client.post(AUTHORS, json={"name": "x"}, headers={**callers[0], **key})

    assert len({answer.json()["id"] for answer in made}) == 3
    assert again.json() == made[0].json()


async def test_the_use_of_a_key_is_noted_once_in_a_while(
    client: httpx.AsyncClient, fakes: Fakes, editor: Account
) -> None:
    headers = await key_header(fakes, editor, ())
    begun = fakes.clock.now()

    async def noted() -> list[object]:
        keys = await fakes.unit_of_work.read(lambda it: it.api_keys.of(editor.id, MAX_KEYS))
        return [key.last_used_at for key in keys]

    assert await noted() == [None]
    for _ in range(3):
        await client.get("/v1/configuration", headers=headers)
        assert await noted() == [begun]
        fakes.clock.advance(timedelta(minutes=3))
    fakes.clock.advance(timedelta(minutes=3))
    await client.get("/.well-known/jwks.json", headers=headers)
    assert await noted() == [begun + timedelta(minutes=12)]


async def test_production_takes_no_token_of_a_role(fakes: Fakes) -> None:
    fakes.takes_development_tokens = False
    settings = load_settings({"FLASK_CONFIG": "testing"}, dotenv=None)
    async with client_at(create_app(settings, fakes.use_cases())) as client:
        answer = await client.get(AUTHORS, headers=fakes.headers(Role.ADMIN))

    assert answer.status_code == 401


async def test_a_view_acts_as_its_caller_and_never_as_whoever_runs_the_server(
    fakes: Fakes, editor: Account, app: Flask
) -> None:
    class Told(ResponseSchema):
        name: str

    blueprint = Blueprint("callers", __name__)

    @route(blueprint, "GET", "/caller", callers=PUBLIC, rate=RateClass.BATCH, answer=Told)
    async def tell_caller() -> object:
        """Tell."""
        return {"name": current_caller().name}

    @route(blueprint, "GET", "/needy", callers=PUBLIC, rate=RateClass.BATCH, answer=Told)
    async def need_more() -> object:
        """Ask for more than the route does."""
        require(Permission.CHANGE_CATALOGUE)
        return {"name": "let in"}

    app.register_blueprint(blueprint)
    reader = await bearer(fakes, await add_account(fakes, Role.READER))
    mine = await bearer(fakes, editor)
    async with client_at(app) as client:
        told = [
            (await client.get("/caller", headers=headers)).json()["name"]
            for headers in ({}, mine, fakes.headers(Role.READER))
        ]
        statuses = [
            (await client.get("/needy", headers=headers)).status_code
            for headers in ({}, reader, mine)
        ]

    assert told == ["nobody", f"account:{editor.id}", "development:reader"]
    assert statuses == [401, 403, 200]


async def test_credentials_that_are_remembered_are_bounded(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.authentication.entrance._REMEMBERED", 3)
    entrance = fakes.use_cases().entrance
    for _ in range(5):
        headers = await bearer(fakes, await add_account(fakes))
        token = headers["Authorization"].removeprefix("Bearer ")
        assert (await entrance.enter(token, None, "192.0.2.1")).refusal is None

    assert len(entrance._let_in) == 3
