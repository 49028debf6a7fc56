"""Sign-in with providers over fakes, also of what it asks of other parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from adapters.memory.identity_providers import MemoryIdentityProviders
from domain.authentication.confirmation import Confirmation
from domain.authentication.entities import Client, Method, SignedIn
from domain.authentication.errors import ConfirmationRequired, InvalidSecondFactor
from domain.authentication.identities import Identity
from domain.authentication.my_identities import MyIdentities
from domain.authentication.provider_accounts import ProviderAccounts
from domain.authentication.provider_challenges import BegunSignIn, ProviderChallenges
from domain.authentication.provider_sign_in import ProviderSignIn
from domain.authentication.provider_tickets import ProviderAnswer
from tests.unit.fakes import ISSUERS, Fakes

CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="Firefox")
SOMEBODY = Identity(
    issuer=ISSUERS["acme"],
    subject="248289761001",
    email="Somebody@example.org",
    email_verified=True,
    name="김소월",
)
CONFIRMATION = Confirmation(password="right")


@dataclass
class Starts:
    """The sessions that were started: of whom, by which methods, where."""

    started: list[tuple[UUID, tuple[Method, ...], Client, str | None]] = field(default_factory=list)

    async def start(
        self,
        account_id: UUID,
        methods: Sequence[Method],
        client: Client,
        *,
        device_token: str | None = None,
    ) -> SignedIn:
        self.started.append((account_id, tuple(methods), client, device_token))
        return SignedIn(
            account_id=account_id,
            session_id=UUID(int=len(self.started)),
            access_token="access",
            expires_in=600,
            refresh_token="refresh",
            device_token=None,
        )


@dataclass
class Factors:
    """The codes of those accounts that have a second factor; `trouble` is what a check raises."""

    codes: dict[UUID, str] = field(default_factory=dict)
    trouble: Exception | None = None

    async def required(self, account_id: UUID) -> tuple[str, ...]:
        return (Method.TOTP,) if account_id in self.codes else ()

    async def check(self, account_id: UUID, code: str) -> Method:
        if self.trouble is not None:
            raise self.trouble
        if self.codes.get(account_id) != code:
            raise InvalidSecondFactor
        return Method.TOTP


@dataclass
class SignUpsFake:
    """Whether there may be new accounts."""

    open: bool = True

    async def are_open(self) -> bool:
        return self.open


class ConfirmationsFake:
    """Takes CONFIRMATION."""

    async def confirm(self, account_id: UUID, confirmation: Confirmation) -> None:
        assert account_id
        if confirmation != CONFIRMATION:
            raise ConfirmationRequired


@dataclass
class World:
    """The use-cases, and all that is around them."""

    fakes: Fakes
    providers: MemoryIdentityProviders = field(
        default_factory=lambda: MemoryIdentityProviders(ISSUERS)
    )
    factors: Factors = field(default_factory=Factors)
    sessions: Starts = field(default_factory=Starts)
    sign_ups: SignUpsFake = field(default_factory=SignUpsFake)

    def __post_init__(self) -> None:
        unit_of_work, clock = self.fakes.unit_of_work, self.fakes.clock
        identifiers = self.fakes.identifiers
        challenges = ProviderChallenges(unit_of_work, self.providers, clock, identifiers)
        accounts = ProviderAccounts(unit_of_work, self.sign_ups.are_open, clock, identifiers)
        self.sign_in = ProviderSignIn(
            unit_of_work=unit_of_work,
            challenges=challenges,
            accounts=accounts,
            second_factors=self.factors,
            starter=self.sessions,
            clock=clock,
            identifiers=identifiers,
        )
        self.my_identities = MyIdentities(
            unit_of_work, challenges, ConfirmationsFake(), clock, identifiers
        )

    def answer(
        self, begun: BegunSignIn, identity: Identity = SOMEBODY, **others: str | None
    ) -> ProviderAnswer:
        """Give what comes back when somebody signs in where it was begun."""
        answer = ProviderAnswer(
            provider="acme",
            state=begun.state,
            code=self.providers.sign_in(begun.authorization_url, identity),
            issuer=ISSUERS["acme"],
            ticket=begun.ticket,
        )
        return replace(answer, **others)  # type: ignore[arg-type]  # Its fields are text.

    async def signed_in(self, identity: Identity = SOMEBODY) -> SignedIn:
        """Sign somebody in from begin to end."""
        begun = await self.sign_in.begin("acme")
        return await self.sign_in.finish(self.answer(begun, identity), CLIENT)
