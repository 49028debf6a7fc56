"""Changing the address of an account."""

from dataclasses import dataclass, replace

from domain.accounts.entities import Account
from domain.accounts.values import email_address
from domain.authentication.confirmation import Confirmation, Confirmations
from domain.authentication.credential_changes import (
    EMAIL_CHANGED,
    EMAIL_CHANGING,
    CredentialChanges,
)
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.entities import Client
from domain.authentication.errors import InvalidOneTimeToken
from domain.authentication.mail_requests import MailRequests
from domain.authentication.mails import MailKind
from domain.authentication.one_time_tokens import Purpose, hash_of
from domain.callers import current_caller, signed_in_account
from domain.entities import present


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailChanges(CredentialChanges):
    """The use-cases of an account's address. The old one stays until the new one is confirmed."""

    confirmations: Confirmations
    requests: MailRequests

    async def ask(self, email: str, confirmation: Confirmation, client: Client) -> None:
        """Send a token to the new address, and tell the old one of it.

        Whether another account has the new address is told to its owner only. A password that is
        changed meanwhile ends the change. Raises NotAuthenticated, NotPermitted, InvalidValue,
        ConfirmationRequired and TooManyAttempts.
        """
        account_id = signed_in_account()
        address = email_address(email)
        await self.confirmations.confirm(account_id, confirmation)
        await self.requests.asked(MailKind.EMAIL_CHANGE, address, client)

        async def ask(stores: CredentialStores) -> None:
            account = present("account", account_id, await stores.accounts.get(account_id))
            hashed, now = await stores.passwords.get(account_id), self.clock.now()
            await stores.mails.add(
                self.mail(
                    MailKind.EMAIL_CHANGE,
                    address,
                    now,
                    account_id=account_id,
                    password_hash=hashed,
                ),
                self.notice(MailKind.EMAIL_CHANGING, account, now, client),
            )
            await stores.outbox.add(self.event(EMAIL_CHANGING, account_id, now, client))

        await self.unit_of_work.run(ask)

    async def confirm(self, token: str, client: Client) -> None:
        """Use the new address from now on, by the token that came to it.

        The account's other sessions end. Raises NotAuthenticated, NotPermitted, EmailTaken, for the
        address is the caller's, InvalidOneTimeToken and TooManyAttempts.
        """
        account_id = signed_in_account()
        await self.requests.tried(token, client)
        token_hash = hash_of(token)
        kept_session = current_caller().session_id

        async def confirm(stores: CredentialStores) -> None:
            now = self.clock.now()
            account = await stores.accounts.get_for_change(account_id)
            taken = await stores.one_time_tokens.take(token_hash, Purpose.EMAIL_CHANGE, now)
            if taken is None or account is None or taken.account_id != account_id:
                raise InvalidOneTimeToken
            if taken.password_hash != await stores.passwords.get(account_id):
                raise InvalidOneTimeToken
            await self._put(stores, account, taken.email, client)
            await stores.sessions.end_all(account_id, now, but=kept_session)

        await self.run_and_forget(account_id, confirm)

    async def _put(
        self, stores: CredentialStores, account: Account, email: str, client: Client
    ) -> None:
        now = self.clock.now()
        changed = replace(
            account, email=email, verified_at=now, updated_at=now, version=account.version + 1
        )
        await stores.accounts.save(changed)
        await stores.one_time_tokens.discard_of_account(account.id)
        await stores.one_time_tokens.discard_sent_to(email)
        await stores.mails.add(self.notice(MailKind.EMAIL_CHANGED, account, now, client))
        await stores.outbox.add(self.event(EMAIL_CHANGED, account.id, now, client))
