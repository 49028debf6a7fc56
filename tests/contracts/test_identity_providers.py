"""The contract of domain.authentication.providers.IdentityProviders."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.memory.identity_providers import MemoryIdentityProviders
from adapters.oidc.provider import Registration
from adapters.oidc.providers import OIDCProviders
from domain.authentication.identities import Identity
from domain.authentication.provider_errors import ProviderSignInRefused, UnknownProvider
from domain.authentication.providers import IdentityProviders, Proofs
from tests.servers.provider import CLIENT_ID, CLIENT_SECRET, NO_CERTIFICATES, Provider

PROOFS = Proofs(state="s" * 43, nonce="n" * 43, verifier="v" * 43)
NAMES = ("acme", "initech")


class World(Protocol):
    """Two providers, and somebody who signs in there."""

    port: IdentityProviders
    issuers: dict[str, str]

    async def sign_in(self, address: str, identity: Identity) -> str:
        """Sign in at an address; gives the code."""
        ...


@dataclass
class MemoryWorld:
    port: MemoryIdentityProviders
    issuers: dict[str, str]

    async def sign_in(self, address: str, identity: Identity) -> str:
        return self.port.sign_in(address, identity)


@dataclass
class OIDCWorld:
    port: OIDCProviders
    issuers: dict[str, str]
    servers: list[Provider]

    async def sign_in(self, address: str, identity: Identity) -> str:
        for server in self.servers:
            server.claims = {
                "sub": identity.subject,
                "email": identity.email,
                "email_verified": identity.email_verified,
                "name": identity.name,
            }
        async with httpx.AsyncClient(verify=NO_CERTIFICATES) as browser:
            answer = await browser.get(address)
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


@pytest.fixture
def memory_world() -> World:
    issuers = {name: f"https://{name}.test" for name in NAMES}
    return MemoryWorld(MemoryIdentityProviders(issuers), issuers)


@pytest.fixture
async def oidc_world() -> AsyncIterator[World]:
    with Provider() as first, Provider() as second:
        servers = dict(zip(NAMES, (first, second), strict=True))
        registrations = [
            Registration(
                name=name,
                issuer=server.issuer,
                client_id=CLIENT_ID,
                client_secret=CLIENT_SECRET,
                redirect_uri=f"https://service.test/sign-in/{name}",
                scopes=("openid",),
            )
            for name, server in servers.items()
        ]
        for registration, server in zip(registrations, servers.values(), strict=True):
            server.redirect_uris.add(registration.redirect_uri)
        port = OIDCProviders(registrations, loopback=True, tls=NO_CERTIFICATES)
        issuers = {name: server.issuer for name, server in servers.items()}
        async with port.opened():
            yield OIDCWorld(port, issuers, [first, second])


@pytest.fixture(params=["memory", "oidc"])
def world(request: pytest.FixtureRequest) -> World:
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found


@pytest.fixture
def somebody(world: World) -> Identity:
    return Identity(
        issuer=world.issuers["acme"],
        subject="248289761001",
        email="somebody@example.org",
        email_verified=True,
        name="김소월",
    )


async def code_for(world: World, identity: Identity, proofs: Proofs = PROOFS) -> str:
    return await world.sign_in(await world.port.begin("acme", proofs), identity)


async def test_somebody_is_who_they_signed_in_as(world: World, somebody: Identity) -> None:
    code = await code_for(world, somebody)

    issuer = world.issuers["acme"]
    assert await world.port.finish("acme", code, issuer, PROOFS) == somebody


async def test_nothing_need_be_told_but_who_it_is(world: World, somebody: Identity) -> None:
    nameless = replace(somebody, email=None, email_verified=False, name=None)
    code = await code_for(world, nameless)

    assert await world.port.finish("acme", code, world.issuers["acme"], PROOFS) == nameless


async def test_the_address_is_at_the_provider_and_shows_no_verifier(world: World) -> None:
    address = await world.port.begin("initech", PROOFS)

    assert address.startswith(f"{world.issuers['initech']}/")
    assert PROOFS.state in address
    assert PROOFS.verifier not in address


async def test_providers_have_names_in_order(world: World) -> None:
    assert tuple(world.port.names) == NAMES
    assert [world.port.named(issuer) for issuer in world.issuers.values()] == [*NAMES]
    assert world.port.named("https://evil.test") is None


async def test_an_unknown_provider(world: World) -> None:
    with pytest.raises(UnknownProvider):
        await world.port.begin("evil", PROOFS)
    with pytest.raises(UnknownProvider):
        await world.port.finish("evil", "code", None, PROOFS)


async def test_a_code_counts_once(world: World, somebody: Identity) -> None:
    code = await code_for(world, somebody)
    await world.port.finish("acme", code, world.issuers["acme"], PROOFS)

    with pytest.raises(ProviderSignInRefused):
        await world.port.finish("acme", code, world.issuers["acme"], PROOFS)


@pytest.mark.parametrize("proof", ["nonce", "verifier"])
async def test_a_code_counts_for_its_own_proofs(
    world: World, somebody: Identity, proof: str
) -> None:
    code = await code_for(world, somebody)

    other = replace(PROOFS, **{proof: "o" * 43})

    with pytest.raises(ProviderSignInRefused):
        await world.port.finish("acme", code, world.issuers["acme"], other)


async def test_a_code_counts_at_its_own_provider(world: World, somebody: Identity) -> None:
    code = await code_for(world, somebody)

    with pytest.raises(ProviderSignInRefused):
        await world.port.finish("initech", code, world.issuers["initech"], PROOFS)


async def test_who_names_itself_must_be_the_provider(world: World, somebody: Identity) -> None:
    code = await code_for(world, somebody)

    with pytest.raises(ProviderSignInRefused):
        await world.port.finish("acme", code, world.issuers["initech"], PROOFS)
