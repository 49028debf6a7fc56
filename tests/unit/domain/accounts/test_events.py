"""What events of accounts tell of who did it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.accounts.events import account_event
from domain.callers import NOBODY, OPERATOR, Caller, acting_as
from domain.permissions import Permission, Role

ACCOUNT, OTHER = UUID(int=1), UUID(int=2)
NOW = datetime(2026, 1, 2, tzinfo=UTC)


def caller(account_id: UUID, address: str | None = None) -> Caller:
    return Caller(name="it", permissions=frozenset(), account_id=account_id, address=address)


@pytest.mark.parametrize(
    "who,told",
    [
        (NOBODY, {}),
        (OPERATOR, {"by": "operator"}),
        (caller(ACCOUNT), {}),
        (caller(ACCOUNT, "192.0.2.1"), {"address": "192.0.2.1"}),
        (caller(OTHER, "192.0.2.1"), {"by": "it", "address": "192.0.2.1"}),
    ],
)
def test_it_is_told_who_did_it_and_where_from(who: Caller, told: dict[str, str]) -> None:
    with acting_as(who):
        event = account_event(UUID(int=3), "account.changed", ACCOUNT, NOW)

    assert event.details == told
    assert (event.subject, event.occurred_at) == (str(ACCOUNT), NOW)


def test_what_is_told_is_json() -> None:
    event = account_event(
        UUID(int=3),
        "account.changed",
        ACCOUNT,
        NOW,
        role=Role.ADMIN,
        permissions=frozenset(Permission),
        session=OTHER,
        count=3,
        is_new=True,
        nothing=None,
        address="192.0.2.7",
    )

    assert event.details == {
        "role": "admin",
        "permissions": sorted(Permission),
        "session": str(OTHER),
        "count": 3,
        "is_new": True,
        "nothing": None,
        "address": "192.0.2.7",
    }
    assert type(event.details["role"]) is str
