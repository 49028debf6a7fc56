"""What counts as a way into an account, where another one is taken away."""

from itertools import combinations
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from adapters.memory.identity_providers import MemoryIdentityProviders
from adapters.memory.unit_of_work import MemoryStores
from domain.accounts.entities import Account
from domain.authentication.factors import Credential, Passkey, TOTPSecret
from domain.authentication.identities import LinkedIdentity
from domain.authentication.provider_errors import LastWayIn
from domain.authentication.ways_in import check_way_in
from tests.contracts.examples import NOW
from tests.unit.accounts import add_account
from tests.unit.factors import CLIENT, RIGHT, Factors, authenticator, signed_in
from tests.unit.fakes import ISSUERS, Fakes

TRUSTED, FORMER = ISSUERS["acme"], "https://former.test"
WAYS = ("password", "passkey", TRUSTED)
NO_WAYS = ("codes of an app", "recovery codes", FORMER)


@pytest.fixture
async def account(fakes: Fakes) -> Account:
    return await add_account(fakes)


async def give(fakes: Fakes, account: Account, what: str) -> None:
    """Give the account one of these."""
    await fakes.unit_of_work.run(lambda stores: _put(stores, account.id, what))


async def _put(stores: MemoryStores, account_id: UUID, what: str) -> None:
    match what:
        case "password":
            await stores.passwords.put(account_id, "a hash", NOW)
        case "passkey":
            await stores.passkeys.add(
                Passkey(
                    id=uuid7(),
                    account_id=account_id,
                    name="phone",
                    credential=Credential(
                        credential_id=b"c", public_key=b"k", sign_count=0, transports=()
                    ),
                    created_at=NOW,
                )
            )
        case "codes of an app":
            secret = TOTPSecret(
                account_id=account_id, sealed=b"s", confirmed_at=NOW, last_step=0, created_at=NOW
            )
            await stores.totp_secrets.put(secret, NOW)
        case "recovery codes":
            await stores.recovery_codes.replace(account_id, [b"r" * 32], NOW)
        case issuer:
            await stores.identities.add(
                LinkedIdentity(
                    id=uuid7(),
                    account_id=account_id,
                    issuer=issuer,
                    subject="somebody",
                    created_at=NOW,
                )
            )


async def check(fakes: Fakes, account: Account) -> None:
    await fakes.unit_of_work.run(
        lambda stores: check_way_in(stores, fakes.identity_providers, account.id)
    )


@pytest.mark.parametrize(
    "ways", [ways for size in (1, 2, 3) for ways in combinations(WAYS, size)], ids=", ".join
)
async def test_each_way_does(fakes: Fakes, account: Account, ways: tuple[str, ...]) -> None:
    for what in (*ways, *NO_WAYS):
        await give(fakes, account, what)

    await check(fakes, account)


@pytest.mark.parametrize(
    "others", [others for size in range(4) for others in combinations(NO_WAYS, size)], ids=", ".join
)
async def test_nothing_else_does(fakes: Fakes, account: Account, others: tuple[str, ...]) -> None:
    for what in others:
        await give(fakes, account, what)

    with pytest.raises(LastWayIn):
        await check(fakes, account)


@pytest.mark.parametrize("way", WAYS)
async def test_a_way_of_somebody_else_does_not(fakes: Fakes, account: Account, way: str) -> None:
    await give(fakes, await add_account(fakes), way)

    with pytest.raises(LastWayIn):
        await check(fakes, account)


async def test_the_last_passkey_stays_where_its_provider_is_trusted_no_more(
    fakes: Fakes, account: Account
) -> None:
    factors = Factors(fakes.unit_of_work)
    passkey = (await factors.add_passkey(account.id, authenticator())).passkey
    await give(fakes, account, TRUSTED)
    later = Factors(fakes.unit_of_work, providers=MemoryIdentityProviders({}))

    with signed_in(account.id):
        with pytest.raises(LastWayIn):
            await later.passkeys.remove(passkey.id, RIGHT, CLIENT)
        assert await factors.passkeys.list() == [passkey]
        await factors.passkeys.remove(passkey.id, RIGHT, CLIENT)
        assert await factors.passkeys.list() == []
