"""Administrators who are made without a mail."""

import pytest

from domain.accounts.errors import EmailTaken
from domain.authentication.superusers import Superusers
from domain.callers import NOBODY, OPERATOR, acting_as
from domain.errors import InvalidValue, NotAuthenticated, NotPermitted
from domain.permissions import Role
from tests.unit.accounts import add_account, caller_of, told
from tests.unit.fakes import Fakes

EMAIL, PASSWORD = "ann@example.org", "correct horse battery staple"


@pytest.fixture
def superusers(fakes: Fakes) -> Superusers:
    return fakes.use_cases().superusers


async def test_a_superuser_is_told_without_the_password(
    fakes: Fakes, superusers: Superusers
) -> None:
    with acting_as(OPERATOR):
        made = await superusers.create(EMAIL, PASSWORD)

    assert (made.role, made.is_active, made.version) == (Role.ADMIN, True, 1)
    (event,) = await told(fakes, made)
    assert event.kind == "account.created"
    assert event.details == {"role": "admin", "by": "operator"}


async def test_an_address_that_is_taken_keeps_its_password(
    fakes: Fakes, superusers: Superusers
) -> None:
    account = await add_account(fakes, email=EMAIL)

    with acting_as(OPERATOR):
        with pytest.raises(EmailTaken):
            await superusers.create(EMAIL.upper(), PASSWORD)
        with pytest.raises(InvalidValue):
            await superusers.create("bob@example.org", "short")

    assert await fakes.unit_of_work.read(lambda stores: stores.passwords.get(account.id)) is None


async def test_only_who_may_change_accounts_makes_one(fakes: Fakes, superusers: Superusers) -> None:
    editor = await add_account(fakes, Role.EDITOR)

    with acting_as(caller_of(editor)), pytest.raises(NotPermitted):
        await superusers.create(EMAIL, PASSWORD)
    with acting_as(NOBODY), pytest.raises(NotAuthenticated):
        await superusers.create(EMAIL, PASSWORD)
