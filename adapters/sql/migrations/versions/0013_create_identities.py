"""Create identities: who an account is at an OpenID Connect provider."""

from adapters.sql.migrations.dialects import execute

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS identities (
                issuer VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                subject VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                account_id BINARY(16) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (issuer, subject),
                KEY identities_account_id (account_id),
                CONSTRAINT identities_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE identities (
                issuer TEXT NOT NULL,
                subject TEXT NOT NULL,
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                PRIMARY KEY (issuer, subject)
            ) STRICT, WITHOUT ROWID
            """,
            "CREATE INDEX identities_account_id ON identities (account_id)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS identities",
        sqlite=["DROP TABLE identities"],
    )
