"""Books over HTTP."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint

from domain.catalogue.entities import Book, BookChanges
from domain.catalogue.errors import IsbnTaken
from domain.catalogue.use_cases import Catalogue
from domain.entities import Expected
from domain.errors import InvalidBatch, InvalidValue, NotFound
from domain.permissions import Permission
from service.arguments import JSON, MERGE_PATCH
from service.routes import PUBLIC, RateClass, route
from service.schemas.books import (
    AuthorBooksQuery,
    BatchBody,
    BatchResponse,
    BookBody,
    BookPatch,
    BookResponse,
    BooksQuery,
)
from service.schemas.pagination import PageResponse
from service.views.lists import Listed, Lists


def books_blueprint(catalogue: Catalogue, lists: Lists) -> Blueprint:
    """Make the routes of books over their use-cases."""
    blueprint = Blueprint("books", __name__, url_prefix="/v1")

    @route(
        blueprint,
        "POST",
        "/books",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=BookBody,
        answer=BookResponse,
        status=HTTPStatus.CREATED,
        located=True,
        errors=(InvalidValue, IsbnTaken),
    )
    async def create_book(body: BookBody) -> Book:
        """Add a book."""
        return await catalogue.create_book(body.details())

    @route(
        blueprint,
        "POST",
        "/books/batch",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.BATCH,
        body=BatchBody,
        answer=BatchResponse,
        status=HTTPStatus.CREATED,
        errors=(InvalidBatch,),
    )
    async def create_books(body: BatchBody) -> list[Book]:
        """Add up to 500 books, all or none.

        Where some are refused, `errors` points at each of them and says why.
        """
        return await catalogue.create_books([item.details() for item in body.items])

    @route(
        blueprint,
        "GET",
        "/books",
        callers=PUBLIC,
        rate=RateClass.READ,
        query=BooksQuery,
        answer=PageResponse[BookResponse],
    )
    async def list_books(query: BooksQuery) -> Listed[Book]:
        """List books, oldest first or in another order.

        `search` finds titles by their words: each of its words is how one of the title's begins.
        """
        asked = query.of_books(query.author_id)
        return await lists.page(query, lambda page: catalogue.list_books(page, asked))

    @route(
        blueprint,
        "GET",
        "/authors/<uuid:author_id>/books",
        callers=PUBLIC,
        rate=RateClass.READ,
        query=AuthorBooksQuery,
        answer=PageResponse[BookResponse],
        errors=(NotFound,),
    )
    async def list_books_by(author_id: UUID, query: AuthorBooksQuery) -> Listed[Book]:
        """List the books of one author."""
        asked = query.of_books(author_id)
        return await lists.page(query, lambda page: catalogue.list_books_by(author_id, page, asked))

    @route(
        blueprint,
        "GET",
        "/books/<uuid:book_id>",
        callers=PUBLIC,
        rate=RateClass.READ,
        answer=BookResponse,
        conditional=BookResponse,
        errors=(NotFound,),
    )
    async def get_book(book_id: UUID) -> Book:
        """Read one book."""
        return await catalogue.get_book(book_id)

    @route(
        blueprint,
        "PUT",
        "/books/<uuid:book_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=BookBody,
        answer=BookResponse,
        conditional=BookResponse,
        errors=(NotFound, InvalidValue, IsbnTaken),
    )
    async def replace_book(book_id: UUID, body: BookBody, expected: Expected) -> Book:
        """Replace all details of a book."""
        return await catalogue.replace_book(book_id, body.details(), expected)

    @route(
        blueprint,
        "PATCH",
        "/books/<uuid:book_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        body=BookPatch,
        media_types=(MERGE_PATCH, JSON),
        answer=BookResponse,
        conditional=BookResponse,
        errors=(NotFound, InvalidValue, IsbnTaken),
    )
    async def change_book(book_id: UUID, body: BookPatch, expected: Expected) -> Book:
        """Change some details of a book."""
        # The same to the letter, which a type checker can't see: a price may be a part of one.
        changes = cast("BookChanges", body)
        return await catalogue.change_book(book_id, changes, expected)

    @route(
        blueprint,
        "DELETE",
        "/books/<uuid:book_id>",
        callers=Permission.CHANGE_CATALOGUE,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        conditional=BookResponse,
        errors=(NotFound,),
    )
    async def delete_book(book_id: UUID, expected: Expected) -> None:
        """Delete a book."""
        await catalogue.delete_book(book_id, expected)

    return blueprint
