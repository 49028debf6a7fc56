"""What changes of the catalogue tell; the ids and times are the caller's."""

from datetime import datetime
from uuid import UUID

from domain.catalogue.entities import Author, Book
from domain.events import Details, Event

AUTHOR_CREATED = "author.created"
AUTHOR_CHANGED = "author.changed"
AUTHOR_DELETED = "author.deleted"
BOOK_CREATED = "book.created"
BOOK_CHANGED = "book.changed"
BOOK_DELETED = "book.deleted"


def author_created(event_id: UUID, author: Author) -> Event:
    """Tell of a new author, at its time of creation."""
    return _event(event_id, AUTHOR_CREATED, author, author.created_at, {"name": author.name})


def author_changed(event_id: UUID, author: Author, fields: list[str]) -> Event:
    """Tell which details of an author changed, at its time of change."""
    return _event(event_id, AUTHOR_CHANGED, author, author.updated_at, {"fields": fields})


def author_deleted(event_id: UUID, author: Author, deleted_at: datetime) -> Event:
    """Tell that an author was deleted, by the name that it had."""
    return _event(event_id, AUTHOR_DELETED, author, deleted_at, {"name": author.name})


def book_created(event_id: UUID, book: Book) -> Event:
    """Tell of a new book, at its time of creation."""
    return _event(event_id, BOOK_CREATED, book, book.created_at, {"title": book.title})


def book_changed(event_id: UUID, book: Book, fields: list[str]) -> Event:
    """Tell which details of a book changed, at its time of change."""
    return _event(event_id, BOOK_CHANGED, book, book.updated_at, {"fields": fields})


def book_deleted(event_id: UUID, book: Book, deleted_at: datetime) -> Event:
    """Tell that a book was deleted, by the title that it had."""
    return _event(event_id, BOOK_DELETED, book, deleted_at, {"title": book.title})


def _event(
    event_id: UUID, kind: str, subject: Author | Book, occurred_at: datetime, details: Details
) -> Event:
    return Event(
        id=event_id,
        kind=kind,
        subject=str(subject.id),
        occurred_at=occurred_at,
        details={**details, "version": subject.version},
    )
