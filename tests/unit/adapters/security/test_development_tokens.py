from datetime import timedelta

import pytest

from adapters.memory.clock import FixedClock
from adapters.security.access_tokens import JWTAccessTokens, access_token_keys
from adapters.security.development_tokens import JWTDevelopmentTokens
from adapters.security.keys import derived_key
from domain.authentication.development import DEVELOPMENT_TOKEN_LIFE, development_caller
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from domain.authentication.errors import InvalidToken
from domain.permissions import PERMISSIONS, Role
from tests.token_keys import ACCOUNT, PLACE, SESSION, hmac_token

SECRET = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def tokens(clock: FixedClock) -> JWTDevelopmentTokens:
    return JWTDevelopmentTokens(SECRET, PLACE, clock)


@pytest.mark.parametrize("role", Role)
def test_a_token_stands_for_its_role(tokens: JWTDevelopmentTokens, role: Role) -> None:
    assert tokens.read(tokens.issue(role)) is role


@pytest.mark.parametrize("role", Role)
def test_each_role_has_an_account_of_its_own(role: Role) -> None:
    caller = development_caller(role)

    assert caller.permissions == PERMISSIONS[role]
    assert caller.account_id is not None
    others = [development_caller(other) for other in Role if other is not role]
    assert caller.account_id not in [other.account_id for other in others]
    assert caller.name not in [other.name for other in others]


def test_a_token_ends(tokens: JWTDevelopmentTokens, clock: FixedClock) -> None:
    token = tokens.issue(Role.ADMIN)

    clock.advance(DEVELOPMENT_TOKEN_LIFE + timedelta(minutes=1))
    with pytest.raises(InvalidToken):
        tokens.read(token)


def test_neither_kind_of_token_passes_for_the_other(
    tokens: JWTDevelopmentTokens, clock: FixedClock
) -> None:
    access = JWTAccessTokens("HS256", access_token_keys(None, SECRET), PLACE, clock)
    now = clock.now()
    claims = AccessClaims(
        account_id=ACCOUNT, session_id=SESSION, issued_at=now, expires_at=now + ACCESS_TOKEN_LIFE
    )

    with pytest.raises(InvalidToken):
        access.read(tokens.issue(Role.ADMIN))
    with pytest.raises(InvalidToken):
        tokens.read(access.issue(claims))


@pytest.mark.parametrize("role", [None, "superuser", "", 7, ["admin"]])
def test_what_says_no_role_is_refused(
    tokens: JWTDevelopmentTokens, clock: FixedClock, role: object
) -> None:
    now = int(clock.now().timestamp())
    said = {"iss": PLACE, "aud": PLACE, "iat": now, "nbf": now, "exp": now + 60, "role": role}
    header = {"alg": "HS256", "kid": "development", "typ": "development+jwt"}
    key = derived_key(SECRET, "development tokens")

    assert tokens.read(hmac_token(header, {**said, "role": "editor"}, key)) is Role.EDITOR
    with pytest.raises(InvalidToken):
        tokens.read(hmac_token(header, said, key))


def test_another_secret_makes_other_tokens(clock: FixedClock, tokens: JWTDevelopmentTokens) -> None:
    with pytest.raises(InvalidToken):
        tokens.read(JWTDevelopmentTokens(SECRET + "x", PLACE, clock).issue(Role.ADMIN))
