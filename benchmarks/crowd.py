"""Many requests in flight at once: one per connection, all sent before the first is answered."""

import asyncio
import time
from dataclasses import dataclass

from benchmarks.peers import PeerServer

# Seconds after which a peer that has not answered all is judged by what it has answered.
PATIENCE = 5.0
SAMPLE_SECONDS = 0.1
WARM_UP = 50


@dataclass(frozen=True)
class Crowd:
    """What became of the requests, and what the server took meanwhile."""

    answered: int
    seconds_for_all: float
    bytes_per_request: float
    threads: int


async def crowd(server: PeerServer, path: str, warm_up_path: str, size: int) -> Crowd:
    """Send `size` requests at once.

    If not all are answered in PATIENCE seconds, the time for all is that at the same pace.
    """
    await _ask_all(server, warm_up_path, WARM_UP, [])
    resident_before, threads_before = server.memory_and_threads()
    answered: list[float] = []
    started = time.perf_counter()
    asking = asyncio.create_task(_ask_all(server, path, size, answered))
    resident, threads = resident_before, threads_before
    while not asking.done():
        await asyncio.wait([asking], timeout=SAMPLE_SECONDS)
        sample = await asyncio.to_thread(server.memory_and_threads)
        resident, threads = max(resident, sample[0]), max(threads, sample[1])
    await asking
    complete = len(answered) == size
    seconds = answered[-1] - started if complete else PATIENCE * size / max(len(answered), 1)
    return Crowd(
        answered=len(answered),
        seconds_for_all=seconds,
        bytes_per_request=(resident - resident_before) / size,
        threads=threads,
    )


async def _ask_all(server: PeerServer, path: str, size: int, answered: list[float]) -> None:
    asking = [asyncio.create_task(_ask(server.port, path, answered)) for _ in range(size)]
    _, pending = await asyncio.wait(asking, timeout=PATIENCE)
    for task in pending:
        task.cancel()
    await asyncio.gather(*asking, return_exceptions=True)


async def _ask(port: int, path: str, answered: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        status = await reader.readline()
        if b" 200 " in status:
            answered.append(time.perf_counter())
    finally:
        writer.close()
