"""Authors in FastAPI, without the contract of this project's answers."""

from uuid import UUID

from fastapi import FastAPI, HTTPException

from benchmarks.apps.authors_sql import AuthorPage, Authors
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
    """Add an author."""
    return await authors.add(body)
