"""Who gets a place in a pool, and who is turned away."""

import asyncio

import pytest

from adapters.mysql.places import Places

LONG = 60.0
PATIENCE = 0.02


def waiting(places: Places) -> "asyncio.Task[None]":
    return asyncio.create_task(places.wait())


async def test_as_many_are_free_as_there_are() -> None:
    places = Places(2, LONG)
    assert [places.take() for _ in range(3)] == [True, True, False]
    places.give_back()
    assert places.take()


async def test_a_place_goes_to_who_waits_and_is_not_free() -> None:
    places = Places(1, LONG)
    places.take()
    waiter = waiting(places)
    await asyncio.sleep(0)
    places.give_back()
    assert not places.take()
    await waiter


async def test_all_are_turned_away_when_their_time_is_over() -> None:
    places = Places(1, PATIENCE)
    places.take()
    first = waiting(places)
    await asyncio.sleep(PATIENCE / 2)
    second = waiting(places)
    for waiter in (first, second):
        with pytest.raises(TimeoutError):
            await waiter
    places.give_back()
    assert places.take()


async def test_the_timer_serves_those_who_come_after_it_was_set() -> None:
    places = Places(1, PATIENCE)
    places.take()
    served = waiting(places)
    await asyncio.sleep(0)
    places.give_back()
    await served
    with pytest.raises(TimeoutError):
        await places.wait()


@pytest.mark.parametrize("is_given_first", [True, False])
async def test_who_is_cancelled_takes_no_place(*, is_given_first: bool) -> None:
    places = Places(1, LONG)
    places.take()
    cancelled, next_one = waiting(places), waiting(places)
    await asyncio.sleep(0)
    steps = [places.give_back, cancelled.cancel]
    for step in steps if is_given_first else reversed(steps):
        step()
    await asyncio.wait([cancelled])
    assert cancelled.cancelled()
    await next_one


async def test_who_is_cancelled_while_it_is_turned_away_gives_nothing_back() -> None:
    places = Places(1, 0)
    places.take()
    waiter = waiting(places)
    await asyncio.sleep(0)
    places._turn_away(asyncio.get_running_loop())
    waiter.cancel()
    await asyncio.wait([waiter])
    assert waiter.cancelled()
    assert not places.take()
