"""Authors over HTTP."""

from uuid import UUID

from flask import Blueprint, Response, url_for
from pydantic import TypeAdapter

from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from service.schemas.authors import AuthorBody, AuthorPatch, AuthorResponse
from service.schemas.pagination import PageQuery, PageResponse
from service.views.messages import JSON, MERGE_PATCH, json_response, read_body, read_query
from service.views.pages import page_request

_BODY = TypeAdapter(AuthorBody)
_PATCH = TypeAdapter(AuthorPatch)
_PAGE = PageResponse[AuthorResponse]


def authors_blueprint(catalogue: Catalogue, configuration: RuntimeConfiguration) -> Blueprint:
    """Make the routes of authors over their use-cases."""
    blueprint = Blueprint("authors", __name__, url_prefix="/v1/authors")

    @blueprint.post("")
    async def create_author() -> Response:
        author = await catalogue.create_author(read_body(_BODY).details())
        location = url_for("authors.get_author", author_id=author.id)
        return json_response(AuthorResponse.model_validate(author), 201, {"Location": location})

    @blueprint.get("")
    async def list_authors() -> Response:
        page = await page_request(read_query(PageQuery), configuration)
        return json_response(_PAGE.of(await catalogue.list_authors(page)))

    @blueprint.get("/<uuid:author_id>")
    async def get_author(author_id: UUID) -> Response:
        return json_response(AuthorResponse.model_validate(await catalogue.get_author(author_id)))

    @blueprint.put("/<uuid:author_id>")
    async def replace_author(author_id: UUID) -> Response:
        author = await catalogue.replace_author(author_id, read_body(_BODY).details())
        return json_response(AuthorResponse.model_validate(author))

    @blueprint.patch("/<uuid:author_id>")
    async def change_author(author_id: UUID) -> Response:
        changes = read_body(_PATCH, MERGE_PATCH, JSON)
        author = await catalogue.change_author(author_id, changes)
        return json_response(AuthorResponse.model_validate(author))

    @blueprint.delete("/<uuid:author_id>")
    async def delete_author(author_id: UUID) -> Response:
        await catalogue.delete_author(author_id)
        return Response(status=204)

    return blueprint
