"""Sign-in at a provider over HTTP: the way it should be, and each way in which it is attacked."""

import base64
import hmac
import json
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from adapters.oidc.client import MAX_ANSWER_SIZE
from adapters.oidc.fresh import FAILURE_REST, LIFE, RENEWAL_REST
from adapters.oidc.provider import Registration
from adapters.oidc.providers import OIDCProviders
from domain.authentication.identities import Identity
from domain.authentication.provider_errors import (
    ProviderSignInRefused,
    ProviderUnavailable,
    UnknownProvider,
)
from domain.authentication.providers import Proofs
from domain.timing import Stopwatch, stopwatch
from tests.servers.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    NO_CERTIFICATES,
    SUBJECT,
    Claims,
    Provider,
    answer_json,
)

REDIRECT_URI = "https://service.test/sign-in/acme"
# The verifier of RFC 7636, B, and its challenge.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PROOFS = Proofs(state="s" * 43, nonce="n" * 43, verifier=VERIFIER)
TIMEOUT_SECONDS = 10.0

Handler = BaseHTTPRequestHandler


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as provider:
        provider.redirect_uris.add(REDIRECT_URI)
        yield provider


@pytest.fixture
def clock() -> list[float]:
    """The time, which stands still until a test moves it."""
    return [1000.0]


@pytest.fixture
async def providers(provider: Provider, clock: list[float]) -> AsyncIterator[OIDCProviders]:
    providers = OIDCProviders(
        [registration(provider)],
        loopback=True,
        timeout=TIMEOUT_SECONDS,
        tls=NO_CERTIFICATES,
        monotonic=lambda: clock[0],
    )
    async with providers.opened():
        yield providers


def registration(provider: Provider, **others: str) -> Registration:
    usual: dict[str, Any] = {
        "name": "acme",
        "issuer": provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "redirect_uri": REDIRECT_URI,
        "scopes": ("openid", "email", "profile"),
    }
    return Registration(**{**usual, **others})


async def visit(address: str) -> dict[str, str]:
    """Go where somebody signs in, as a browser; give what comes back with it."""
    async with httpx.AsyncClient(verify=NO_CERTIFICATES) as browser:
        answer = await browser.get(address)
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["Location"])
    assert location._replace(query="").geturl() == REDIRECT_URI
    return {name: value for name, (value,) in parse_qs(location.query).items()}


async def sign_in(providers: OIDCProviders, proofs: Proofs = PROOFS) -> Identity:
    answer = await visit(await providers.begin("acme", proofs))
    assert answer["state"] == proofs.state
    return await providers.finish("acme", answer["code"], answer["iss"], proofs)


async def refused(providers: OIDCProviders) -> str:
    with pytest.raises(ProviderSignInRefused) as caught:
        await sign_in(providers)
    return caught.value.reason


async def unavailable(providers: OIDCProviders) -> str:
    with pytest.raises(ProviderUnavailable) as caught:
        await sign_in(providers)
    assert caught.value.store == "acme"
    assert caught.value.retry_after > 0
    return caught.value.reason


