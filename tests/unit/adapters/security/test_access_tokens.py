"""Access tokens: what is read, and that nothing else is."""

import json
from datetime import timedelta

import pytest
from joserfc import jws

from adapters.memory.clock import FixedClock
from adapters.security.access_tokens import JWTAccessTokens, access_token_keys
from adapters.security.signed_tokens import LEEWAY
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from domain.authentication.errors import InvalidToken
from tests.token_keys import (
    ACCOUNT,
    ALGORITHMS,
    KEY_SETS,
    OTHER_KEY_SETS,
    PLACE,
    SESSION,
    Forger,
    joined,
)

SECRET = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture(params=ALGORITHMS)
def algorithm(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def tokens(algorithm: str, clock: FixedClock) -> JWTAccessTokens:
    return tokens_of(algorithm, KEY_SETS[algorithm], clock)


@pytest.fixture
def forger(algorithm: str, clock: FixedClock) -> Forger:
    return Forger(algorithm, clock.now())


def tokens_of(algorithm: str, key_set: str | None, clock: FixedClock) -> JWTAccessTokens:
    return JWTAccessTokens(algorithm, access_token_keys(key_set, SECRET), PLACE, clock)


def claims_at(clock: FixedClock) -> AccessClaims:
    return AccessClaims(
        account_id=ACCOUNT,
        session_id=SESSION,
        issued_at=clock.now(),
        expires_at=clock.now() + ACCESS_TOKEN_LIFE,
    )


def test_what_was_issued_is_read_as_often_as_it_is_shown(
    tokens: JWTAccessTokens, clock: FixedClock
) -> None:
    token = tokens.issue(claims_at(clock))

    assert [tokens.read(token) for _ in range(3)] == [claims_at(clock)] * 3


def test_a_token_is_that_of_rfc_9068_and_says_no_role(
    tokens: JWTAccessTokens, clock: FixedClock, algorithm: str
) -> None:
    read = jws.extract_compact(tokens.issue(claims_at(clock)).encode())
    said = json.loads(read.payload)

    assert read.headers() == {
        "alg": algorithm,
        "kid": json.loads(KEY_SETS[algorithm])["keys"][0]["kid"],
        "typ": "at+jwt",
    }
    assert set(said) == {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"}
    assert (said["iss"], said["sub"], said["sid"]) == (PLACE, str(ACCOUNT), str(SESSION))
    assert said["exp"] - said["iat"] == ACCESS_TOKEN_LIFE.total_seconds()


def test_no_two_tokens_are_equal(tokens: JWTAccessTokens, clock: FixedClock) -> None:
    assert len({tokens.issue(claims_at(clock)) for _ in range(10)}) == 10


def test_what_a_stranger_makes_is_refused(tokens: JWTAccessTokens, forger: Forger) -> None:
    forged = dict(forger.without_the_key())

    assert len(forged) > 30
    for name, token in forged.items():
        with pytest.raises(InvalidToken):
            pytest.fail(f"{name}: {tokens.read(token)}")


def test_what_is_signed_rightly_and_is_no_access_token_of_here_and_now_is_refused(
    tokens: JWTAccessTokens, forger: Forger
) -> None:
    assert tokens.read(forger.signed())
    for name, token in forger.with_the_key():
        with pytest.raises(InvalidToken):
            pytest.fail(f"{name}: {tokens.read(token)}")


def test_no_byte_of_a_token_can_be_changed(tokens: JWTAccessTokens, clock: FixedClock) -> None:
    token = tokens.issue(claims_at(clock))
    assert tokens.read(token)

    for place, character in enumerate(token):
        for other in {"A", "B", "-", "_", ".", chr(ord(character) ^ 1)} - {character}:
            with pytest.raises(InvalidToken):
                tokens.read(token[:place] + other + token[place + 1 :])


def test_no_byte_of_a_token_can_be_left_out(tokens: JWTAccessTokens, clock: FixedClock) -> None:
    token = tokens.issue(claims_at(clock))

    for place in range(len(token)):
        with pytest.raises(InvalidToken):
            tokens.read(token[:place] + token[place + 1 :])
        with pytest.raises(InvalidToken):
            tokens.read(token[:place])


@pytest.mark.parametrize("read_before", [True, False])
def test_a_token_holds_until_its_end_and_a_little_longer(
    tokens: JWTAccessTokens,
    clock: FixedClock,
    read_before: bool,  # noqa: FBT001  # Whether it is known by its hash.
) -> None:
    token = tokens.issue(claims_at(clock))
    if read_before:
        tokens.read(token)

    clock.advance(ACCESS_TOKEN_LIFE + LEEWAY - SECOND)
    assert tokens.read(token)
    clock.advance(SECOND)
    with pytest.raises(InvalidToken):
        tokens.read(token)


def test_a_token_does_not_hold_before_its_time(tokens: JWTAccessTokens, clock: FixedClock) -> None:
    token = tokens.issue(claims_at(clock))

    clock.advance(-LEEWAY)
    assert tokens.read(token)
    other = tokens_of("HS256", None, clock)
    early = other.issue(claims_at(clock))
    clock.advance(-LEEWAY - SECOND)
    with pytest.raises(InvalidToken):
        other.read(early)


def test_keys_are_changed_without_signing_anybody_out(algorithm: str, clock: FixedClock) -> None:
    old, new = KEY_SETS[algorithm], OTHER_KEY_SETS[algorithm]
    by_old = tokens_of(algorithm, old, clock).issue(claims_at(clock))
    both = tokens_of(algorithm, joined(new, old), clock)
    by_new = both.issue(claims_at(clock))

    assert both.read(by_old) == both.read(by_new) == claims_at(clock)
    assert tokens_of(algorithm, joined(old, new), clock).read(by_new)
    assert tokens_of(algorithm, new, clock).read(by_new)
    with pytest.raises(InvalidToken):
        tokens_of(algorithm, new, clock).read(by_old)


def test_without_keys_there_is_one_for_each_secret(clock: FixedClock) -> None:
    token = tokens_of("HS256", None, clock).issue(claims_at(clock))
    other = JWTAccessTokens("HS256", access_token_keys(None, SECRET + "x"), PLACE, clock)

    assert tokens_of("HS256", None, clock).read(token) == claims_at(clock)
    with pytest.raises(InvalidToken):
        other.read(token)


def test_secrets_are_changed_without_signing_anybody_out(clock: FixedClock) -> None:
    def tokens_by(*secrets: str) -> JWTAccessTokens:
        return JWTAccessTokens("HS256", access_token_keys(None, *secrets), PLACE, clock)

    by_old = tokens_by(SECRET).issue(claims_at(clock))
    both = tokens_by(SECRET + "x", SECRET)

    assert both.read(by_old) == claims_at(clock)
    assert tokens_by(SECRET + "x").read(both.issue(claims_at(clock))) == claims_at(clock)


def test_public_keys_have_nothing_secret_in_them(algorithm: str, clock: FixedClock) -> None:
    keys = tokens_of(
        algorithm, joined(KEY_SETS[algorithm], OTHER_KEY_SETS[algorithm]), clock
    ).public_keys()

    assert len(keys) == (0 if algorithm == "HS256" else 2)
    for key in keys:
        assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "k", "oth"}
        assert (key["use"], key["alg"]) == ("sig", algorithm)


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256", "RS256"])
def test_others_can_check_a_token_by_the_public_keys(
    tokens: JWTAccessTokens, clock: FixedClock, algorithm: str
) -> None:
    key_set = json.dumps({"keys": [*tokens.public_keys()]})

    reader = tokens_of(algorithm, key_set, clock)

    assert reader.read(tokens.issue(claims_at(clock))) == claims_at(clock)


def test_tokens_that_are_remembered_are_bounded(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.security.access_tokens._REMEMBERED", 3)
    tokens = tokens_of("HS256", None, clock)
    issued = [tokens.issue(claims_at(clock)) for _ in range(5)]

    assert [tokens.read(token) for token in issued] == [claims_at(clock)] * 5
    assert len(tokens._known) == 3
    assert tokens.read(issued[0]) == claims_at(clock)


def test_no_token_is_kept_in_memory(clock: FixedClock) -> None:
    tokens = tokens_of("HS256", None, clock)
    token = tokens.issue(claims_at(clock))
    tokens.read(token)

    assert all(len(known) == 32 for known in tokens._known)


def test_wrong_tokens_are_not_remembered(clock: FixedClock) -> None:
    tokens = tokens_of("HS256", None, clock)
    for forged in ("", "x", tokens.issue(claims_at(clock)) + "A"):
        with pytest.raises(InvalidToken):
            tokens.read(forged)

    assert not tokens._known
