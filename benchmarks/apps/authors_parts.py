"""The product over memory, and the same with one part of its contract less at each step.

The last step is a bare Flask view behind the bare bridge: it calls the use-case and answers with
bytes that were made before, so reading requests and shaping answers count as the contract's.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Flask, Response, g, request

from adapters.memory.uncached import Uncached
from adapters.memory.unit_of_work import MemoryStores
from adapters.system.clock import SystemClock
from adapters.system.identifiers import UUID7Identifiers
from domain.authentication.entities import ACCESS_TOKEN_LIFE, AccessClaims
from domain.authentication.ports import AuthenticationStores
from domain.callers import OPERATOR
from domain.catalogue.entities import Author, AuthorDetails
from domain.catalogue.use_cases import Catalogue
from domain.idempotency.unit_of_work import IdempotentUnitOfWork
from domain.pagination import PageRequest
from domain.permissions import Role
from service.application import create_app
from service.asgi import FlaskToAsgi
from service.hooks import Envelope
from service.routes import route_of
from service.settings import load_settings
from service.use_cases import UseCases
from service.views.lists import Listed
from service.wiring import wire
from service.wiring.tokens import access_tokens
from tests.accounts import account_of, session_of

PAGE_SIZE = 20
AUTHOR_ID = UUID(int=1)
DETAILS: AuthorDetails = {
    "name": "Ursula K. Le Guin",
    "biography": None,
    "born_on": date(1929, 10, 21),
    "died_on": date(2018, 1, 22),
}
# Nothing is refused, and all is counted.
SETTINGS = load_settings(
    {
        "FLASK_CONFIG": "testing",
        "FLASK_RATE_LIMIT_READ": "600000/60",
        "FLASK_RATE_LIMIT_WRITE": "600000/60",
    },
    dotenv=None,
)

EDITOR = account_of(Role.EDITOR, SystemClock().now())
SESSION = session_of(EDITOR.id, SystemClock().now())

Result = TypeVar("Result")
Case = Callable[[Catalogue], Awaitable[object]]


class Unchanging:
    """A unit of work whose writes go into stores that are thrown away: every request is alike."""

    def __init__(self) -> None:
        self._stores = MemoryStores()

    async def fill(self) -> None:
        """Add more authors than a page holds."""
        now = datetime(2026, 1, 1, tzinfo=UTC)
        for number in range(1, PAGE_SIZE + 2):
            author = Author(
                id=UUID(int=number), version=1, created_at=now, updated_at=now, **DETAILS
            )
            await self._stores.authors.add(author)

    async def run(self, unit: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `unit` on empty stores."""
        return await unit(MemoryStores())

    async def read(self, query: Callable[[MemoryStores], Awaitable[Result]]) -> Result:
        """Run `query` on the authors."""
        return await query(self._stores)


async def use_cases() -> UseCases:
    """Give the product's use-cases over a unit of work that stays as it is; EDITOR is signed in."""
    wiring = wire(SETTINGS)
    await wiring.adapters.unit_of_work.run(_sign_in)
    unit, clock = Unchanging(), SystemClock()
    await unit.fill()
    catalogue = Catalogue(
        IdempotentUnitOfWork[Any](unit, clock),
        Uncached(),
        Uncached(),
        clock,
        UUID7Identifiers(),
    )
    return replace(wiring.use_cases, catalogue=catalogue)


async def _sign_in(stores: AuthenticationStores) -> None:
    await stores.accounts.add(EDITOR)
    await stores.sessions.add(SESSION)


def editor_headers() -> list[tuple[bytes, bytes]]:
    """Give what EDITOR's client sends, who may change the catalogue."""
    claims = AccessClaims(
        account_id=EDITOR.id,
        session_id=SESSION.id,
        issued_at=SESSION.created_at,
        expires_at=SESSION.created_at + ACCESS_TOKEN_LIFE,
    )
    return [(b"authorization", b"Bearer " + access_tokens(SETTINGS).issue(claims).encode())]


async def _get(catalogue: Catalogue) -> object:
    return await catalogue.get_author(AUTHOR_ID)


async def _list(catalogue: Catalogue) -> object:
    page = await catalogue.list_authors(PageRequest(PAGE_SIZE))
    return Listed(page.items, "a cursor")


async def _add(catalogue: Catalogue) -> object:
    return await catalogue.create_author(DETAILS)


CASES: Mapping[str, Case] = {
    "authors.get_author": _get,
    "authors.list_authors": _list,
    "authors.create_author": _add,
}


def steps(cases: UseCases, answer: bytes) -> Mapping[str, Any]:
    """Give the applications; each lacks what it is named after, and all that those before lack."""
    return {
        "the whole": Envelope(FlaskToAsgi(create_app(SETTINGS, cases)), SETTINGS),
        "envelope": FlaskToAsgi(create_app(SETTINGS, cases)),
        "host check": FlaskToAsgi(_without(cases, "check_host")),
        "authentication and rate limit": FlaskToAsgi(
            _without(cases, "check_host", "enter", "tell")
        ),
        "other hooks": FlaskToAsgi(_without_hooks(cases)),
        "arguments and conditions": FlaskToAsgi(_unread(cases)),
        "shaping and ETag": FlaskToAsgi(bare(cases, answer)),
    }


def _without(cases: UseCases, *names: str) -> Flask:
    app = create_app(SETTINGS, cases)
    for hooks in (app.before_request_funcs, app.after_request_funcs):
        of_app = cast("list[Callable[..., object]]", hooks[None])
        of_app[:] = [hook for hook in of_app if hook.__name__ not in names]
    if "enter" in names:
        app.before_request(_let_in)
    return app


def _let_in() -> None:
    """Let everybody do everything, where nobody looks who comes."""
    g.caller = OPERATOR


def _without_hooks(cases: UseCases) -> Flask:
    app = create_app(SETTINGS, cases)
    app.before_request_funcs.clear()
    app.after_request_funcs.clear()
    app.before_request(_let_in)
    return app


def _unread(cases: UseCases) -> Flask:
    app = _without_hooks(cases)

    def shaped(endpoint: str, case: Case) -> Callable[..., Awaitable[Response]]:
        declared = route_of(app, endpoint)
        assert declared is not None

        async def view(**_path: object) -> Response:
            return declared.shaped(await case(cases.catalogue))

        return view

    app.view_functions |= {endpoint: shaped(endpoint, case) for endpoint, case in CASES.items()}
    return app


def bare(cases: UseCases, answer: bytes) -> Flask:
    """Make Flask without anything around its views."""
    app = Flask(__name__, static_folder=None)
    catalogue = cases.catalogue

    @app.get("/v1/authors/<uuid:author_id>")
    async def get_author(author_id: UUID) -> Response:
        await catalogue.get_author(author_id)
        return Response(answer, mimetype="application/json")

    @app.get("/v1/authors")
    async def list_authors() -> Response:
        await _list(catalogue)
        return Response(answer, mimetype="application/json")

    @app.post("/v1/authors")
    async def create_author() -> Response:
        request.get_data()
        await _add(catalogue)
        return Response(answer, 201, mimetype="application/json")

    return app
