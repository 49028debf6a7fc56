"""What MemoryCache does beyond its contract, and Uncached."""

from adapters.memory.cache import MemoryCache
from adapters.memory.uncached import Uncached
from domain.catalogue.entities import Author
from tests.contracts.examples import Loader, new_author


class Monotonic:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_value_ends_with_its_time_to_live() -> None:
    monotonic = Monotonic()
    cache = MemoryCache[Author](30, monotonic=monotonic)
    author = new_author()
    load = Loader(author)

    await cache.fetch(author.id, load)
    monotonic.seconds += 29.9
    await cache.fetch(author.id, load)
    assert load.calls == 1

    monotonic.seconds += 0.1
    await cache.fetch(author.id, load)
    assert load.calls == 2


async def test_the_value_used_longest_ago_makes_room() -> None:
    cache = MemoryCache[Author](30, max_entries=2)
    first, second, third = authors = [new_author() for _ in range(3)]
    await cache.fetch(first.id, Loader(first))
    await cache.fetch(second.id, Loader(second))
    await cache.fetch(first.id, Loader(None))

    await cache.fetch(third.id, Loader(third))

    kept = [await cache.fetch(author.id, Loader(None)) for author in authors]
    assert kept == [first, None, third]


async def test_uncached_loads_each_time() -> None:
    cache = Uncached[Author]()
    author = new_author()
    load = Loader(author)

    assert [await cache.fetch(author.id, load) for _ in range(2)] == [author] * 2
    await cache.forget(author.id)

    assert load.calls == 2
