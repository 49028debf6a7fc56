"""Pages of lists: from a query to the page that it asks for, and on to the next."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from flask import request

from domain.configuration.use_cases import RuntimeConfiguration
from domain.pagination import Page, PageRequest, Position
from service.cursors import Cursors
from service.request_errors import Fault, InvalidQuery
from service.schemas.pagination import PageQuery

Item = TypeVar("Item")

# What a client may change from one page of a list to the next.
_OF_PAGES = frozenset({"cursor", "limit"})


@dataclass(frozen=True, slots=True)
class Listed(Generic[Item]):
    """A page, and the cursor of the next one; None on the last."""

    items: Sequence[Item]
    next_cursor: str | None


class Lists:
    """Gives pages; one without a limit has the size that the runtime configuration sets."""

    def __init__(self, configuration: RuntimeConfiguration, *secrets: str) -> None:
        self._configuration = configuration
        self._cursors = Cursors(*secrets)

    async def page(
        self, query: PageQuery, load: Callable[[PageRequest], Awaitable[Page[Item]]]
    ) -> Listed[Item]:
        """Load the page that the query asks for; raises InvalidQuery for a cursor of another."""
        name = _list_name()
        limit = query.limit or (await self._configuration.current()).default_page_size
        page = await load(PageRequest(limit=limit, after=self._position(query, name)))
        if page.next_after is None:
            return Listed(page.items, None)
        return Listed(page.items, self._cursors.encode(page.next_after, name))

    def _position(self, query: PageQuery, name: str) -> Position | None:
        if query.cursor is None:
            return None
        try:
            return self._cursors.decode(query.cursor, name)
        except ValueError as error:
            raise InvalidQuery([Fault("cursor", str(error))], query.parameters()) from None


def _list_name() -> str:
    """Name the list by its path, its filters and its order."""
    asked = ((name, text) for name, text in request.args.items() if name not in _OF_PAGES)
    return f"{request.path}?{urlencode(sorted(asked))}"
