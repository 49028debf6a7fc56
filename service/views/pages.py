"""Which page of a list a request asks for."""

from domain.configuration.use_cases import RuntimeConfiguration
from domain.pagination import PageRequest, Position
from service.schemas.pagination import PageQuery


async def page_request(query: PageQuery, configuration: RuntimeConfiguration) -> PageRequest:
    """Give the page; one without a limit has the size that the runtime configuration sets."""
    limit = query.limit or (await configuration.current()).default_page_size
    after = None if query.after is None else Position(query.after)
    return PageRequest(limit=limit, after=after)
