"""What authentication costs a request, and what it takes to check a token, in this process.

python -m benchmarks.authentication    prints two tables, and leaves them in benchmarks/results

Each kind of caller reads one author of the product over memory, in turn; the difference to nobody's
request is what authentication costs. With Redis the limits and the account are asked for there.
"""

import asyncio
import gc
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from operator import sub
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from adapters.memory.cache import MemoryCache
from adapters.memory.limiter import MemoryRateLimiter
from adapters.memory.uncached import Uncached
from adapters.memory.unit_of_work import MemoryStores, MemoryUnitOfWork
from adapters.redis.cache import RedisCache
from adapters.redis.client import RedisClient
from adapters.redis.door import RedisDoor
from adapters.redis.limiter import RedisRateLimiter
from adapters.security.access_tokens import JWTAccessTokens, access_token_keys, new_key_set
from adapters.system.clock import SystemClock
from benchmarks.apps.authors_parts import AUTHOR_ID, SETTINGS, use_cases
from benchmarks.contract_cost import Listener
from benchmarks.in_process import HEADERS, SCOPE, Client
from benchmarks.report import RESULTS
from domain.authentication.door import SeparateDoor
from domain.authentication.entities import ACCESS_TOKEN_LIFE, Access, AccessClaims
from domain.authentication.entrance import Entrance
from domain.authentication.keys import ApiKey, make_key, secret_hash
from domain.authentication.ports import AccessTokens, Door
from domain.permissions import Permission, Role
from domain.ports import Cache
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.hooks import Envelope
from service.settings.model import TokenAlgorithm
from tests.accounts import account_of, session_of
from tests.servers import Redis

ROUNDS = 25
REQUESTS = 100
AIM = 60.0
ALGORITHMS: Sequence[TokenAlgorithm] = ("HS256", "EdDSA", "ES256", "RS256")
PLACE = "https://api.example.org"
CLOCK = SystemClock()
SECRET = bytes(range(32))
PATH = f"/v1/authors/{AUTHOR_ID}"

Application = Any


@dataclass(frozen=True)
class Asker:
    """One kind of caller: the application that it asks, and what it shows."""

    app: Application
    credential: str | None

    def scope(self) -> dict[str, object]:
        """Give a scope of its own."""
        shown = (
            [(b"authorization", b"Bearer " + self.credential.encode())] if self.credential else []
        )
        return {**SCOPE, "path": PATH, "raw_path": PATH.encode(), "headers": [*HEADERS, *shown]}


class Forgetful:
    """Access tokens whose signature is checked each time."""

    def __init__(self, tokens: JWTAccessTokens) -> None:
        self._tokens = tokens
        self.issue = tokens.issue
        self.public_keys = tokens.public_keys

    def read(self, token: str) -> AccessClaims:
        """Check a token as if it came for the first time."""
        self._tokens._known.clear()  # noqa: SLF001  # What is measured is what it spares.
        return self._tokens.read(token)


class NoUse:
    """Notes no use of a key: one in ten minutes is."""

    async def note_use(self, *_: object) -> None:
        """Do nothing."""


def tokens_of(algorithm: TokenAlgorithm) -> JWTAccessTokens:
    """Give access tokens by a new key."""
    keys = access_token_keys(new_key_set(algorithm), "")
    return JWTAccessTokens(algorithm, keys, PLACE, CLOCK)


async def signed_in(unit_of_work: MemoryUnitOfWork) -> tuple[AccessClaims, str]:
    """Add an account; gives what its token says, and the text of its API key."""
    now = CLOCK.now()
    account = account_of(Role.EDITOR, now)
    session = session_of(account.id, now)
    key = ApiKey(
        id=session.id,
        account_id=account.id,
        name="a machine",
        secret_hash=secret_hash(SECRET),
        permissions=frozenset(Permission),
        expires_at=None,
        last_used_at=None,
        created_at=now,
    )

    async def keep(stores: MemoryStores) -> None:
        await stores.accounts.add(account)
        await stores.sessions.add(session)
        await stores.api_keys.add(key)

    await unit_of_work.run(keep)
    claims = AccessClaims(
        account_id=account.id,
        session_id=session.id,
        issued_at=now,
        expires_at=now + ACCESS_TOKEN_LIFE,
    )
    return claims, make_key(account.id, key.id, SECRET)


