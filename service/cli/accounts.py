"""`flask accounts …`: who can sign in, and what they may."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import click

from domain.accounts.entities import Account
from domain.accounts.queries import AccountQuery
from domain.authentication.administration import AccountAdministration, AccountChanges
from domain.pagination import MAX_PAGE_SIZE, PageRequest, Position
from domain.permissions import Role
from service.cli.account_texts import as_array, as_lines, as_object, as_table
from service.cli.config import settings_or_exit
from service.cli.operating import operate
from service.use_cases import UseCases

ROLE = click.Choice([role.value for role in Role])
WHO = click.argument("who", metavar="ADDRESS-OR-ID")
# The automatic variable of an option, FLASK_ACCOUNTS_LIST_JSON, would look like a setting.
AS_JSON = click.option(
    "--json", "as_json", is_flag=True, allow_from_autoenv=False, help="Print JSON, not a table."
)

Result = TypeVar("Result")


@click.group
def accounts() -> None:
    """Show and change who can sign in, and what they may.

    With embedded stores, stop the server first: one process at a time can use their file.
    """


@accounts.command("list")
@click.option("--search", allow_from_autoenv=False, help="Words of addresses and names begin so.")
@click.option("--role", type=ROLE, allow_from_autoenv=False, help="Only those with this role.")
@click.option(
    "--disabled/--enabled",
    "is_disabled",
    default=None,
    allow_from_autoenv=False,
    help="Only those that are disabled, or are not.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    allow_from_autoenv=False,
    help="How many at most.",
)
@AS_JSON
def list_(
    search: str | None, role: str | None, limit: int, *, is_disabled: bool | None, as_json: bool
) -> None:
    """List accounts, oldest first."""

    async def found(administration: AccountAdministration) -> list[Account]:
        query = AccountQuery(
            search=search, role=None if role is None else Role(role), is_disabled=is_disabled
        )
        return await _first(administration, query, limit)

    listed = _administer(found)
    click.echo(as_array(listed) if as_json else as_table(listed))


@accounts.command
@WHO
@AS_JSON
def show(who: str, *, as_json: bool) -> None:
    """Show one account."""
    found = _administer(lambda administration: _find(administration, who))
    click.echo(as_object(found) if as_json else as_lines(found))


@accounts.command
@WHO
@click.argument("role", type=ROLE)
def role(who: str, role: str) -> None:
    """Give an account another role."""
    changed = _change(who, {"role": Role(role)})
    click.echo(f"{changed.email} is {changed.role} from the next request on.")


@accounts.command
@WHO
def disable(who: str) -> None:
    """Keep an account from signing in, and sign it out everywhere."""
    click.echo(f"{_change(who, {'is_disabled': True}).email} is disabled.")


@accounts.command
@WHO
def enable(who: str) -> None:
    """Let an account that was disabled sign in again."""
    click.echo(f"{_change(who, {'is_disabled': False}).email} is enabled.")


@accounts.command
@WHO
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask.")
def delete(who: str, *, yes: bool) -> None:
    """Delete an account, which signs it out everywhere."""
    if not yes:
        click.confirm(f"Delete the account {who}?", abort=True)

    async def delete(administration: AccountAdministration) -> Account:
        account = await _find(administration, who)
        await administration.delete_account(account.id)
        return account

    click.echo(f"{_administer(delete).email} is deleted.")


@accounts.command
@WHO
def end_sessions(who: str) -> None:
    """Sign an account out everywhere."""

    async def end(administration: AccountAdministration) -> int:
        account = await _find(administration, who)
        return await administration.end_sessions(account.id)

    click.echo(f"Ended {_administer(end)} sessions.")


@accounts.command
@WHO
@click.option("--yes", is_flag=True, allow_from_autoenv=False, help="Do not ask.")
def remove_factors(who: str, *, yes: bool) -> None:
    """Remove all second factors of who has lost them.

    Be sure who asks for it: from then on a password alone signs in.
    """
    if not yes:
        click.confirm(f"Remove all second factors of {who}?", abort=True)

    async def remove(use_cases: UseCases) -> Account:
        account = await _find(use_cases.accounts, who)
        await use_cases.authentication.factor_removal.remove_all(account.id)
        return account

    removed = operate(settings_or_exit(), remove)
    click.echo(f"{removed.email} signs in without a second factor.")


def _administer(work: Callable[[AccountAdministration], Awaitable[Result]]) -> Result:
    return operate(settings_or_exit(), lambda use_cases: work(use_cases.accounts))


def _change(who: str, changes: AccountChanges) -> Account:
    async def change(administration: AccountAdministration) -> Account:
        account = await _find(administration, who)
        return await administration.change_account(account.id, changes)

    return _administer(change)


async def _find(administration: AccountAdministration, who: str) -> Account:
    try:
        return await administration.get_account(UUID(who))
    except ValueError:
        found = await administration.find_account(who)
    if found is None:
        raise click.ClickException(f"There is no account {who}.")
    return found


async def _first(
    administration: AccountAdministration, query: AccountQuery, limit: int
) -> list[Account]:
    found: list[Account] = []
    after: Position | None = None
    while len(found) < limit:
        request = PageRequest(min(limit - len(found), MAX_PAGE_SIZE), after)
        page = await administration.list_accounts(request, query)
        found += page.items
        after = page.next_after
        if after is None:
            break
    return found
