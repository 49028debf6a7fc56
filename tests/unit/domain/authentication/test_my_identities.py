"""What people do with the identities that their account is linked with."""

from dataclasses import replace
from uuid import UUID

import pytest

from adapters.memory.identity_providers import MemoryIdentityProviders
from domain.accounts.entities import Account
from domain.authentication.confirmation import Confirmation
from domain.authentication.errors import ConfirmationRequired
from domain.authentication.factors import Credential, Passkey
from domain.authentication.identities import MAX_IDENTITIES
from domain.authentication.my_identities import MyIdentity
from domain.authentication.provider_errors import (
    IdentityTaken,
    LastWayIn,
    ProviderSignInRefused,
    TooManyIdentities,
    UnknownProvider,
)
from domain.callers import NOBODY, OPERATOR, Caller, acting_as
from domain.errors import NotAuthenticated, NotFound, NotPermitted
from tests.unit.accounts import add_account, caller_of, key_of
from tests.unit.fakes import ISSUERS, Fakes
from tests.unit.providers import CLIENT, CONFIRMATION, SOMEBODY, World


@pytest.fixture
def world(fakes: Fakes) -> World:
    return World(fakes)


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_account(fakes)


async def link(world: World, account: Account, subject: str = SOMEBODY.subject) -> MyIdentity:
    with acting_as(caller_of(account)):
        begun = await world.my_identities.begin("acme", CONFIRMATION)
        answer = world.answer(begun, replace(SOMEBODY, subject=subject))
        return await world.my_identities.link(answer, CLIENT)


async def set_password(fakes: Fakes, account_id: UUID) -> None:
    now = fakes.clock.now()
    await fakes.unit_of_work.run(lambda stores: stores.passwords.put(account_id, "hash", now))


async def test_who_is_signed_in_links_an_identity_and_signs_in_with_it(
    fakes: Fakes, world: World, account: Account
) -> None:
    linked = await link(world, account)

    assert (linked.provider, linked.issuer) == ("acme", ISSUERS["acme"])
    assert linked.created_at == fakes.clock.now()
    with acting_as(caller_of(account)):
        assert await world.my_identities.list() == [linked]
    assert (await world.signed_in()).account_id == account.id
    (event,) = await fakes.pending()
    assert (event.kind, event.subject) == ("identity.linked", str(account.id))
    assert SOMEBODY.subject not in repr(event)


async def test_the_account_hears_of_each_change_by_mail(
    fakes: Fakes, world: World, account: Account
) -> None:
    await set_password(fakes, account.id)
    linked = await link(world, account)
    await link(world, account)
    with acting_as(caller_of(account)):
        await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)

    mails = await fakes.pending_mails()

    assert {(it.kind, it.recipient, it.account_id) for it in mails} == {
        ("factors-changed", account.email, account.id)
    }
    assert [(it.details["change"], it.details["client"]) for it in mails] == [
        ("A sign-in with a provider was added", CLIENT.address),
        ("A sign-in with a provider was removed", CLIENT.address),
    ]


async def test_no_mail_tells_of_what_was_not_done(
    fakes: Fakes, world: World, account: Account
) -> None:
    linked = await link(world, account)
    mails = await fakes.pending_mails()

    with pytest.raises(IdentityTaken):
        await link(world, await add_account(fakes))
    with acting_as(caller_of(account)), pytest.raises(LastWayIn):
        await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)

    assert await fakes.pending_mails() == mails


async def test_its_address_does_not_matter(world: World, account: Account) -> None:
    with acting_as(caller_of(account)):
        begun = await world.my_identities.begin("acme", CONFIRMATION)
        unverified = replace(SOMEBODY, email="other@example.org", email_verified=False)

        assert await world.my_identities.link(world.answer(begun, unverified), CLIENT)


async def test_linking_the_same_again_changes_nothing(
    fakes: Fakes, world: World, account: Account
) -> None:
    assert await link(world, account) == await link(world, account)
    assert len(await fakes.pending()) == 1


async def test_linking_and_unlinking_want_a_confirmation(world: World, account: Account) -> None:
    linked = await link(world, account)

    with acting_as(caller_of(account)):
        with pytest.raises(ConfirmationRequired):
            await world.my_identities.begin("acme", Confirmation(password="wrong"))
        with pytest.raises(ConfirmationRequired):
            await world.my_identities.unlink(linked.id, Confirmation(), CLIENT)
        assert await world.my_identities.list() == [linked]


@pytest.mark.parametrize("who", [NOBODY, OPERATOR], ids=lambda who: who.name)
async def test_nobody_else_has_identities(world: World, who: Caller) -> None:
    begun = await world.sign_in.begin("acme")
    with acting_as(who):
        for call in (
            world.my_identities.list(),
            world.my_identities.begin("acme", CONFIRMATION),
            world.my_identities.link(world.answer(begun), CLIENT),
            world.my_identities.unlink(UUID(int=7), CONFIRMATION, CLIENT),
        ):
            with pytest.raises(NotAuthenticated):
                await call


