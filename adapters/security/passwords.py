"""Hashes of passwords by argon2id (RFC 9106)."""

import asyncio
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

from domain.authentication.errors import HashingOverloaded
from domain.authentication.passwords import normalised

Result = TypeVar("Result")

# The first that OWASP's Password Storage Cheat Sheet lists, all of which it holds equally strong:
# this one takes the most memory, which is what costs a guesser most, and one core.
OWASP = Parameters(
    type=Type.ID,
    version=ARGON2_VERSION,
    salt_len=16,
    hash_len=32,
    time_cost=1,
    memory_cost=47_104,  # KiB.
    parallelism=1,
)

# A hash takes a core for some 50 ms, so the last one in the line waits for a second or two.
MAX_WAITING = 32


class Argon2PasswordHasher:
    """Makes and checks hashes in `threads` threads, which work without Python's lock.

    A thread can't be stopped: a call that is cancelled keeps its place until its hash is made.
    """

    def __init__(self, parameters: Parameters = OWASP, *, threads: int = 1) -> None:
        self._parameters = parameters
        self._hasher = PasswordHasher.from_parameters(parameters)
        self._reference = _reference(parameters)
        self._threads = threads
        self._places = threading.Semaphore(threads + MAX_WAITING)

    async def hash(self, password: str) -> str:
        """Hash it with a new salt."""
        return await self._in_thread(lambda: self._hasher.hash(_encoded(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Compare it with the hash, or with the reference where there is none."""
        return await self._in_thread(lambda: self._verify(_encoded(password), hashed))

    def is_outdated(self, hashed: str) -> bool:
        """Compare the parameters."""
        try:
            return extract_parameters(hashed) != self._parameters
        except InvalidHashError:
            return True

    def _verify(self, password: bytes, hashed: str | None) -> bool:
        for candidate in (hashed, self._reference):
            try:
                if candidate is not None:
                    return self._hasher.verify(candidate, password)
            except VerifyMismatchError:
                return False
            except (VerificationError, ValueError):
                # It could not be read, which took no time.
                continue
        return False

    @cached_property
    def _executor(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, "argon2")

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        if not self._places.acquire(blocking=False):
            raise HashingOverloaded
        future = self._executor.submit(work)
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)


def _encoded(password: str) -> bytes:
    # Half of a surrogate pair is no text, and no reason to fail.
    return normalised(password).encode(errors="surrogatepass")


def _reference(parameters: Parameters) -> str:
    """Give a hash that takes as long to check as any, and that no password is known to have."""
    costs = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    salt, digest = (
        b64encode(bytes(size)).decode().rstrip("=")
        for size in (parameters.salt_len, parameters.hash_len)
    )
    return f"$argon2id$v={parameters.version}${costs}${salt}${digest}"
