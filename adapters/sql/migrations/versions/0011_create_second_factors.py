"""Create second factors, passkeys and the challenges that are answered with them.

A TOTP secret is sealed: the database alone does not do to make a code.
"""

from adapters.sql.migrations.dialects import execute

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    execute(
        mysql=[
            """
            CREATE TABLE IF NOT EXISTS totp_secrets (
                account_id BINARY(16) NOT NULL,
                sealed VARBINARY(255) NOT NULL,
                confirmed_at DATETIME(6) NULL,
                last_step BIGINT NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (account_id),
                CONSTRAINT totp_secrets_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS recovery_codes (
                account_id BINARY(16) NOT NULL,
                hash BINARY(32) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (account_id, hash),
                CONSTRAINT recovery_codes_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS passkeys (
                id BINARY(16) NOT NULL,
                account_id BINARY(16) NOT NULL,
                credential_id VARBINARY(1023) NOT NULL,
                public_key VARBINARY(2048) NOT NULL,
                sign_count BIGINT UNSIGNED NOT NULL,
                name VARCHAR(200) NOT NULL,
                transports VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                last_used_at DATETIME(6) NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                UNIQUE KEY passkeys_credential_id (credential_id),
                KEY passkeys_account_id (account_id, id),
                CONSTRAINT passkeys_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
            """
            CREATE TABLE IF NOT EXISTS challenges (
                id BINARY(16) NOT NULL,
                purpose VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
                account_id BINARY(16) NULL,
                details JSON NOT NULL,
                expires_at DATETIME(6) NOT NULL,
                created_at DATETIME(6) NOT NULL,
                updated_at DATETIME(6) NOT NULL,
                PRIMARY KEY (id),
                KEY challenges_expires_at (expires_at),
                KEY challenges_account_id (account_id),
                CONSTRAINT challenges_of FOREIGN KEY (account_id) REFERENCES accounts (id)
                    ON DELETE CASCADE
            ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
            """,
        ],
        sqlite=[
            """
            CREATE TABLE totp_secrets (
                account_id BLOB NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
                sealed BLOB NOT NULL,
                confirmed_at TEXT NULL,
                last_step INTEGER NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            """
            CREATE TABLE recovery_codes (
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                hash BLOB NOT NULL CHECK (length(hash) = 32),
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL,
                PRIMARY KEY (account_id, hash)
            ) STRICT, WITHOUT ROWID
            """,
            """
            CREATE TABLE passkeys (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
                credential_id BLOB NOT NULL,
                public_key BLOB NOT NULL,
                sign_count INTEGER NOT NULL,
                name TEXT NOT NULL,
                transports TEXT NOT NULL,
                last_used_at TEXT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE UNIQUE INDEX passkeys_credential_id ON passkeys (credential_id)",
            "CREATE INDEX passkeys_account_id ON passkeys (account_id, id)",
            """
            CREATE TABLE challenges (
                id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                purpose TEXT NOT NULL,
                account_id BLOB NULL REFERENCES accounts (id) ON DELETE CASCADE,
                details TEXT NOT NULL,
                expires_at TEXT NOT NULL,
                created_at TEXT NOT NULL,
                updated_at TEXT NOT NULL
            ) STRICT
            """,
            "CREATE INDEX challenges_expires_at ON challenges (expires_at)",
            "CREATE INDEX challenges_account_id ON challenges (account_id)",
        ],
    )


def downgrade() -> None:
    execute(
        mysql="DROP TABLE IF EXISTS challenges, passkeys, recovery_codes, totp_secrets",
        sqlite=[
            "DROP TABLE challenges",
            "DROP TABLE passkeys",
            "DROP TABLE recovery_codes",
            "DROP TABLE totp_secrets",
        ],
    )
