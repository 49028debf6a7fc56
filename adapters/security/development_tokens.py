"""Tokens of roles, for development and tests."""

from joserfc.jwk import OctKey

from adapters.security.access_tokens import HMAC
from adapters.security.keys import derived_key
from adapters.security.signed_tokens import SignedTokens
from domain.authentication.development import DEVELOPMENT_ACCOUNTS, DEVELOPMENT_TOKEN_LIFE
from domain.authentication.errors import InvalidToken
from domain.permissions import Role
from domain.ports import Clock

# Neither the type nor the key is that of an access token: the one never passes for the other.
_TYPE = "development+jwt"


class JWTDevelopmentTokens:
    """Signs by a key of its own; a token says its role, so no store has to know of it."""

    def __init__(self, secret: str, place: str, clock: Clock) -> None:
        key = OctKey.import_key(derived_key(secret, "development tokens"), {"kid": "development"})
        self._tokens = SignedTokens(_TYPE, HMAC, [key], place, clock)
        self._clock = clock

    def issue(self, role: Role) -> str:
        """Sign a token."""
        now = self._clock.now()
        said = {"sub": str(DEVELOPMENT_ACCOUNTS[role]), "role": role.value}
        return self._tokens.sign(said, now, now + DEVELOPMENT_TOKEN_LIFE)

    def read(self, token: str) -> Role:
        """Check a token."""
        said = self._tokens.verify(token)
        try:
            return Role(said["role"])
        except (KeyError, ValueError):
            raise InvalidToken from None
