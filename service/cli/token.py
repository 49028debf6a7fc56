"""`flask token …`: tokens for development, and keys that sign access tokens."""

from typing import get_args

import click

from domain.permissions import Role
from service.cli.config import settings_or_exit
from service.settings.model import TokenAlgorithm
from service.wiring import tokens as token_wiring


@click.group
def token() -> None:
    """Give tokens for development, and keys that sign access tokens."""


# The automatic variable of an option, FLASK_TOKEN_ISSUE_ROLE, would look like a setting.
@token.command
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    required=True,
    allow_from_autoenv=False,
    help="What the caller may do.",
)
def issue(role: str) -> None:
    """Print a token that stands for a role, for 12 hours, in development and testing only."""
    tokens = token_wiring.development_tokens(settings_or_exit())
    if tokens is None:
        raise click.ClickException("Production takes no such tokens. Sign in, or make an API key.")
    click.echo(tokens.issue(Role(role)))


@token.command
@click.option(
    "--algorithm",
    type=click.Choice(get_args(TokenAlgorithm)),
    required=True,
    allow_from_autoenv=False,
    help="What FLASK_ACCESS_TOKEN_ALGORITHM is, or shall be.",
)
def key(algorithm: TokenAlgorithm) -> None:
    """Print a new value of FLASK_ACCESS_TOKEN_KEYS.

    It is a secret. To change keys and sign nobody out, let all processes have the new key behind
    the present one first, then before it, and leave the old one out ten minutes later.
    """
    click.echo(token_wiring.new_access_token_keys(algorithm))
