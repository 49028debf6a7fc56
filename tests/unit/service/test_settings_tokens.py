"""Where the service is, and the keys of its access tokens."""

import json
from base64 import urlsafe_b64encode
from itertools import count
from typing import Any

import pytest
from joserfc.jwk import JWKRegistry

from service.settings import SettingsError, load_settings
from tests.token_keys import ALGORITHMS, KEY_SETS, OTHER_KEY_SETS, joined

ALGORITHM, KEYS = "FLASK_ACCESS_TOKEN_ALGORITHM", "FLASK_ACCESS_TOKEN_KEYS"
SECRET = "hunter2-hunter2-hunter2"


def problem(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, dotenv=None)
    (line,) = caught.value.problems
    return line


def key_of(algorithm: str, **changes: object) -> dict[str, Any]:
    key = {**json.loads(KEY_SETS[algorithm])["keys"][0], **changes}
    return {name: value for name, value in key.items() if value is not None}


def set_of(*keys: object) -> str:
    return json.dumps({"keys": keys})


def without_secret(algorithm: str) -> dict[str, Any]:
    key = JWKRegistry.import_key(key_of(algorithm))
    return dict(key.as_dict(private=False))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_keys_that_fit_are_taken(algorithm: str) -> None:
    keys = joined(KEY_SETS[algorithm], OTHER_KEY_SETS[algorithm])

    settings = load_settings({ALGORITHM: algorithm, KEYS: keys}, dotenv=None)

    assert settings.access_token_keys is not None
    assert settings.access_token_keys.get_secret_value() == keys
    assert json.loads(keys)["keys"][0]["kid"] not in repr(settings)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_keys_that_only_verify_may_stand_behind_the_first(algorithm: str) -> None:
    other = json.loads(OTHER_KEY_SETS[algorithm])["keys"][0]

    assert load_settings(
        {ALGORITHM: algorithm, KEYS: set_of(other, without_secret(algorithm))}, dotenv=None
    )
    line = problem({ALGORITHM: algorithm, KEYS: set_of(without_secret(algorithm), other)})
    assert "number 1, that has no private part" in line


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("other", ALGORITHMS)
def test_keys_of_another_algorithm_are_refused(algorithm: str, other: str) -> None:
    environ = {ALGORITHM: algorithm, KEYS: KEY_SETS[other]}
    if algorithm == other:
        assert load_settings(environ, dotenv=None)
    else:
        assert "is not of the type" in problem(environ)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_an_algorithm_of_two_keys_needs_them(algorithm: str) -> None:
    assert problem({ALGORITHM: algorithm}) == (
        f"{KEYS} is not set; expected a JWK set for {algorithm}, as `flask token key` prints it"
    )


@pytest.mark.parametrize(
    "text,reason",
    [
        ("hunter2", "is no JWK set"),
        ("[]", "is no JWK set"),
        ('{"keys": {}}', "is no JWK set"),
        ('{"keys": ["hunter2"]}', "is no JWK set"),
        ("[" * 100_000, "is no JWK set"),
        (set_of(), "has 0 keys"),
        (set_of(*[key_of("HS256")] * 11), "has 11 keys"),
        (set_of(key_of("HS256"), key_of("HS256")), "two keys of one kid"),
        (set_of(key_of("HS256", kid=None)), "has no kid"),
        (set_of(key_of("HS256", kid="")), "has no kid"),
        (set_of(key_of("HS256", kid="a b")), "has no kid"),
        (set_of(key_of("HS256", kid=7)), "has no kid"),
        (set_of(key_of("HS256", kty=None)), "is not of the type oct"),
        (set_of(key_of("HS256", alg="HS512")), "is for something else"),
        (set_of(key_of("HS256", use="enc")), "is for something else"),
        (set_of(key_of("HS256", k="aHVudGVyMg")), "has fewer than 32 bytes"),
        (set_of(key_of("HS256", k=None)), "has fewer than 32 bytes"),
        (set_of(key_of("HS256", k=7)), "has fewer than 32 bytes"),
        (set_of(key_of("HS256", k="!" * 99)), "has fewer than 32 bytes"),
    ],
    ids=count(),  # A key is another at each start.
)
def test_what_is_no_key_is_told_without_a_secret(text: str, reason: str) -> None:
    line = problem({KEYS: text})

    assert line.startswith(f"{KEYS} ")
    assert reason in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    "algorithm,changes,reason",
    [
        ("RS256", {"d": None, "p": None, "q": None, "dp": None, "dq": None, "qi": None}, "private"),
        ("RS256", {"e": None}, "incomplete or malformed"),
        ("RS256", {"n": "AQAB"}, "has 17 bits, not 2048 to 4096"),
        ("ES256", {"crv": "P-384"}, "is not of the type EC P-256"),
        ("ES256", {"x": "AAAA"}, "incomplete or malformed"),
        ("EdDSA", {"crv": "Ed448"}, "is not of the type OKP Ed25519"),
        ("EdDSA", {"x": None}, "incomplete or malformed"),
        ("EdDSA", {"d": None}, "private"),
    ],
)
def test_a_key_that_can_not_sign_is_refused(
    algorithm: str, changes: dict[str, object], reason: str
) -> None:
    line = problem({ALGORITHM: algorithm, KEYS: set_of(key_of(algorithm, **changes))})

    assert reason in line


def test_a_short_rsa_key_is_refused() -> None:
    n = urlsafe_b64encode(bytes([0x80]) + bytes(127)).decode().rstrip("=")

    line = problem({ALGORITHM: "RS256", KEYS: set_of(key_of("RS256", n=n))})

    assert "has 1024 bits, not 2048 to 4096" in line


def test_an_algorithm_that_is_none_is_refused() -> None:
    assert ALGORITHM in problem({ALGORITHM: "none"})


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://example.org/api/v1",
    ],
)
def test_a_public_url_is_taken(url: str) -> None:
    assert load_settings({"FLASK_PUBLIC_URL": url}, dotenv=None).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "api.example.org",
        "ftp://api.example.org",
        "https://api.example.org/",
        "https://user:hunter2@api.example.org",
        "https://api.example.org?x=1",
        "https://api.example.org/#x",
        "https://api.example.org/a b",
        "https://api.example.org\n",
        "https://API.example.org",
        "https://",
        "https://" + "x" * 300,
    ],
)
def test_what_is_no_public_url_is_refused(url: str) -> None:
    line = problem({"FLASK_PUBLIC_URL": url})

    assert line.startswith("FLASK_PUBLIC_URL is no such URL; expected")
    assert "hunter2" not in line
