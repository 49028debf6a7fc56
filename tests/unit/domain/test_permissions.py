"""Each use-case asks for its permission by itself, whoever calls it and by whichever way."""

from collections.abc import Awaitable, Callable
from inspect import getmembers, iscoroutinefunction, signature

import pytest

from domain.activity.use_cases import Activity
from domain.callers import NOBODY, Caller, acting_as
from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from domain.errors import NotAuthenticated, NotPermitted
from domain.permissions import PERMISSIONS, Permission, Role
from tests.unit.fakes import Fakes

UseCase = Callable[..., Awaitable[object]]

# What everybody may, what asks whose it is, and what the system does by itself.
OPEN = {
    "get_author",
    "list_authors",
    "get_book",
    "list_books",
    "list_books_by",
    "purge_authors",
    "purge_books",
    "purge_events",
    "current",
}
OF_ONES_OWN = {"list_own_events"}

GUARDED = {
    Catalogue: Permission.CHANGE_CATALOGUE,
    Activity: Permission.READ_ACTIVITY,
    RuntimeConfiguration: Permission.CHANGE_CONFIGURATION,
}


def guarded() -> list[tuple[str, type, str]]:
    return [
        (f"{kind.__name__}.{name}", kind, name)
        for kind in GUARDED
        for name, _ in getmembers(kind, iscoroutinefunction)
        if not name.startswith("_") and name not in OPEN | OF_ONES_OWN
    ]


def call(fakes: Fakes, kind: type, name: str) -> Awaitable[object]:
    """Call a use-case with no sense: it must not come so far as to notice."""
    cases = fakes.use_cases()
    holders = {
        Catalogue: cases.catalogue,
        Activity: cases.activity,
        RuntimeConfiguration: cases.configuration,
    }
    use_case: UseCase = getattr(holders[kind], name)
    taken = signature(use_case).parameters.values()
    needed = [it for it in taken if it.default is it.empty and it.kind is not it.KEYWORD_ONLY]
    return use_case(*(None for _ in needed))


def test_there_are_use_cases_to_guard() -> None:
    assert len(guarded()) >= 12


@pytest.mark.parametrize("named,kind,name", guarded(), ids=[it[0] for it in guarded()])
async def test_nobody_and_who_lacks_the_permission_are_refused(
    fakes: Fakes, named: str, kind: type, name: str
) -> None:
    before = await fakes.state()

    with acting_as(NOBODY), pytest.raises(NotAuthenticated):
        await call(fakes, kind, name)
    for role in (Role.READER, Role.EDITOR):
        lacking = Permission.READ_CONFIGURATION if name == "read" else GUARDED[kind]
        if lacking in PERMISSIONS[role]:
            continue
        somebody = Caller(name="somebody", permissions=PERMISSIONS[role])
        with acting_as(somebody), pytest.raises(NotPermitted) as caught:
            await call(fakes, kind, name)
        assert caught.value.permission is lacking

    assert await fakes.state() == before