class TestTheGoodWay:
    async def test_somebody_is_who_the_provider_says(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.claims["name"] = " 김소월 "

        assert await sign_in(providers) == Identity(
            issuer=provider.issuer,
            subject=SUBJECT,
            email="somebody@example.org",
            email_verified=True,
            name="김소월",
        )
        assert "/userinfo" not in provider.requests

    async def test_the_address_asks_for_a_code_and_hides_the_verifier(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        address = urlsplit(await providers.begin("acme", PROOFS))

        assert address._replace(query="").geturl() == f"{provider.issuer}/authorize"
        assert {name: value for name, (value,) in parse_qs(address.query).items()} == {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": "openid email profile",
            "state": PROOFS.state,
            "nonce": PROOFS.nonce,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }

    async def test_an_address_with_a_query_keeps_it(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["authorization_endpoint"] = f"{provider.issuer}/authorize?tenant=a"

        assert (await providers.begin("acme", PROOFS)).startswith(
            f"{provider.issuer}/authorize?tenant=a&response_type=code&"
        )

    async def test_a_secret_is_shown_in_the_form_where_the_provider_wants_it_there(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]

        assert (await sign_in(providers)).subject == SUBJECT

    async def test_what_the_id_token_has_not_userinfo_tells(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.claims = {}
        provider.userinfo = {"email": "a@example.org", "email_verified": True, "iss": "x"}

        identity = await sign_in(providers)

        assert (identity.email, identity.email_verified) == ("a@example.org", True)
        assert identity.issuer == provider.issuer

    async def test_a_provider_need_not_tell_an_address(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.claims = {}
        provider.metadata["userinfo_endpoint"] = None

        identity = await sign_in(providers)

        assert (identity.email, identity.email_verified, identity.name) == (None, False, None)

    async def test_discovery_and_keys_are_asked_for_once_and_again_when_old(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        for _ in range(3):
            await sign_in(providers)
        once = ["/.well-known/openid-configuration", "/keys"]
        assert [path for path in provider.requests if path in once] == once

        clock[0] += LIFE
        await sign_in(providers)
        assert [path for path in provider.requests if path in once] == once * 2

    async def test_the_time_that_a_provider_takes_is_told(self, providers: OIDCProviders) -> None:
        watch = Stopwatch()
        token = stopwatch.set(watch)
        await sign_in(providers)
        stopwatch.reset(token)

        total, spent = watch.read()
        assert list(spent) == ["acme"]
        assert 0 < spent["acme"] <= total <= watch.elapsed()

    async def test_providers_are_known_by_name_and_issuer(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        assert providers.names == ("acme",)
        assert providers.named(provider.issuer) == "acme"
        assert providers.named(f"{provider.issuer}/") is None
        with pytest.raises(UnknownProvider):
            await providers.begin("other", PROOFS)
        with pytest.raises(UnknownProvider):
            await providers.finish("other", "code", None, PROOFS)

    async def test_no_cookie_of_one_sign_in_goes_along_with_the_next(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        cookies = []

        def keys(request: Handler) -> None:
            cookies.append(request.headers.get("Cookie"))
            content = json.dumps({"keys": [provider.key.as_dict(private=False)]}).encode()
            request.send_response(200)
            request.send_header("Set-Cookie", "person=one; Path=/")
            request.send_header("Content-Length", str(len(content)))
            request.end_headers()
            request.wfile.write(content)

        provider.instead["/keys"] = keys
        for _ in range(2):
            await sign_in(providers)
            providers._providers["acme"]._keys._loaded = None

        assert cookies == [None, None]


def by_hand(header: Claims, claims: Claims, sign: Callable[[bytes], bytes] = lambda _: b"") -> str:
    """Make a token that no library would."""
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in (header, claims)
    ]
    signature = base64.urlsafe_b64encode(sign(b".".join(parts))).rstrip(b"=")
    return b".".join([*parts, signature]).decode()


class TestForgedTokens:
    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.test"},
            {"iss": None},
            {"aud": "another client"},
            {"aud": [CLIENT_ID, "another client"]},
            {"aud": []},
            {"aud": None},
            {"azp": "another client"},
            {"azp": ["another client"]},
            {"exp": 1},
            {"exp": None},
            {"exp": "9999999999"},
            {"iat": None},
            {"iat": 9_999_999_999},
            {"nbf": 9_999_999_999},
            {"nonce": "m" * 43},
            {"nonce": None},
            {"nonce": ["n" * 43]},
            {"nonce": ""},
            {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            {"at_hash": 7},
            {"sub": ""},
            {"sub": None},
            {"sub": 248289761001},
            {"sub": "s" * 256},
            {"sub": "é"},
        ],
        ids=str,
    )
    async def test_a_signed_token_that_says_something_else_is_refused(
        self, provider: Provider, providers: OIDCProviders, claims: Claims
    ) -> None:
        provider.claims |= claims

        assert "ID token" in await refused(providers) or "subject" in await refused(providers)

    @pytest.mark.parametrize("claims", [{"exp": 29}, {"iat": 29}], ids=str)
    async def test_clocks_may_differ_a_little(
        self, provider: Provider, providers: OIDCProviders, claims: dict[str, int]
    ) -> None:
        """Both are far enough within LEEWAY for a machine that is slow by some seconds."""
        now = int(time.time())
        shift = {"exp": now - 5, "iat": now + 20}
        provider.claims |= {name: shift[name] for name in claims}

        assert (await sign_in(providers)).subject == SUBJECT

    @pytest.mark.parametrize("alg", ["none", "None", "NONE", "", None, 7, ["ES256"]], ids=str)
    async def test_no_algorithm_is_none(
        self, provider: Provider, providers: OIDCProviders, alg: object
    ) -> None:
        provider.sign = lambda claims: by_hand({"alg": alg}, claims)

        await refused(providers)

    async def test_a_public_key_is_no_secret(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        key = RSAKey.generate_key(2048, {"kid": "rsa"})
        provider.published.append(key)
        for secret in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
            provider.sign = lambda claims, secret=secret: by_hand(  # type: ignore[misc]  # Bound.
                {"alg": "HS256", "kid": "rsa"},
                claims,
                lambda content: hmac.digest(secret, content, "sha256"),
            )
            assert "not allowed" in await refused(providers)

    async def test_not_even_where_the_provider_offers_it(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["id_token_signing_alg_values_supported"] = ["none", "HS256", "ES256"]
        secret = OctKey.import_key(CLIENT_SECRET.encode() * 3)
        provider.sign = lambda claims: jwt.encode({"alg": "HS256"}, claims, secret)

        assert "not allowed" in await refused(providers)

    async def test_an_algorithm_that_the_provider_does_not_announce_is_refused(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["id_token_signing_alg_values_supported"] = ["RS256"]

        assert "not allowed" in await refused(providers)

    async def test_a_key_in_the_header_is_not_believed(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        own = ECKey.generate_key("P-256")
        for header in (
            {"jwk": own.as_dict(private=False)},
            {"jku": "https://evil.test/keys"},
            {"x5u": "https://evil.test/cert"},
            {"kid": provider.key.kid},
            {"kid": provider.key.kid, "jwk": own.as_dict(private=False)},
            {"kid": "../../etc/passwd"},
            {"kid": "' OR 1=1 --"},
            {"kid": 7},
            {"crit": ["exp"], "exp": 1},
        ):
            provider.sign = lambda claims, header=header: by_hand(  # type: ignore[misc]  # Bound.
                {"alg": "ES256", **header}, claims, signer(own)
            )
            await refused(providers)

    async def test_another_ones_signature_is_refused(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        own = ECKey.generate_key("P-256")
        header = {"alg": "ES256", "kid": provider.key.kid}
        provider.sign = lambda claims: jwt.encode(header, claims, own)

        await refused(providers)

    async def test_a_flipped_bit_is_noticed(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        def flipped(claims: Claims) -> str:
            header, payload, signature = provider.signed(claims).split(".")
            middle = len(payload) // 2
            other = "A" if payload[middle] != "A" else "B"
            return f"{header}.{payload[:middle]}{other}{payload[middle + 1 :]}.{signature}"

        provider.sign = flipped

        await refused(providers)

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "a",
            "a.b",
            "..",
            "a.b.c.d.e",
            "\x00.\x00.\x00",
            "W10.W10.",
            "bnVsbA.e30.",
            "x" * 200_000,
        ],
        ids=lambda token: repr(token[:12]),
    )
    async def test_what_is_no_token_is_refused(
        self, provider: Provider, providers: OIDCProviders, token: str
    ) -> None:
        provider.sign = lambda _: token

        await refused(providers)

    async def test_a_key_that_is_not_for_signatures_is_not_taken(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        key = ECKey.import_key({**provider.key.as_dict(private=True), "use": "enc"})
        provider.published = [key]

        await refused(providers)

    async def test_a_token_without_a_key_id_needs_a_provider_with_one_key(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        provider.sign = lambda claims: jwt.encode({"alg": "ES256"}, claims, provider.key)
        assert (await sign_in(providers)).subject == SUBJECT

        provider.published.append(ECKey.generate_key("P-256", {"kid": "other"}))
        clock[0] += LIFE
        assert "which key" in await refused(providers)

    async def test_a_weak_key_is_not_taken(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        weak = {"kty": "RSA", "kid": "weak", "n": "w" * 171, "e": "AQAB"}
        provider.instead["/keys"] = lambda request: answer_json(request, 200, {"keys": [weak]})

        assert "no keys" in await unavailable(providers)


def signer(key: ECKey) -> Callable[[bytes], bytes]:
    def sign(content: bytes) -> bytes:
        header, payload = content.split(b".")
        token = jwt.encode({"alg": "ES256"}, {}, key)
        assert header
        assert payload
        return base64.urlsafe_b64decode(token.split(".")[2] + "==")

    return sign


class TestKeysThatChange:
    async def test_a_new_key_is_asked_for(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        await sign_in(providers)
        provider.rotate()
        clock[0] += RENEWAL_REST

        assert (await sign_in(providers)).subject == SUBJECT
        assert provider.requests.count("/keys") == 2

    async def test_unknown_keys_are_not_asked_for_more_often_than_each_minute(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        await sign_in(providers)
        provider.sign = lambda claims: jwt.encode(
            {"alg": "ES256", "kid": "unknown"}, claims, provider.key
        )
        for _ in range(3):
            await refused(providers)
        assert provider.requests.count("/keys") == 1

        clock[0] += RENEWAL_REST
        for _ in range(3):
            assert "does not publish" in await refused(providers)
        assert provider.requests.count("/keys") == 2

    async def test_a_key_that_is_withdrawn_counts_no_more_when_the_set_is_old(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        await sign_in(providers)
        old = provider.key
        provider.rotate()
        provider.sign = lambda claims: jwt.encode({"alg": "ES256", "kid": old.kid}, claims, old)
        clock[0] += LIFE

        await refused(providers)


class TestCodes:
    async def test_a_code_is_used_once(self, providers: OIDCProviders) -> None:
        answer = await visit(await providers.begin("acme", PROOFS))
        await providers.finish("acme", answer["code"], answer["iss"], PROOFS)

        with pytest.raises(ProviderSignInRefused):
            await providers.finish("acme", answer["code"], answer["iss"], PROOFS)

    @pytest.mark.parametrize("code", ["", "unknown", "a&code=b", "é", "x" * 10_000])
    async def test_a_code_that_nobody_gave_is_refused(
        self, provider: Provider, providers: OIDCProviders, code: str
    ) -> None:
        with pytest.raises(ProviderSignInRefused):
            await providers.finish("acme", code or "-", provider.issuer, PROOFS)

    async def test_a_code_of_another_sign_in_is_refused_by_its_verifier(
        self, providers: OIDCProviders
    ) -> None:
        """Injection of a code that was stolen (RFC 9700, 4.5): the thief's browser has others."""
        stolen = await visit(await providers.begin("acme", PROOFS))
        own = Proofs(state="t" * 43, nonce="o" * 43, verifier="w" * 43)

        with pytest.raises(ProviderSignInRefused) as caught:
            await providers.finish("acme", stolen["code"], stolen["iss"], own)
        assert "code" in caught.value.reason

    async def test_a_code_of_another_sign_in_is_refused_by_its_nonce_too(
        self, providers: OIDCProviders
    ) -> None:
        """A provider that does not look at PKCE is no way around."""
        stolen = await visit(await providers.begin("acme", PROOFS))
        own = Proofs(state="t" * 43, nonce="o" * 43, verifier=PROOFS.verifier)

        with pytest.raises(ProviderSignInRefused) as caught:
            await providers.finish("acme", stolen["code"], stolen["iss"], own)
        assert "another request" in caught.value.reason


class TestMixUp:
    @pytest.mark.parametrize("issuer", ["https://evil.test", "", None])
    async def test_a_code_is_not_shown_to_who_is_not_named_as_its_issuer(
        self, provider: Provider, providers: OIDCProviders, issuer: str | None
    ) -> None:
        answer = await visit(await providers.begin("acme", PROOFS))

        with pytest.raises(ProviderSignInRefused):
            await providers.finish("acme", answer["code"], issuer, PROOFS)
        assert "/token" not in provider.requests

    async def test_a_provider_that_does_not_name_itself_may_be_silent(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["authorization_response_iss_parameter_supported"] = None
        answer = await visit(await providers.begin("acme", PROOFS))

        assert await providers.finish("acme", answer["code"], None, PROOFS)

    async def test_but_must_not_name_another(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.metadata["authorization_response_iss_parameter_supported"] = False
        answer = await visit(await providers.begin("acme", PROOFS))

        with pytest.raises(ProviderSignInRefused):
            await providers.finish("acme", answer["code"], "https://evil.test", PROOFS)
        assert "/token" not in provider.requests

    async def test_userinfo_of_somebody_else_is_refused(
        self, provider: Provider, providers: OIDCProviders
    ) -> None:
        provider.claims = {}
        provider.userinfo = {"sub": "other", "email": "a@example.org", "email_verified": True}

        assert "somebody else" in await refused(providers)


class TestDiscovery:
    @pytest.mark.parametrize(
        "metadata",
        [
            {"issuer": "https://evil.test"},
            {"issuer": None},
            {"token_endpoint": None},
            {"token_endpoint": "http://evil.test/token"},
            {"token_endpoint": "ftp://127.0.0.1/token"},
            {"token_endpoint": "file:///etc/passwd"},
            {"token_endpoint": 7},
            {"token_endpoint": "https://user:password@evil.test/"},
            {"token_endpoint": "https://"},
            {"token_endpoint": "http://[::1"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": None},
            {"jwks_uri": "http://evil.test/keys"},
            {"jwks_uri": None},
            {"userinfo_endpoint": "http://evil.test/userinfo"},
            {"id_token_signing_alg_values_supported": ["none", "HS256"]},
            {"id_token_signing_alg_values_supported": []},
            {"id_token_signing_alg_values_supported": "ES256"},
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        ],
        ids=str,
    )
    async def test_metadata_that_can_not_be_trusted_is_not_used(
        self, provider: Provider, providers: OIDCProviders, metadata: Claims
    ) -> None:
        provider.metadata = metadata

        await unavailable(providers)
        assert provider.requests == ["/.well-known/openid-configuration"]

    async def test_a_provider_without_tls_is_for_this_machine_in_development(
        self, provider: Provider
    ) -> None:
        providers = OIDCProviders([registration(provider)], loopback=False, tls=NO_CERTIFICATES)
        async with providers.opened():
            assert "HTTPS" in await unavailable(providers)

        elsewhere = registration(provider, issuer="http://provider.test")
        providers = OIDCProviders([elsewhere], loopback=True, tls=NO_CERTIFICATES)
        async with providers.opened():
            assert "HTTPS" in await unavailable(providers)
        assert provider.requests == []

    async def test_a_provider_elsewhere_does_not_lead_to_this_machine(
        self, providers: OIDCProviders, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = providers._providers["acme"]
        monkeypatch.setattr(found, "_loopback", False)

        assert "no address with HTTPS" in await unavailable(providers)

    async def test_a_closed_adapter_is_unavailable(self, provider: Provider) -> None:
        assert "not open" in await unavailable(
            OIDCProviders([registration(provider)], loopback=True, tls=NO_CERTIFICATES)
        )

    def test_the_secret_is_not_shown(self, provider: Provider) -> None:
        assert CLIENT_SECRET not in repr(registration(provider))


def status(code: int, body: object = None) -> Callable[[Handler], None]:
    return lambda request: answer_json(request, code, {} if body is None else body)


def redirect(to: str) -> Callable[[Handler], None]:
    def answer(request: Handler) -> None:
        request.send_response(307)
        request.send_header("Location", to)
        request.send_header("Content-Length", "0")
        request.end_headers()

    return answer


def endless(request: Handler) -> None:
    """Answer a gigabyte."""
    request.send_response(200)
    request.send_header("Content-Length", str(1 << 30))
    request.end_headers()
    for _ in range(1 << 14):
        request.wfile.write(b" " * (1 << 16))


def compressed(request: Handler) -> None:
    request.send_response(200)
    request.send_header("Content-Encoding", "gzip")
    request.send_header("Content-Length", "4")
    request.end_headers()
    request.wfile.write(b"\x1f\x8b\x08\x00")


def plain(content: bytes) -> Callable[[Handler], None]:
    def answer(request: Handler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    return answer


PATHS = ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]


@pytest.mark.parametrize("path", PATHS)
class TestAProviderThatFails:
    @pytest.fixture(autouse=True)
    def _asks_userinfo(self, provider: Provider) -> None:
        provider.claims = {}

    @pytest.mark.parametrize(
        "answer,reason",
        [
            (status(503), "status 503"),
            (status(500), "status 500"),
            (status(404), "40|no keys"),
            (status(429), "429|no keys"),
            (status(401, {"error": "invalid_client"}), "registration|401|no keys"),
            (endless, f"more than {MAX_ANSWER_SIZE} bytes"),
            (compressed, "compressed"),
            (plain(b""), "not JSON"),
            (plain(b"<html>"), "not JSON"),
            (plain(b"[" * 200_000), "not JSON"),
            (plain(b"\xff"), "not JSON"),
            (plain(b"[]"), "no object"),
        ],
        ids=[
            "503",
            "500",
            "404",
            "429",
            "401",
            "endless",
            "compressed",
            "empty",
            "html",
            "nested",
            "bytes",
            "list",
        ],
    )
    async def test_an_answer_that_can_not_be_used_is_none(
        self,
        provider: Provider,
        providers: OIDCProviders,
        path: str,
        answer: Callable[[Handler], None],
        reason: str,
    ) -> None:
        provider.instead[path] = answer

        assert re.search(reason, await unavailable(providers))

    async def test_a_redirect_is_not_followed(
        self, provider: Provider, providers: OIDCProviders, path: str
    ) -> None:
        provider.instead[path] = redirect(f"{provider.issuer}/elsewhere")

        assert "status 307" in await unavailable(providers)
        assert "/elsewhere" not in provider.requests

    @pytest.mark.parametrize("begins", [False, True])
    async def test_a_slow_answer_is_not_waited_for(
        self, provider: Provider, path: str, *, begins: bool
    ) -> None:
        """A byte now and then keeps every timeout of a single read from passing."""
        enough = threading.Event()

        def trickle(request: Handler) -> None:
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
            request.wfile.write(head + (b"\r\n" if begins else b"X-Slow: "))
            while not enough.wait(0.05):
                request.wfile.write(b"-")

        provider.instead[path] = trickle
        providers = OIDCProviders(
            [registration(provider)], loopback=True, timeout=0.5, tls=NO_CERTIFICATES
        )
        try:
            async with providers.opened():
                assert "within 0.5 s" in await unavailable(providers)
        finally:
            enough.set()


class TestAProviderThatIsAway:
    async def test_nobody_listens(self) -> None:
        with Provider() as gone:
            registered = registration(gone)
        providers = OIDCProviders([registered], loopback=True, tls=NO_CERTIFICATES)
        async with providers.opened():
            assert "ConnectError" in await unavailable(providers)

    async def test_it_is_left_alone_for_a_moment_and_asked_again_then(
        self, provider: Provider, providers: OIDCProviders, clock: list[float]
    ) -> None:
        provider.instead[PATHS[0]] = status(503)
        for _ in range(3):
            assert "503" in await unavailable(providers)
        assert len(provider.requests) == 1

        del provider.instead[PATHS[0]]
        clock[0] += FAILURE_REST
        assert (await sign_in(providers)).subject == SUBJECT


@pytest.mark.parametrize(
    "tokens",
    [
        {},
        {"id_token": 7, "access_token": "a"},
        {"id_token": "a"},
        {"id_token": "é", "access_token": "a"},
    ],
    ids=str,
)
async def test_tokens_that_are_missing(
    provider: Provider, providers: OIDCProviders, tokens: Claims
) -> None:
    provider.instead["/token"] = status(200, tokens)

    assert "gives no" in await unavailable(providers)
