"""Who somebody is at an OpenID Connect provider, and which account that is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

MAX_IDENTITIES = 10
# OpenID Connect Core, 2: what a subject may be at most. Issuers are bounded by the same.
SUBJECT_MAX_LENGTH = ISSUER_MAX_LENGTH = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a provider says of somebody who signed in there.

    `issuer` and `subject` together are one person for ever; an address may change hands. The
    address is None where the provider tells none, or one that no mail could reach.
    """

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIdentity:
    """The identity by which somebody gets into an account."""

    id: UUID
    account_id: UUID
    issuer: str
    subject: str
    created_at: datetime


class Identities(Protocol):
    """The identities that are linked to accounts, MAX_IDENTITIES to each at most."""

    async def add(self, identity: LinkedIdentity) -> None:
        """Link one; the account must exist.

        Raises Conflict when its id is taken, or its issuer and subject are linked already.
        """
        ...

    async def find(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """Give the one with just this issuer and subject, or None.

        It may be that of an account which was deleted, and which is not purged yet.
        """
        ...

    async def of(self, account_id: UUID) -> Sequence[LinkedIdentity]:
        """Give those of an account, in the order of their ids."""
        ...

    async def remove(self, account_id: UUID, identity_id: UUID) -> bool:
        """Remove one of an account; tells whether there was such a one."""
        ...
