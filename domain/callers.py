"""Who calls a use-case, and whether they may.

The caller comes by a context variable, which the service sets around a request's view: so no
use-case hands on what it does not look at itself, and none that is called without it is open.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from domain.errors import NotAuthenticated, NotPermitted
from domain.permissions import Permission

P = ParamSpec("P")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls. `name` is a text of at most 64 characters that no other caller has.

    A person who is signed in has an `account_id` and a `session_id`; a machine that shows a key of
    an account has the `key_id` in place of the session. `address` is where a request comes from.
    """

    name: str
    permissions: frozenset[Permission]
    account_id: UUID | None = None
    session_id: UUID | None = None
    key_id: UUID | None = None
    address: str | None = None


NOBODY = Caller(name="nobody", permissions=frozenset())
"""Who has not said who they are."""

OPERATOR = Caller(name="operator", permissions=frozenset(Permission))
"""Who has the command line, and work in the background."""

_current: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """Give who calls; NOBODY where nothing was said."""
    return _current.get()


@contextmanager
def acting_as(caller: Caller) -> Iterator[None]:
    """Make `caller` the one who calls within the block."""
    token = _current.set(caller)
    try:
        yield
    finally:
        _current.reset(token)


def require(permission: Permission) -> None:
    """Raise NotAuthenticated for nobody, and NotPermitted for who has not the permission."""
    caller = _current.get()
    if permission in caller.permissions:
        return
    if caller is NOBODY:
        raise NotAuthenticated
    raise NotPermitted(permission)


def requires(
    permission: Permission,
) -> Callable[[Callable[P, Coroutine[Any, Any, Result]]], Callable[P, Coroutine[Any, Any, Result]]]:
    """Let a use-case be called by those alone who have the permission; others as in `require`."""

    def declare(
        use_case: Callable[P, Coroutine[Any, Any, Result]],
    ) -> Callable[P, Coroutine[Any, Any, Result]]:
        @wraps(use_case)
        async def checked(*args: P.args, **kwargs: P.kwargs) -> Result:
            require(permission)
            return await use_case(*args, **kwargs)

        return checked

    return declare


def signed_in_account() -> UUID:
    """Give the account of the person who is signed in.

    Raises NotAuthenticated for nobody. Raises NotPermitted for a key, which a machine has: it must
    not get at what the person signs in with.
    """
    caller = _current.get()
    if caller.account_id is None:
        raise NotAuthenticated
    if caller.key_id is not None:
        raise NotPermitted(None)
    return caller.account_id
