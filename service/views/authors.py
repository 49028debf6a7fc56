"""Authors over HTTP."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from domain.catalogue.entities import Author
from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from domain.entities import Expected
from domain.errors import InvalidValue, NotFound
from domain.pagination import Page
from domain.permissions import Permission
from service.arguments import JSON, MERGE_PATCH
from service.routes import PUBLIC, RateClass, route
from service.schemas.authors import AuthorBody, AuthorPatch, AuthorResponse
from service.schemas.pagination import PageQuery, PageResponse
from service.views.pages import page_request


def authors_blueprint(catalogue: Catalogue, configuration: RuntimeConfiguration) -> Blueprint:
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
        query=PageQuery,
        answer=PageResponse[AuthorResponse],
    )
    async def list_authors(query: PageQuery) -> Page[Author]:
        """List authors, oldest first."""
        return await catalogue.list_authors(await page_request(query, configuration))

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
        errors=(NotFound,),
    )
    async def delete_author(author_id: UUID, expected: Expected) -> None:
        """Delete an author."""
        await catalogue.delete_author(author_id, expected)

    return blueprint
