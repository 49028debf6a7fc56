"""What changes of the catalogue tell; the ids and times are the caller's."""

from datetime import datetime
from uuid import UUID

from domain.catalogue.entities import Author
from domain.events import Event

AUTHOR_CREATED = "author.created"
AUTHOR_CHANGED = "author.changed"
AUTHOR_DELETED = "author.deleted"


def author_created(event_id: UUID, author: Author) -> Event:
    """Tell of a new author, at its time of creation."""
    return Event(
        id=event_id,
        kind=AUTHOR_CREATED,
        subject=str(author.id),
        occurred_at=author.created_at,
        details={"name": author.name, "version": author.version},
    )


def author_changed(event_id: UUID, author: Author, fields: list[str]) -> Event:
    """Tell which details of an author changed, at its time of change."""
    return Event(
        id=event_id,
        kind=AUTHOR_CHANGED,
        subject=str(author.id),
        occurred_at=author.updated_at,
        details={"fields": fields, "version": author.version},
    )


def author_deleted(event_id: UUID, author: Author, deleted_at: datetime) -> Event:
    """Tell that an author was deleted, by the name that it had."""
    return Event(
        id=event_id,
        kind=AUTHOR_DELETED,
        subject=str(author.id),
        occurred_at=deleted_at,
        details={"name": author.name, "version": author.version},
    )
