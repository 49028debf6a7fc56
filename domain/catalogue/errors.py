"""What the catalogue refuses."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from domain.errors import Conflict


class BookTitle(NamedTuple):
    """A book, as far as people need it to know which one is meant."""

    id: UUID
    title: str


class IsbnTaken(Conflict):
    """Another book has the ISBN."""

    def __init__(self, isbn: str) -> None:
        super().__init__(f"The ISBN {isbn} is that of another book.")
        self.isbn = isbn


class AuthorHasBooks(Conflict):
    """An author can't be deleted before its books. `books` are the first of all `count`."""

    def __init__(self, author_id: UUID, books: Sequence[BookTitle], count: int) -> None:
        super().__init__(f"The author {author_id} has books ({count}), which are to go first.")
        self.author_id = author_id
        self.books = books
        self.count = count
