"""Find the apps for codes that somebody began to add and did not, by their age.

MySQL has those without `confirmed_at` first in its index; SQLite has them alone.
"""

from adapters.sql.migrations.dialects import execute, has_index

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    execute(mysql=[] if _is_there() else [_ADD_IN_MYSQL], sqlite=[_ADD_IN_SQLITE])


_ADD_IN_MYSQL = "CREATE INDEX totp_secrets_begun ON totp_secrets (confirmed_at, created_at)"

_ADD_IN_SQLITE = """
    CREATE INDEX totp_secrets_begun ON totp_secrets (created_at)
     WHERE confirmed_at IS NULL
"""

_DROP_IN_MYSQL = "DROP INDEX totp_secrets_begun ON totp_secrets"


def downgrade() -> None:
    execute(mysql=[_DROP_IN_MYSQL] if _is_there() else [], sqlite=["DROP INDEX totp_secrets_begun"])


def _is_there() -> bool:
    return has_index("totp_secrets", "totp_secrets_begun")
