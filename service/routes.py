"""The declaration of a route: what the view, the OpenAPI document and the tests of policy read."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final, Literal, TypeVar

from flask import Blueprint, Flask, Response, g, request
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from domain.callers import NOBODY, Caller, acting_as
from domain.permissions import Permission
from service.answers import shape
from service.arguments import (
    JSON,
    read_body,
    read_expected,
    read_query,
    refuse_query,
    refuse_unacceptable,
)
from service.hooks.callers import caller_at
from service.hooks.idempotency import idempotently, refuse_key
from service.retirement import Retirement
from service.schemas.fields import RequestSchema, ResponseSchema, VersionedResponse

Callers = Permission | Literal["public", "account"]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
PUBLIC: Final = "public"
# Whoever is signed in; who shows a key is somebody as well, and refused by the use-case.
ACCOUNT: Final = "account"

AsyncView = TypeVar("AsyncView", bound=Callable[..., Awaitable[object]])


class RateClass(StrEnum):
    """Routes of one class share a limit of requests in time."""

    READ = "read"
    WRITE = "write"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a route says about itself, beside its path.

    `callers` may call it, and `open_because` says why everybody may, where it changes something.
    `body` and `query` are what a request brings, `answer` what it gets with `status`: None is
    nothing. `located` promises a Location below the route's own path. `conditional` is the
    representation whose ETag the request's conditions are about, and `unconditional` says why a
    change has none. The answer of a `secret` route is kept by nobody: not by caches, and under no
    Idempotency-Key. `cookie` is the name of the one by which a page in a browser shows what others
    send in the body. `errors` are what the view raises; those that follow from the rest of the
    declaration come by themselves. `retirement` tells callers to leave it.
    """

    method: Method
    summary: str
    description: str
    callers: Callers
    rate: RateClass
    body: TypeAdapter[Any] | None
    media_types: tuple[str, ...]
    query: type[RequestSchema] | None
    answer: type[ResponseSchema] | None
    status: HTTPStatus
    located: bool
    conditional: type[VersionedResponse] | None
    unconditional: str | None
    open_because: str | None
    secret: bool
    cookie: str | None
    errors: tuple[type[Exception], ...]
    retirement: Retirement | None

    @property
    def changes(self) -> bool:
        """Whether it is there to change something."""
        return self.method != "GET"

    @property
    def bears_key(self) -> bool:
        """Whether a request may be repeated under an Idempotency-Key."""
        return self.method == "POST" and not self.secret

    def arguments(self) -> dict[str, object]:
        """Read what the request hands to the view, or raise what is wrong with it."""
        arguments: dict[str, object] = {}
        if self.query is not None:
            arguments["query"] = read_query(self.query)
        elif request.environ.get("QUERY_STRING"):
            refuse_query()
        if self.conditional is not None and self.changes:
            arguments["expected"] = read_expected(self.conditional)
        if self.body is not None:
            arguments["body"] = read_body(self.body, self.media_types)
        return arguments

    def shaped(self, result: object) -> Response:
        """Make the answer of what the view returned."""
        return shape(result, self.answer, self.status, located=self.located)


def route(  # noqa: PLR0913  # A declaration is a list of what it declares.
    blueprint: Blueprint,
    method: Method,
    path: str,
    *,
    callers: Callers,
    rate: RateClass,
    body: type | None = None,
    media_types: tuple[str, ...] = (JSON,),
    query: type[RequestSchema] | None = None,
    answer: type[ResponseSchema] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    located: bool = False,
    conditional: type[VersionedResponse] | None = None,
    unconditional: str | None = None,
    open_because: str | None = None,
    secret: bool = False,
    cookie: str | None = None,
    errors: tuple[type[Exception], ...] = (),
    retirement: Retirement | None = None,
) -> Callable[[AsyncView], AsyncView]:
    """Add a view to a blueprint, and declare the rest of what ``Route`` has.

    The view is called with the values of the path and, where they are declared, `body`, `query`
    and `expected` (the versions that If-Match names, for a change of something conditional), all by
    name. What it returns is shaped into the answer. Its docstring is the route's documentation.
    """

    def declare(view: AsyncView) -> AsyncView:
        summary, _, description = (getdoc(view) or "").partition("\n")
        declared = Route(
            method=method,
            summary=summary,
            description=description.strip(),
            callers=callers,
            rate=rate,
            body=None if body is None else TypeAdapter(body),
            media_types=media_types,
            query=query,
            answer=answer,
            status=status,
            located=located,
            conditional=conditional,
            unconditional=unconditional,
            open_because=open_because,
            secret=secret,
            cookie=cookie,
            errors=errors,
            retirement=retirement,
        )
        blueprint.add_url_rule(
            path, view.__name__, _declared_view(declared, view), methods=[method]
        )
        return view

    return declare


def _declared_view(
    declared: Route, view: Callable[..., Awaitable[object]]
) -> Callable[..., Awaitable[Response]]:
    async def answer(**path: object) -> Response:
        if declared.answer is not None:
            refuse_unacceptable()
        if declared.secret:
            refuse_key(request)
        call = partial(view, **path, **declared.arguments())
        caller: Caller = g.get("caller", NOBODY)
        with acting_as(caller):
            if declared.bears_key:
                return await idempotently(request, _owner(caller), call, declared.shaped)
            return declared.shaped(await call())

    answer.route = declared  # type: ignore[attr-defined]  # Functions may have attributes.
    return answer


def _owner(caller: Caller) -> str:
    """Name whose idempotency keys they are: of those who are nobody, the address tells."""
    return caller_at(request.remote_addr) if caller is NOBODY else caller.name


def route_of(app: Flask, endpoint: str | None) -> Route | None:
    """Give the declaration of an endpoint, if it has one."""
    declared: Route | None = getattr(app.view_functions.get(endpoint or ""), "route", None)
    return declared


def declared_rules(app: Flask) -> list[tuple[Rule, Route]]:
    """Give every rule of the app whose view is declared."""
    found = [(rule, route_of(app, rule.endpoint)) for rule in app.url_map.iter_rules()]
    return [(rule, declared) for rule, declared in found if declared is not None]
