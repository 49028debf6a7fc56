"""What the HTTP contract costs per request, in this process and without a server.

Every request of a round is sent to the whole product and to each step with less of it, in turn.
"""

import asyncio
import gc
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any
from uuid import uuid4

from benchmarks.apps.authors_parts import (
    AUTHOR_ID,
    PAGE_SIZE,
    editor_headers,
    steps,
    use_cases,
)
from benchmarks.in_process import HEADERS, SCOPE, Client
from domain.callers import OPERATOR, acting_as

ROUNDS = 15
REQUESTS = 100

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Asked:
    """One kind of request."""

    method: str
    path: str
    query: bytes = b""
    body: bytes = b""
    is_keyed: bool = False
    headers: Headers = field(default_factory=list)

    def scope(self) -> dict[str, object]:
        """Give a scope of its own, with a key of its own where it bears one."""
        key = [(b"idempotency-key", str(uuid4()).encode())] if self.is_keyed else []
        return {
            **SCOPE,
            "method": self.method,
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": self.query,
            "headers": [*HEADERS, *self.headers, *key],
        }


BODY = json.dumps(
    {"name": "Ursula K. Le Guin", "bornOn": "1929-10-21", "diedOn": "2018-01-22"}
).encode()
_OF_BODY = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(BODY))]
_OF_POST = [*_OF_BODY, *editor_headers()]
ASKED = {
    "GET one": Asked("GET", f"/v1/authors/{AUTHOR_ID}"),
    f"list of {PAGE_SIZE}": Asked("GET", "/v1/authors", query=f"limit={PAGE_SIZE}".encode()),
    "POST": Asked("POST", "/v1/authors", body=BODY, headers=_OF_POST),
    "POST with a key": Asked("POST", "/v1/authors", body=BODY, headers=_OF_POST, is_keyed=True),
}


class Listener(Client):
    """A client that keeps what it gets."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.status = 0
        self.body = b""

    async def send(self, message: Any) -> None:  # noqa: ANN401 - a message of ASGI has many forms.
        """Keep the status and the body."""
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


async def measure_cost() -> dict[str, dict[str, float]]:
    """Give the microseconds of each kind of request: the whole, the bare, and each part between."""
    # Where the door is left out, the use-cases are called by whoever measures.
    with acting_as(OPERATOR):
        return {name: await _measure(asked) for name, asked in ASKED.items()}


async def _measure(asked: Asked) -> dict[str, float]:
    cases = await use_cases()
    answer = await _answer(steps(cases, b"")["the whole"], asked)
    apps = steps(cases, answer)
    for app in apps.values():
        await _answer(app, asked)
    times: Mapping[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for name, app in apps.items():
            times[name].append(await _round(app, asked))
    return _parts({name: median(taken) for name, taken in times.items()})


def _parts(whole_to_bare: Mapping[str, float]) -> dict[str, float]:
    """Turn what remains at each step into what each step took away."""
    remaining = list(whole_to_bare.items())
    whole, bare = remaining[0][1], remaining[-1][1]
    parts = {name: before - after for (_, before), (name, after) in pairwise(remaining)}
    figures = {"whole": whole, "bare": bare, "contract": whole - bare, **parts}
    return {name: round(microseconds, 1) for name, microseconds in figures.items()}


async def _answer(app: Any, asked: Asked) -> bytes:  # noqa: ANN401 - an ASGI application.
    client = Listener(asked.body)
    await asyncio.create_task(app(asked.scope(), client.receive, client.send))
    assert client.status in {200, 201}, (client.status, client.body)
    return client.body


async def _round(app: Any, asked: Asked) -> float:  # noqa: ANN401 - an ASGI application.
    """Give the processor's microseconds per request; a round pays not for another's garbage."""
    scopes = [asked.scope() for _ in range(REQUESTS)]
    loop = asyncio.get_running_loop()
    gc.collect()
    started = time.process_time()
    for scope in scopes:
        client = Client(asked.body)
        await loop.create_task(app(scope, client.receive, client.send))
    return (time.process_time() - started) / REQUESTS * 1e6
