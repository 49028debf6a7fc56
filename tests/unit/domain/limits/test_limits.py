"""The algorithm, whoever counts by it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.limits.entities import MICROSECONDS, Charge, Limit, Verdict, judge

limits = st.builds(
    Limit,
    name=st.just("any"),
    quota=st.integers(1, 20),
    window=st.integers(1, 10),
    burst=st.none() | st.integers(1, 30),
)
# Microseconds from one request to the next: at once, soon, or after a while.
pauses = st.lists(
    st.just(0) | st.integers(1, 2 * MICROSECONDS) | st.integers(1, 20 * MICROSECONDS), max_size=100
)


def burst_of(limit: Limit) -> int:
    return limit.burst or limit.quota


def asked(limit: Limit, backlog: int = 0) -> Verdict:
    (verdict,) = judge([Charge(limit, "somebody")], [backlog])
    return verdict


@given(limit=limits, pauses=pauses)
def test_no_window_ever_lets_more_than_quota_and_burst_through(
    limit: Limit, pauses: list[int]
) -> None:
    now = backlog = 0
    passed: list[int] = []
    for pause in [*pauses, *[0] * 50]:
        now, backlog = now + pause, max(0, backlog - pause)
        if asked(limit, backlog).allowed:
            passed.append(now)
            backlog += limit.interval

    window = limit.window * MICROSECONDS
    for begin in passed:
        in_window = sum(begin <= at <= begin + window for at in passed)
        assert in_window <= limit.quota + burst_of(limit)


@given(limit=limits)
def test_a_caller_who_asks_without_pause_gets_the_quota_in_the_long_run(limit: Limit) -> None:
    windows = 50
    steps = windows * limit.window * MICROSECONDS // limit.interval

    assert windows * limit.quota - steps <= windows
    assert steps <= windows * limit.quota


@given(limit=limits)
def test_at_once_exactly_the_burst_passes(limit: Limit) -> None:
    backlog, passed = 0, 0
    while (verdict := asked(limit, backlog)).allowed:
        backlog, passed = backlog + limit.interval, passed + 1
        assert verdict.remaining == burst_of(limit) - passed

    assert passed == burst_of(limit)
    assert verdict.remaining == 0


@given(limit=limits, backlog=st.integers(0, 10**8), waits=st.lists(st.integers(0, 10**7)))
def test_who_waits_is_never_worse_off(limit: Limit, backlog: int, waits: list[int]) -> None:
    backlog = min(backlog, limit.capacity)
    before = asked(limit, backlog)
    for wait in waits:
        backlog = max(0, backlog - wait)
        after = asked(limit, backlog)
        assert (after.allowed, after.retry_after) >= (before.allowed, 0)
        assert after.retry_after <= before.retry_after
        if after.allowed == before.allowed:
            assert after.remaining >= before.remaining
        before = after


@given(limit=limits, backlog=st.integers(0, 10**8))
def test_a_refusal_tells_to_the_microsecond_when_to_come_again(limit: Limit, backlog: int) -> None:
    backlog = min(backlog, limit.capacity)
    verdict = asked(limit, backlog)
    wait = round(verdict.retry_after * MICROSECONDS)

    assert asked(limit, backlog - wait).allowed
    assert wait == 0 or not asked(limit, backlog - wait + 1).allowed
    assert verdict.allowed == (wait == 0)
    assert verdict.allowed or round(verdict.reset_after * MICROSECONDS) == backlog


def test_what_one_limit_refuses_is_charged_to_none() -> None:
    wide, narrow = Limit("wide", 10, 60), Limit("narrow", 1, 60)
    charges = [Charge(wide, "somebody"), Charge(narrow, "somebody")]

    both = judge(charges, [0, 0])
    refused = judge(charges, [0, narrow.capacity])

    assert [(verdict.allowed, verdict.remaining) for verdict in both] == [(True, 9), (True, 0)]
    assert [(verdict.allowed, verdict.remaining) for verdict in refused] == [
        (True, 10),
        (False, 0),
    ]
    assert refused[0].retry_after == 0
    assert refused[1].retry_after == 60


@pytest.mark.parametrize(
    "quota,window,burst", [(0, 1, None), (1, 0, None), (1, 1, 0), (-1, 1, None), (11_000, 1, None)]
)
def test_a_limit_that_cannot_be_counted_is_refused(
    quota: int, window: int, burst: int | None
) -> None:
    with pytest.raises(ValueError, match="The limit login "):
        Limit("login", quota, window, burst)
