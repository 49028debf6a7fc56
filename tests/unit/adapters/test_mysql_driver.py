"""How answers are put together from what comes, a piece at a time."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from pymysql.err import InternalError, OperationalError

from adapters.mysql.deadline import NoAnswer
from adapters.mysql.driver import LONGEST, Connection

MIB = 1024 * 1024
OK = b"\x00\x01\x00\x02\x00\x00\x00"


class Wire:
    """The server's side of a connection, as the driver's stream shows it."""

    def __init__(self, connection: Connection) -> None:
        self.reader = asyncio.StreamReader()
        self.reader.eof_received = False  # type: ignore[attr-defined] # As aiomysql's has.
        self.sent: list[bytes] = []
        self.transport = self
        self.is_closed = False
        connection._reader, connection._writer = self.reader, self
        connection.server_status = 0

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None:
        self.is_closed = True
        self.reader.feed_eof()

    abort = close


@pytest.fixture
async def connection() -> AsyncIterator[Connection]:
    connection = Connection(60.0)
    yield connection
    connection.close()


@pytest.fixture
def wire(connection: Connection) -> Wire:
    return Wire(connection)


def packets(*payloads: bytes) -> bytes:
    return b"".join(
        len(payload).to_bytes(3, "little") + bytes([number]) + payload
        for number, payload in enumerate(payloads, start=1)
    )


async def test_an_answer_may_come_byte_by_byte(connection: Connection, wire: Wire) -> None:
    asking = asyncio.create_task(connection.ask("UPDATE"))
    for byte in packets(OK):
        wire.reader.feed_data(bytes([byte]))
        await asyncio.sleep(0)

    assert (await asking).found == 1
    assert connection.is_sound()


async def test_what_is_longer_than_a_packet_is_joined(connection: Connection, wire: Wire) -> None:
    connection._next_seq_id = 1
    reading = asyncio.create_task(connection._read_payload())
    sent = packets(b"a" * LONGEST, b"b" * LONGEST, b"", b"next")
    for place in range(0, len(sent), MIB):
        wire.reader.feed_data(sent[place : place + MIB])
        await asyncio.sleep(0)

    assert await reading == b"a" * LONGEST + b"b" * LONGEST
    assert await connection._read_payload() == b"next"


async def test_a_packet_out_of_turn_ends_the_connection(connection: Connection, wire: Wire) -> None:
    wire.reader.feed_data(packets(b"skipped", OK)[len(packets(b"skipped")) :])

    with pytest.raises(InternalError, match="Packet 2 came in place of packet 1"):
        await connection.ask("SELECT")
    assert wire.is_closed


async def test_the_error_of_a_server_that_shuts_down_means_that_it_is_lost(
    connection: Connection, wire: Wire
) -> None:
    wire.reader.feed_data(b"\x03\x00\x00\x00\xff\x1d\x04")

    with pytest.raises(OperationalError, match="lost"):
        await connection.ask("SELECT")
    assert wire.is_closed


async def test_an_end_in_the_middle_means_that_it_is_lost(
    connection: Connection, wire: Wire
) -> None:
    wire.reader.feed_data(packets(OK)[:-1])
    wire.reader.feed_eof()

    with pytest.raises(OperationalError, match="lost"):
        await connection.ask("UPDATE")
    assert connection.closed


async def test_a_cancelled_call_ends_the_connection(connection: Connection, wire: Wire) -> None:
    asking = asyncio.create_task(connection.ask("SELECT"))
    await asyncio.sleep(0)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert wire.is_closed


async def test_a_call_without_an_answer_ends_with_its_deadline() -> None:
    connection = Connection(0.01)
    wire = Wire(connection)

    with pytest.raises(NoAnswer, match=r"no answer within 0\.01 s"), connection.deadline:
        await connection.ask("SELECT")
    assert wire.is_closed


async def test_a_connection_with_something_unread_is_not_used_again(
    connection: Connection, wire: Wire
) -> None:
    wire.reader.feed_data(packets(OK, OK))
    await connection.ask("UPDATE")

    assert not connection.is_sound()
