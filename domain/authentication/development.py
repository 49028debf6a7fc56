"""Tokens that stand for a role, for development and tests, where nobody need sign in."""

from datetime import timedelta
from typing import Protocol
from uuid import UUID

from domain.callers import Caller
from domain.permissions import PERMISSIONS, Role

DEVELOPMENT_TOKEN_LIFE = timedelta(hours=12)

# None of these is in any store; they are the same everywhere.
DEVELOPMENT_ACCOUNTS = {
    role: UUID(int=0x0190_0000_0000_7000_8000_DE7E_0000_0000 + number)
    for number, role in enumerate(Role, start=1)
}


class DevelopmentTokens(Protocol):
    """Signed tokens that say a role. Production has none, so that it takes none."""

    def issue(self, role: Role) -> str:
        """Give a token, which holds for DEVELOPMENT_TOKEN_LIFE."""
        ...

    def read(self, token: str) -> Role:
        """Give the role of a token that holds; raises InvalidToken for any other text."""
        ...


def development_caller(role: Role) -> Caller:
    """Give who calls with such a token."""
    account_id = DEVELOPMENT_ACCOUNTS[role]
    return Caller(
        name=f"development:{role}",
        permissions=PERMISSIONS[role],
        account_id=account_id,
        session_id=account_id,
    )
