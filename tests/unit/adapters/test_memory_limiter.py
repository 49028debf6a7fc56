"""What MemoryRateLimiter does beyond its contract."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.limiter import MemoryRateLimiter
from domain.limits.entities import MICROSECONDS, Charge, Limit, Verdict

LIMIT = Limit("read", 6, 60)


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def take(limiter: MemoryRateLimiter, caller: str, limit: Limit = LIMIT) -> Verdict:
    (verdict,) = await limiter.take([Charge(limit, caller)])
    return verdict


def held(limiter: MemoryRateLimiter) -> set[str]:
    assert len(limiter._soonest) == len(limiter._whole_at)
    return {caller for _, caller in limiter._whole_at}


async def test_a_request_comes_back_in_each_interval() -> None:
    monotonic = Monotonic()
    limiter = MemoryRateLimiter(monotonic=monotonic)
    for _ in range(6):
        assert (await take(limiter, "a")).allowed
    assert (await take(limiter, "a")).retry_after == 10

    monotonic.seconds += 9.5
    assert (await take(limiter, "a")).retry_after == 0.5
    monotonic.seconds += 0.5
    assert (await take(limiter, "a")).allowed
    assert not (await take(limiter, "a")).allowed


@given(
    quota=st.integers(1, 9),
    window=st.integers(1, 9),
    burst=st.integers(1, 20),
    steps=st.lists(st.tuples(st.floats(0, 5), st.integers(0, 30)), max_size=20),
)
async def test_no_window_lets_more_than_quota_and_burst_through(
    quota: int, window: int, burst: int, steps: list[tuple[float, int]]
) -> None:
    monotonic = Monotonic()
    limiter = MemoryRateLimiter(monotonic=monotonic)
    limit = Limit("any", quota, window, burst)
    passed: list[int] = []
    for pause, requests in steps:
        monotonic.seconds += pause
        verdicts = [await take(limiter, "a", limit) for _ in range(requests)]
        now = int(monotonic.seconds * MICROSECONDS)
        passed += [now] * sum(verdict.allowed for verdict in verdicts)

    for begin in passed:
        end = begin + window * MICROSECONDS
        assert sum(begin <= at <= end for at in passed) <= quota + burst


async def test_ten_thousand_callers_take_no_more_room_than_there_is() -> None:
    limiter = MemoryRateLimiter(max_accounts=100)

    for number in range(10_000):
        assert (await take(limiter, f"caller {number}")).remaining == 5

    assert len(held(limiter)) == 100


async def test_who_has_nothing_to_wait_for_is_forgotten_first() -> None:
    monotonic = Monotonic()
    limiter = MemoryRateLimiter(max_accounts=2, monotonic=monotonic)
    await take(limiter, "early")
    monotonic.seconds += 60
    await take(limiter, "late")

    await take(limiter, "new")

    assert held(limiter) == {"late", "new"}


async def test_who_spent_the_least_makes_room() -> None:
    limiter = MemoryRateLimiter(max_accounts=3, monotonic=Monotonic())
    for caller, requests in (("heavy", 6), ("light", 1), ("middling", 3)):
        for _ in range(requests):
            await take(limiter, caller)

    assert (await take(limiter, "new")).remaining == 5

    assert held(limiter) == {"heavy", "middling", "new"}


async def test_a_crowd_of_newcomers_does_not_free_who_is_at_a_limit() -> None:
    limiter = MemoryRateLimiter(max_accounts=10, monotonic=Monotonic())
    for _ in range(6):
        await take(limiter, "heavy")

    for number in range(1000):
        await take(limiter, f"caller {number}")

    assert not (await take(limiter, "heavy")).allowed


async def test_a_limit_without_room_for_all_its_callers_still_holds_for_each_of_them() -> None:
    """Those who were moved in the order of forgetting are found there again."""
    limiter = MemoryRateLimiter(max_accounts=4, monotonic=Monotonic())
    for round_ in range(1, 4):
        for caller in "abcd":
            assert (await take(limiter, caller)).remaining == 6 - round_

    await take(limiter, "e")

    assert len(held(limiter)) == 4
    assert (await take(limiter, "e")).remaining == 4
