"""Second factors and passkeys in memory.

What an account leaves behind is nobody's, and found by nobody.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.authentication.factors import Passkey, TOTPSecret
from domain.errors import Conflict


class MemoryTOTPSecrets:
    """The fake of TOTPSecrets; a copy of it is the working state of a transaction."""

    def __init__(self, secrets: dict[UUID, TOTPSecret] | None = None) -> None:
        self._secrets = secrets or {}

    def copy(self) -> "MemoryTOTPSecrets":
        """Give an independent copy."""
        return MemoryTOTPSecrets(dict(self._secrets))

    async def get(self, account_id: UUID) -> TOTPSecret | None:
        """Look it up."""
        return self._secrets.get(account_id)

    # A transaction in memory has the whole state to itself.
    get_for_change = get

    async def put(
        self,
        secret: TOTPSecret,
        now: datetime,  # noqa: ARG002 - named by the port.
    ) -> None:
        """Keep it."""
        self._secrets[secret.account_id] = secret

    async def remove(self, account_id: UUID) -> bool:
        """Forget it."""
        return self._secrets.pop(account_id, None) is not None

    async def purge_unconfirmed(self, created_before: datetime, limit: int) -> int:
        """Forget the oldest of them."""
        oldest = sorted(self._secrets.values(), key=lambda it: it.created_at)
        waiting = [it for it in oldest if it.confirmed_at is None]
        purged = [it for it in waiting if it.created_at < created_before][:limit]
        for secret in purged:
            del self._secrets[secret.account_id]
        return len(purged)


class MemoryRecoveryCodes:
    """The fake of RecoveryCodes."""

    def __init__(self, hashes: dict[UUID, frozenset[bytes]] | None = None) -> None:
        self._hashes = hashes or {}

    def copy(self) -> "MemoryRecoveryCodes":
        """Give an independent copy."""
        return MemoryRecoveryCodes(dict(self._hashes))

    async def replace(
        self,
        account_id: UUID,
        hashes: Sequence[bytes],
        now: datetime,  # noqa: ARG002 - named by the port.
    ) -> None:
        """Keep these alone."""
        self._hashes[account_id] = frozenset(hashes)

    async def use(self, account_id: UUID, hashed: bytes) -> bool:
        """Forget one."""
        left = self._hashes.get(account_id, frozenset())
        self._hashes[account_id] = left - {hashed}
        return hashed in left

    async def count(self, account_id: UUID) -> int:
        """Count them."""
        return len(self._hashes.get(account_id, ()))


class MemoryPasskeys:
    """The fake of Passkeys."""

    def __init__(self, passkeys: dict[UUID, Passkey] | None = None) -> None:
        self._passkeys = passkeys or {}

    def copy(self) -> "MemoryPasskeys":
        """Give an independent copy."""
        return MemoryPasskeys(dict(self._passkeys))

    async def add(self, passkey: Passkey) -> None:
        """Keep a new one."""
        known = await self.find_for_change(passkey.credential.credential_id)
        if known or passkey.id in self._passkeys:
            raise Conflict("A key is taken already.")
        self._passkeys[passkey.id] = passkey

    async def find_for_change(self, credential_id: bytes) -> Passkey | None:
        """Look for the credential."""
        found = (
            it for it in self._passkeys.values() if it.credential.credential_id == credential_id
        )
        return next(found, None)

    async def of(self, account_id: UUID) -> list[Passkey]:
        """Give an account's."""
        own = [it for it in self._passkeys.values() if it.account_id == account_id]
        return sorted(own, key=lambda it: it.id)

    async def used(self, passkey_id: UUID, sign_count: int, now: datetime) -> None:
        """Keep the count and the time."""
        before = self._passkeys[passkey_id]
        credential = replace(before.credential, sign_count=sign_count)
        self._passkeys[passkey_id] = replace(before, credential=credential, last_used_at=now)

    async def remove(self, account_id: UUID, passkey_id: UUID) -> bool:
        """Forget one, if it is the account's."""
        found = self._passkeys.get(passkey_id)
        if found is None or found.account_id != account_id:
            return False
        del self._passkeys[passkey_id]
        return True
