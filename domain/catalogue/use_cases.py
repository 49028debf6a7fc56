"""What people do with the catalogue."""

from dataclasses import replace
from uuid import UUID

from domain.catalogue.author_use_cases import AuthorUseCases
from domain.catalogue.batches import BatchUseCases
from domain.catalogue.entities import Book
from domain.catalogue.queries import BookQuery
from domain.pagination import Page, PageRequest


class Catalogue(AuthorUseCases, BatchUseCases):
    """All use-cases of the catalogue, and those that join authors and books."""

    async def list_books_by(
        self, author_id: UUID, request: PageRequest, query: BookQuery | None = None
    ) -> Page[Book]:
        """Give a page of an author's books, otherwise like `list_books`; raises NotFound."""
        await self.get_author(author_id)
        asked = replace(query or BookQuery(), author_id=author_id)
        return await self.list_books(request, asked)
