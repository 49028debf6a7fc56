"""The SQL schema, as a chain of numbered revisions in raw SQL that Alembic runs.

Importing this package imports neither Alembic nor SQLAlchemy, so a server that starts on a
current schema doesn't pay for them.
"""

from adapters.sql.migrations.revisions import latest_revision
from adapters.sql.migrations.runner import Migrations

__all__ = ["Migrations", "latest_revision"]
