"""Commands on what the stores hold: `flask db-init` and `flask purge`."""

import asyncio
from datetime import UTC, datetime, timedelta

import click

from service import wiring
from service.cli.config import settings_or_exit
from service.cli.errors import readable_errors
from service.settings import Settings
from service.use_cases import UseCases


@click.command
def db_init() -> None:
    """Bring all stores to ready: databases, schema, indexes. It may be repeated."""
    with readable_errors():
        for line in asyncio.run(wiring.initialise(settings_or_exit())):
            click.echo(line)


@click.command
def purge() -> None:
    """Remove what was kept for its time: what was deleted or ended, activity, kept answers."""
    with readable_errors():
        asyncio.run(_purge(settings_or_exit(), datetime.now(UTC)))


async def _purge(settings: Settings, now: datetime) -> None:
    deleted_before = now - timedelta(days=settings.deleted_retention_days)
    occurred_before = now - timedelta(days=settings.activity_retention_days)
    wired = wiring.wire(settings)
    async with wired.opened():
        authors = await wired.use_cases.catalogue.purge_authors(deleted_before)
        click.echo(f"Removed {authors} authors that were deleted before {deleted_before:%F}.")
        books = await wired.use_cases.catalogue.purge_books(deleted_before)
        click.echo(f"Removed {books} books that were deleted before {deleted_before:%F}.")
        await _purge_accounts(wired.use_cases, deleted_before)
        events = await wired.use_cases.activity.purge_events(occurred_before)
        click.echo(f"Removed {events} events that occurred before {occurred_before:%F}.")
        answers = await wired.use_cases.idempotency.purge_answers()
        click.echo(f"Removed {answers} answers that were kept for their time.")
        tokens = await wired.use_cases.authentication.expired_tokens.purge()
        click.echo(f"Removed {tokens} one-time tokens that have expired.")


async def _purge_accounts(use_cases: UseCases, before: datetime) -> None:
    retention = use_cases.retention
    accounts = await retention.purge_accounts(before)
    click.echo(f"Removed {accounts} accounts that were deleted before {before:%F}.")
    sessions = await use_cases.authentication.sessions.purge_sessions()
    click.echo(f"Removed {sessions} sessions that ended and were kept for their time.")
    keys = await retention.purge_keys(before)
    click.echo(f"Removed {keys} API keys that expired before {before:%F}.")
    challenges = await retention.purge_challenges()
    click.echo(f"Removed {challenges} challenges that have expired.")
    enrolments = await retention.purge_enrolments()
    click.echo(f"Removed {enrolments} apps for codes that nobody finished to add.")
    attempts = await use_cases.authentication.guesses.purge()
    click.echo(f"Removed {attempts} counts of attempts that count no more.")
