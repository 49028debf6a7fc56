"""Paths of rules, as templates with parameters."""

import re
from collections.abc import Mapping

from openapi_pydantic.v3.v3_1 import Parameter
from pydantic.alias_generators import to_camel

_VARIABLE = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")

# What Werkzeug's converters take.
_SCHEMAS: Mapping[str, Mapping[str, object]] = {
    "int": {"type": "integer", "minimum": 0},
    "string": {"type": "string", "minLength": 1, "pattern": "^[^/]+$"},
    "uuid": {"type": "string", "format": "uuid"},
}


def template(path: str) -> str:
    """Give the path template of a rule's path: ``/v1/authors/{authorId}``."""
    return _VARIABLE.sub(lambda found: f"{{{to_camel(found['name'])}}}", path)


def path_parameters(path: str) -> list[Parameter]:
    """Give the parameters of a rule's path; raises KeyError for an unknown converter."""
    return [
        Parameter.model_validate(
            {
                "name": to_camel(found["name"]),
                "in": "path",
                "required": True,
                "schema": _SCHEMAS[found["converter"] or "string"],
            }
        )
        for found in _VARIABLE.finditer(path)
    ]
