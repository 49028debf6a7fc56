"""Create identities: who an account is at an OpenID Connect provider.

Issuers and subjects are bytes: what a collation takes for alike may be two people.
"""

from adapters.sql.migrations.dialects import execute

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS identities (
                id BINARY(16) NOT NULL,
                issuer VARBINARY(255) NOT NULL,
                subject VARBINARY(255) NOT NULL,
                account_id BINARY(16) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                UNIQUE KEY identities_subject (issuer, subject),
                KEY identities_account_id (account_id, id),
                CONSTRAINT identities_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE identities (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                issuer BLOB NOT NULL,
                subject BLOB NOT NULL,
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE UNIQUE INDEX identities_subject ON identities (issuer, subject)",
            "CREATE INDEX identities_account_id ON identities (account_id, id)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS identities",
        sqlite=["DROP TABLE identities"],
    )
