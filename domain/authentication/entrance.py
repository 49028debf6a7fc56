"""Who sends a request, and whether they may come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from domain.authentication.development import DevelopmentTokens, development_caller
from domain.authentication.entities import Access, AccessClaims
from domain.authentication.errors import InvalidToken
from domain.authentication.keys import ShownKey, find_key, is_key, read_key
from domain.authentication.ports import AccessTokens, AuthenticationStores, Door
from domain.callers import NOBODY, Caller
from domain.limits.entities import Charge, Limit, Verdict
from domain.permissions import PERMISSIONS
from domain.ports import Clock, UnitOfWork

# Of how many credentials it is remembered whether they were let in.
_REMEMBERED = 10_000


class KeyUses(Protocol):
    """Notes when keys are used."""

    async def note_use(self, account_id: UUID, key_id: UUID, last_used_at: datetime | None) -> None:
        """Note a use now, unless the last one was of late. Never fails."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Who sends a request, and what its limits say.

    `refusal` is why somebody who says who they are is not believed; they are nobody then.
    """

    caller: Caller
    verdicts: Sequence[Verdict]
    refusal: InvalidToken | None = None


@dataclass(frozen=True, slots=True)
class _ShownToken:
    """An access token, which is signed: it is of the account that it names."""

    claims: AccessClaims
    is_proof: ClassVar[bool] = True

    @property
    def account_id(self) -> UUID:
        return self.claims.account_id

    @property
    def name(self) -> str:
        return f"account:{self.claims.account_id}"

    @property
    def mark(self) -> UUID | bytes:
        return self.claims.session_id

    def caller(self, access: Access, now: datetime) -> Caller:
        """Give who shows it; raises InvalidToken where the session has ended."""
        expires_at = access.sessions.get(self.claims.session_id)
        if expires_at is None or expires_at <= now:
            raise InvalidToken
        return Caller(
            name=self.name,
            permissions=PERMISSIONS[access.role],
            account_id=access.account_id,
            session_id=self.claims.session_id,
        )


@dataclass(frozen=True, slots=True)
class _ShownApiKey:
    """An API key: anybody can name an account in it, and only the right secret proves it."""

    shown: ShownKey
    is_proof: ClassVar[bool] = False

    @property
    def account_id(self) -> UUID:
        return self.shown.account_id

    @property
    def name(self) -> str:
        return f"key:{self.shown.key_id}"

    @property
    def mark(self) -> UUID | bytes:
        return self.shown.secret_hash

    def caller(self, access: Access, now: datetime) -> Caller:
        """Give who shows it; raises InvalidToken for a key that the account has not."""
        key_id, key = find_key(self.shown, access.keys, now)
        return Caller(
            name=self.name,
            permissions=key.permissions & PERMISSIONS[access.role],
            account_id=access.account_id,
            key_id=key_id,
        )


_Shown = _ShownToken | _ShownApiKey


class Entrance:
    """Looks at all requests, and asks the stores once for each."""

    def __init__(  # noqa: PLR0913  # These are all that decides.
        self,
        *,
        door: Door,
        unit_of_work: UnitOfWork[AuthenticationStores],
        key_uses: KeyUses,
        access_tokens: AccessTokens,
        development_tokens: DevelopmentTokens | None,
        clock: Clock,
    ) -> None:
        self._door = door
        self._unit_of_work = unit_of_work
        self._key_uses = key_uses
        self._access_tokens = access_tokens
        self._development_tokens = development_tokens
        self._clock = clock
        self._let_in: dict[UUID | bytes, bool] = {}

    async def enter(self, credential: str | None, limit: Limit | None, address: str) -> Entry:
        """Let in who shows a credential (None: nobody), and charge the request to the limit.

        Who proves an account is charged for that, from whichever address; everybody else for the
        address: a wrong credential spends nothing of the account that it names. Raises
        StoreUnavailable where nothing can tell of the account.
        """
        try:
            shown = None if credential is None else self._read(credential)
        except InvalidToken as refusal:
            return Entry(NOBODY, await self._charge(limit, address), refusal)
        if shown is None:
            return Entry(NOBODY, await self._charge(limit, address))
        if isinstance(shown, Caller):
            return Entry(shown, await self._charge(limit, shown.name))
        return await self._enter(shown, limit, address)

    def _read(self, credential: str) -> _Shown | Caller:
        if is_key(credential):
            return _ShownApiKey(read_key(credential))
        if self._development_tokens is None:
            return _ShownToken(self._access_tokens.read(credential))
        try:
            return development_caller(self._development_tokens.read(credential))
        except InvalidToken:
            return _ShownToken(self._access_tokens.read(credential))

    async def _enter(self, shown: _Shown, limit: Limit | None, address: str) -> Entry:
        pays_itself = self._let_in.get(shown.mark, shown.is_proof)
        charges = _charges(limit, shown.name if pays_itself else address)
        now = self._clock.now()

        async def load() -> Access | None:
            return await self._unit_of_work.read(
                lambda stores: stores.accesses.get(shown.account_id, now)
            )

        verdicts, access = await self._door.enter(charges, shown.account_id, load)
        if not all(verdict.allowed for verdict in verdicts):
            return Entry(NOBODY, verdicts)
        try:
            caller = await self._check(shown, access, now)
        except InvalidToken as refusal:
            self._remember(shown, let_in=False)
            return Entry(NOBODY, verdicts, refusal)
        self._remember(shown, let_in=True)
        return Entry(caller, verdicts)

    async def _check(self, shown: _Shown, access: Access | None, now: datetime) -> Caller:
        if access is None:
            raise InvalidToken
        caller = shown.caller(access, now)
        if caller.key_id is not None:
            last_used_at = access.keys[caller.key_id].last_used_at
            await self._key_uses.note_use(shown.account_id, caller.key_id, last_used_at)
        return caller

    def _remember(self, shown: _Shown, *, let_in: bool) -> None:
        if shown.mark not in self._let_in and len(self._let_in) >= _REMEMBERED:
            del self._let_in[next(iter(self._let_in))]
        self._let_in[shown.mark] = let_in

    async def _charge(self, limit: Limit | None, payer: str) -> Sequence[Verdict]:
        if limit is None:
            return []
        verdicts, _ = await self._door.enter(_charges(limit, payer), None, _nothing)
        return verdicts


def _charges(limit: Limit | None, payer: str) -> list[Charge]:
    return [] if limit is None else [Charge(limit, payer)]


async def _nothing() -> None:
    """Load no Access: nobody has none."""
