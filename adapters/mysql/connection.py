"""One MySQL connection, as statements see it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence

from pymysql.err import Error

from adapters.mysql.driver import Connection
from adapters.mysql.errors import translated, translated_of_commit
from adapters.mysql.results import Result
from adapters.mysql.timing import MYSQL_TIME
from adapters.sql.statements import Statement
from adapters.sql.values import Parameter, Parameters, Row, encode_value

logger = logging.getLogger(__name__)

# Characters of rows in one statement. A server takes 16 MB unless it was told to take less.
LONGEST_INSERT = 1_000_000

_BEGIN, _COMMIT = "BEGIN", "COMMIT"


class MySQLConnection:
    """A connection whose calls each have its deadline.

    It is closed when a call is cancelled, or not answered in time, so what comes back to the pool
    is never in the middle of an answer.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # What goes ahead of the next statement, in the same round trip.
        self._waiting: list[str] = []

    async def execute(self, statement: Statement, parameters: Parameters) -> int:
        """Run a statement."""
        return (await self._ask(statement, parameters)).found

    async def insert(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows, as many in one statement as LONGEST_INSERT lets in."""
        await self.insert_later(statement, rows)
        if self._waiting:
            await self._send()

    async def execute_later(self, statement: Statement, parameters: Parameters) -> None:
        """Run a statement together with the next one."""
        await self._wait_with([statement.mysql % self._literals(parameters)])

    async def insert_later(self, statement: Statement, rows: Sequence[Parameters]) -> None:
        """Insert rows together with the next statement."""
        head, values, row = statement.mysql.rpartition("VALUES")
        texts = (row % self._literals(parameters) for parameters in rows)
        await self._wait_with([f"{head}{values}{batch}" for batch in _batches(texts)])

    async def _wait_with(self, texts: list[str]) -> None:
        """Keep statements for the next round trip; what is long does not wait for it."""
        self._waiting += texts
        if sum(map(len, self._waiting)) > LONGEST_INSERT:
            await self._send()

    async def fetch_one(self, statement: Statement, parameters: Parameters) -> Row | None:
        """Give the first row."""
        rows = await self.fetch_all(statement, parameters)
        return rows[0] if rows else None

    async def fetch_all(self, statement: Statement, parameters: Parameters) -> list[Row]:
        """Give all rows."""
        return (await self._ask(statement, parameters)).rows

    async def begin(self) -> None:
        """Begin a transaction, together with its first statement."""
        self._waiting.append(_BEGIN)

    async def commit(self) -> None:
        """Commit, together with what waits; nothing where nothing was asked."""
        if self._waiting == [_BEGIN]:
            self._waiting.clear()
            return
        if self._waiting[:1] == [_BEGIN]:
            # A server that hangs would run it when it goes on, though its client was told that it
            # failed: so no COMMIT goes to a server that has not answered anything before it.
            await self._send()
        await self._send(_COMMIT, told=translated_of_commit)

    async def rollback(self) -> None:
        """Undo; where the server does not answer, close, and it undoes when it sees that."""
        is_begun = _BEGIN not in self._waiting
        self._waiting.clear()
        if not is_begun or self._connection.closed:
            return
        try:
            with MYSQL_TIME, self._connection.deadline:
                await self._connection.rollback()
        except (Error, OSError) as error:
            logger.warning("A rollback got no answer, so its connection was closed: %s", error)
            self._connection.close()

    async def _ask(self, statement: Statement, parameters: Parameters) -> Result:
        return await self._send(statement.mysql % self._literals(parameters))

    async def _send(
        self, *texts: str, told: Callable[[Exception], Exception] = translated
    ) -> Result:
        """Run what waits and these statements; gives what the last one gave."""
        sql = ";".join([*self._waiting, *texts])
        self._waiting.clear()
        try:
            with MYSQL_TIME, self._connection.deadline:
                return await self._connection.ask(sql)
        except Exception as error:
            if (in_our_words := told(error)) is error:
                raise
            raise in_our_words from error

    def _literals(self, parameters: Parameters) -> dict[str, str]:
        return {name: self._literal(value) for name, value in parameters.items()}

    def _literal(self, value: Parameter) -> str:
        # Most are text or bytes, which need nothing else; `encode_value` gives back what is an int.
        plain = value if type(value) is str or type(value) is bytes else encode_value(value)
        if isinstance(plain, str):
            return f"'{self._connection.escape_string(plain)}'"
        # What aiomysql 0.3.2 makes of bytes, PyMySQL 1.2.3 took away:
        # https://github.com/aio-libs/aiomysql/issues/1080.
        if isinstance(plain, bytes):
            return f"_binary X'{plain.hex()}'"
        return "NULL" if plain is None else str(int(plain))


def _batches(texts: Iterable[str]) -> Iterator[str]:
    """Join texts by commas, as many as are not too long together."""
    batch: list[str] = []
    length = 0
    for text in texts:
        if batch and length + len(text) > LONGEST_INSERT:
            yield ",".join(batch)
            batch, length = [], 0
        batch.append(text)
        length += len(text)
    if batch:
        yield ",".join(batch)
