"""`flask db …`: the revisions of the SQL schema."""

import click

from service import wiring
from service.cli.config import settings_or_exit
from service.cli.errors import readable_errors

# Without it click would take the steps back `-1` for an option.
STEPS_BACK = {"ignore_unknown_options": True}


def _not_empty(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value:
        raise click.BadParameter("is empty; expected a revision such as 0001, head or -1")
    return value


@click.group
def db() -> None:
    """Move the SQL schema along its revisions.

    A revision is a number (0001), a symbol (head, base) or a number of steps (+1, -2).
    """


@db.command(context_settings=STEPS_BACK)
@click.argument("revision", default="head", callback=_not_empty)
def upgrade(revision: str) -> None:
    """Apply the migrations up to REVISION, which is head where it is left out."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).upgrade(revision)


@db.command(context_settings=STEPS_BACK)
@click.argument("revision", default="-1", callback=_not_empty)
@click.option(
    "--yes", is_flag=True, allow_from_autoenv=False, help="Do it in production, where data goes."
)
def downgrade(revision: str, *, yes: bool) -> None:
    """Revert the migrations down to REVISION, which is one step back where it is left out."""
    settings = settings_or_exit()
    if settings.profile == "production" and not yes:
        raise click.ClickException(
            "A downgrade drops tables or columns with their data; in production it needs --yes."
        )
    with readable_errors():
        wiring.migrations(settings).downgrade(revision)


@db.command
def current() -> None:
    """Show the revision of the schema."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).current()


@db.command
def history() -> None:
    """List all revisions, the latest first."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).history()


@db.command
def heads() -> None:
    """Show the latest revision; where there are several, `merge` makes them one."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).heads()


@db.command(context_settings=STEPS_BACK)
@click.argument("revision", callback=_not_empty)
def show(revision: str) -> None:
    """Show one REVISION; `current` is the schema's own."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).show(revision)


@db.command(context_settings=STEPS_BACK)
@click.argument("revision", callback=_not_empty)
def stamp(revision: str) -> None:
    """Mark the schema as being at REVISION, and run nothing."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).stamp(revision)


@db.command
@click.argument("revisions", nargs=-1, required=True)
@click.option("-m", "--message", required=True, allow_from_autoenv=False, help="What it is.")
def merge(revisions: tuple[str, ...], message: str) -> None:
    """Write a migration that follows all REVISIONS, so that there is one head again."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).merge(revisions, message)


@db.command
@click.option("-m", "--message", required=True, allow_from_autoenv=False, help="What it does.")
def revision(message: str) -> None:
    """Write an empty migration behind the latest, to fill in with SQL."""
    with readable_errors():
        wiring.migrations(settings_or_exit()).revision(message)
