"""Which accounts a list has, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.accounts.entities import Account
from domain.accounts.values import email_key
from domain.errors import InvalidValue
from domain.pagination import Position
from domain.permissions import Role
from domain.text import search_words


class AccountSort(StrEnum):
    """What accounts can be sorted by."""

    CREATED_AT = "created_at"
    EMAIL = "email"
    UPDATED_AT = "updated_at"


_VALUE_TYPES: dict[AccountSort, type] = {
    AccountSort.CREATED_AT: type(None),
    AccountSort.EMAIL: str,
    AccountSort.UPDATED_AT: datetime,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuery:
    """The accounts for which all that is not None holds.

    For each word of `search`, a word of the address or of the name begins with it. Raises
    InvalidValue for a search that has no words, or too many.
    """

    sort: AccountSort = AccountSort.CREATED_AT
    descending: bool = False
    search: str | None = None
    role: Role | None = None
    is_disabled: bool | None = None

    def __post_init__(self) -> None:
        _ = self.words

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the search, as `search_words` gives them."""
        return () if self.search is None else search_words(self.search)


def check_position(after: Position | None, sort: AccountSort) -> None:
    """Raise InvalidValue for a position in a list that is sorted by something else."""
    if after is not None and not isinstance(after.value, _VALUE_TYPES[sort]):
        raise InvalidValue("after", f"must be a position in a list that is sorted by {sort}")


def position_of(account: Account, sort: AccountSort) -> Position:
    """Give where an account stands in a list."""
    if sort is AccountSort.CREATED_AT:
        return Position(account.id)
    if sort is AccountSort.UPDATED_AT:
        return Position(account.id, account.updated_at)
    return Position(account.id, email_key(account.email))


def words_of_account(account: Account) -> str:
    """Give the text by whose words an account is found."""
    return f"{account.email} {account.name or ''}"
