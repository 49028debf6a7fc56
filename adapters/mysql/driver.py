"""aiomysql's connection, which reads its answers in fewer steps."""

import asyncio
import struct
import warnings
from collections import deque

import aiomysql
from pymysql import err
from pymysql.constants import COMMAND, CR, SERVER_STATUS
from pymysql.protocol import MysqlPacket

from adapters.mysql.deadline import Deadline
from adapters.mysql.results import (
    ENCODING,
    Result,
    changed_of,
    columns_of,
    length_at,
    row_of,
)

# A packet begins with the length of what it carries, in three bytes, and its number in one.
_HEADER = struct.Struct("<I")
LONGEST = 0xFFFFFF

# How much is read at once, where so much has come.
CHUNK = 65536

# The packet that ends the rows is no longer than this; a row that begins alike is.
_END_MAX_LENGTH = 9
_OK, _END, _ERROR = 0x00, 0xFE, 0xFF
_COUNTS = struct.Struct("<xHH")


class Connection(aiomysql.Connection):  # type: ignore[misc] # aiomysql ships no types.
    """A connection that reads what has come at once, and takes it apart in memory.

    As shipped (0.3.2), aiomysql awaits the header and the body of each packet by itself, takes the
    description of each column apart with each answer, and asks by way of a cursor. For a row of
    8 columns that are 22 reads where one is enough, and more time than all else of a request.

    A call that is still under way after `seconds` ends with the connection.
    """

    def __init__(self, seconds: float, **options: object) -> None:
        super().__init__(**options)
        self.deadline = Deadline(seconds, self._abort)
        # The number that the next packet has; aiomysql counts those that are sent.
        self._next_seq_id: int = 0
        # What has come and was not yet asked for: of whole packets, and of one that is not whole.
        self._payloads: deque[bytes] = deque()
        self._parts: list[bytes] = []
        self._rest = b""
        self._missing = 0

    async def connect(self) -> None:
        """Connect; whoever asks for it has a deadline."""
        await self._connect()

    async def ask(self, sql: str) -> Result:
        """Run one statement or several; gives what the last one gave."""
        await self._execute_command(COMMAND.COM_QUERY, sql.encode(ENCODING))
        while True:
            result, warned = await self._read_result()
            if not self.server_status & SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS:
                break
        if warned:
            await self._pass_warnings_on()
        return result

    def is_sound(self) -> bool:
        """Tell whether it can be used again: open, not ended by the server, in no transaction."""
        reader = self._reader
        return not (
            reader is None
            or reader.eof_received
            or reader.exception()
            or self._payloads
            or self._rest
            or self.get_transaction_status()
        )

    def close(self) -> None:
        """Close the connection."""
        self.deadline.close()
        super().close()

    def _abort(self) -> None:
        """Close the connection without sending what waits to be sent: nobody may be there."""
        if self._writer is not None:
            self._writer.transport.abort()
        self.close()

    async def _read_result(self) -> tuple[Result, bool]:
        """Read what one statement gave, and whether the server warns about it."""
        payload = self._payloads.popleft() if self._payloads else await self._read_payload()
        if payload[0] == _ERROR:
            err.raise_mysql_exception(payload)
        if payload[0] != _OK:
            return await self._read_rows(length_at(payload, 0)[0])
        changed = changed_of(payload)
        self.server_status = changed.server_status
        return Result([], changed.rows), bool(changed.warnings)

    async def _read_rows(self, column_count: int) -> tuple[Result, bool]:
        while len(self._payloads) <= column_count:
            await self._receive()
        described = [self._payloads.popleft() for _ in range(column_count)]
        columns = columns_of(tuple(described))
        # What ends the descriptions says nothing that what ends the rows does not.
        self._payloads.popleft()
        rows = []
        payloads = self._payloads
        while True:
            payload = payloads.popleft() if payloads else await self._read_payload()
            if payload[0] == _ERROR:
                err.raise_mysql_exception(payload)
            if payload[0] == _END and len(payload) < _END_MAX_LENGTH:
                break
            rows.append(row_of(payload, columns))
        warning_count, self.server_status = _COUNTS.unpack_from(payload)
        return Result(rows, len(rows)), bool(warning_count)

    async def _read_packet(self, packet_type: type[MysqlPacket] = MysqlPacket) -> MysqlPacket:
        """Read a packet, as aiomysql does when it connects; raises the error that it holds."""
        packet = packet_type(await self._read_payload(), self._encoding)
        packet.check_error()
        return packet

    async def _read_payload(self) -> bytes:
        """Read what a packet carries."""
        while not self._payloads:
            await self._receive()
        return self._payloads.popleft()

    async def _receive(self) -> None:
        """Receive what comes, and take it apart as far as its packets are whole."""
        received = self._rest + await self._read_bytes(self._missing)
        self._missing = 0
        place, length = 0, len(received)
        while (start := place + _HEADER.size) <= length:
            header = _HEADER.unpack_from(received, place)[0]
            end = start + (header & LONGEST)
            if end > length:
                self._missing = end - length
                break
            self._check_number(header >> 24)
            self._keep(received[start:end])
            place = end
        self._rest = received[place:]

    def _keep(self, part: bytes) -> None:
        """Keep what a packet carries; what is longer than one packet, once it is whole."""
        if len(part) == LONGEST:
            self._parts.append(part)
        elif self._parts:
            self._payloads.append(b"".join([*self._parts, part]))
            self._parts.clear()
        else:
            self._payloads.append(part)

    async def _read_bytes(self, at_least: int) -> bytes:
        """Receive bytes; raises OperationalError where the connection is lost."""
        if self._reader is None:
            raise self._lost()
        try:
            if at_least > CHUNK:
                return await self._reader.readexactly(at_least)  # type: ignore[no-any-return]
            received: bytes = await self._reader.read(CHUNK)
        except asyncio.CancelledError:
            # Else the next call would read the answer to this one.
            self._close_on_cancel()
            raise
        except (asyncio.IncompleteReadError, OSError) as error:
            raise self._lost() from error
        if not received:
            raise self._lost()
        return received

    def _check_number(self, number: int) -> None:
        """Raise OperationalError or InternalError for a packet out of turn."""
        expected = self._next_seq_id
        self._next_seq_id = (expected + 1) % 256
        if number == expected:
            return
        if number == 0:
            # So does MySQL 8 number the error that it sends when it is shut down.
            raise self._lost()
        self.close()
        raise err.InternalError(f"Packet {number} came in place of packet {expected}.")

    def _lost(self) -> err.OperationalError:
        """Close, and give the error that says why."""
        self.close()
        if self.deadline.has_passed:
            return self.deadline.no_answer()
        return err.OperationalError(CR.CR_SERVER_LOST, "The connection was lost during a call.")

    async def _pass_warnings_on(self) -> None:
        for _level, _code, message in await self.show_warnings():
            warnings.warn(message, err.Warning, stacklevel=2)