async def test_no_key_gets_at_them(world: World, account: Account) -> None:
    with acting_as(key_of(account)):
        for call in (
            world.my_identities.list(),
            world.my_identities.begin("acme", CONFIRMATION),
            world.my_identities.unlink(UUID(int=7), CONFIRMATION, CLIENT),
        ):
            with pytest.raises(NotPermitted):
                await call


async def test_an_identity_has_one_account(fakes: Fakes, world: World, account: Account) -> None:
    await link(world, account)

    with pytest.raises(IdentityTaken):
        await link(world, await add_account(fakes))


async def test_what_a_deleted_account_has_left_can_be_linked(
    fakes: Fakes, world: World, account: Account
) -> None:
    await link(world, account)
    now = fakes.clock.now()
    await fakes.unit_of_work.run(lambda stores: stores.accounts.delete(account.id, now))
    other = await add_account(fakes)

    await link(world, other)

    assert (await world.signed_in()).account_id == other.id


async def test_an_account_has_only_so_many(world: World, account: Account) -> None:
    for number in range(MAX_IDENTITIES):
        await link(world, account, str(number))

    with pytest.raises(TooManyIdentities):
        await link(world, account, "one more")


async def test_what_another_account_began_is_not_linked_here(
    fakes: Fakes, world: World, account: Account
) -> None:
    """Nobody is made to link an identity of an attacker, who hands them an answer of theirs."""
    with acting_as(caller_of(await add_account(fakes))):
        begun = await world.my_identities.begin("acme", CONFIRMATION)

    with acting_as(caller_of(account)), pytest.raises(ProviderSignInRefused):
        await world.my_identities.link(world.answer(begun), CLIENT)
    with acting_as(caller_of(account)):
        assert await world.my_identities.list() == []


async def test_a_sign_in_that_was_begun_links_nothing(world: World, account: Account) -> None:
    """It was begun without a confirmation."""
    begun = await world.sign_in.begin("acme")

    with acting_as(caller_of(account)), pytest.raises(ProviderSignInRefused):
        await world.my_identities.link(world.answer(begun), CLIENT)


async def test_a_link_that_was_begun_signs_nobody_in(world: World, account: Account) -> None:
    with acting_as(caller_of(account)):
        begun = await world.my_identities.begin("acme", CONFIRMATION)

    with pytest.raises(ProviderSignInRefused):
        await world.sign_in.finish(world.answer(begun), CLIENT)


async def test_an_unknown_provider(world: World, account: Account) -> None:
    with acting_as(caller_of(account)), pytest.raises(UnknownProvider):
        await world.my_identities.begin("evil", CONFIRMATION)


async def test_an_identity_is_unlinked(fakes: Fakes, world: World, account: Account) -> None:
    await set_password(fakes, account.id)
    linked = await link(world, account)

    with acting_as(caller_of(account)):
        await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)
        with pytest.raises(NotFound):
            await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)
        assert await world.my_identities.list() == []
    assert (await fakes.pending())[-1].kind == "identity.unlinked"


async def test_one_of_another_account_is_not_found(
    fakes: Fakes, world: World, account: Account
) -> None:
    linked = await link(world, account)

    with acting_as(caller_of(await add_account(fakes))), pytest.raises(NotFound):
        await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)


async def test_the_last_way_in_stays(fakes: Fakes, world: World, account: Account) -> None:
    first, second = await link(world, account), await link(world, account, "second")

    with acting_as(caller_of(account)):
        await world.my_identities.unlink(first.id, CONFIRMATION, CLIENT)
        with pytest.raises(LastWayIn):
            await world.my_identities.unlink(second.id, CONFIRMATION, CLIENT)
        assert await world.my_identities.list() == [second]


async def test_a_passkey_is_a_way_in(fakes: Fakes, world: World, account: Account) -> None:
    linked = await link(world, account)
    credential = Credential(credential_id=b"c", public_key=b"k", sign_count=0, transports=())
    passkey = Passkey(
        id=UUID(int=1),
        account_id=account.id,
        name="phone",
        credential=credential,
        created_at=fakes.clock.now(),
    )
    await fakes.unit_of_work.run(lambda stores: stores.passkeys.add(passkey))

    with acting_as(caller_of(account)):
        await world.my_identities.unlink(linked.id, CONFIRMATION, CLIENT)
        assert await world.my_identities.list() == []


async def test_a_provider_that_is_trusted_no_more_is_no_way_in(
    fakes: Fakes, world: World, account: Account
) -> None:
    old = await link(world, account)
    later = World(fakes, MemoryIdentityProviders({"initech": ISSUERS["initech"]}))
    with acting_as(caller_of(account)):
        assert await later.my_identities.list() == [replace(old, provider=None)]
        begun = await later.my_identities.begin("initech", CONFIRMATION)
        identity = replace(SOMEBODY, issuer=ISSUERS["initech"])
        answer = later.answer(begun, identity, provider="initech", issuer=ISSUERS["initech"])
        new = await later.my_identities.link(answer, CLIENT)

        with pytest.raises(LastWayIn):
            await later.my_identities.unlink(new.id, CONFIRMATION, CLIENT)
        await later.my_identities.unlink(old.id, CONFIRMATION, CLIENT)
