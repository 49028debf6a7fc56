"""What a confirmation has to show, before a credential is changed."""

from dataclasses import dataclass
from uuid import UUID

from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import FRESH_FOR, Method, Session
from domain.authentication.errors import ConfirmationRequired, InvalidSecondFactor
from domain.authentication.guesses import Guesses
from domain.authentication.ports import AuthenticationStores, PasswordHasher, SecondFactors
from domain.callers import current_caller
from domain.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """The Confirmations of accounts that are signed in.

    An account with a password shows it; one without has a session that was authenticated less than
    FRESH_FOR ago. Where codes are enabled, one is shown too. Where passkeys alone are, a code of
    recovery or a fresh session that one of them began stands for it.
    """

    unit_of_work: UnitOfWork[AuthenticationStores]
    hasher: PasswordHasher
    second_factors: SecondFactors
    guesses: Guesses
    clock: Clock

    async def confirm(self, account_id: UUID, confirmation: Confirmation) -> None:
        """Return where it holds; raises ConfirmationRequired, CodesUnusable and TooManyAttempts.

        What is missing is told as what is wrong is. A code is used up by it.
        """
        charges = await self.guesses.confirm(account_id)
        fresh = await self._fresh_session(account_id)
        await self._check_first(account_id, confirmation, fresh)
        await self._check_second(account_id, confirmation, fresh)
        await self.guesses.was_right(charges)

    async def _check_first(
        self, account_id: UUID, confirmation: Confirmation, fresh: Session | None
    ) -> None:
        hashed = await self.unit_of_work.read(lambda stores: stores.passwords.get(account_id))
        if hashed is None:
            holds = fresh is not None
        else:
            holds = confirmation.password is not None and await self.hasher.verify(
                confirmation.password, hashed
            )
        if not holds:
            raise ConfirmationRequired

    async def _check_second(
        self, account_id: UUID, confirmation: Confirmation, fresh: Session | None
    ) -> None:
        methods = await self.second_factors.required(account_id)
        if not methods:
            return
        if confirmation.code is not None:
            try:
                await self.second_factors.check(account_id, confirmation.code)
            except InvalidSecondFactor as error:
                raise ConfirmationRequired from error
        elif Method.TOTP in methods or fresh is None or Method.PASSKEY not in fresh.methods:
            raise ConfirmationRequired

    async def _fresh_session(self, account_id: UUID) -> Session | None:
        session_id, now = current_caller().session_id, self.clock.now()
        if session_id is None:
            return None
        session = await self.unit_of_work.run(
            lambda stores: stores.sessions.get_for_change(session_id)
        )
        if session is None or session.account_id != account_id or not session.is_live(now):
            return None
        return session if now - session.authenticated_at < FRESH_FOR else None
