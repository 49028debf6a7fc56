"""Accounts and sessions that tests sign in by."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7

from domain.accounts.entities import Account
from domain.authentication.entities import Method, RefreshState, Session
from domain.permissions import Role


def account_of(role: Role, now: datetime) -> Account:
    """Give a verified account that has the role."""
    account_id = uuid7()
    return Account(
        id=account_id,
        version=1,
        created_at=now,
        updated_at=now,
        email=f"{role}-{account_id.hex}@example.org",
        name=None,
        role=role,
        verified_at=now,
        disabled_at=None,
    )


def session_of(account_id: UUID, now: datetime) -> Session:
    """Give a session that just began. Nobody knows its refresh token."""
    return Session(
        id=uuid7(),
        account_id=account_id,
        refresh=RefreshState(
            family=sha256(b"family").digest(), current=sha256(b"current").digest(), rotated_at=now
        ),
        device="pytest",
        address="127.0.0.1",
        methods=(Method.PASSWORD,),
        authenticated_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=1),
        created_at=now,
    )
