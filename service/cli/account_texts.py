"""Accounts as commands print them."""

import json
from collections.abc import Sequence
from datetime import datetime

from domain.accounts.entities import Account

_HEADINGS = ("ID", "ADDRESS", "NAME", "ROLE", "STATE")

Document = dict[str, str | int | None]


def as_table(accounts: Sequence[Account]) -> str:
    """Give a line for each account, below headings."""
    rows = [_HEADINGS, *(_row(account) for account in accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def as_lines(account: Account) -> str:
    """Give a line for each detail of an account."""
    document = _document(account)
    width = max(map(len, document))
    return "\n".join(
        f"{name:{width}}  {'(not set)' if value is None else value}"
        for name, value in document.items()
    )


def as_object(account: Account) -> str:
    """Give an account as a JSON object."""
    return json.dumps(_document(account), indent=2, ensure_ascii=False)


def as_array(accounts: Sequence[Account]) -> str:
    """Give accounts as a JSON array."""
    documents = [_document(account) for account in accounts]
    return json.dumps(documents, indent=2, ensure_ascii=False)


def _row(account: Account) -> tuple[str, ...]:
    return str(account.id), account.email, account.name or "-", account.role, _state(account)


def _state(account: Account) -> str:
    if account.is_disabled:
        return "disabled"
    return "active" if account.is_active else "unverified"


def _document(account: Account) -> Document:
    return {
        "id": str(account.id),
        "email": account.email,
        "name": account.name,
        "role": account.role.value,
        "state": _state(account),
        "verifiedAt": _time(account.verified_at),
        "disabledAt": _time(account.disabled_at),
        "createdAt": _time(account.created_at),
        "updatedAt": _time(account.updated_at),
        "version": account.version,
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
