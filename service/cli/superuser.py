"""`flask create-superuser`: an administrator, the first one above all."""

import sys

import click

from domain.accounts.entities import Account
from domain.accounts.values import email_address
from domain.permissions import Role
from service.cli.config import settings_or_exit
from service.cli.errors import readable_errors
from service.cli.operating import operate
from service.settings import Settings


# The automatic variable of an option, FLASK_CREATE_SUPERUSER_EMAIL, would look like a setting.
@click.command
@click.option(
    "--email",
    prompt="Address",
    allow_from_autoenv=False,
    help="The address to sign in with; without it, it is asked for.",
)
@click.option(
    "--password-stdin",
    is_flag=True,
    allow_from_autoenv=False,
    help="Read the password from the first line of the standard input; else it is asked for.",
)
def create_superuser(email: str, *, password_stdin: bool) -> None:
    """Add an administrator, who can sign in at once. It may be repeated.

    With embedded stores, stop the server first: one process at a time can use their file.
    """
    settings = settings_or_exit()
    with readable_errors():
        email_address(email)
    found = operate(settings, lambda use_cases: use_cases.accounts.find_account(email))
    if found is None:
        _create(settings, email, _password(from_stdin=password_stdin))
    elif found.role is Role.ADMIN and found.is_active:
        click.echo(f"{found.email} is an administrator already; nothing was changed.")
    else:
        raise click.ClickException(_in_the_way(found))


def _create(settings: Settings, email: str, password: str) -> None:
    made = operate(settings, lambda use_cases: use_cases.superusers.create(email, password))
    click.echo(f"{made.email} is an administrator now, and can sign in.")


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _in_the_way(found: Account) -> str:
    way = "enable" if found.is_disabled else "role"
    arguments = found.email if found.is_disabled else f"{found.email} {Role.ADMIN}"
    return (
        f"{found.email} has an account that is no administrator's who can sign in. To change it, "
        f"run `flask accounts {way} {arguments}`."
    )