async def askers(redis: RedisClient) -> dict[str, Asker]:
    """Give the kinds of callers; the first of each place shows nothing."""
    cases, unit_of_work = await use_cases(), MemoryUnitOfWork()
    claims, key = await signed_in(unit_of_work)
    tokens = tokens_of("HS256")
    slow = tokens_of("EdDSA")

    def app(door: Door, access_tokens: AccessTokens) -> Application:
        entrance = Entrance(
            door=door,
            unit_of_work=unit_of_work,
            key_uses=NoUse(),
            access_tokens=access_tokens,
            development_tokens=None,
            clock=CLOCK,
        )
        product = create_app(SETTINGS, replace(cases, entrance=entrance))
        return Envelope(FlaskToAsgi(product), SETTINGS)

    def near(cache: Cache[Access]) -> Door:
        return SeparateDoor(MemoryRateLimiter(), cache)

    cached, uncached = near(MemoryCache(3600)), near(Uncached())
    remote_cache = RedisCache(redis, "access", Access, ttl=3600)
    remote = RedisDoor(redis, RedisRateLimiter(redis), remote_cache, MemoryRateLimiter())
    token = tokens.issue(claims)
    return {
        "nobody": Asker(app(cached, tokens), None),
        "a token, known": Asker(app(cached, tokens), token),
        "an API key": Asker(app(cached, tokens), key),
        "a token, its account not cached": Asker(app(uncached, tokens), token),
        "a token seen first, HS256": Asker(app(cached, Forgetful(tokens)), token),
        "a token seen first, EdDSA": Asker(app(cached, Forgetful(slow)), slow.issue(claims)),
        "nobody, limits in Redis": Asker(app(remote, tokens), None),
        "a token, known, cached in Redis": Asker(app(remote, tokens), token),
    }


async def measure(kinds: Mapping[str, Asker]) -> dict[str, dict[str, float]]:
    """Give the microseconds of a request of each kind, and how many more than nobody's it takes.

    The latter is the median of the rounds' differences: what slows a whole round down cancels out.
    """
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for asker in kinds.values():
        client = Listener(b"")
        await asyncio.create_task(asker.app(asker.scope(), client.receive, client.send))
        assert client.status == 200, client.body  # noqa: PLR2004
    for _ in range(ROUNDS):
        for name, asker in kinds.items():
            times[name].append(await one_round(asker))
    return {
        name: {
            "microseconds": round(median(taken), 1),
            "more": round(median(map(sub, taken, times[nobody_of(name)])), 1),
        }
        for name, taken in times.items()
    }


def nobody_of(name: str) -> str:
    """Name the kind of nobody that asks the same stores."""
    return "nobody, limits in Redis" if "Redis" in name else "nobody"


async def one_round(asker: Asker) -> float:
    """Give the microseconds per request; one round does not pay for the garbage of another."""
    scopes = [asker.scope() for _ in range(REQUESTS)]
    loop = asyncio.get_running_loop()
    gc.collect()
    started = time.perf_counter()
    for scope in scopes:
        client = Client(b"")
        await loop.create_task(asker.app(scope, client.receive, client.send))
    return (time.perf_counter() - started) / REQUESTS * 1e6


def token_costs() -> dict[str, dict[str, float]]:
    """Give the microseconds of issuing a token, checking it, and knowing it again."""
    costs = {}
    for algorithm in ALGORITHMS:
        tokens = tokens_of(algorithm)
        now = CLOCK.now()
        claims = AccessClaims(
            account_id=AUTHOR_ID,
            session_id=AUTHOR_ID,
            issued_at=now,
            expires_at=now + timedelta(minutes=10),
        )
        token, forgetful = tokens.issue(claims), Forgetful(tokens)
        costs[algorithm] = {
            "issue": timed(lambda it=tokens, said=claims: it.issue(said), 200),
            "check": timed(lambda it=forgetful, text=token: it.read(text), 500),
            "know again": timed(lambda it=tokens, text=token: it.read(text), 20_000),
        }
    return costs


def timed(call: Callable[[], object], times: int) -> float:
    """Give the microseconds of a call."""
    call()
    started = time.perf_counter()
    for _ in range(times):
        call()
    return round((time.perf_counter() - started) / times * 1e6, 1)


def report(
    requests: Mapping[str, Mapping[str, float]], tokens: Mapping[str, Mapping[str, float]]
) -> str:
    """Write both tables."""
    lines = ["| GET of one author by | µs | more than nobody's |", "| --- | --- | --- |"]
    for name, taken in requests.items():
        lines.append(f"| {name} | {taken['microseconds']:.0f} | {taken['more']:.0f} |")
    lines += ["", "| A token, µs | issue | check | know again |", "| --- | --- | --- | --- |"]
    for algorithm, costs in tokens.items():
        lines.append(f"| {algorithm} | {' | '.join(map(str, costs.values()))} |")
    return "\n".join(lines)


async def main() -> None:
    """Measure, print and keep."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(Redis(Path(folder)))
        client = RedisClient(server.uri, timeout=10)
        await stack.enter_async_context(client.opened())
        requests = await measure(await askers(client))
    tokens = token_costs()
    print(report(requests, tokens))
    for name in ("a token, known", "a token, known, cached in Redis"):
        print(f"\n{name}: {requests[name]['more']:.0f} µs more; the aim is at most {AIM:.0f} µs.")
    results = {"requests": requests, "tokens": tokens}
    (RESULTS / "authentication.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    uvloop.run(main())
