"""The document: what stands in it follows from the declarations, and is right by outside judges."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import jsonschema_rs
import pytest
from flask import Blueprint, Flask
from openapi_spec_validator import validate

from domain.errors import Conflict
from domain.permissions import Permission, Role
from service.openapi import as_json, openapi_document
from service.openapi.paths import template
from service.problems import PROBLEMS
from service.routes import ACCOUNT, PUBLIC, RateClass, declared_rules, route
from service.schemas.fields import RequestSchema, VersionedResponse
from tests.bad_requests import WHICHEVER_VERSION
from tests.unit.accounts import add_account, key_header
from tests.unit.fakes import Fakes

Json = dict[str, Any]


@pytest.fixture
def document(app: Flask) -> Json:
    return document_of(app)


def document_of(app: Flask) -> Json:
    document: Json = json.loads(as_json(openapi_document(app)))
    return document


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method} {path}", operation


def parameters(operation: Json, where: str) -> dict[str, Json]:
    return {it["name"]: it for it in operation["parameters"] if it["in"] == where}


def with_examples(node: object) -> Iterator[Json]:
    """Give all schemas that have examples."""
    if isinstance(node, dict):
        if isinstance(node.get("examples"), list):
            yield node
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from with_examples(each)


def example_of(document: Json, operation: Json) -> object:
    """Give a body that an operation takes; None where it takes none."""
    if "requestBody" not in operation:
        return None
    schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
    name = schema["$ref"].removeprefix("#/components/schemas/")
    return document["components"]["schemas"][name]["examples"][0]


def errors_of(document: Json, schema: Json, value: object) -> list[str]:
    whole = {**schema, "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [error.message for error in validator.iter_errors(value)]


def test_it_is_valid_openapi(document: Json) -> None:
    validate(document)


def test_it_has_each_declared_route_under_a_name_of_its_own(app: Flask, document: Json) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]

    assert len(names) == len(declared_rules(app)) == len(set(names))
    assert {"listAuthors", "createAuthor", "getAuthor", "changeConfiguration"} < set(names)


def test_it_says_what_it_is_of(document: Json) -> None:
    assert document["info"]["title"] == "imflask-asgi"
    assert document["info"]["version"]
    assert document["info"]["license"] == {"name": "MIT", "identifier": "MIT"}
    assert all(tag["description"] for tag in document["tags"])
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used


def test_a_change_says_all_that_it_takes(document: Json) -> None:
    change = document["paths"]["/v1/authors/{authorId}"]["patch"]

    assert parameters(change, "path")["authorId"]["schema"] == {"type": "string", "format": "uuid"}
    assert parameters(change, "header")["If-Match"]["required"] is True
    assert change["requestBody"]["required"] is True
    assert change["requestBody"]["content"] == {
        media_type: {"schema": {"$ref": "#/components/schemas/AuthorPatch"}}
        for media_type in ("application/merge-patch+json", "application/json")
    }
    assert change["x-permission"] == Permission.CHANGE_CATALOGUE


def test_a_change_says_all_that_it_answers(document: Json) -> None:
    answers = document["paths"]["/v1/authors/{authorId}"]["patch"]["responses"]

    assert {"200", "400", "404", "406", "412", "413", "415", "422", "428", "503"} < set(answers)
    assert "ETag" in answers["200"]["headers"]
    assert set(answers["404"]["content"]["application/problem+json"]["examples"]) == {
        "not-found",
        "unknown-path",
    }
    assert "Retry-After" in answers["503"]["headers"]


def test_a_read_has_conditions_of_its_own(document: Json) -> None:
    read = document["paths"]["/v1/authors/{authorId}"]["get"]

    assert set(parameters(read, "header")) == {"If-Match", "If-None-Match"}
    assert not parameters(read, "header")["If-Match"].get("required")
    assert "ETag" in read["responses"]["304"]["headers"]
    assert "content" not in read["responses"]["304"]
    assert "428" not in read["responses"]
    assert "x-permission" not in read


def test_a_creation_can_be_repeated_and_says_where_it_is(document: Json) -> None:
    create = document["paths"]["/v1/authors"]["post"]

    assert set(parameters(create, "header")) == {"Idempotency-Key"}
    assert {"ETag", "Location"} < set(create["responses"]["201"]["headers"])


def test_a_query_has_bounds_and_no_null(document: Json) -> None:
    read = document["paths"]["/v1/activity"]["get"]

    query = parameters(read, "query")
    assert set(query) == {"limit", "cursor", "kind", "subject"}
    assert query["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert "null" not in json.dumps(query)


def test_pages_are_named_by_their_items(document: Json) -> None:
    assert {"AuthorPage", "EventPage", "AuthorResponse"} < set(document["components"]["schemas"])


def test_each_schema_of_a_body_or_an_answer_has_an_example(document: Json) -> None:
    schemas = document["components"]["schemas"]
    lacking = {
        name
        for name, schema in schemas.items()
        if name.endswith(("Body", "Patch", "Response")) and not schema.get("examples")
    }

    # Problems have an example of each kind instead.
    assert lacking == {"BookTitleResponse", "FaultResponse", "ProblemResponse"}


def test_each_example_fits_its_schema(document: Json) -> None:
    found = list(with_examples(document))

    assert len(found) > 5
    for schema in found:
        for example in schema["examples"]:
            assert errors_of(document, schema, example) == [], example


def test_each_example_of_a_body_is_taken(app: Flask, document: Json) -> None:
    for rule, declared in declared_rules(app):
        if declared.body is None:
            continue
        schema = next(
            operation["requestBody"]["content"][declared.media_types[0]]["schema"]
            for _, operation in operations(document)
            if operation["operationId"].lower() == rule.endpoint.split(".")[1].replace("_", "")
        )
        name = schema["$ref"].removeprefix("#/components/schemas/")
        for example in document["components"]["schemas"][name]["examples"]:
            declared.body.validate_json(json.dumps(example))


def test_each_kind_of_problem_has_an_example_that_fits(document: Json) -> None:
    examples = document["components"]["examples"]
    schema = {"$ref": "#/components/schemas/ProblemResponse"}

    assert set(examples) == {problem.slug for problem in PROBLEMS.values()}
    for slug, example in examples.items():
        assert example["value"]["type"] == f"/problems/{slug}"
        assert errors_of(document, schema, example["value"]) == []


def test_a_new_route_comes_by_itself() -> None:
    class ShelfBody(RequestSchema):
        height: int

    class ShelfResponse(VersionedResponse):
        id: UUID

    blueprint = Blueprint("shelves", __name__, url_prefix="/v1/shelves")

    @route(
        blueprint,
        "POST",
        "/<string:room>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=ShelfBody,
        answer=ShelfResponse,
        status=HTTPStatus.CREATED,
        located=True,
        errors=(Conflict,),
    )
    async def create_shelf(room: str, body: ShelfBody) -> object:
        """Put a shelf up.

        It needs a wall.
        """
        raise NotImplementedError(room, body)

    app = Flask("shelves")
    app.register_blueprint(blueprint)

    document = document_of(app)

    validate(document)
    shelf = document["paths"]["/v1/shelves/{room}"]["post"]
    assert (shelf["operationId"], shelf["tags"]) == ("createShelf", ["shelves"])
    assert (shelf["summary"], shelf["description"]) == ("Put a shelf up.", "It needs a wall.")
    assert parameters(shelf, "path")["room"]["required"] is True
    assert "409" in shelf["responses"]


def test_a_path_of_an_unknown_kind_is_refused() -> None:
    blueprint = Blueprint("days", __name__)

    @route(blueprint, "GET", "/<float:day>", callers="public", rate=RateClass.READ)
    async def get_day(day: float) -> None:
        """Read a day."""

    app = Flask("days")
    app.register_blueprint(blueprint)

    with pytest.raises(KeyError, match="float"):
        openapi_document(app)


def test_each_operation_says_who_may_call_and_by_which_schemes(app: Flask, document: Json) -> None:
    by_token, by_key = {"accessToken": []}, {"apiKey": []}
    for rule, declared in declared_rules(app):
        operation = document["paths"][template(rule.rule)][declared.method.lower()]
        answers = set(operation["responses"])
        alternatives = [it for it in operation["security"] if "Cookie" not in str(it)]
        if declared.callers == PUBLIC:
            assert alternatives == [{}, by_token, by_key]
            assert "401" in answers
        else:
            by_machines = [] if declared.callers == ACCOUNT else [by_key]
            assert alternatives == [by_token, *by_machines]
            assert {"401", "403"} <= answers
        is_named = isinstance(declared.callers, Permission)
        assert operation.get("x-permission") == (declared.callers if is_named else None)


def test_cookies_stand_where_they_are_taken(document: Json) -> None:
    taken = {
        where: [it for it in operation["security"] if "Cookie" in str(it)]
        for where, operation in operations(document)
    }

    assert {where: schemes for where, schemes in taken.items() if schemes} == {
        "post /v1/sessions/refresh": [{"refreshCookie": []}],
        "post /v1/sessions/provider": [{"ticketCookie": []}],
        "post /v1/me/identities": [{"accessToken": [], "ticketCookie": []}],
    }
    schemes = document["components"]["securitySchemes"]
    assert set(schemes) == {"accessToken", "apiKey", "refreshCookie", "ticketCookie"}
    for scheme, name in (("refreshCookie", "__Host-refresh"), ("ticketCookie", "__Host-ticket")):
        assert (schemes[scheme]["type"], schemes[scheme]["in"]) == ("apiKey", "cookie")
        assert schemes[scheme]["name"] == name
        assert "Sec-Fetch-Site" in schemes[scheme]["description"]
        assert "/problems/cross-site-request" in schemes[scheme]["description"]


async def test_a_key_is_refused_where_it_is_no_scheme_and_taken_where_it_is(
    app: Flask, client: httpx.AsyncClient, fakes: Fakes, document: Json
) -> None:
    key = await key_header(fakes, await add_account(fakes, Role.ADMIN), frozenset(Permission))
    unknown = str(UUID(int=1))
    for rule, declared in declared_rules(app):
        operation = document["paths"][template(rule.rule)][declared.method.lower()]
        address = re.sub(r"<[^>]*>", unknown, rule.rule)
        body = example_of(document, operation)
        answer = await client.request(
            declared.method, address, json=body, headers={**WHICHEVER_VERSION, **key}
        )
        is_refused = answer.status_code == 403 and "not-permitted" in answer.json()["type"]
        assert is_refused == ({"apiKey": []} not in operation["security"]), (rule, answer.text)


def test_who_is_not_let_in_is_told_what_to_show(document: Json) -> None:
    answers = document["paths"]["/v1/authors"]["post"]["responses"]

    for status in ("401", "403"):
        assert "WWW-Authenticate" in answers[status]["headers"]
