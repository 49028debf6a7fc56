"""Things to store, and what loads them."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.accounts.entities import Account
from domain.catalogue.entities import Author
from domain.events import Details, Event
from domain.permissions import Role

# To the microsecond, which not every technology holds by itself.
NOW = datetime(2026, 2, 28, 23, 59, 59, 123_456, tzinfo=UTC)


def new_event(
    *,
    event_id: UUID | None = None,
    kind: str = "author.created",
    subject: str = "0198f2a0-5f5c-7b3e-8d5a-3f1f0e0c9a11",
    occurred_at: datetime = NOW,
    details: Details = MappingProxyType({"name": "이상 (李箱)", "version": 1}),
) -> Event:
    """Make an event, where not told otherwise with an id greater than those before."""
    return Event(
        id=event_id or uuid7(),
        kind=kind,
        subject=subject,
        occurred_at=occurred_at,
        details=dict(details),
    )


def new_author(*, name: str = "Ōe Kenzaburō") -> Author:
    """Make an author with an id of its own."""
    return Author(
        id=uuid7(),
        name=name,
        biography='“Quotes”, a line\nbreak and {"braces": true}.',
        born_on=date(1935, 1, 31),
        died_on=None,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


def new_account(
    *,
    email: str | None = None,
    verified_at: datetime | None = NOW,
    disabled_at: datetime | None = None,
) -> Account:
    """Make an account with an id, and where not told otherwise an address, of its own."""
    account_id = uuid7()
    return Account(
        id=account_id,
        email=email or f"{account_id}@example.org",
        name="Kim Sowol (김소월)",
        role=Role.READER,
        verified_at=verified_at,
        disabled_at=disabled_at,
        version=1,
        created_at=NOW,
        updated_at=NOW,
    )


def changed(author: Author) -> Author:
    """Give the author as a change leaves it."""
    return replace(author, version=author.version + 1)


class Loader:
    """Loads a value and counts how often."""

    def __init__(self, value: Author | None) -> None:
        self.value = value
        self.calls = 0

    async def __call__(self) -> Author | None:
        self.calls += 1
        return self.value


class SlowLoader(Loader):
    """Says when it has begun, and waits to be told to go on."""

    def __init__(self, value: Author | None) -> None:
        super().__init__(value)
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self) -> Author | None:
        self.begun.set()
        await self.go_on.wait()
        return await super().__call__()
