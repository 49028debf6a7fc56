"""What people do with the API keys of their machines."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import TypedDict
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.account_changes import KIND, ConfirmedUseCases
from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import MAX_KEYS, SECRET_SIZE, Client
from domain.authentication.errors import TooManyKeys
from domain.authentication.events import KEY_CREATED, KEY_REVOKED
from domain.authentication.keys import ApiKey, make_key, secret_hash
from domain.authentication.mails import MailKind, pending_mail
from domain.authentication.ports import AuthenticationStores
from domain.callers import current_caller, signed_in_account
from domain.entities import present
from domain.errors import InvalidValue, NotFound, StoreUnavailable
from domain.permissions import Permission

logger = logging.getLogger(__name__)

# A use less than so long behind the last one that was noted is not noted.
USES_NOTED_EACH = timedelta(minutes=10)


class KeyDetails(TypedDict):
    """What somebody says of a new key."""

    name: str
    permissions: frozenset[Permission]
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was made, and its text, which nobody can be told again."""

    key: ApiKey
    text: str


class Keys(ConfirmedUseCases):
    """The use-cases of API keys. No key can manage keys."""

    async def create(
        self, details: KeyDetails, confirmation: Confirmation, client: Client
    ) -> NewKey:
        """Make a key. Not safe to repeat: each call makes one, and its text is told once.

        It has no permission that its maker lacks, and outlives the session that makes it: so it
        takes a confirmation, and the account hears of it by mail. Raises InvalidValue, NotFound,
        TooManyKeys, and what confirmations raise.
        """
        account_id, secret = signed_in_account(), token_bytes(SECRET_SIZE)
        key = self._new_key(account_id, details, secret)
        await self._confirmations.confirm(account_id, confirmation)

        async def create(stores: AuthenticationStores) -> NewKey:
            # Nobody else adds one meanwhile.
            found = await stores.accounts.get_for_change(account_id)
            account = present(KIND, account_id, found)
            if len(await stores.api_keys.of(account_id, MAX_KEYS)) >= MAX_KEYS:
                raise TooManyKeys(MAX_KEYS)
            await stores.api_keys.add(key)
            await self._tell_of_new(stores, account, key, client)
            return NewKey(key, make_key(account_id, key.id, secret))

        return await self._run_and_forget(account_id, create)

    async def list(self) -> Sequence[ApiKey]:
        """Give all keys of the account, at most MAX_KEYS, oldest first."""
        account_id = signed_in_account()
        return await self._unit_of_work.read(
            lambda stores: stores.api_keys.of(account_id, MAX_KEYS)
        )

    async def revoke(self, key_id: UUID) -> None:
        """Make a key absent; raises NotFound, also when it is absent already."""
        account_id = signed_in_account()

        async def revoke(stores: AuthenticationStores) -> None:
            if not await stores.api_keys.remove(account_id, key_id):
                raise NotFound("API key", key_id)
            now = self._clock.now()
            await stores.outbox.add(self._event(KEY_REVOKED, account_id, now, key=key_id))

        await self._run_and_forget(account_id, revoke)

    async def note_use(self, account_id: UUID, key_id: UUID, last_used_at: datetime | None) -> None:
        """Note that a key was used now, where its last use that was noted is long ago.

        Never fails: where the store is away, a later use is noted.
        """
        now = self._clock.now()
        unless_since = now - USES_NOTED_EACH
        if last_used_at is not None and last_used_at > unless_since:
            return
        try:
            await self._run_and_forget(
                account_id,
                lambda stores: stores.api_keys.note_use(key_id, now, unless_since=unless_since),
            )
        except StoreUnavailable as error:
            logger.warning("A use of an API key is not noted: %s", error)

    async def _tell_of_new(
        self, stores: AuthenticationStores, account: Account, key: ApiKey, client: Client
    ) -> None:
        event = self._event(
            KEY_CREATED,
            account.id,
            key.created_at,
            key=key.id,
            name=key.name,
            permissions=key.permissions,
        )
        mail = pending_mail(
            self._identifiers.new(),
            MailKind.KEY_CREATED,
            account.email,
            key.created_at,
            account_id=account.id,
            client=client.address,
        )
        await stores.outbox.add(event)
        await stores.mails.add(mail)

    def _new_key(self, account_id: UUID, details: KeyDetails, secret: bytes) -> ApiKey:
        now = self._clock.now()
        lacking = sorted(details["permissions"] - current_caller().permissions)
        if lacking:
            raise InvalidValue("permissions", f"must be your own: not {', '.join(lacking)}")
        if details["expires_at"] is not None and details["expires_at"] <= now:
            raise InvalidValue("expires_at", "must be in the future")
        return ApiKey(
            id=self._identifiers.new(),
            account_id=account_id,
            secret_hash=secret_hash(secret),
            last_used_at=None,
            created_at=now,
            **details,
        )
