"""What every route declares, and what follows from a declaration."""

from http import HTTPStatus

import httpx
import pytest
from flask import Blueprint, Flask

from domain.permissions import Permission
from service.error_responses import register_error_responses
from service.hooks.retirement import announce_declarations
from service.problems import problem_of
from service.routes import ACCOUNT, PUBLIC, RateClass, Route, declared_rules, route, route_of
from service.schemas.fields import ResponseSchema, VersionedResponse

WITH_BODY = {"POST", "PUT", "PATCH"}
PUT_BY_FLASK = {"HEAD", "OPTIONS"}


def the_method(methods: set[str] | None) -> str:
    (method,) = (methods or set()) - PUT_BY_FLASK
    return method


def test_each_route_under_v1_is_declared(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")]

    assert len(rules) > 5
    for rule in rules:
        assert isinstance(route_of(app, rule.endpoint), Route), rule


def test_each_route_says_who_may_call_it_and_how_often(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        assert declared.callers in (PUBLIC, ACCOUNT, *Permission), rule
        assert isinstance(declared.rate, RateClass), rule


def test_no_change_is_for_everybody_without_a_reason(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        is_open = declared.callers == PUBLIC and the_method(rule.methods) != "GET"
        assert is_open == bool(declared.open_because), rule


def test_each_route_has_a_schema_for_all_that_it_takes_and_gives(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        assert (declared.body is not None) == (the_method(rule.methods) in WITH_BODY), rule
        assert (declared.answer is None) == (declared.status == HTTPStatus.NO_CONTENT), rule


def test_what_has_an_id_begins_with_it(app: Flask) -> None:
    answers = {declared.answer for _, declared in declared_rules(app) if declared.answer}
    with_id = [answer for answer in answers if "id" in answer.model_fields]

    assert len(with_id) > 3
    for answer in with_id:
        assert next(iter(answer.model_fields)) == "id", answer


def test_each_error_of_each_route_has_a_problem(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        for error in declared.errors:
            assert problem_of(error) is not None, (rule, error)


def test_each_change_of_a_resource_with_versions_is_conditional(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        if the_method(rule.methods) in {"PUT", "PATCH", "DELETE"}:
            assert (declared.conditional is None) == bool(declared.unconditional), rule
        elif declared.answer and issubclass(declared.answer, VersionedResponse):
            assert declared.conditional is not None or declared.status == 201, rule


def test_each_route_is_documented(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        assert declared.summary.endswith("."), rule


def test_a_route_is_plain_flask() -> None:
    class Counted(VersionedResponse):
        count: int

    blueprint = Blueprint("counters", __name__, url_prefix="/counters")

    @route(blueprint, "GET", "/<int:number>", callers=PUBLIC, rate=RateClass.READ, answer=Counted)
    async def get_counter(number: int) -> object:
        """Read a counter."""
        return {"count": number, "version": 3}

    app = Flask("plain")
    app.register_blueprint(blueprint)

    answer = app.test_client().get("/counters/7")

    assert answer.get_json() == {"count": 7, "version": 3}
    assert answer.headers["ETag"].startswith('"3-')
    assert app.url_map.bind("").match("/counters/7") == ("counters.get_counter", {"number": 7})


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/*",
        "text/html, */*;q=0.1",
        "",
        "application/json; charset=utf-8",
        'application/xml, application/json;charset="UTF-8";q=0.5',
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
    ],
)
async def test_whoever_takes_json_gets_it(client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.get("/v1/authors", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"


async def test_what_has_no_content_is_in_no_form(client: httpx.AsyncClient) -> None:
    author = await client.post("/v1/authors", json={"name": "Yi Sang"})

    answer = await client.delete(author.headers["location"], headers={"Accept": "text/html"})

    assert answer.status_code == 204
    assert "content-type" not in answer.headers


async def test_options_tell_the_methods_of_an_address(client: httpx.AsyncClient) -> None:
    answer = await client.options("/v1/authors")

    assert (answer.status_code, answer.content) == (200, b"")
    assert "content-type" not in answer.headers
    assert "accept-patch" not in answer.headers
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_options_tell_how_a_resource_is_changed(client: httpx.AsyncClient) -> None:
    answer = await client.options("/v1/authors/01900000-0000-7000-8000-000000000001")

    assert answer.headers["accept-patch"] == "application/merge-patch+json, application/json"


async def test_a_body_that_is_not_taken_is_told_which_is(client: httpx.AsyncClient) -> None:
    author = (await client.post("/v1/authors", json={"name": "Yi Sang"})).headers["location"]
    text = {"Content-Type": "text/plain"}
    compressed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}

    post = await client.post("/v1/authors", content=b"x", headers=text)
    patch = await client.patch(author, content=b"x", headers=text)
    encoded = await client.post("/v1/authors", content=b"x", headers=compressed)

    assert [answer.status_code for answer in (post, patch, encoded)] == [415, 415, 415]
    assert post.headers["accept"] == "application/json"
    assert patch.headers["accept-patch"] == "application/merge-patch+json, application/json"
    assert encoded.headers["accept-encoding"] == "identity"


async def test_a_page_links_to_the_next_one(client: httpx.AsyncClient) -> None:
    for name in ("Han Kang", "Yi Sang", "Pak Kyongni"):
        await client.post("/v1/authors", json={"name": name})

    first = await client.get("/v1/authors", params={"limit": 2})
    second = await client.get(first.links["next"]["url"])

    assert first.links["next"]["url"] == f"/v1/authors?limit=2&cursor={first.json()['nextCursor']}"
    assert [author["name"] for author in second.json()["items"]] == ["Pak Kyongni"]
    assert "link" not in second.headers


async def test_a_post_with_a_key_is_done_once(client: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": '"6ba7b810-9dad-41d1-80b4-00c04fd430c8"'}

    first, again = [
        await client.post("/v1/authors", json={"name": "Han Kang"}, headers=key) for _ in range(2)
    ]
    other = await client.post("/v1/authors", json={"name": "Yi Sang"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.content == first.content
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len((await client.get("/v1/authors")).json()["items"]) == 1


def test_an_answer_with_a_secret_is_kept_by_nobody() -> None:
    class Secret(ResponseSchema):
        secret: str

    blueprint = Blueprint("secrets", __name__, url_prefix="/secrets")

    @route(blueprint, "POST", "", callers=PUBLIC, rate=RateClass.WRITE, answer=Secret, secret=True)
    async def make_secret() -> object:
        """Make a secret."""
        return {"secret": "x"}

    app = Flask("plain")
    register_error_responses(app)
    announce_declarations(app)
    app.register_blueprint(blueprint)
    client = app.test_client()

    answer = client.post("/secrets")
    refused = client.post("/secrets", headers={"Idempotency-Key": '"x"'})

    assert (answer.get_json(), answer.headers["Cache-Control"]) == ({"secret": "x"}, "no-store")
    assert (refused.status_code, refused.headers["Cache-Control"]) == (400, "no-store")
    assert refused.get_json()["type"] == "/problems/invalid-idempotency-key"
