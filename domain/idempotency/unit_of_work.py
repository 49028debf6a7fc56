"""A unit of work that is done once, however often its request comes."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Generic, TypeVar

from domain.idempotency.entities import Claim, KeptAnswer
from domain.idempotency.errors import KeyReused, Replayed
from domain.idempotency.ports import IdempotencyStores
from domain.ports import Clock, UnitOfWork

Stores = TypeVar("Stores", bound=IdempotencyStores)
Result = TypeVar("Result")

# No type can bind what `shape` takes to what a unit gives: only a request's view knows its unit.
Shape = Callable[[Any], KeptAnswer]


class KeyedRequest:
    """One request under a key, while it is answered.

    `shape` makes the answer of what the request's unit gives. It may be called again, when the
    unit runs again. `answer` is there once the unit has committed.
    """

    def __init__(self, claim: Claim, shape: Shape) -> None:
        self.claim = claim
        self.shape = shape
        self.answer: KeptAnswer | None = None
        self._has_begun = False

    def begin(self) -> None:
        """Begin the request's one unit; raises RuntimeError for a second one."""
        if self._has_begun:
            raise RuntimeError("A request that bears a key can run one unit of work only.")
        self._has_begun = True


_current: ContextVar[KeyedRequest | None] = ContextVar("keyed request", default=None)


@contextmanager
def answering(request: KeyedRequest) -> Iterator[None]:
    """Make `request` the one that the unit of work within the block is for."""
    token = _current.set(request)
    try:
        yield
    finally:
        _current.reset(token)


class IdempotentUnitOfWork(Generic[Stores]):
    """A UnitOfWork that keeps the answer of a keyed request in the unit's own transaction.

    Raises Replayed where the request was answered before, KeyReused where its key was used for
    another, and RequestInProgress. A unit that fails frees its key: the request may come again and
    is then done anew. Without a keyed request it is the unit of work that it was given.
    """

    def __init__(self, inner: UnitOfWork[Stores], clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    async def run(self, unit: Callable[[Stores], Awaitable[Result]]) -> Result:
        """Run `unit`, unless its request was answered before."""
        request = _current.get()
        if request is None:
            return await self._inner.run(unit)
        request.begin()
        result, request.answer = await self._inner.run(
            lambda stores: self._run_once(stores, request, unit)
        )
        return result

    async def read(self, query: Callable[[Stores], Awaitable[Result]]) -> Result:
        """Run `query`."""
        return await self._inner.read(query)

    async def _run_once(
        self, stores: Stores, request: KeyedRequest, unit: Callable[[Stores], Awaitable[Result]]
    ) -> tuple[Result, KeptAnswer]:
        now = self._clock.now()
        kept = await stores.kept_answers.claim(request.claim, now)
        if kept is not None:
            if kept.fingerprint == request.claim.fingerprint:
                raise Replayed(kept.answer)
            raise KeyReused(request.claim.key)
        result = await unit(stores)
        answer = request.shape(result)
        await stores.kept_answers.keep(request.claim, answer, now)
        return result, answer
