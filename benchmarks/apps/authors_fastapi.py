"""Authors in FastAPI, without the contract of this project's answers."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, HTTPException

from benchmarks.apps.authors_sql import MAY_CHANGE, AuthorPage, Authors
from service.schemas.authors import AuthorBody, AuthorResponse

app = FastAPI(openapi_url=None)
authors = Authors()


@app.get("/v1/authors/{author_id}")
async def get_author(author_id: UUID) -> AuthorResponse:
    """Read one author."""
    found = await authors.get(author_id)
    if found is None:
        raise HTTPException(404)
    return found


@app.get("/v1/authors")
async def list_authors(limit: int = 20) -> AuthorPage:
    """List authors."""
    return await authors.list(limit)


@app.post("/v1/authors", status_code=201)
async def create_author(body: AuthorBody) -> AuthorResponse:
    """Add an author, whoever asks."""
    return await authors.add(body)


async def check_editor(authorization: Annotated[str, Header()] = "") -> None:
    """Let those in who may change authors."""
    role = await authors.role(authorization)
    if role is None:
        raise HTTPException(401)
    if role not in MAY_CHANGE:
        raise HTTPException(403)


@app.post("/v1/signed-in/authors", status_code=201, dependencies=[Depends(check_editor)])
async def create_author_signed_in(body: AuthorBody) -> AuthorResponse:
    """Add an author for who may."""
    return await authors.add(body)
