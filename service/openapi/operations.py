"""One operation: what a route takes and all that it can answer."""

from http import HTTPStatus
from typing import Any

from openapi_pydantic.v3.v3_1 import Operation, Parameter
from pydantic.alias_generators import to_camel
from werkzeug.routing import Rule

from service.arguments import JSON
from service.openapi.headers import answered_headers, header_parameters, headers
from service.openapi.paths import path_parameters
from service.openapi.problems import problem_responses
from service.openapi.schemas import Schemas
from service.openapi.security import callers
from service.route_problems import problems_of
from service.routes import Route


def operation(rule: Rule, declared: Route, schemas: Schemas) -> Operation:
    """Give the operation of a route. Its id is the name of the view, in camelCase."""
    blueprint, _, view = rule.endpoint.rpartition(".")
    members: dict[str, Any] = {
        "operationId": to_camel(view),
        "tags": [blueprint],
        "summary": declared.summary,
        "description": declared.description,
        "parameters": _parameters(rule, declared, schemas),
        "requestBody": _body(declared, schemas),
        "responses": _responses(rule, declared, schemas),
        **callers(declared),
        **(declared.retirement.members() if declared.retirement else {}),
    }
    return Operation.model_validate({name: it for name, it in members.items() if it})


def _parameters(rule: Rule, declared: Route, schemas: Schemas) -> list[Parameter]:
    query = [_in_query(name, schema) for name, schema in schemas.query_of(declared).items()]
    return [*path_parameters(rule.rule), *query, *header_parameters(declared)]


def _in_query(name: str, schema: dict[str, Any]) -> Parameter:
    told = {key: schema[key] for key in ("description", "deprecated") if key in schema}
    return Parameter.model_validate({"name": name, "in": "query", "schema": schema, **told})


def _body(declared: Route, schemas: Schemas) -> dict[str, Any] | None:
    if declared.body is None:
        return None
    schema = schemas.of(declared, "body")
    content = {media_type: {"schema": schema} for media_type in declared.media_types}
    return {"required": True, "content": content}


def _responses(rule: Rule, declared: Route, schemas: Schemas) -> dict[str, Any]:
    responses: dict[HTTPStatus, Any] = {declared.status: _answer(declared, schemas)}
    if declared.conditional is not None and not declared.changes:
        responses[HTTPStatus.NOT_MODIFIED] = {
            "description": "The client has this version already.",
            "headers": headers(*answered_headers(declared)),
        }
    responses |= problem_responses(problems_of(rule, declared), schemas.problem)
    return {str(status.value): response for status, response in responses.items()}


def _answer(declared: Route, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": declared.status.phrase,
        "headers": headers(*answered_headers(declared)),
    }
    if declared.answer is not None:
        answer["content"] = {JSON: {"schema": schemas.of(declared, "answer")}}
    return answer
