"""What a view says about how it wants to be served."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE = "__served__"


@dataclass(frozen=True, slots=True)
class Declaration:
    """How one view is served; None leaves it to the bridge."""

    on_loop: bool | None = None


UNDECLARED = Declaration()


def served(*, on_loop: bool | None = None) -> Callable[[View], View]:
    """Declare how the bridge serves a view; for a method view, decorate the class.

    `on_loop` keeps a sync view that is known not to block on the event loop, or sends a view to a
    thread that only looks async. Put it above the route's other decorators or beneath them: those
    that use ``functools.wraps`` hand it on.
    """
    declaration = Declaration(on_loop=on_loop)

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return declare


def declaration_of(view: Callable[..., Any]) -> Declaration:
    """Return what a view, or the class of a class-based view, has declared."""
    owner = getattr(view, "view_class", view)
    declaration: Declaration = getattr(owner, _ATTRIBUTE, UNDECLARED)
    return declaration
