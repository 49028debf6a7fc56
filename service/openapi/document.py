"""The document as a whole."""

import json
import sys
from importlib.metadata import metadata
from inspect import getdoc

from flask import Flask
from openapi_pydantic.v3.v3_1 import (
    Components,
    Info,
    License,
    OpenAPI,
    Operation,
    PathItem,
    Server,
    Tag,
)

from service.openapi.headers import header_components
from service.openapi.operations import operation
from service.openapi.paths import template
from service.openapi.problems import problem_examples
from service.openapi.schemas import Schemas
from service.openapi.security import security_schemes
from service.routes import declared_rules

DISTRIBUTION = "imflask-asgi"


def openapi_document(app: Flask) -> OpenAPI:
    """Build the document of all declared routes of an app.

    It depends on the code alone, not on settings. Raises KeyError for a path with a converter that
    ``paths`` doesn't know.
    """
    rules = declared_rules(app)
    schemas = Schemas([declared for _, declared in rules])
    paths: dict[str, dict[str, Operation]] = {}
    for rule, declared in rules:
        item = paths.setdefault(template(rule.rule), {})
        item[declared.method.lower()] = operation(rule, declared, schemas)
    return OpenAPI(
        openapi="3.1.1",
        info=_info(),
        servers=[Server(url="/", description="The server that gives this document")],
        paths={path: PathItem.model_validate(item) for path, item in sorted(paths.items())},
        components=Components.model_validate(
            {
                "schemas": schemas.components,
                "headers": header_components(),
                "examples": problem_examples(),
                "securitySchemes": security_schemes(),
            }
        ),
        tags=_tags(app, {rule.endpoint.rpartition(".")[0] for rule, _ in rules}),
    )


def as_json(document: OpenAPI, *, indent: int | None = None) -> str:
    """Give the text of a document: what was set in it, under the names of the specification."""
    members = json.loads(
        document.model_dump_json(by_alias=True, exclude_unset=True), parse_float=_number
    )
    return json.dumps(members, ensure_ascii=False, indent=indent)


def _number(text: str) -> int | float:
    # The library reads the bounds of a schema as floats, so that 100 has become 100.0.
    number = float(text)
    return int(number) if number.is_integer() else number


def _info() -> Info:
    package = metadata(DISTRIBUTION)
    licence = package["License-Expression"]
    return Info(
        title=package["Name"],
        summary=package["Summary"],
        version=package["Version"],
        license=License(name=licence, identifier=licence),
    )


def _tags(app: Flask, blueprints: set[str]) -> list[Tag]:
    """Describe each blueprint as the module does that makes it."""
    return [
        Tag(name=name, description=getdoc(sys.modules[app.blueprints[name].import_name]))
        for name in sorted(blueprints)
    ]
