"""The words by which the rows of a table are found: a table of a word and an id in each row."""

from uuid import UUID

from adapters.sql.connection import Connection
from adapters.sql.statements import statement


class SQLWords:
    """The words of one table. They go with the row that they belong to, by a foreign key."""

    def __init__(self, table: str) -> None:
        # The name of the table is a literal of this package.
        self._insert = statement(f"INSERT INTO {table} (word, id) VALUES (:word, :id)")  # noqa: S608
        self._delete = statement(f"DELETE FROM {table} WHERE id = :id")  # noqa: S608

    async def add(self, connection: Connection, words: dict[UUID, tuple[str, ...]]) -> None:
        """Insert the words of new rows."""
        await connection.insert_later(
            self._insert,
            [{"word": word.encode(), "id": key} for key, found in words.items() for word in found],
        )

    async def replace(
        self, connection: Connection, identifier: UUID, words: tuple[str, ...]
    ) -> None:
        """Put words in the place of those that a row had."""
        await connection.execute_later(self._delete, {"id": identifier})
        await self.add(connection, {identifier: words})
