"""What a change tells the rest of the system."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

Details = Mapping[str, str | int | bool | list[str] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one subject.

    `id` is a UUIDv7 by which receivers know a repeated delivery, and the order of events. `kind`
    is the entity and what happened to it (`author.created`). `subject` is the entity's id in its
    text form. `details` holds JSON values.
    """

    id: UUID
    kind: str
    subject: str
    occurred_at: datetime
    details: Details
