"""Hashes of passwords that take no time."""

import hashlib
import secrets

from domain.authentication.passwords import normalised

_SCHEME = "$fake$"


class FastPasswordHasher:
    """The fake of PasswordHasher: it keeps nobody from guessing, so it is for tests alone.

    `parameters` stand in each hash; one with others is outdated. `hashes` counts the calls.
    """

    def __init__(self, parameters: str = "v=1") -> None:
        self._parameters = parameters
        self.hashes = 0

    async def hash(self, password: str) -> str:
        """Hash it with a new salt."""
        self.hashes += 1
        return _hash(self._parameters, secrets.token_hex(8), password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Hash it with the same salt."""
        self.hashes += 1
        match (hashed or "").removeprefix(_SCHEME).split("$"):
            case [parameters, salt, _]:
                return _hash(parameters, salt, password) == hashed
            case _:
                return False

    def is_outdated(self, hashed: str) -> bool:
        """Compare the parameters."""
        return not hashed.startswith(f"{_SCHEME}{self._parameters}$")


def _hash(parameters: str, salt: str, password: str) -> str:
    text = salt + normalised(password)
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{_SCHEME}{parameters}${salt}${digest}"
