"""What every RateLimiter does."""

import asyncio

from domain.limits.entities import Charge, Limit, Verdict
from domain.limits.ports import RateLimiter

# Nothing comes back while a test runs.
FIVE_A_DAY = Limit("slow", 5, 86_400)
TWO_A_DAY = Limit("slower", 2, 86_400)
DAY = 86_400
# Seconds.
LONGEST_TEST = 120
# What a clock's reading may be off.
MARGIN = 0.01


async def take(limiter: RateLimiter, limit: Limit, caller: str = "192.0.2.1") -> Verdict:
    (verdict,) = await limiter.take([Charge(limit, caller)])
    return verdict


async def test_a_quota_is_spent_one_by_one_and_then_refused(rate_limiter: RateLimiter) -> None:
    verdicts = [await take(rate_limiter, FIVE_A_DAY) for _ in range(7)]

    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False] * 2
    assert [verdict.remaining for verdict in verdicts] == [4, 3, 2, 1, 0, 0, 0]
    assert {verdict.limit for verdict in verdicts} == {FIVE_A_DAY}


async def test_a_verdict_tells_how_long_to_wait(rate_limiter: RateLimiter) -> None:
    first, *_, last, refused = [await take(rate_limiter, FIVE_A_DAY) for _ in range(6)]

    assert first.retry_after == last.retry_after == 0
    assert 0 < first.reset_after <= DAY / 5
    assert 4 * DAY / 5 < last.reset_after <= DAY
    assert DAY / 5 - LONGEST_TEST < refused.retry_after <= DAY / 5
    assert 4 * DAY / 5 < refused.reset_after <= DAY


async def test_a_refusal_costs_nothing(rate_limiter: RateLimiter) -> None:
    for _ in range(5):
        await take(rate_limiter, FIVE_A_DAY)

    refusals = [await take(rate_limiter, FIVE_A_DAY) for _ in range(10)]

    assert all(refusal.retry_after <= DAY / 5 for refusal in refusals)


async def test_each_caller_has_a_count_for_each_limit(rate_limiter: RateLimiter) -> None:
    for _ in range(3):
        await take(rate_limiter, TWO_A_DAY, "192.0.2.1")

    assert (await take(rate_limiter, TWO_A_DAY, "192.0.2.2")).remaining == 1
    assert (await take(rate_limiter, FIVE_A_DAY, "192.0.2.1")).remaining == 4
    assert not (await take(rate_limiter, TWO_A_DAY, "192.0.2.1")).allowed


async def test_a_burst_is_what_may_be_spent_at_once(rate_limiter: RateLimiter) -> None:
    limit = Limit("bursts", 5, DAY, burst=2)

    verdicts = [await take(rate_limiter, limit) for _ in range(3)]

    assert [verdict.remaining for verdict in verdicts] == [1, 0, 0]
    assert not verdicts[-1].allowed


async def test_who_waits_as_told_passes(rate_limiter: RateLimiter) -> None:
    limit = Limit("fast", 2, 1)
    while (refused := await take(rate_limiter, limit)).allowed:
        pass

    await asyncio.sleep(refused.retry_after + MARGIN)

    assert (await take(rate_limiter, limit)).allowed


async def test_several_limits_are_charged_together(rate_limiter: RateLimiter) -> None:
    charges = [Charge(FIVE_A_DAY, "198.51.100.7"), Charge(TWO_A_DAY, "a.name")]

    judged = [await rate_limiter.take(charges) for _ in range(2)]

    assert [[verdict.remaining for verdict in verdicts] for verdicts in judged] == [[4, 1], [3, 0]]


async def test_what_one_limit_refuses_is_charged_to_none(rate_limiter: RateLimiter) -> None:
    charges = [Charge(FIVE_A_DAY, "192.0.2.1"), Charge(TWO_A_DAY, "192.0.2.1")]
    for _ in range(2):
        await rate_limiter.take(charges)

    for _ in range(4):
        wide, narrow = await rate_limiter.take(charges)
        assert (wide.allowed, wide.remaining) == (True, 3)
        assert (narrow.allowed, narrow.remaining) == (False, 0)

    assert (await take(rate_limiter, FIVE_A_DAY)).remaining == 2


async def test_nothing_asked_is_nothing_judged(rate_limiter: RateLimiter) -> None:
    assert await rate_limiter.take([]) == []


async def test_of_many_at_once_exactly_the_quota_passes(rate_limiter: RateLimiter) -> None:
    limit = Limit("crowded", 50, DAY)

    verdicts = await asyncio.gather(*(take(rate_limiter, limit) for _ in range(200)))

    assert sum(verdict.allowed for verdict in verdicts) == 50
    passed = sorted(verdict.remaining for verdict in verdicts if verdict.allowed)
    assert passed == list(range(50))


async def test_a_limit_that_was_lowered_holds_at_once(rate_limiter: RateLimiter) -> None:
    for _ in range(5):
        await take(rate_limiter, FIVE_A_DAY)
    lowered = Limit(FIVE_A_DAY.name, 5, 600)

    refused = await take(rate_limiter, lowered)

    assert 0 < refused.retry_after <= 120
    assert refused.reset_after <= 600


async def test_a_caller_may_have_any_name(rate_limiter: RateLimiter) -> None:
    for caller in ("2001:db8:1:2::/64", "", "이상 (李箱)", "a b\r\nc", "x" * 300):
        assert (await take(rate_limiter, TWO_A_DAY, caller)).remaining == 1
