"""The schemas of all bodies, queries and answers, with one name each."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from service.routes import Route
from service.schemas.problems import ProblemResponse

Part = Literal["body", "query", "answer"]

# The name that pydantic has for a page of authors: PageResponse[AuthorResponse].
_GENERIC = re.compile(r"(?P<outer>[\w.]+)\[(?P<inner>[\w.]+)\]")

_PREFIX = "#/components/schemas/"
_NULL = {"type": "null"}


class _Generator(GenerateJsonSchema):
    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's.
        """Leave out titles that say a field's name again."""
        return False

    def normalize_name(self, name: str) -> str:
        """Name a page by what is in it: AuthorPage."""
        if found := _GENERIC.fullmatch(name):
            outer, inner = (found[it].removesuffix("Response") for it in ("outer", "inner"))
            return super().normalize_name(inner + outer.rpartition(".")[2])
        return super().normalize_name(name)


class Schemas:
    """The schemas of some routes: by reference, and as the components that are referred to."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Generate all at once, for only then are the names of schemas known to be unique."""
        inputs: list[tuple[tuple[int, Part], JsonSchemaMode, TypeAdapter[Any]]] = [
            entry for declared in routes for entry in _parts(declared)
        ]
        inputs.append(((0, "answer"), "serialization", TypeAdapter(ProblemResponse)))
        found, definitions = TypeAdapter.json_schemas(
            inputs, schema_generator=_Generator, ref_template=_PREFIX + "{model}"
        )
        self._found = {part: schema for (part, _), schema in found.items()}
        self.components = {
            name: {member: it for member, it in schema.items() if member != "title"}
            for name, schema in definitions["$defs"].items()
        }
        # A query is no JSON: only its fields are shown, as parameters.
        queries = {_name(it) for (_, part), it in self._found.items() if part == "query"}
        self._queries = {query: self.components.pop(query) for query in queries}

    def of(self, declared: Route, part: Literal["body", "answer"]) -> JsonSchemaValue:
        """Give the schema of a body or an answer, mostly as a reference."""
        return self._found[id(declared), part]

    @property
    def problem(self) -> JsonSchemaValue:
        """The schema of every problem."""
        return self._found[0, "answer"]

    def query_of(self, declared: Route) -> dict[str, JsonSchemaValue]:
        """Give the parameters of a route's query with their schemas."""
        if declared.query is None:
            return {}
        query = self._queries[_name(self._found[id(declared), "query"])]
        return {key: _not_null(schema) for key, schema in query["properties"].items()}


def _name(reference: Mapping[str, Any]) -> str:
    """Give the name of the component that is referred to."""
    return str(reference["$ref"]).removeprefix(_PREFIX)


def _parts(
    declared: Route,
) -> Iterable[tuple[tuple[int, Part], JsonSchemaMode, TypeAdapter[Any]]]:
    if declared.body is not None:
        yield (id(declared), "body"), "validation", declared.body
    if declared.query is not None:
        yield (id(declared), "query"), "validation", TypeAdapter(declared.query)
    if declared.answer is not None:
        yield (id(declared), "answer"), "serialization", TypeAdapter(declared.answer)


def _not_null(schema: JsonSchemaValue) -> JsonSchemaValue:
    """Give the schema without null, which a query says by saying nothing."""
    without = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    if schema.get("default") is not None:
        without["default"] = schema["default"]
    match [choice for choice in schema.get("anyOf", []) if choice != _NULL]:
        case []:
            return without
        case [only]:
            return {**only, **without}
        case choices:
            return {"anyOf": choices, **without}
