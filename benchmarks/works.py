"""The work: what each letter measures. In every round each peer has its turn."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.crowd import crowd
from benchmarks.in_process import APPLICATIONS
from benchmarks.load import Load, load, loading
from benchmarks.peers import BRIDGE, FASTAPI, PEERS, QUART, RAW, Peer
from benchmarks.product import product_peers

CONNECTIONS = 32
CROWD = 2000
BESIDE_CONNECTIONS = 8
WARM_UP_SECONDS = 1
BODY_SIZE = 64 * 1024
# These are short, and their differences are small.
IN_PROCESS_ROUNDS = 7
# These take long, for each starts fresh servers, and differ little: memory is no matter of luck.
CROWD_ROUNDS = 3


@dataclass(frozen=True)
class Work:
    """One kind of work, known by its letter."""

    letter: str
    title: str
    measure: Callable[[Bench, str], None]


def throughput(
    path: str, *, body_size: int = 0, with_rows: bool = False
) -> Callable[[Bench, str], None]:
    """Measure the requests per second that each peer answers."""

    def measure(bench: Bench, letter: str) -> None:
        peers = [bench.with_rows(peer) for peer in PEERS] if with_rows else PEERS
        _measure_throughput(bench, letter, dict.fromkeys(peers, path), body_size)

    return measure


def product(bench: Bench, letter: str) -> None:
    """Measure the product's own resource."""
    _measure_throughput(bench, letter, product_peers(bench))


def _measure_throughput(
    bench: Bench, letter: str, paths: dict[Peer, str], body_size: int = 0
) -> None:
    with bench.serving(*paths) as servers:
        urls = {
            peer.name: server.uri + path
            for (peer, path), server in zip(paths.items(), servers, strict=True)
        }
        for url in urls.values():
            load(url, connections=CONNECTIONS, seconds=WARM_UP_SECONDS, body_size=body_size)
        for _ in range(bench.rounds):
            for name, url in urls.items():
                seen = load(
                    url, connections=CONNECTIONS, seconds=bench.seconds, body_size=body_size
                )
                _record(bench, letter, name, seen)


def crowds(bench: Bench, letter: str) -> None:
    """Measure many requests in flight; each time with a fresh server, whose memory is untouched."""
    for _ in range(CROWD_ROUNDS):
        for peer in PEERS:
            with bench.serving(peer) as (server,):
                seen = asyncio.run(crowd(server, "/long", "/json", CROWD))
            bench.record(
                letter,
                peer.name,
                seconds_for_all=seen.seconds_for_all,
                answered=seen.answered,
                kib_per_request=seen.bytes_per_request / 1024,
                threads=seen.threads,
            )


def beside_sync(bench: Bench, letter: str) -> None:
    """Measure async views alone, then beside a sync one that sleeps."""
    peers = (RAW, BRIDGE, FASTAPI, QUART)
    with bench.serving(*peers) as servers:
        for _ in range(bench.rounds):
            for peer, server in zip(peers, servers, strict=True):
                alone = _load_json(bench, server.uri)
                with loading(
                    server.uri + "/blocking",
                    connections=BESIDE_CONNECTIONS,
                    seconds=bench.seconds + 2,
                ):
                    time.sleep(0.5)
                    beside = _load_json(bench, server.uri)
                _record(bench, letter, f"{peer.name}, alone", alone)
                _record(bench, letter, f"{peer.name}, beside sync", beside)


def _load_json(bench: Bench, uri: str) -> Load:
    return load(f"{uri}/json", connections=BESIDE_CONNECTIONS, seconds=bench.seconds)


def in_process(bench: Bench, letter: str) -> None:
    """Measure the applications without a server, each time in a fresh process."""
    pinned = ["taskset", "--cpu-list", str(bench.core)]
    for _ in range(IN_PROCESS_ROUNDS):
        for name in APPLICATIONS:
            output = subprocess.check_output(
                [*pinned, sys.executable, "-m", "benchmarks.in_process", name]
            )
            bench.record(letter, name, microseconds=float(output))


def _record(bench: Bench, letter: str, series: str, seen: Load) -> None:
    bench.record(
        letter,
        series,
        requests_per_second=seen.requests_per_second,
        p50=seen.p50,
        p99=seen.p99,
        failed=seen.failed,
    )


WORKS = (
    Work("a", "JSON, no I/O", throughput("/json")),
    Work("b", "a view that waits 10 ms", throughput("/wait")),
    Work("c", "2,000 requests in flight that each wait 1 s", crowds),
    Work("d", "64 KiB in, 64 KiB out", throughput("/echo", body_size=BODY_SIZE)),
    Work("e", "1 MiB streamed", throughput("/stream")),
    Work("f", "one indexed row from MySQL", throughput("/row", with_rows=True)),
    Work("g", "GET /v1/authors/{id} of the product", product),
    Work("h", "async views beside a sync view that sleeps 10 ms", beside_sync),
    Work("i", "JSON in process, no server", in_process),
)
