"""JSON Web Tokens of one type, signed and checked by keys of one algorithm (RFC 8725)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import Key
from joserfc.util import json_b64encode

from domain.authentication.errors import InvalidToken
from domain.ports import Clock

# For clocks that don't agree.
LEEWAY = timedelta(seconds=10)
# An RSA key of 4096 bits signs the longest tokens there are with 1,800 characters.
TOKEN_MAX_LENGTH = 4096

Said = Mapping[str, Any]


class _OneAlgorithm(jws.JWSRegistry):
    """Knows one algorithm, whatever a token says."""

    max_header_length = max_payload_length = TOKEN_MAX_LENGTH

    def __init__(self, name: str) -> None:
        super().__init__(algorithms=[name])
        self._name = name

    def get_alg(self, name: str) -> JWSAlgModel:
        """Give the algorithm; joserfc's own method also warns of EdDSA, whose name is old."""
        if name != self._name:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


class SignedTokens:
    """Signs tokens of one type by the first of the keys, and reads those that any has signed.

    `place` is who gives the tokens, and for whom: issuer and audience.
    """

    def __init__(
        self, kind: str, algorithm: str, keys: Sequence[Key], place: str, clock: Clock
    ) -> None:
        self._registry = _OneAlgorithm(algorithm)
        self._place = place
        self._clock = clock
        self._header = {"alg": algorithm, "kid": keys[0].kid, "typ": kind}
        self._key = keys[0]
        # A token's header is one of these, to the letter. So nothing that a stranger wrote is read
        # before its signature is known to be right: no algorithm, no address or name of a key.
        self._keys = {self._first_part(key): key for key in keys}

    def sign(self, said: Said, issued_at: datetime, expires_at: datetime) -> str:
        """Give a token that says this, and holds from one time to another, in whole seconds."""
        issued = int(issued_at.timestamp())
        times = {"iat": issued, "nbf": issued, "exp": int(expires_at.timestamp())}
        claims = {"iss": self._place, "aud": self._place, **times, **said}
        return jwt.encode(
            self._header, claims, self._key, registry=self._registry, default_type=None
        )

    def verify(self, token: str) -> Said:
        """Give what a token says that was signed here, is for here and holds now.

        Raises InvalidToken for any other text.
        """
        key = self._keys.get(token.partition(".")[0])
        if key is None or len(token) > TOKEN_MAX_LENGTH or not token.isascii():
            raise InvalidToken
        try:
            said: Said = jwt.decode(token, key, registry=self._registry).claims
        except (JoseError, ValueError):
            raise InvalidToken from None
        if said.get("iss") != self._place or said.get("aud") != self._place:
            raise InvalidToken
        self._check_times(said)
        return said

    def _first_part(self, key: Key) -> str:
        return json_b64encode({**self._header, "kid": key.kid}).decode()

    def _check_times(self, said: Said) -> None:
        now, leeway = self._clock.now().timestamp(), int(LEEWAY.total_seconds())
        match said:
            case {"nbf": int(begin), "exp": int(end), "iat": int()}:
                if begin - leeway <= now < end + leeway:
                    return
        raise InvalidToken
