"""Accounts as clients see them. None of these has anything that somebody signs in with."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from domain.accounts.entities import NAME_MAX_LENGTH
from domain.accounts.queries import AccountQuery, AccountSort
from domain.permissions import Role
from service.schemas.fields import REQUEST_CONFIG, EntityResponse, Line
from service.schemas.lists import Search, sorting
from service.schemas.pagination import PageQuery

AccountName = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=NAME_MAX_LENGTH,
        description="Has a letter, mark, number, punctuation or symbol: it must not be blank.",
    ),
]
AccountOrder = Literal["createdAt", "-createdAt", "email", "-email", "updatedAt", "-updatedAt"]

ACCOUNT: Final[dict[str, JsonValue]] = {
    "id": "01900000-0000-7000-8000-000000000003",
    "email": "han.kang@example.org",
    "name": "Han Kang",
    "role": "editor",
    "isDisabled": False,
    "verifiedAt": "2026-01-02T03:04:05.678901Z",
    "version": 2,
    "createdAt": "2026-01-02T03:04:05.678901Z",
    "updatedAt": "2026-01-02T03:04:05.678901Z",
}


class AccountsQuery(PageQuery):
    """Which accounts, in which order: a minus puts the greatest first."""

    sort: AccountOrder = "createdAt"
    search: Search | None = None
    role: Role | None = None
    is_disabled: Literal["true", "false"] | None = None

    def of_accounts(self) -> AccountQuery:
        """Give what the use-cases take."""
        by, descending = sorting(self.sort)
        return AccountQuery(
            sort=AccountSort(by),
            descending=descending,
            search=self.search,
            role=self.role,
            is_disabled=None if self.is_disabled is None else self.is_disabled == "true",
        )


class AccountPatch(TypedDict, total=False):
    """What administrators change, for PATCH (RFC 7396): absence keeps it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG, json_schema_extra={"examples": [{"role": "editor"}]}
    )

    role: Role
    is_disabled: bool


class MyPatch(TypedDict, total=False):
    """What people change of their own account, for PATCH (RFC 7396): null removes it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG, json_schema_extra={"examples": [{"name": "Han Kang"}]}
    )

    name: AccountName | None


class AccountResponse(EntityResponse):
    """One account. It can sign in once its address is verified, unless it is disabled."""

    email: str
    name: str | None
    role: Role
    is_disabled: bool
    verified_at: datetime | None
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [ACCOUNT]})
