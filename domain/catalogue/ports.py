"""What the catalogue's use-cases ask of the outside."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.catalogue.entities import Author, Book
from domain.catalogue.queries import AuthorQuery, BookQuery
from domain.pagination import Page, PageRequest
from domain.ports import Outbox


class Authors(Protocol):
    """The authors. One that was deleted is absent for every method but `purge`."""

    async def add(self, author: Author) -> None:
        """Keep a new author; raises Conflict when its id is taken."""
        ...

    async def get(self, author_id: UUID) -> Author | None:
        """Give the author, or None."""
        ...

    async def get_for_change(self, author_id: UUID) -> Author | None:
        """Give the author, or None; nobody else can change it before this unit of work ends."""
        ...

    async def hold(self, author_ids: Collection[UUID]) -> frozenset[UUID]:
        """Give which of the authors are there.

        Nobody can change or delete those before this unit of work ends; others may hold them too.
        """
        ...

    async def save(self, author: Author) -> None:
        """Replace the kept author, whose version must be one less; else raises Conflict."""
        ...

    async def delete(self, author_id: UUID, deleted_at: datetime) -> None:
        """Make the author absent; an absent one stays so."""
        ...

    async def list(self, request: PageRequest, query: AuthorQuery) -> Page[Author]:
        """Give a page of the authors that the query asks for.

        Text is sorted by `domain.text.sort_key`, in the order of code points; where values are
        equal, ids decide.
        """
        ...

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Remove for good at most `limit` authors deleted before then; gives how many."""
        ...


class Books(Protocol):
    """The books. One that was deleted is absent for every method but `purge`."""

    async def add(self, books: Sequence[Book]) -> None:
        """Keep new books, all or none.

        Raises IsbnTaken when another book, also one of these, has the ISBN of one, and Conflict
        when an id is taken.
        """
        ...

    async def get(self, book_id: UUID) -> Book | None:
        """Give the book, or None."""
        ...

    async def get_for_change(self, book_id: UUID) -> Book | None:
        """Give the book, or None; nobody else can change it before this unit of work ends."""
        ...

    async def taken(self, isbns: Collection[str]) -> frozenset[str]:
        """Give which of the ISBNs books have; others can take more at any time."""
        ...

    async def save(self, book: Book) -> None:
        """Replace the kept book, whose version must be one less; else raises Conflict.

        Raises IsbnTaken when another book has the ISBN.
        """
        ...

    async def delete(self, book_id: UUID, deleted_at: datetime) -> None:
        """Make the book absent, and its ISBN free; an absent one stays so."""
        ...

    async def list(self, request: PageRequest, query: BookQuery) -> Page[Book]:
        """Give a page of the books that the query asks for, in an order as of `Authors.list`."""
        ...

    async def count_by(self, author_id: UUID) -> int:
        """Give how many books name the author."""
        ...

    async def purge(self, deleted_before: datetime, limit: int) -> int:
        """Remove for good at most `limit` books deleted before then; gives how many."""
        ...


class CatalogueStores(Protocol):
    """The stores of the catalogue that share a unit of work."""

    @property
    def authors(self) -> Authors:
        """The authors."""
        ...

    @property
    def books(self) -> Books:
        """The books."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Where a change leaves its event."""
        ...
