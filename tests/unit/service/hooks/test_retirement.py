"""What is retired says so: in each answer and in the document."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any

import pytest
from flask import Blueprint, Flask
from openapi_spec_validator import validate

from domain.errors import NotFound
from service.error_responses import register_error_responses
from service.hooks.retirement import announce_declarations
from service.openapi import as_json, openapi_document
from service.retirement import Retirement
from service.routes import PUBLIC, RateClass, route
from service.schemas.fields import RequestSchema, ResponseSchema

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
RETIREMENT = Retirement(
    since=SINCE,
    sunset=datetime(2027, 1, 1, 9, tzinfo=timezone(timedelta(hours=9))),
    explanation="/docs/from-v1-to-v2",
)


class LampQuery(RequestSchema):
    colour: Annotated[str, RETIREMENT] = "white"


class LampResponse(ResponseSchema):
    lit: bool
    brightness: Annotated[int | None, RETIREMENT] = None


@pytest.fixture
def app() -> Flask:
    first = Blueprint("v1", __name__, url_prefix="/v1/lamps")
    second = Blueprint("v2", __name__, url_prefix="/v2/lamps")

    @route(
        first,
        "GET",
        "/<int:number>",
        callers=PUBLIC,
        rate=RateClass.READ,
        answer=LampResponse,
        errors=(NotFound,),
        retirement=RETIREMENT,
    )
    async def get_lamp(number: int) -> object:
        """Read a lamp."""
        return {"lit": 1 / number > 0}

    @route(
        second,
        "GET",
        "",
        callers=PUBLIC,
        rate=RateClass.READ,
        query=LampQuery,
        answer=LampResponse,
    )
    async def get_the_lamp(query: LampQuery) -> object:
        """Read the only lamp."""
        return {"lit": query.colour == "white"}

    app = Flask("lamps")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    register_error_responses(app)
    announce_declarations(app)
    app.register_blueprint(first)
    app.register_blueprint(second)
    return app


@pytest.fixture
def document(app: Flask) -> Any:  # noqa: ANN401 - JSON.
    return json.loads(as_json(openapi_document(app)))


@pytest.mark.parametrize("number,status", [(1, 200), (0, 500)])
def test_each_answer_of_a_retired_route_says_so(app: Flask, number: int, status: int) -> None:
    answer = app.test_client().get(f"/v1/lamps/{number}")

    assert answer.status_code == status
    assert answer.headers["Deprecation"] == "@1767225600"
    assert answer.headers["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert answer.headers["Link"] == '</docs/from-v1-to-v2>; rel="deprecation"; type="text/html"'


@pytest.mark.parametrize("path", ["/v2/lamps", "/v3/lamps"])
def test_nothing_else_does(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert not {"Deprecation", "Sunset", "Link"} & set(answer.headers.keys())


def test_the_document_says_so(document: Any) -> None:  # noqa: ANN401 - JSON.
    retired = document["paths"]["/v1/lamps/{number}"]["get"]
    other = document["paths"]["/v2/lamps"]["get"]

    validate(document)
    assert (retired["deprecated"], retired["x-sunset"]) == (True, "2027-01-01T00:00:00Z")
    assert {"Deprecation", "Sunset"} < set(retired["responses"]["200"]["headers"])
    assert "deprecated" not in other
    assert "Deprecation" not in other["responses"]["200"]["headers"]


def test_the_document_says_which_field_is_retired(document: Any) -> None:  # noqa: ANN401 - JSON.
    lamp = document["components"]["schemas"]["LampResponse"]["properties"]
    (colour,) = document["paths"]["/v2/lamps"]["get"]["parameters"]

    assert (lamp["brightness"]["deprecated"], "deprecated" in lamp["lit"]) == (True, False)
    assert colour["deprecated"] is True


def test_a_retirement_may_have_no_end_yet() -> None:
    retirement = Retirement(since=SINCE)

    assert retirement.headers() == [("Deprecation", "@1767225600")]
    assert retirement.members() == {"deprecated": True}


@pytest.mark.parametrize(
    "since,sunset", [(SINCE, SINCE - timedelta(seconds=1)), (SINCE.replace(tzinfo=None), None)]
)
def test_times_that_make_no_sense_are_refused(since: datetime, sunset: datetime | None) -> None:
    with pytest.raises(ValueError, match="retire"):
        Retirement(since=since, sunset=sunset)
