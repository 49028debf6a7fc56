"""The outbox of a running deployment, seen from behind: its table in the SQL store."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from tests.acceptance.deployments import Settings
from tests.acceptance.polling import until
from tests.servers.mariadb import connect

_COUNT = "SELECT COUNT(*) FROM outbox"
_COUNT_CLAIMED = "SELECT COUNT(*) FROM outbox WHERE claim IS NOT NULL"
_END_CLAIMS = "UPDATE outbox SET available_at = created_at WHERE claim IS NOT NULL"


def claimed_events(settings: Settings) -> int:
    """Count the events that a relay holds, or held when it died."""
    return int(from_behind(settings, _COUNT_CLAIMED)[0][0])


def let_claims_run_out(settings: Settings) -> None:
    """Make it as if the time of all claims had passed."""
    from_behind(settings, _END_CLAIMS)


def wait_until_delivered(settings: Settings) -> None:
    """Wait until the relays have delivered all events."""
    until(lambda: from_behind(settings, _COUNT)[0][0] == 0, "all events are delivered")


def from_behind(settings: Settings, sql: str) -> Sequence[tuple[int, ...]]:
    """Run a statement in the SQL store."""
    if uri := settings.get("FLASK_MYSQL_URI"):
        with closing(connect(uri)) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())
    path = settings["FLASK_SQLITE_PATH"]
    with closing(sqlite3.connect(path, timeout=10, isolation_level=None)) as file:
        return file.execute(sql).fetchall()
