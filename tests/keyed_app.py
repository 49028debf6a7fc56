"""A small application whose POST may be repeated under a key, for tests of all kinds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from flask import Flask, Response, request

from domain.catalogue.entities import Author
from domain.catalogue.use_cases import Catalogue
from service.asgi import FlaskToAsgi
from service.error_responses import register_error_responses
from service.hooks.idempotency import idempotently
from service.schemas.authors import AuthorResponse

AUTHORS = "/authors"


def keyed_app(catalogue: Catalogue) -> Flask:
    """Make an application that creates an author of the body's name, for the caller it is told."""
    app = Flask("keyed")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    register_error_responses(app)

    @app.post(AUTHORS)
    @app.post("/others")
    async def create() -> Response:
        async def call() -> Author:
            name = request.get_data().decode()
            return await catalogue.create_author(
                {"name": name, "biography": None, "born_on": None, "died_on": None}
            )

        return await idempotently(request, request.headers.get("Caller", "anonymous"), call, shape)

    return app


def shape(author: Author) -> Response:
    """Answer as the authors' view does."""
    headers = [("Location", f"{AUTHORS}/{author.id}"), ("ETag", f'"{author.version}"')]
    body = AuthorResponse.model_validate(author).model_dump_json()
    return Response(body, 201, headers, mimetype="application/json")


@asynccontextmanager
async def client_of(app: Flask) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the application on the running loop."""
    transport = httpx.ASGITransport(FlaskToAsgi(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
        yield client


async def post(
    client: httpx.AsyncClient, key: str | None = "a-key", body: str = "Han Kang", **headers: str
) -> httpx.Response:
    """Create an author under a key."""
    keyed = {} if key is None else {"Idempotency-Key": key}
    return await client.post(AUTHORS, content=body, headers={**keyed, **headers})


def told(response: httpx.Response) -> tuple[object, ...]:
    """Give what a repetition has to tell alike."""
    headers = {name: value for name, value in response.headers.items() if name != REPLAYED}
    return response.status_code, headers, response.content


REPLAYED = "idempotency-replayed"
