"""What people do with the API keys of their machines."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from domain.accounts.entities import Account
from domain.authentication.api_keys import USES_NOTED_EACH, KeyDetails, Keys
from domain.authentication.entities import MAX_KEYS, Client
from domain.authentication.errors import ConfirmationRequired, TooManyKeys
from domain.authentication.keys import ApiKey, find_key, read_key
from domain.callers import NOBODY, OPERATOR, Caller, acting_as
from domain.errors import (
    InvalidValue,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    StoreUnavailable,
)
from domain.permissions import Permission, Role
from tests.unit.accounts import (
    CONFIRMED,
    NOT_CONFIRMED,
    add_with_password,
    caller_of,
    key_of,
    told,
)
from tests.unit.fakes import Fakes, raising

EDITS = frozenset({Permission.CHANGE_CATALOGUE})
SECOND = timedelta(seconds=1)
CLIENT = Client(address="192.0.2.7", network="192.0.2.7", device="Firefox")


def details(
    name: str = "import",
    permissions: frozenset[Permission] = EDITS,
    expires_at: datetime | None = None,
) -> KeyDetails:
    return {"name": name, "permissions": permissions, "expires_at": expires_at}


@pytest.fixture
def keys(fakes: Fakes) -> Keys:
    return fakes.use_cases().authentication.keys


@pytest.fixture
async def editor(fakes: Fakes) -> Account:
    return await add_with_password(fakes, Role.EDITOR)


async def access_keys(fakes: Fakes, account: Account) -> object:
    access = await fakes.access_cache.fetch(
        account.id,
        lambda: fakes.unit_of_work.read(
            lambda stores: stores.accesses.get(account.id, fakes.clock.now())
        ),
    )
    assert access is not None
    return access.keys


async def kept(keys: Keys, account: Account) -> list[ApiKey]:
    with acting_as(caller_of(account)):
        return [*await keys.list()]


async def test_the_text_of_a_new_key_opens_the_account_and_is_not_kept(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    assert await access_keys(fakes, editor) == {}
    until = fakes.clock.now() + SECOND

    with acting_as(caller_of(editor)):
        made = await keys.create(details(expires_at=until), CONFIRMED, CLIENT)

    shown = read_key(made.text)
    found, access = find_key(shown, await access_keys(fakes, editor), fakes.clock.now())
    assert (shown.account_id, found) == (editor.id, made.key.id)
    assert (access.permissions, access.expires_at) == (EDITS, until)
    assert await kept(keys, editor) == [made.key]
    (event,) = await told(fakes, editor)
    assert event.kind == "key.created"
    assert event.details == {
        "key": str(made.key.id),
        "name": "import",
        "permissions": ["catalogue:change"],
    }
    assert made.text not in repr((made.key, event))


async def test_its_owner_hears_of_a_new_key_by_mail(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    with acting_as(caller_of(editor)):
        made = await keys.create(details("Click http://evil.test"), CONFIRMED, CLIENT)

    (waiting,) = await fakes.pending_mails()
    assert (waiting.recipient, waiting.account_id) == (editor.email, editor.id)
    while await fakes.mail_relay().deliver_batch():
        pass
    (mail,) = fakes.mailer.sent
    assert mail.subject == "Your account has a new API key"
    assert CLIENT.address in mail.text
    # Who has stolen a session chooses the name.
    assert "evil.test" not in mail.text
    assert made.text not in mail.text


async def test_no_mail_tells_of_a_key_that_was_refused(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    with acting_as(caller_of(editor)), pytest.raises(ConfirmationRequired):
        await keys.create(details(), NOT_CONFIRMED, CLIENT)

    assert await fakes.pending_mails() == []


async def test_each_key_has_a_secret_of_its_own(keys: Keys, editor: Account) -> None:
    with acting_as(caller_of(editor)):
        made = [await keys.create(details(), CONFIRMED, CLIENT) for _ in range(3)]

    assert len({it.text for it in made}) == 3
    assert len({it.key.secret_hash for it in made}) == 3
    assert await kept(keys, editor) == [it.key for it in made]


async def test_a_key_that_was_revoked_opens_nothing_any_more(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    other = await add_with_password(fakes)
    with acting_as(caller_of(editor)):
        made = await keys.create(details(), CONFIRMED, CLIENT)
    assert await access_keys(fakes, editor) != {}

    with acting_as(caller_of(other)), pytest.raises(NotFound):
        await keys.revoke(made.key.id)
    with acting_as(caller_of(editor)):
        await keys.revoke(made.key.id)
        with pytest.raises(NotFound):
            await keys.revoke(made.key.id)

    assert await access_keys(fakes, editor) == {}
    assert await kept(keys, editor) == []
    assert [event.kind for event in await told(fakes, editor)] == ["key.created", "key.revoked"]
    assert await told(fakes, other) == []


@pytest.mark.parametrize(
    "refused",
    [
        details(name=" "),
        details(name="x" * 201),
        details(permissions=frozenset({Permission.CHANGE_CATALOGUE, Permission.READ_ACTIVITY})),
    ],
)
async def test_a_key_that_breaks_a_rule_is_not_made(
    keys: Keys, editor: Account, refused: KeyDetails
) -> None:
    with acting_as(caller_of(editor)), pytest.raises(InvalidValue):
        await keys.create(refused, CONFIRMED, CLIENT)

    assert await kept(keys, editor) == []


async def test_a_key_has_no_permission_that_its_maker_lacks(fakes: Fakes, keys: Keys) -> None:
    reader = await add_with_password(fakes)

    with acting_as(caller_of(reader)):
        with pytest.raises(InvalidValue, match="catalogue:change") as caught:
            await keys.create(details(), CONFIRMED, CLIENT)
        assert (
            await keys.create(details(permissions=frozenset()), CONFIRMED, CLIENT)
        ).key.permissions == set()

    assert caught.value.field == "permissions"


async def test_who_makes_a_key_proves_anew_who_they_are(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    with acting_as(caller_of(editor)), pytest.raises(ConfirmationRequired):
        await keys.create(details(), NOT_CONFIRMED, CLIENT)

    assert await kept(keys, editor) == []
    assert await told(fakes, editor) == []


async def test_a_key_expires_in_the_future(fakes: Fakes, keys: Keys, editor: Account) -> None:
    with acting_as(caller_of(editor)), pytest.raises(InvalidValue) as caught:
        await keys.create(details(expires_at=fakes.clock.now()), CONFIRMED, CLIENT)

    assert caught.value.field == "expires_at"


async def test_an_account_has_so_many_keys_and_no_more(keys: Keys, editor: Account) -> None:
    with acting_as(caller_of(editor)):
        made = [await keys.create(details(), CONFIRMED, CLIENT) for _ in range(MAX_KEYS)]
        with pytest.raises(TooManyKeys):
            await keys.create(details(), CONFIRMED, CLIENT)
        await keys.revoke(made[0].key.id)
        await keys.create(details(), CONFIRMED, CLIENT)

    assert len(await kept(keys, editor)) == MAX_KEYS


async def test_an_account_that_is_gone_gets_no_key(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    await fakes.unit_of_work.run(
        lambda stores: stores.accounts.delete(editor.id, editor.updated_at)
    )

    with acting_as(caller_of(editor)), pytest.raises(NotFound):
        await keys.create(details(), CONFIRMED, CLIENT)


@pytest.mark.parametrize(
    "caller,error",
    [
        (lambda _: NOBODY, NotAuthenticated),
        (lambda _: OPERATOR, NotAuthenticated),
        (key_of, NotPermitted),
    ],
)
async def test_only_people_manage_keys(
    keys: Keys, editor: Account, caller: Callable[[Account], Caller], error: type[Exception]
) -> None:
    with acting_as(caller_of(editor)):
        made = await keys.create(details(), CONFIRMED, CLIENT)

    with acting_as(caller(editor)):
        for call in (
            lambda: keys.create(details(), CONFIRMED, CLIENT),
            keys.list,
            lambda: keys.revoke(made.key.id),
        ):
            with pytest.raises(error):
                await call()

    assert await kept(keys, editor) == [made.key]


async def test_a_use_is_noted_at_most_each_ten_minutes(
    fakes: Fakes, keys: Keys, editor: Account
) -> None:
    with acting_as(caller_of(editor)):
        key = (await keys.create(details(), CONFIRMED, CLIENT)).key

    async def use(last_used_at: datetime | None) -> datetime | None:
        await keys.note_use(editor.id, key.id, last_used_at)
        return (await kept(keys, editor))[0].last_used_at

    first = fakes.clock.now()
    assert await use(None) == first
    fakes.clock.advance(USES_NOTED_EACH - SECOND)
    assert await use(first) == first
    # Others may know less than is kept.
    assert await use(None) == first
    fakes.clock.advance(2 * SECOND)
    assert await use(first) == fakes.clock.now()


async def test_a_use_is_seen_by_the_next_request(fakes: Fakes, keys: Keys, editor: Account) -> None:
    with acting_as(caller_of(editor)):
        key = (await keys.create(details(), CONFIRMED, CLIENT)).key
    await access_keys(fakes, editor)

    await keys.note_use(editor.id, key.id, None)

    found = await access_keys(fakes, editor)
    assert found[key.id].last_used_at == fakes.clock.now()


async def test_a_store_that_is_away_keeps_nobody_from_using_a_key(
    fakes: Fakes, keys: Keys, editor: Account, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.unit_of_work.before_run = raising(StoreUnavailable("MySQL", "gone"))

    with caplog.at_level(logging.WARNING):
        await keys.note_use(editor.id, UUID(int=1), None)

    assert "not noted: MySQL is unavailable" in caplog.text
