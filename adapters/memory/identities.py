"""Linked identities in memory."""

from collections.abc import Sequence
from uuid import UUID

from domain.authentication.identities import LinkedIdentity
from domain.errors import Conflict


class MemoryIdentities:
    """The fake of Identities; a copy of it is the working state of a transaction."""

    def __init__(self, identities: dict[UUID, LinkedIdentity] | None = None) -> None:
        self._identities = identities or {}

    def copy(self) -> "MemoryIdentities":
        """Give an independent copy."""
        return MemoryIdentities(dict(self._identities))

    async def add(self, identity: LinkedIdentity) -> None:
        """Keep one."""
        taken = await self.find(identity.issuer, identity.subject)
        if taken is not None or identity.id in self._identities:
            raise Conflict("A key is taken already.")
        self._identities[identity.id] = identity

    async def find(self, issuer: str, subject: str) -> LinkedIdentity | None:
        """Look for one."""
        found = (it for it in self._identities.values() if it.issuer == issuer)
        return next((it for it in found if it.subject == subject), None)

    async def of(self, account_id: UUID) -> Sequence[LinkedIdentity]:
        """Look for all of an account."""
        found = [it for it in self._identities.values() if it.account_id == account_id]
        return sorted(found, key=lambda it: it.id)

    async def remove(self, account_id: UUID, identity_id: UUID) -> bool:
        """Forget one."""
        found = self._identities.get(identity_id)
        if found is None or found.account_id != account_id:
            return False
        del self._identities[identity_id]
        return True
