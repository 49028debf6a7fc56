"""What signing in costs, and whether its time tells that there is an account.

python -m benchmarks.sign_in    prints two tables

The product runs in its production profile on MariaDB or MySQL, as one process under Hypercorn. Each
try comes from an address of its own, at an account of its own: no limit of guesses stands in it.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import httpx
from uuid_utils.compat import uuid7

from adapters.mysql.database import MySQLDatabase
from adapters.security.passwords import Argon2PasswordHasher
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from domain.accounts.entities import Account
from domain.permissions import Role
from service import wiring
from service.settings import Settings, load_settings
from tests.acceptance.server import Hypercorn
from tests.servers import MariaDB
from tests.sql_databases import address_of

TRIES = 100
SECONDS = 15
# Of those who sign in at once, and of the other requests in a second.
AT_ONCE = (1, 4, 16)
PACE = 50
PASSWORD = "correct horse battery"  # noqa: S105  # Of nobody.


def settings_of(server: MariaDB, folder: Path) -> dict[str, str]:
    """Give those of production, behind one proxy that names the addresses."""
    return {
        "FLASK_CONFIG": "production",
        "FLASK_SECRET_KEY": "9f8b2c7d4e1a6053b7d2c9e8f4a1063b",
        "FLASK_ALLOWED_HOSTS": "127.0.0.1",
        "FLASK_ALLOW_EMBEDDED": "1",
        "FLASK_MYSQL_URI": server.uri,
        "FLASK_SQLITE_PATH": str(folder / "sign_in.sqlite3"),
        "FLASK_TRUSTED_PROXIES": "1",
    }


def email_of(number: int) -> str:
    """Give the address of one of the accounts."""
    return f"known.{number:04}@example.org"


async def fill(uri: str, settings: Settings) -> None:
    """Bring the store to ready, and add the accounts, which share one hash."""
    await wiring.initialise(settings)
    hashed = await Argon2PasswordHasher().hash(PASSWORD)
    now = datetime.now(UTC)
    database = MySQLDatabase(address_of(uri), pool_size=1, timeout=10, pool_timeout=10)

    async def add(stores: SQLStores) -> None:
        for number in range(TRIES):
            account = Account(
                id=uuid7(),
                email=email_of(number),
                name=None,
                role=Role.READER,
                verified_at=now,
                disabled_at=None,
                version=1,
                created_at=now,
                updated_at=now,
            )
            await stores.accounts.add(account)
            await stores.passwords.put(account.id, hashed, now)

    async with database.opened():
        await SQLUnitOfWork(database, lambda: None).run(add)


def senders() -> Iterator[dict[str, str]]:
    """Give the header of one address after the other."""
    for number in range(2**24):
        high, low = divmod(number, 256)
        yield {"X-Forwarded-For": f"10.{high // 256}.{high % 256}.{low}"}


FROM = senders()


async def sign_in(client: httpx.AsyncClient, email: str, password: str, expected: int) -> float:
    """Try once; give the milliseconds until the answer."""
    body = {"email": email, "password": password}
    started = time.perf_counter()
    answer = await client.post("/v1/sessions", json=body, headers=next(FROM))
    took = (time.perf_counter() - started) * 1000
    assert answer.status_code == expected, answer.text
    return took


async def measure_times(client: httpx.AsyncClient) -> dict[str, list[float]]:
    """Give the time of each try that is refused, at a known and at an unknown address in turn."""
    times: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(TRIES):
        turns = [("known", email_of(number)), ("unknown", f"nobody.{number:04}@example.org")]
        random.shuffle(turns)
        for kind, email in turns:
            times[kind].append(await sign_in(client, email, "incorrect horse", 401))
    return times


async def measure_others(client: httpx.AsyncClient, until: float) -> list[float]:
    """Read at a steady pace, whatever the answers take; give the milliseconds of each."""

    async def read() -> float:
        started = time.perf_counter()
        answer = await client.get("/v1/authors", headers=next(FROM))
        assert answer.status_code == httpx.codes.OK, answer.text
        return (time.perf_counter() - started) * 1000

    reads = []
    while time.perf_counter() < until:
        reads.append(asyncio.create_task(read()))
        await asyncio.sleep(1 / PACE)
    return await asyncio.gather(*reads)


async def measure_beside(client: httpx.AsyncClient, at_once: int) -> tuple[float, list[float]]:
    """Give the sign-ins in a second, and the milliseconds of other requests beside them."""
    until = time.perf_counter() + SECONDS
    numbers = iter(range(10**9))

    async def keep_signing_in() -> int:
        done = 0
        while time.perf_counter() < until:
            await sign_in(client, email_of(next(numbers) % TRIES), PASSWORD, 201)
            done += 1
        return done

    done, others = await asyncio.gather(
        asyncio.gather(*(keep_signing_in() for _ in range(at_once))), measure_others(client, until)
    )
    return sum(done) / SECONDS, others


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run the store and the product; give the product's address."""
    with MariaDB(folder / "mysql") as server:
        settings = settings_of(server, folder)
        asyncio.run(fill(server.uri, load_settings(settings, None)))
        with Hypercorn(folder, settings, "--config", "hypercorn.toml") as product:
            yield product.uri


@asynccontextmanager
async def client_at(uri: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a client that has asked once."""
    async with httpx.AsyncClient(base_url=uri, timeout=60) as client:
        await client.get("/v1/authors")
        yield client


def told(times: list[float]) -> str:
    """Give median and p99."""
    return f"{median(times):.1f} | {quantiles(times, n=100)[98]:.1f}"


async def measure(uri: str) -> None:
    """Print the tables."""
    async with client_at(uri) as client:
        await measure_times(client)  # It warms up; the guesses of an account are ten.
        times = await measure_times(client)
        known, unknown = (median(times[kind]) for kind in ("known", "unknown"))
        print(f"\n| refused sign-in, {TRIES} tries | median ms | p99 ms |\n| --- | --- | --- |")
        for kind, taken in times.items():
            print(f"| {kind} address | {told(taken)} |")
        print(f"\nunknown ÷ known: {unknown / known:.3f}")
        print(f"\n| sign-ins at once | sign-ins/s | {PACE} reads/s: median ms | p99 ms |")
        print("| --- | --- | --- | --- |")
        alone = await measure_others(client, time.perf_counter() + SECONDS)
        print(f"| none | | {told(alone)} |")
        for at_once in AT_ONCE:
            rate, others = await measure_beside(client, at_once)
            print(f"| {at_once} | {rate:.1f} | {told(others)} |")


def main() -> None:
    """Run everything in a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="imflask-") as folder, serving(Path(folder)) as uri:
        asyncio.run(measure(uri))


if __name__ == "__main__":
    main()
