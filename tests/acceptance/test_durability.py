"""What was acknowledged outlives a process that is killed, and is told of exactly once."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.acceptance.clients import check_told_once, client_of, created, items, told_versions
from tests.acceptance.deployments import (
    EMBEDDED,
    ON_SERVERS,
    TWO_PROCESSES,
    Deployment,
    initialise,
    own_databases,
)
from tests.acceptance.outbox import claimed_events, let_claims_run_out, wait_until_delivered
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers import Mongo

WRITERS = 6

# By author, the last version that a client was told of.
Acknowledged = dict[str, int]


@pytest.mark.parametrize("deployment", [EMBEDDED, ON_SERVERS, TWO_PROCESSES], indirect=True)
def test_a_killed_process_loses_nothing_that_it_acknowledged(deployment: Deployment) -> None:
    killed, *survivors = deployment.servers
    with writing(deployment.servers) as acknowledged:
        until(lambda: len(acknowledged) >= 40, "clients are writing")
        killed.kill()
        at_kill = len(acknowledged)
        until(lambda: not survivors or len(acknowledged) >= at_kill + 20, "survivors go on")
    let_claims_run_out(deployment.settings)
    killed.start()

    wait_until_delivered(deployment.settings)
    authors = items(deployment.client, "/v1/authors")
    versions = {author["id"]: author["version"] for author in authors}
    lost = [author for author, known in acknowledged.items() if versions.get(author, 0) < known]
    assert lost == []
    check_told_once(deployment.client)


def test_events_that_a_killed_process_held_are_delivered_by_another(
    mysql_uri: str, restartable_mongo: Mongo, redis_uri: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        settings = stack.enter_context(own_databases(mysql_uri, restartable_mongo.uri, redis_uri))
        initialise(settings)
        holder, other = (
            stack.enter_context(Hypercorn(tmp_path, settings, *PRODUCTION)) for _ in range(2)
        )
        # The other sleeps, so the holder gets the event; MongoDB sleeps, so it can't drop it.
        other.pause()
        restartable_mongo.pause()
        stack.callback(restartable_mongo.resume)
        held = created(stack.enter_context(client_of(holder)))["id"]
        until(lambda: claimed_events(settings) == 1, "the holder has its event")
        free = created(stack.enter_context(client_of(holder)))["id"]
        holder.kill()
        restartable_mongo.resume()
        other.resume()

        client = stack.enter_context(client_of(other))
        until(lambda: free in told_versions(client), "the free event arrives")
        until(lambda: claimed_events(settings) == 1, "what the dead process held is left")
        let_claims_run_out(settings)
        wait_until_delivered(settings)
        assert told_versions(client) == {held: [1], free: [1]}


@contextmanager
def writing(servers: list[Hypercorn]) -> Iterator[Acknowledged]:
    """Let several clients write, each to one server, until the block ends or its server does."""
    acknowledged: Acknowledged = {}
    enough = threading.Event()
    with ThreadPoolExecutor(WRITERS) as threads:
        writers = [
            threads.submit(write, server, acknowledged, enough)
            for server, _ in zip(itertools.cycle(servers), range(WRITERS), strict=False)
        ]
        try:
            yield acknowledged
        finally:
            enough.set()
    for writer in writers:
        writer.result()


def write(server: Hypercorn, acknowledged: Acknowledged, enough: threading.Event) -> None:
    """Create authors and change each, until it is enough or the connection breaks."""
    with client_of(server) as client, suppress(httpx.TransportError):
        while not enough.is_set():
            author = created(client)["id"]
            acknowledged[author] = 1
            answer = client.patch(f"/v1/authors/{author}", json={"biography": "…"})
            assert answer.status_code == 200, answer.text
            acknowledged[author] = 2
