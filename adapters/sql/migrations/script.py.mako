"""${message}.

Say here what the SQL does not, in place of these rules. MySQL commits each statement by itself, so
each is right when repeated; SQLite runs all of them in one transaction. Servers of
the release before go on beside the new schema during a deployment: expand first (add what is new,
with defaults), and contract in a later release (drop what nothing uses any more). The downgrade
leaves the schema as the upgrade found it, which tests/integration/migrations checks.
"""

from adapters.sql.migrations.dialects import execute

revision = "${up_revision}"
down_revision = ${repr(down_revision).replace("'", '"')}


def upgrade() -> None:
    execute(mysql=None, sqlite=[])


def downgrade() -> None:
    execute(mysql=None, sqlite=[])
