"""Changing a password, and setting one that was forgotten."""

from dataclasses import dataclass
from uuid import UUID

from domain.accounts.entities import Account
from domain.accounts.values import email_address, email_key
from domain.authentication.confirmation import Confirmation, Confirmations
from domain.authentication.credential_changes import (
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    CredentialChanges,
)
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.entities import Client
from domain.authentication.errors import InvalidOneTimeToken
from domain.authentication.mail_requests import MailRequests
from domain.authentication.mails import MailKind
from domain.authentication.one_time_tokens import Purpose, hash_of
from domain.authentication.passwords import check_password
from domain.authentication.ports import PasswordHasher
from domain.callers import current_caller, signed_in_account
from domain.entities import present


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChanges(CredentialChanges):
    """The use-cases of passwords. Whoever had the old one is signed out by a new one."""

    hasher: PasswordHasher
    confirmations: Confirmations
    requests: MailRequests

    async def change(self, password: str, confirmation: Confirmation, client: Client) -> None:
        """Set the password of who is signed in, and end the account's other sessions.

        An account that has none gets its first so. Safe to repeat as long as the confirmation
        holds, which it no longer does by the old password. Raises NotAuthenticated, NotPermitted,
        InvalidValue, ConfirmationRequired and TooManyAttempts.
        """
        account_id = signed_in_account()
        account = await self.unit_of_work.read(lambda stores: stores.accounts.get(account_id))
        check_password(password, present("account", account_id, account).email)
        await self.confirmations.confirm(account_id, confirmation)
        hashed = await self.hasher.hash(password)
        kept_session = current_caller().session_id

        async def change(stores: CredentialStores) -> None:
            found = await stores.accounts.get_for_change(account_id)
            changed = present("account", account_id, found)
            await self._put(stores, changed, hashed, client, PASSWORD_CHANGED, but=kept_session)

        await self.run_and_forget(account_id, change)

    async def ask_for_reset(self, email: str, client: Client) -> None:
        """Send a token to the address, if an account that can sign in has it.

        Raises InvalidValue and TooManyAttempts. Repeated, it sends another mail.
        """
        address = email_address(email)
        await self.requests.asked(MailKind.PASSWORD_RESET, address, client)
        await self.queue(MailKind.PASSWORD_RESET, address)

    async def reset(self, token: str, password: str, client: Client) -> None:
        """Set a new password by a token from a mail, and end every session of the account.

        Second factors stay as they are. Raises InvalidOneTimeToken, InvalidValue, which leaves the
        token good, and TooManyAttempts.
        """
        await self.requests.tried(token, client)
        token_hash, now = hash_of(token), self.clock.now()
        found = await self.unit_of_work.read(
            lambda stores: stores.one_time_tokens.get(token_hash, Purpose.PASSWORD_RESET, now)
        )
        if found is None or found.account_id is None:
            raise InvalidOneTimeToken
        account_id, email = found.account_id, found.email
        check_password(password, email)
        hashed = await self.hasher.hash(password)

        async def reset(stores: CredentialStores) -> None:
            # Of two at once, the second waits here for the first, and finds the token taken.
            account = await stores.accounts.get_for_change(account_id)
            taken = await stores.one_time_tokens.take(token_hash, Purpose.PASSWORD_RESET, now)
            if taken is None or account is None or not account.is_active:
                raise InvalidOneTimeToken
            if email_key(account.email) != email_key(email):
                raise InvalidOneTimeToken
            await self._put(stores, account, hashed, client, PASSWORD_RESET, but=None)

        await self.run_and_forget(account_id, reset)

    async def _put(  # noqa: PLR0913  # It is all that a new password is about.
        self,
        stores: CredentialStores,
        account: Account,
        hashed: str,
        client: Client,
        kind: str,
        *,
        but: UUID | None,
    ) -> None:
        now = self.clock.now()
        await stores.passwords.put(account.id, hashed, now)
        ended = await stores.sessions.end_all(account.id, now, but=but)
        await stores.one_time_tokens.discard_of_account(account.id)
        await stores.mails.add(self.notice(MailKind.PASSWORD_CHANGED, account, now, client))
        await stores.outbox.add(self.event(kind, account.id, now, client, sessions=len(ended)))
