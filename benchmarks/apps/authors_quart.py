"""Authors in Quart, without the contract of this project's answers."""

from uuid import UUID

from pydantic import BaseModel
from quart import Quart, Response, abort, request

from benchmarks.apps.authors_sql import MAY_CHANGE, Authors
from service.schemas.authors import AuthorBody

app = Quart(__name__, static_folder=None)
authors = Authors()


@app.get("/v1/authors/<uuid:author_id>")
async def get_author(author_id: UUID) -> Response:
    """Read one author."""
    found = await authors.get(author_id)
    if found is None:
        abort(404)
    return _answer(found)


@app.get("/v1/authors")
async def list_authors() -> Response:
    """List authors."""
    return _answer(await authors.list(request.args.get("limit", 20, int)))


@app.post("/v1/authors")
async def create_author() -> Response:
    """Add an author, whoever asks."""
    body = AuthorBody.model_validate_json(await request.get_data())
    return _answer(await authors.add(body), 201)


@app.post("/v1/signed-in/authors")
async def create_author_signed_in() -> Response:
    """Add an author for who may."""
    role = await authors.role(request.headers.get("Authorization", ""))
    if role is None:
        abort(401)
    if role not in MAY_CHANGE:
        abort(403)
    return await create_author()


def _answer(answer: BaseModel, status: int = 200) -> Response:
    return Response(answer.model_dump_json(), status, mimetype="application/json")
