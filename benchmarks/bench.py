"""One run of the benchmarks: how much of it, where, and what has been measured so far."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Self

from benchmarks.apps.rows import URI_VARIABLE
from benchmarks.peers import Peer, PeerServer
from benchmarks.stores import start_mysql, start_redis

# Work, then series (a peer, as a rule), then metric, then one value for each round.
Results = dict[str, dict[str, dict[str, list[float]]]]


class Bench:
    """A context manager: the stores that some work needs are started when they are asked for."""

    def __init__(self, core: int, rounds: int, seconds: int) -> None:
        """Prepare a run whose servers have this core; each measurement takes `seconds`."""
        self.core = core
        self.rounds = rounds
        self.seconds = seconds
        self.results: Results = {}
        self._stack = ExitStack()

    @cached_property
    def directory(self) -> Path:
        """A folder for this run alone."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmarks-")))

    @cached_property
    def mysql_uri(self) -> str:
        """The address of a server with the table of `benchmarks.apps.rows`."""
        return self._stack.enter_context(start_mysql(self.directory / "mysql"))

    @cached_property
    def redis_uri(self) -> str:
        """The address of an empty server."""
        return self._stack.enter_context(start_redis(self.directory / "redis"))

    @contextmanager
    def serving(self, *peers: Peer) -> Iterator[list[PeerServer]]:
        """Run peers on the servers' core."""
        with ExitStack() as stack:
            yield [
                stack.enter_context(PeerServer(peer, self.core, self.directory / peer.name))
                for peer in peers
            ]

    def with_rows(self, peer: Peer) -> Peer:
        """Tell a peer where its rows are."""
        return peer.with_environment(**{URI_VARIABLE: self.mysql_uri})

    def record(self, work: str, series: str, **metrics: float) -> None:
        """Keep what one round has measured."""
        kept = self.results.setdefault(work, {}).setdefault(series, {})
        for metric, value in metrics.items():
            kept.setdefault(metric, []).append(round(value, 3))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.close()
