"""What a view says about how it wants to be served."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "__served__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """How one view is served."""

    on_loop: bool | None = None
    to_its_end: bool = False
    deadline: float | None = None
    body_deadline: float | None = None
    max_body_size: int | None = None

    def filled_up(self, defaults: "Declaration") -> "Declaration":
        """Return this declaration, with the defaults where it says nothing."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(defaults, **given)


def served(
    *,
    on_loop: bool | None = None,
    to_its_end: bool = False,
    deadline: float | None = None,
    body_deadline: float | None = None,
    max_body_size: int | None = None,
) -> Callable[[View], View]:
    """Declare how the bridge serves a view; for a class-based view, decorate the class.

    `on_loop` keeps a sync view that is known not to block on the event loop, or sends one that only
    looks async to a thread. `to_its_end` lets a view finish though its client has gone. `deadline`
    and `body_deadline` are in seconds, in place of the bridge's own; ``math.inf`` is none.
    `max_body_size` is in bytes, in place of the app's ``MAX_CONTENT_LENGTH``. Other decorators may
    stand above: those that use ``functools.wraps`` hand the declaration on.
    """
    declaration = Declaration(
        on_loop=on_loop,
        to_its_end=to_its_end,
        deadline=deadline,
        body_deadline=body_deadline,
        max_body_size=max_body_size,
    )

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return declare


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """Return what a view, or the class of a class-based view, has declared, if anything."""
    declaration: Declaration | None = getattr(getattr(view, "view_class", view), _ATTRIBUTE, None)
    return declaration
