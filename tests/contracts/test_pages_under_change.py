"""Pages of a list that changes while it is read: no item is lost or given twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domain.catalogue.entities import Author
from domain.catalogue.queries import AuthorQuery, AuthorSort
from domain.pagination import Page, PageRequest, Position
from domain.text import sort_key
from tests.contracts.conftest import AnyStores, AnyUnitOfWork
from tests.contracts.test_authors import NOW, make_author

FEW = 25

# Few letters, so that many share a key, in two cases and with a word that a search finds.
names = st.builds(
    "".join, st.lists(st.sampled_from(["a", "B", "b", "é", "한", "🙂"]), min_size=1, max_size=3)
)
keys = st.builds(lambda number: UUID(int=(7 << 76) | (2 << 62) | number), st.integers(0, 2**40))
times = st.integers(0, 3).map(lambda offset: NOW + timedelta(microseconds=offset))
authors = st.builds(
    lambda key, name, at: make_author(id=key, name=name, updated_at=at), keys, names, times
)


class Change(NamedTuple):
    """What happens between two pages: some are added, and some of those that are there deleted."""

    added: list[Author]
    deleted: list[int]


changes = st.builds(
    Change, st.lists(authors, max_size=3), st.lists(st.integers(0, 10**6), max_size=2)
)


class Story(NamedTuple):
    """A list, how it is read, and what happens meanwhile."""

    before: list[Author]
    query: AuthorQuery
    limit: int
    changes: list[Change]


stories = st.builds(
    Story,
    st.lists(authors, max_size=12, unique_by=lambda author: author.id),
    st.builds(
        AuthorQuery,
        descending=st.booleans(),
        search=st.sampled_from([None, None, "b", "한"]),
    ),
    st.integers(1, 5),
    st.lists(changes, max_size=6),
)


def examples(count: int) -> Callable[[Callable[..., object]], Callable[..., object]]:
    return settings(
        max_examples=count,
        deadline=None,
        # Shrinking runs against real stores: it is worth its time where something fails.
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class Reader:
    """Reads the pages of a story and knows what was there all the time, and what at any time."""

    def __init__(self, unit_of_work: AnyUnitOfWork, story: Story) -> None:
        self._unit_of_work = unit_of_work
        self._story = story
        self.present: dict[UUID, Author] = {}
        self.seen: list[Author] = []
        self.ever: set[UUID] = set()
        self.always: set[UUID] = set()

    async def run(self) -> None:
        await self._change(Change(self._story.before, []))
        self.always = set(self.present)
        pending = [*self._story.changes]
        after: Position | None = None
        while True:
            page = await self._read(PageRequest(self._story.limit, after))
            self.seen += page.items
            after = page.next_after
            if after is None:
                return
            if pending:
                await self._change(pending.pop(0))

    async def _read(self, request: PageRequest) -> Page[Author]:
        query = self._story.query
        return await self._unit_of_work.read(lambda stores: stores.authors.list(request, query))

    async def _change(self, change: Change) -> None:
        added = [author for author in change.added if author.id not in self.ever]
        added = [*{author.id: author for author in added}.values()]
        there = sorted(self.present)
        deleted = {there[number % len(there)] for number in change.deleted if there}

        async def apply(stores: AnyStores) -> None:
            for author in added:
                await stores.authors.add(author)
            for author_id in deleted:
                await stores.authors.delete(author_id, NOW)

        await self._unit_of_work.run(apply)
        self.present |= {author.id: author for author in added}
        self.ever |= {author.id for author in added}
        for author_id in deleted:
            del self.present[author_id]
        self.always -= deleted

    async def clear(self) -> None:
        """Leave nothing to the next story."""
        remaining = {*self.present}

        async def purge(stores: AnyStores) -> None:
            for author_id in remaining:
                await stores.authors.delete(author_id, NOW)
            await stores.authors.purge(NOW + timedelta(days=1), 1000)

        await self._unit_of_work.run(purge)


def place(author: Author, sort: AuthorSort) -> tuple[object, UUID]:
    values = {
        AuthorSort.CREATED_AT: "",
        AuthorSort.NAME: sort_key(author.name),
        AuthorSort.UPDATED_AT: author.updated_at,
    }
    return values[sort], author.id


def is_found(author: Author, search: str | None) -> bool:
    words = sort_key(author.name).replace("🙂", " ").split()
    return search is None or any(word.startswith(search) for word in words)


@pytest.mark.parametrize("sort", AuthorSort)
@examples(FEW)
@given(story=stories)
async def test_no_item_is_lost_or_given_twice(
    unit_of_work: AnyUnitOfWork, sort: AuthorSort, story: Story
) -> None:
    story = story._replace(query=replace(story.query, sort=sort))
    reader = Reader(unit_of_work, story)
    try:
        await reader.run()
    finally:
        await reader.clear()

    seen = [author.id for author in reader.seen]
    places = [place(author, story.query.sort) for author in reader.seen]
    assert len(seen) == len(set(seen))
    assert set(seen) <= reader.ever
    assert places == sorted(places, reverse=story.query.descending)
    asked = {it.id for it in story.before if is_found(it, story.query.search)}
    assert reader.always & asked <= set(seen)
