"""API keys in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain.authentication.entities import KeyAccess
from domain.authentication.keys import ApiKey
from domain.errors import Conflict


class MemoryApiKeys:
    """The fake of ApiKeys; what an account leaves behind is nobody's, and found by nobody."""

    def __init__(self, keys: dict[UUID, ApiKey] | None = None) -> None:
        self._keys = keys or {}

    def copy(self) -> "MemoryApiKeys":
        """Give an independent copy."""
        return MemoryApiKeys(dict(self._keys))

    async def add(self, key: ApiKey) -> None:
        """Keep a key."""
        if key.id in self._keys:
            raise Conflict("A key is taken already.")
        self._keys[key.id] = key

    async def of(self, account_id: UUID, limit: int) -> list[ApiKey]:
        """Look for the account's keys."""
        found = [key for _, key in sorted(self._keys.items()) if key.account_id == account_id]
        return found[:limit]

    def live_of(self, account_id: UUID, now: datetime) -> Mapping[UUID, KeyAccess]:
        """Give what decides about requests with the keys of an account that have not expired."""
        return {
            key.id: KeyAccess(
                secret_hash=key.secret_hash,
                permissions=key.permissions,
                expires_at=key.expires_at,
                last_used_at=key.last_used_at,
            )
            for key in self._keys.values()
            if key.account_id == account_id and (key.expires_at is None or key.expires_at > now)
        }

    async def remove(self, account_id: UUID, key_id: UUID) -> bool:
        """Forget a key."""
        key = self._keys.get(key_id)
        if key is None or key.account_id != account_id:
            return False
        del self._keys[key_id]
        return True

    async def note_use(self, key_id: UUID, used_at: datetime, *, unless_since: datetime) -> bool:
        """Note the use."""
        key = self._keys.get(key_id)
        if key is None or (key.last_used_at is not None and key.last_used_at >= unless_since):
            return False
        self._keys[key_id] = replace(key, last_used_at=used_at)
        return True

    async def purge(self, expired_before: datetime, limit: int) -> int:
        """Forget those that expired first."""
        expired = sorted(
            (key.expires_at, key.id)
            for key in self._keys.values()
            if key.expires_at is not None and key.expires_at < expired_before
        )[:limit]
        for _, key_id in expired:
            del self._keys[key_id]
        return len(expired)
