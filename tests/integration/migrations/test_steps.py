"""Every migration forth and back, and what is told of it."""

from io import StringIO

from adapters.sql.migrations import Migrations, latest_revision
from tests.integration.migrations.schemas import REVISIONS, Database


def test_each_step_goes_forth_and_back_and_forth(
    database: Database, migrations: Migrations
) -> None:
    for revision in REVISIONS:
        before = database.read()
        migrations.upgrade(revision)
        after = database.read()
        migrations.downgrade("-1")
        assert database.read() == before
        migrations.upgrade("+1")
        assert database.read() == after
    assert {"authors", "outbox"} <= after.keys()
    migrations.downgrade("base")
    assert database.read() == {}


def test_each_step_is_told(migrations: Migrations, output: StringIO) -> None:
    migrations.upgrade("0002")
    migrations.upgrade("0002")
    migrations.downgrade("-1")
    migrations.stamp("0002")
    assert output.getvalue().splitlines() == [
        "Applied 0001: Create authors.",
        "Applied 0002: Create the outbox.",
        "Nothing to do.",
        "Reverted 0002: Create the outbox.",
        "Marked as 0002; nothing was run.",
    ]


def test_what_is_asked_is_told(migrations: Migrations, output: StringIO) -> None:
    migrations.current()
    migrations.upgrade("0001")
    migrations.current()
    migrations.heads()
    migrations.history()
    migrations.show("0001")
    told = output.getvalue()
    assert told.startswith("No migration was applied yet.\nApplied 0001: Create authors.\n0001\n")
    assert f"{latest_revision()} (head)\n" in told
    assert "<base> -> 0001, Create authors.\n" in told
    assert "Rev: 0001\n" in told
