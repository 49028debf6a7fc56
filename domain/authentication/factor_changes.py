"""What the use-cases that change second factors have in common."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmations
from domain.authentication.entities import Client
from domain.authentication.events import (
    FACTORS_REMOVED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    RECOVERY_CODES_RENEWED,
    TOTP_ENABLED,
    TOTP_REMOVED,
    account_event,
)
from domain.authentication.factor_ports import FactorStores
from domain.authentication.mails import MailKind, pending_mail
from domain.authentication.recovery_codes import (
    hash_of_recovery_code,
    new_recovery_codes,
    read_recovery_code,
)
from domain.authentication.second_factors import methods_of
from domain.entities import present
from domain.ports import Clock, Identifiers, UnitOfWork

Result = TypeVar("Result")

# What a mail says was done, by the kind of the event.
_CHANGES = {
    FACTORS_REMOVED: "All second factors were removed",
    TOTP_ENABLED: "An app for codes was added",
    TOTP_REMOVED: "The app for codes was removed",
    RECOVERY_CODES_RENEWED: "New recovery codes were made",
    PASSKEY_ADDED: "A passkey was added",
    PASSKEY_REMOVED: "A passkey was removed",
}


class FactorUseCases:
    """Holds the ports. Each change is one transaction, which holds the account and its event."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[FactorStores],
        confirmations: Confirmations,
        clock: Clock,
        identifiers: Identifiers,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._confirmations = confirmations
        self._clock = clock
        self._identifiers = identifiers

    async def _change(
        self, account_id: UUID, change: Callable[[FactorStores, Account], Awaitable[Result]]
    ) -> Result:
        """Run a change while nobody else changes the account's factors; raises NotFound."""

        async def unit(stores: FactorStores) -> Result:
            found = await stores.accounts.get_for_change(account_id)
            return await change(stores, present("account", account_id, found))

        return await self._unit_of_work.run(unit)

    async def _tell(
        self,
        stores: FactorStores,
        kind: str,
        account: Account,
        now: datetime,
        client: Client | None,
        **details: object,
    ) -> None:
        """Leave the event of a change, and the mail by which its owner hears of it.

        Without a client, it was done by the command line.
        """
        place = {} if client is None else {"address": client.address}
        event = account_event(self._identifiers.new(), kind, account.id, now, **place, **details)
        mail = pending_mail(
            self._identifiers.new(),
            MailKind.FACTORS_CHANGED,
            account.email,
            now,
            account_id=account.id,
            change=_CHANGES[kind],
            client="the command line of its operators" if client is None else client.address,
        )
        await stores.outbox.add(event)
        await stores.mails.add(mail)

    async def _forget_codes_without_factor(
        self, stores: FactorStores, account_id: UUID, now: datetime
    ) -> None:
        """Recovery codes stand in for something: without that they would be passwords."""
        if not await methods_of(stores, account_id):
            await stores.recovery_codes.replace(account_id, (), now)


async def renew_recovery_codes(
    stores: FactorStores, account_id: UUID, now: datetime
) -> tuple[str, ...]:
    """Give new codes, in place of all others."""
    codes = new_recovery_codes()
    read = [code for code in map(read_recovery_code, codes) if code is not None]
    hashes = [hash_of_recovery_code(account_id, code) for code in read]
    await stores.recovery_codes.replace(account_id, hashes, now)
    return codes
