"""Accounts: who can sign in, and what they are to the system."""

from dataclasses import dataclass
from datetime import datetime

from domain.accounts.values import email_address
from domain.entities import Entity
from domain.permissions import Role
from domain.text import check_line

NAME_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Entity):
    """Somebody who can sign in. What they prove it with is kept elsewhere.

    `verified_at` is when it was shown that they read the mail of `email`; before that they can't
    sign in. A disabled account can't either. Raises InvalidValue for values that break a rule.
    """

    email: str
    name: str | None
    role: Role
    verified_at: datetime | None
    disabled_at: datetime | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "email", email_address(self.email))
        if self.name is not None:
            check_line("name", self.name, NAME_MAX_LENGTH)

    @property
    def is_disabled(self) -> bool:
        """Whether an administrator keeps it from signing in."""
        return self.disabled_at is not None

    @property
    def is_active(self) -> bool:
        """Whether it can sign in."""
        return self.verified_at is not None and self.disabled_at is None
