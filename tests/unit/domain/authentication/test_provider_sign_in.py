"""Signing in with a provider: who gets into which account, and who can't finish what."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from adapters.memory.identities import MemoryIdentities
from adapters.memory.unit_of_work import MemoryStores, MemoryUnitOfWork
from domain.accounts.entities import Account
from domain.authentication.entities import Method
from domain.authentication.errors import (
    CodesUnusable,
    InvalidSecondFactor,
    SecondFactorRequired,
    SignUpsClosed,
    TooManyAttempts,
)
from domain.authentication.provider_accounts import ProviderAccounts
from domain.authentication.provider_challenges import LIFE
from domain.authentication.provider_errors import (
    IdentityNotLinked,
    ProviderEmailNotVerified,
    ProviderSignInRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from domain.authentication.provider_tickets import proofs_of
from domain.authentication.sign_in import NO_ACCOUNT
from domain.errors import StoreUnavailable
from domain.permissions import Role
from tests.unit.accounts import account_of, add_account, told
from tests.unit.fakes import ISSUERS, Fakes
from tests.unit.providers import CLIENT, SOMEBODY, World

MICROSECOND = timedelta(microseconds=1)

Result = TypeVar("Result")


@pytest.fixture
def world(fakes: Fakes) -> World:
    return World(fakes)


async def kept(fakes: Fakes, account_id: UUID) -> Account:
    account = await fakes.unit_of_work.read(lambda stores: stores.accounts.get(account_id))
    assert account is not None
    return account


async def accounts(fakes: Fakes) -> int:
    return await fakes.unit_of_work.read(
        lambda stores: _count(stores.accounts._accounts)  # The fake's own state.
    )


async def _count(items: dict[UUID, Account]) -> int:
    return len(items)


class HalfSeen:
    """A unit of work, of which the first looks for identities before another one's commit.

    That is what READ COMMITTED permits: what it looks for after that is there.
    """

    def __init__(self, unit_of_work: MemoryUnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        self._units = 0

    async def run(self, unit: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        self._units += 1
        if self._units > 1:
            return await self._unit_of_work.run(unit)

        async def half_seen(stores: MemoryStores) -> Result:
            stores.identities = MemoryIdentities()
            return await unit(stores)

        return await self._unit_of_work.run(half_seen)

    async def read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        return await self._unit_of_work.read(query)


class TestAccounts:
    async def test_who_is_new_gets_an_account_that_is_verified(
        self, fakes: Fakes, world: World
    ) -> None:
        signed_in = await world.signed_in()

        account = await kept(fakes, signed_in.account_id)
        assert (account.email, account.name, account.role, account.verified_at) == (
            SOMEBODY.email,
            SOMEBODY.name,
            Role.READER,
            fakes.clock.now(),
        )
        assert world.sessions.started == [(account.id, (Method.PROVIDER,), CLIENT, None)]
        created, linked = await fakes.pending()
        assert (created.kind, created.subject, created.details) == (
            "account.created",
            str(account.id),
            {"address": CLIENT.address, "method": "fed"},
        )
        assert (linked.kind, linked.subject) == ("identity.linked", str(account.id))
        assert linked.details["issuer"] == ISSUERS["acme"]

    async def test_who_comes_again_gets_the_same_account_whatever_their_address_is_now(
        self, fakes: Fakes, world: World
    ) -> None:
        first = await world.signed_in()
        world.sign_ups.open = False
        for identity in (
            SOMEBODY,
            replace(SOMEBODY, email="new@example.org"),
            replace(SOMEBODY, email=None, email_verified=False),
        ):
            assert (await world.signed_in(identity)).account_id == first.account_id

        assert (await kept(fakes, first.account_id)).email == SOMEBODY.email

    async def test_another_subject_or_issuer_is_somebody_else(self, world: World) -> None:
        ids = {
            (await world.signed_in(identity)).account_id
            for identity in (
                SOMEBODY,
                replace(SOMEBODY, subject="other", email="other@example.org"),
                replace(SOMEBODY, issuer="https://other.test", email="third@example.org"),
            )
        }

        assert len(ids) == 3

    @pytest.mark.parametrize("email", ["somebody@example.org", "SOMEBODY@EXAMPLE.ORG"])
    async def test_an_account_with_the_address_is_not_linked_by_that(
        self, fakes: Fakes, world: World, email: str
    ) -> None:
        account = await add_account(fakes, email=email)

        with pytest.raises(IdentityNotLinked):
            await world.signed_in()
        assert world.sessions.started == []
        assert await account_of(fakes, account) == account
        # Its owner can see that somebody tried.
        (refused,) = await told(fakes, account)
        assert (refused.kind, refused.details["reason"]) == ("session.refused", "provider")

    @pytest.mark.parametrize(
        "email,verified", [("somebody@example.org", False), (None, False)], ids=str
    )
    async def test_an_address_that_is_not_verified_makes_no_account_and_finds_none(
        self, fakes: Fakes, world: World, email: str | None, *, verified: bool
    ) -> None:
        unverified = replace(SOMEBODY, email=email, email_verified=verified)
        with pytest.raises(ProviderEmailNotVerified):
            await world.signed_in(unverified)
        await add_account(fakes, email="somebody@example.org")
        # The same, so that nobody learns whose accounts there are.
        with pytest.raises(ProviderEmailNotVerified):
            await world.signed_in(unverified)
        world.sign_ups.open = False
        with pytest.raises(ProviderEmailNotVerified):
            await world.signed_in(unverified)

    async def test_closed_sign_ups_are_for_new_accounts_only(
        self, fakes: Fakes, world: World
    ) -> None:
        world.sign_ups.open = False

        with pytest.raises(SignUpsClosed):
            await world.signed_in()
        assert await accounts(fakes) == 0

    async def test_a_disabled_account_can_not_sign_in(self, fakes: Fakes, world: World) -> None:
        account = await kept(fakes, (await world.signed_in()).account_id)
        disabled = replace(account, disabled_at=fakes.clock.now(), version=2)
        await fakes.unit_of_work.run(lambda stores: stores.accounts.save(disabled))

        with pytest.raises(ProviderSignInRefused):
            await world.signed_in()
        assert len(world.sessions.started) == 1
        refused = (await fakes.pending())[-1]
        assert (refused.kind, refused.subject) == ("session.refused", str(account.id))
        assert refused.details == {
            "reason": "provider",
            "address": CLIENT.address,
            "device": CLIENT.device,
        }

    async def test_who_deleted_their_account_may_have_a_new_one(
        self, fakes: Fakes, world: World
    ) -> None:
        first = await world.signed_in()
        now = fakes.clock.now()
        await fakes.unit_of_work.run(lambda stores: stores.accounts.delete(first.account_id, now))

        second = await world.signed_in()

        assert second.account_id != first.account_id
        assert (await world.signed_in()).account_id == second.account_id

    async def test_of_two_first_sign_ins_at_once_both_get_the_same_account(
        self, fakes: Fakes, world: World
    ) -> None:
        first, second = await asyncio.gather(world.signed_in(), world.signed_in())

        assert first.account_id == second.account_id
        assert await accounts(fakes) == 1

    async def test_an_account_that_comes_to_be_between_two_looks_is_found(
        self, fakes: Fakes, world: World
    ) -> None:
        account_id = (await world.signed_in()).account_id
        unit_of_work = HalfSeen(fakes.unit_of_work)
        found = ProviderAccounts(
            unit_of_work, world.sign_ups.are_open, fakes.clock, fakes.identifiers
        )

        assert await found.account_of(SOMEBODY, CLIENT) == account_id

    async def test_a_unit_that_runs_again_makes_one_account(
        self, fakes: Fakes, world: World
    ) -> None:
        fakes.unit_of_work.aborts = True

        await world.signed_in()

        assert await accounts(fakes) == 1


class TestBinding:
    async def test_what_is_begun_is_at_the_provider_and_expires(
        self, fakes: Fakes, world: World
    ) -> None:
        begun = await world.sign_in.begin("acme")

        assert begun.expires_at == fakes.clock.now() + LIFE
        asked = {k: v for k, (v,) in parse_qs(urlsplit(begun.authorization_url).query).items()}
        assert asked["state"] == begun.state
        assert len(begun.state) == 64
        assert begun.ticket not in begun.authorization_url
        assert asked["nonce"] not in begun.state
        assert begun.ticket not in repr(begun)
        assert world.sign_in.names() == ("acme", "initech")

    async def test_each_sign_in_has_secrets_of_its_own(self, world: World) -> None:
        begun = [await world.sign_in.begin("acme") for _ in range(3)]
        proofs = [proofs_of(it.ticket, UUID(int=7)) for it in begun]
        others = [proofs_of(begun[0].ticket, UUID(int=number)) for number in range(2)]

        texts = [it.ticket for it in begun]
        for each in (*proofs, *others):
            texts += [each.state, each.nonce, each.verifier]
        assert len(set(texts)) == 3 + 3 * 5
        assert all(43 <= len(each.verifier) <= 128 for each in proofs)

    async def test_the_store_has_nothing_that_would_finish_it(
        self, fakes: Fakes, world: World
    ) -> None:
        begun = await world.sign_in.begin("acme")

        (challenge,) = fakes.unit_of_work._committed.challenges._challenges.values()
        proofs = proofs_of(begun.ticket, challenge.id)
        for secret in (begun.ticket, proofs.state, proofs.nonce, proofs.verifier):
            assert secret not in repr(challenge)

    async def test_an_answer_counts_once(self, world: World) -> None:
        begun = await world.sign_in.begin("acme")
        await world.sign_in.finish(world.answer(begun), CLIENT)

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun), CLIENT)

    async def test_of_an_answer_handed_in_many_times_at_once_one_counts(self, world: World) -> None:
        answer = world.answer(await world.sign_in.begin("acme"))

        found = await asyncio.gather(
            *(world.sign_in.finish(answer, CLIENT) for _ in range(10)), return_exceptions=True
        )

        assert sum(isinstance(it, ProviderSignInRefused) for it in found) == 9
        assert len(world.sessions.started) == 1

    async def test_it_is_over_when_the_provider_refuses(self, fakes: Fakes, world: World) -> None:
        begun = await world.sign_in.begin("acme")
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun, code="wrong"), CLIENT)
        (refused,) = await fakes.pending()
        assert (refused.kind, refused.subject) == ("session.refused", str(NO_ACCOUNT))

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun), CLIENT)

    async def test_an_answer_that_comes_late_is_refused(self, fakes: Fakes, world: World) -> None:
        begun = await world.sign_in.begin("acme")
        fakes.clock.advance(LIFE - MICROSECOND)
        assert await world.sign_in.finish(world.answer(begun), CLIENT)

        begun = await world.sign_in.begin("acme")
        fakes.clock.advance(LIFE)
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun), CLIENT)

    async def test_another_browser_can_not_finish_it_and_does_not_end_it(
        self, world: World
    ) -> None:
        """Somebody who saw the answer's address has no ticket, or the one of a sign-in of theirs.

        So nobody is made to sign in to an account of an attacker (RFC 9700, 4.7).
        """
        begun, own = await world.sign_in.begin("acme"), await world.sign_in.begin("acme")
        answer = world.answer(begun)
        for ticket in (
            own.ticket,
            "",
            "x",
            begun.ticket + "x",
            begun.ticket.lower(),
            "é",
            "\ud800",
        ):
            with pytest.raises(ProviderSignInRefused):
                await world.sign_in.finish(replace(answer, ticket=ticket), CLIENT)

        assert await world.sign_in.finish(answer, CLIENT)

    async def test_a_state_that_was_not_begun_is_refused(self, world: World) -> None:
        begun = await world.sign_in.begin("acme")
        own = proofs_of(begun.ticket, UUID(int=7))
        states = ("", "x", "é", "\ud800", "A" * 64, begun.state[:-4], begun.state + "AAAA")
        for state in (*states, own.state, begun.state.swapcase(), begun.state + "\n"):
            with pytest.raises(ProviderSignInRefused):
                await world.sign_in.finish(world.answer(begun, state=state), CLIENT)

    async def test_a_ticket_of_ones_own_is_no_key_to_anothers_sign_in(
        self, fakes: Fakes, world: World
    ) -> None:
        """Who has seen the state of another can make one with the same id, for their own ticket."""
        begun, own = await world.sign_in.begin("acme"), await world.sign_in.begin("acme")
        (challenge, _) = fakes.unit_of_work._committed.challenges._challenges.values()
        forged = proofs_of(own.ticket, challenge.id)

        answer = world.answer(begun, state=forged.state, ticket=own.ticket)
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(answer, CLIENT)
        assert world.sessions.started == []

    async def test_an_answer_for_another_provider_is_refused(self, world: World) -> None:
        """Mix-up (RFC 9700, 4.4): the code is not shown to the other one."""
        begun = await world.sign_in.begin("acme")
        answer = world.answer(begun, provider="initech", issuer=ISSUERS["initech"])

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(answer, CLIENT)

    async def test_a_code_of_anothers_sign_in_is_refused(self, world: World) -> None:
        """Injection (RFC 9700, 4.5)."""
        stolen = world.answer(await world.sign_in.begin("acme")).code
        begun = await world.sign_in.begin("acme")

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun, code=stolen), CLIENT)

    async def test_a_link_that_was_begun_is_no_sign_in(self, world: World) -> None:
        begun = await world.sign_in.challenges.begin("acme", "provider.link", None)

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun), CLIENT)

    async def test_an_unknown_provider_or_one_that_is_away(
        self, fakes: Fakes, world: World
    ) -> None:
        with pytest.raises(UnknownProvider):
            await world.sign_in.begin("evil")
        begun = await world.sign_in.begin("acme")
        answer = world.answer(begun)
        world.providers.away = {"acme"}
        with pytest.raises(ProviderUnavailable):
            await world.sign_in.begin("acme")
        with pytest.raises(ProviderUnavailable):
            await world.sign_in.finish(answer, CLIENT)
        assert await accounts(fakes) == 0


class TestSecondFactors:
    async def test_an_account_with_a_second_factor_asks_for_it(self, world: World) -> None:
        account_id = (await world.signed_in()).account_id
        world.factors.codes[account_id] = "123456"
        answer = world.answer(await world.sign_in.begin("acme"))

        with pytest.raises(SecondFactorRequired) as caught:
            await world.sign_in.finish(answer, CLIENT)
        assert caught.value.methods == ("otp",)
        assert len(world.sessions.started) == 1

        await world.sign_in.finish(answer, CLIENT, code="123456", device_token="device")
        assert world.sessions.started[1:] == [
            (account_id, (Method.PROVIDER, Method.TOTP), CLIENT, "device")
        ]

    @pytest.mark.parametrize(
        "trouble",
        [
            InvalidSecondFactor(),
            CodesUnusable(),
            TooManyAttempts(60),
            StoreUnavailable("MySQL", "it is away"),
        ],
        ids=lambda trouble: type(trouble).__name__,
    )
    async def test_a_code_that_does_not_hold_may_be_mended(
        self, world: World, trouble: Exception
    ) -> None:
        account_id = (await world.signed_in()).account_id
        world.factors.codes[account_id] = "123456"
        answer = world.answer(await world.sign_in.begin("acme"))
        with pytest.raises(SecondFactorRequired):
            await world.sign_in.finish(answer, CLIENT)

        world.factors.trouble = trouble
        for _ in range(2):
            with pytest.raises(type(trouble)):
                await world.sign_in.finish(answer, CLIENT, code="000000")
        world.factors.trouble = None

        assert await world.sign_in.finish(answer, CLIENT, code="123456")
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(answer, CLIENT, code="123456")

    async def test_a_code_is_no_way_around_the_provider(self, world: World) -> None:
        account_id = (await world.signed_in()).account_id
        world.factors.codes[account_id] = "123456"
        begun = await world.sign_in.begin("acme")

        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(world.answer(begun), CLIENT, code="123456")

    async def test_the_provider_is_no_way_around_the_code(self, fakes: Fakes, world: World) -> None:
        account_id = (await world.signed_in()).account_id
        world.factors.codes[account_id] = "123456"
        answer = world.answer(await world.sign_in.begin("acme"))
        with pytest.raises(SecondFactorRequired):
            await world.sign_in.finish(answer, CLIENT)

        with pytest.raises(InvalidSecondFactor):
            await world.sign_in.finish(answer, CLIENT, code="000000")
        refused = (await fakes.pending())[-1]
        assert (refused.subject, refused.details["reason"]) == (str(account_id), "second factor")
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(answer, CLIENT)
        fakes.clock.advance(LIFE)
        with pytest.raises(ProviderSignInRefused):
            await world.sign_in.finish(answer, CLIENT, code="123456")
        assert len(world.sessions.started) == 1
