"""The mails of authentication: which there are, and what each brings when it is written."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.credential_ports import CredentialStores
from domain.authentication.one_time_tokens import OneTimeToken, Purpose, hash_of, new_token
from domain.mail.entities import Mail, PendingMail
from domain.mail.ports import MailTexts
from domain.ports import Clock, UnitOfWork


class MailKind(StrEnum):
    """The kinds of mail. ACCOUNT_EXISTS is what others become where there is an account."""

    SIGN_UP = "sign-up"
    SIGN_UP_AGAIN = "sign-up-again"
    PASSWORD_RESET = "password-reset"  # noqa: S105  # The name of a kind.
    EMAIL_CHANGE = "email-change"
    ACCOUNT_EXISTS = "account-exists"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105
    EMAIL_CHANGING = "email-changing"
    EMAIL_CHANGED = "email-changed"
    FACTORS_CHANGED = "factors-changed"
    KEY_CREATED = "key-created"


# For so long it is of use to send them. Notices are late rather than lost.
_LIVES = {
    MailKind.SIGN_UP: timedelta(hours=24),
    MailKind.SIGN_UP_AGAIN: timedelta(hours=24),
    MailKind.PASSWORD_RESET: timedelta(hours=1),
    MailKind.EMAIL_CHANGE: timedelta(hours=24),
}
_LIFE_OF_NOTICES = timedelta(days=7)

# What of the details people read. A name is not among it: whoever signs up an address that is
# somebody else's would write to them in it.
_TOLD = frozenset({"change", "client"})


def pending_mail(
    mail_id: UUID,
    kind: MailKind,
    recipient: str,
    now: datetime,
    *,
    account_id: UUID | None = None,
    **details: str | None,
) -> PendingMail:
    """Give a mail that waits; `details` is what its writing needs to know."""
    return PendingMail(
        id=mail_id,
        kind=kind,
        recipient=recipient,
        account_id=account_id,
        details=details,
        created_at=now,
        expires_at=now + _LIVES.get(kind, _LIFE_OF_NOTICES),
    )


class AccountMails:
    """The MailWriter of authentication.

    Only here is it looked up whether an account exists: a request that asks for a mail does the
    same work for every address. What goes to an account goes to the address that is kept of it,
    not to the one that was typed, for two addresses may have one key.
    """

    def __init__(
        self, unit_of_work: UnitOfWork[CredentialStores], texts: MailTexts, clock: Clock
    ) -> None:
        self._unit_of_work = unit_of_work
        self._texts = texts
        self._clock = clock
        self._writers: Mapping[str, Callable[[PendingMail], Awaitable[Mail | None]]] = {
            MailKind.SIGN_UP: self._sign_up,
            MailKind.SIGN_UP_AGAIN: self._sign_up_again,
            MailKind.PASSWORD_RESET: self._password_reset,
            MailKind.EMAIL_CHANGE: self._email_change,
            MailKind.PASSWORD_CHANGED: self._notice,
            MailKind.EMAIL_CHANGING: self._notice,
            MailKind.EMAIL_CHANGED: self._notice,
            MailKind.FACTORS_CHANGED: self._notice,
            MailKind.KEY_CREATED: self._notice,
        }

    async def write(self, pending: PendingMail) -> Mail | None:
        """Write it, with a new token where it brings one."""
        return await self._writers[pending.kind](pending)

    async def _sign_up(self, pending: PendingMail) -> Mail | None:
        account = await self._account_with(pending.recipient)
        if account is not None and account.verified_at is not None:
            return self._mail(pending, MailKind.ACCOUNT_EXISTS, account.email)
        return await self._with_token(pending, MailKind.SIGN_UP, self._token_of(pending))

    async def _sign_up_again(self, pending: PendingMail) -> Mail | None:
        now = self._clock.now()
        last = await self._unit_of_work.read(
            lambda stores: stores.one_time_tokens.newest(Purpose.SIGN_UP, pending.recipient, now)
        )
        if last is None:
            return None
        return await self._with_token(pending, MailKind.SIGN_UP, replace(last, created_at=now))

    async def _password_reset(self, pending: PendingMail) -> Mail | None:
        account = await self._account_with(pending.recipient)
        if account is None or not account.is_active:
            return None
        token = replace(self._token_of(pending), account_id=account.id, email=account.email)
        return await self._with_token(pending, MailKind.PASSWORD_RESET, token)

    async def _email_change(self, pending: PendingMail) -> Mail | None:
        holder = await self._account_with(pending.recipient)
        if holder is not None and holder.id != pending.account_id:
            return self._mail(pending, MailKind.ACCOUNT_EXISTS, holder.email)
        return await self._with_token(pending, MailKind.EMAIL_CHANGE, self._token_of(pending))

    async def _notice(self, pending: PendingMail) -> Mail | None:
        return self._mail(pending, MailKind(pending.kind), pending.recipient)

    async def _account_with(self, email: str) -> Account | None:
        return await self._unit_of_work.read(lambda stores: stores.accounts.find(email))

    def _token_of(self, pending: PendingMail) -> OneTimeToken:
        return OneTimeToken(
            purpose=Purpose(pending.kind),
            account_id=pending.account_id,
            email=pending.recipient,
            password_hash=_optional(pending, "password_hash"),
            name=_optional(pending, "name"),
            created_at=self._clock.now(),
        )

    async def _with_token(self, pending: PendingMail, kind: MailKind, token: OneTimeToken) -> Mail:
        text = new_token()
        await self._unit_of_work.run(
            lambda stores: stores.one_time_tokens.put(hash_of(text), token)
        )
        return self._mail(pending, kind, token.email, token=text)

    def _mail(self, pending: PendingMail, kind: MailKind, recipient: str, **values: str) -> Mail:
        told = {name: str(value) for name, value in pending.details.items() if name in _TOLD}
        subject, text = self._texts.write(kind, {**told, **values})
        return Mail(
            id=pending.id,
            recipient=recipient,
            subject=subject,
            text=text,
            written_at=self._clock.now(),
        )


def _optional(pending: PendingMail, name: str) -> str | None:
    value = pending.details.get(name)
    return None if value is None else str(value)
