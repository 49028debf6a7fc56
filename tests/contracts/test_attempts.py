"""What every Attempts does beyond a RateLimiter."""

import asyncio

from domain.limits.entities import Charge, Limit
from domain.limits.ports import Attempts

# Nothing comes back while a test runs.
LIMIT = Limit("account", 3, 86_400)
OTHER = Limit("address", 5, 86_400)
CHARGE = Charge(LIMIT, "one")
BOTH = [Charge(OTHER, "198.51.100.7"), CHARGE]


async def remaining(attempts: Attempts, *charges: Charge) -> list[int]:
    return [verdict.remaining for verdict in await attempts.take(charges)]


async def test_what_was_given_back_can_be_spent_again(attempts: Attempts) -> None:
    assert await remaining(attempts, *BOTH) == [4, 2]
    assert await remaining(attempts, *BOTH) == [3, 1]

    await attempts.give_back(BOTH)

    assert await remaining(attempts, *BOTH) == [3, 1]
    assert await remaining(attempts, CHARGE) == [0]
    assert not (await attempts.take([CHARGE]))[0].allowed
    await attempts.give_back([CHARGE])
    assert (await attempts.take([CHARGE]))[0].allowed


async def test_no_more_than_was_spent_comes_back(attempts: Attempts) -> None:
    await attempts.give_back(BOTH)
    assert await remaining(attempts, CHARGE) == [2]
    for _ in range(3):
        await attempts.give_back([CHARGE])

    assert await remaining(attempts, CHARGE) == [2]


async def test_of_many_at_once_who_give_back_nobody_is_counted(attempts: Attempts) -> None:
    charge = Charge(Limit("all", 100, 86_400), "everybody")

    async def succeed() -> None:
        for _ in range(5):
            await attempts.take([charge])
            await attempts.give_back([charge])

    await asyncio.gather(*(succeed() for _ in range(10)))

    assert await remaining(attempts, charge) == [99]


async def test_takes_in_any_order_do_not_wait_in_a_circle(attempts: Attempts) -> None:
    limits = [Limit(name, 1000, 86_400) for name in ("account", "address", "all")]
    charges = [Charge(limit, caller) for limit in limits for caller in ("one", "two")]

    await asyncio.gather(
        *(attempts.take(charges[n % 6 :] + charges[: n % 6]) for n in range(40)),
        *(attempts.give_back(charges[n:] + charges[:n]) for n in range(6)),
    )

    verdicts = await attempts.take(charges)
    assert {verdict.remaining for verdict in verdicts} <= set(range(959, 966))


async def test_who_has_something_to_wait_for_is_not_forgotten(attempts: Attempts) -> None:
    await attempts.take(BOTH)

    assert await attempts.purge(100) == 0

    assert await remaining(attempts, *BOTH) == [3, 1]
