"""Signing up: somebody shows that they read the mail of an address, and gets an account with it.

Before that there is none: nobody can take up the address of somebody else, and what was signed up
in vain ends with its token. The token alone does not do either. The password of the very sign-up
has to come with it, so one that a stranger chose for an address does not become its owner's.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from domain.accounts.entities import NAME_MAX_LENGTH, Account
from domain.accounts.errors import EmailTaken
from domain.accounts.values import email_address
from domain.authentication.credential_changes import (
    ACCOUNT_VERIFIED,
    CredentialChanges,
)
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.entities import Client, Method
from domain.authentication.errors import InvalidOneTimeToken, SignUpsClosed
from domain.authentication.events import ACCOUNT_CREATED
from domain.authentication.mail_requests import MailRequests
from domain.authentication.mails import MailKind
from domain.authentication.one_time_tokens import OneTimeToken, Purpose, hash_of
from domain.authentication.passwords import check_password
from domain.authentication.ports import PasswordHasher
from domain.errors import InvalidValue
from domain.permissions import Role
from domain.text import check_line


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewAccount:
    """What somebody signs up with. No text form of it shows the password."""

    email: str
    password: str
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp(CredentialChanges):
    """The use-cases of signing up. What they answer does not tell whether an account exists."""

    hasher: PasswordHasher
    requests: MailRequests
    are_open: Callable[[], Awaitable[bool]]

    async def sign_up(self, given: NewAccount, client: Client) -> None:
        """Send a mail to the address: with a token, or that it has an account already.

        Raises SignUpsClosed, InvalidValue and TooManyAttempts. Repeated, it sends another mail.
        """
        if not await self.are_open():
            raise SignUpsClosed
        email = email_address(given.email)
        if given.name is not None:
            check_line("name", given.name, NAME_MAX_LENGTH)
        check_password(given.password, email)
        await self.requests.asked(MailKind.SIGN_UP, email, client)
        hashed = await self.hasher.hash(given.password)
        await self.queue(MailKind.SIGN_UP, email, password_hash=hashed, name=given.name)

    async def ask_again(self, email: str, client: Client) -> None:
        """Send the mail of the newest sign-up with this address again, with another token.

        Where there is none, nothing is sent. Raises InvalidValue and TooManyAttempts.
        """
        address = email_address(email)
        await self.requests.asked(MailKind.SIGN_UP_AGAIN, address, client)
        await self.queue(MailKind.SIGN_UP_AGAIN, address)

    async def verify(self, token: str, password: str, client: Client) -> None:
        """Make the account, by the token of the mail and the password of its sign-up.

        Raises InvalidOneTimeToken, InvalidValue for another password, which leaves the token good,
        and TooManyAttempts.
        """
        await self.requests.tried(token, client)
        hashed, now = hash_of(token), self.clock.now()
        found = await self.unit_of_work.read(
            lambda stores: stores.one_time_tokens.get(hashed, Purpose.SIGN_UP, now)
        )
        if found is None:
            raise InvalidOneTimeToken
        if not await self.hasher.verify(password, found.password_hash):
            raise InvalidValue("password", "is not that of the sign-up which the mail is about")

        async def verify(stores: CredentialStores) -> None:
            taken = await stores.one_time_tokens.take(hashed, Purpose.SIGN_UP, now)
            if taken is None:
                raise InvalidOneTimeToken
            await self._make_account(stores, taken, now, client)

        await self.unit_of_work.run(verify)

    async def _make_account(
        self, stores: CredentialStores, taken: OneTimeToken, now: datetime, client: Client
    ) -> None:
        account = await self._verified(stores, taken, now)
        if taken.password_hash is not None:
            await stores.passwords.put(account.id, taken.password_hash, now)
        await stores.one_time_tokens.discard_sent_to(taken.email)
        kind = ACCOUNT_CREATED if account.version == 1 else ACCOUNT_VERIFIED
        await stores.outbox.add(self.event(kind, account.id, now, client, method=Method.PASSWORD))

    async def _verified(
        self, stores: CredentialStores, taken: OneTimeToken, now: datetime
    ) -> Account:
        known = await stores.accounts.find(taken.email)
        if known is None:
            return await self._add(stores, taken, now)
        account = await stores.accounts.get_for_change(known.id)
        if account is None or account.verified_at is not None:
            raise InvalidOneTimeToken
        # It was this spelling that was read: another one of the same key may be somebody else's.
        verified = replace(
            account,
            email=taken.email,
            verified_at=now,
            updated_at=now,
            version=account.version + 1,
        )
        await stores.accounts.save(verified)
        return verified

    async def _add(self, stores: CredentialStores, taken: OneTimeToken, now: datetime) -> Account:
        account = Account(
            id=self.identifiers.new(),
            email=taken.email,
            name=taken.name,
            role=Role.READER,
            verified_at=now,
            disabled_at=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
        try:
            await stores.accounts.add(account)
        except EmailTaken as error:
            # Another sign-up with this address was verified meanwhile.
            raise InvalidOneTimeToken from error
        return account
