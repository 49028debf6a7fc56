"""Authors over HTTP."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from domain.catalogue.entities import Author
from domain.catalogue.errors import AuthorHasBooks
from domain.catalogue.use_cases import Catalogue
from domain.entities import Expected
from domain.errors import InvalidValue, NotFound
from domain.permissions import Permission
from service.arguments import JSON, MERGE_PATCH
from service.routes import PUBLIC, RateClass, route
from service.schemas.authors import AuthorBody, AuthorPatch, AuthorResponse, AuthorsQuery
from service.schemas.pagination import PageResponse
from service.views.lists import Listed, Lists


def authors_blueprint(catalogue: Catalogue, lists: Lists) -> Blueprint:
    """Make the routes of authors over their use-cases."""
    blueprint = Blueprint("authors", __name__, url_prefix="/v1/authors")

    @route(
        blueprint,
        "POST",
        "",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=AuthorBody,
        answer=AuthorResponse,
        status=HTTPStatus.CREATED,
        located=True,
        errors=(InvalidValue,),
    )
    async def create_author(body: AuthorBody) -> Author:
        """Add an author."""
        return await catalogue.create_author(body.details())

    @route(
        blueprint,
        "GET",
        "",
        callers=PUBLIC,
        rate=RateClass.READ,
        query=AuthorsQuery,
        answer=PageResponse[AuthorResponse],
    )
    async def list_authors(query: AuthorsQuery) -> Listed[Author]:
        """List authors, oldest first or in another order.

        `search` finds names by their words: each of its words is how one of the name's begins.
        """
        return await lists.page(
            query, lambda page: catalogue.list_authors(page, query.of_authors())
        )

    @route(
        blueprint,
        "GET",
        "/<uuid:author_id>",
        callers=PUBLIC,
        rate=RateClass.READ,
        answer=AuthorResponse,
        conditional=AuthorResponse,
        errors=(NotFound,),
    )
    async def get_author(author_id: UUID) -> Author:
        """Read one author."""
        return await catalogue.get_author(author_id)

    @route(
        blueprint,
        "PUT",
        "/<uuid:author_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=AuthorBody,
        answer=AuthorResponse,
        conditional=AuthorResponse,
        errors=(NotFound, InvalidValue),
    )
    async def replace_author(author_id: UUID, body: AuthorBody, expected: Expected) -> Author:
        """Replace all details of an author."""
        return await catalogue.replace_author(author_id, body.details(), expected)

    @route(
        blueprint,
        "PATCH",
        "/<uuid:author_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=AuthorPatch,
        media_types=(MERGE_PATCH, JSON),
        answer=AuthorResponse,
        conditional=AuthorResponse,
        errors=(NotFound, InvalidValue),
    )
    async def change_author(author_id: UUID, body: AuthorPatch, expected: Expected) -> Author:
        """Change some details of an author."""
        return await catalogue.change_author(author_id, body, expected)

    @route(
        blueprint,
        "DELETE",
        "/<uuid:author_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        conditional=AuthorResponse,
        errors=(NotFound, AuthorHasBooks),
    )
    async def delete_author(author_id: UUID, expected: Expected) -> None:
        """Delete an author."""
        await catalogue.delete_author(author_id, expected)

    return blueprint
