"""The contract: the OpenAPI document over HTTP."""

import asyncio
import hashlib
from functools import cache
from http import HTTPStatus

from flask import Blueprint, Flask, Response, current_app, request

from service.arguments import JSON
from service.entity_tags import matches_any

PATH = "/openapi.json"


def contract_blueprint() -> Blueprint:
    """Make the route of the document of the app that this is registered with."""
    blueprint = Blueprint("contract", __name__)
    built = cache(_build)

    @blueprint.get(PATH)
    async def get_contract() -> Response:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        # The first time it takes a tenth of a second: too long for the event loop.
        document, tag = await asyncio.to_thread(built, app)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if matches_any(request.headers.get("If-None-Match", ""), tag):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(document, headers=headers, mimetype=JSON)

    return blueprint


def _build(app: Flask) -> tuple[bytes, str]:
    """Give the document and its entity tag."""
    # Its library is imported with it: the start of the service need not wait for that.
    from service.openapi import as_json, openapi_document  # noqa: PLC0415

    document = as_json(openapi_document(app)).encode()
    return document, f'"{hashlib.sha256(document).hexdigest()[:32]}"'
