"""Accounts of a running deployment, put into its SQL store from behind."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from adapters.mysql.database import MySQLDatabase
from adapters.security.passwords import Argon2PasswordHasher
from adapters.sql.statements import statement
from adapters.sql.unit_of_work import SQLStores, SQLUnitOfWork
from adapters.sql.values import Parameters
from domain.accounts.entities import Account
from domain.permissions import Role
from tests.acceptance.deployments import Settings
from tests.sql_databases import address_of

PASSWORD = "correct horse battery"

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    id: UUID
    email: str
    password: str = PASSWORD

    def credentials(self, **others: object) -> dict[str, object]:
        """Give the body of a sign-in."""
        return {"email": self.email, "password": self.password, **others}


def add_person(settings: Settings, role: Role = Role.READER) -> Person:
    """Add an account, verified and with the password of all."""
    now = datetime.now(UTC)
    person = Person(uuid4(), f"{uuid4()}@example.org")

    async def add(stores: SQLStores) -> None:
        account = Account(
            id=person.id,
            email=person.email,
            name=None,
            role=role,
            verified_at=now,
            disabled_at=None,
            version=1,
            created_at=now,
            updated_at=now,
        )
        await stores.accounts.add(account)
        hashed = await Argon2PasswordHasher().hash(PASSWORD)
        await stores.passwords.put(person.id, hashed, now)

    async def run() -> None:
        database = _database(settings)
        async with database.opened():
            await SQLUnitOfWork(database, lambda: None).run(add)

    asyncio.run(run())
    return person


def execute(settings: Settings, sql: str, parameters: Parameters) -> int:
    """Run a statement; gives the number of rows that it found."""

    async def run() -> int:
        database = _database(settings)
        async with database.opened(), database.writing() as connection:
            return await connection.execute(statement(sql), parameters)

    return asyncio.run(run())


def _database(settings: Settings) -> MySQLDatabase:
    return MySQLDatabase(
        address_of(settings["FLASK_MYSQL_URI"]),
        pool_size=1,
        timeout=TIMEOUT_SECONDS,
        pool_timeout=TIMEOUT_SECONDS,
    )
