"""Authors of the product beside the same resource written plainly, on one MariaDB or MySQL.

Each peer has a database of its own, made by the product's migrations, and authors in it. The
product also delivers the events of its POSTs meanwhile; before another peer's turn they are gone.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from adapters.security.keys import derived_key
from benchmarks.apps.authors_parts import PAGE_SIZE
from benchmarks.apps.authors_sql import KEY_VARIABLE
from benchmarks.apps.rows import URI_VARIABLE
from benchmarks.bench import Bench
from benchmarks.contract_cost import BODY
from benchmarks.load import Load, load
from benchmarks.peers import HYPERCORN, Peer
from tests.acceptance.administrators import authorization
from tests.servers.mariadb import connect

CONNECTIONS = 32
# Seconds until the events of one round must be delivered.
SETTLED_WITHIN = 30

APPLICATIONS = {
    "product": "asgi:app",
    "FastAPI": "benchmarks.apps.authors_fastapi:app",
    "Quart": "benchmarks.apps.authors_quart:app",
}


# The product's path, and the peers'. Of these only the last one asks who wants to change something,
# as the product's always does.
PATHS = {
    "GET one": ("/v1/authors/{id}", "/v1/authors/{id}"),
    f"list of {PAGE_SIZE}": (f"/v1/authors?limit={PAGE_SIZE}", f"/v1/authors?limit={PAGE_SIZE}"),
    "POST": ("/v1/authors", "/v1/authors"),
    "POST, signed in": ("/v1/authors", "/v1/signed-in/authors"),
}


def measure_peers(bench: Bench) -> None:
    """Record the requests per second of each kind of request and each peer."""
    uris = {name: _database(bench, name.lower()) for name in APPLICATIONS}
    peers = [_peer(bench, name, uri) for name, uri in uris.items()]
    with bench.serving(*peers) as servers:
        addresses = {peer.name: it.uri for peer, it in zip(peers, servers, strict=True)}
        ids = {name: _filled(addresses[name], _signed_in(bench, uris[name])) for name in addresses}
        for asked, (product_path, peer_path) in PATHS.items():
            body = BODY.decode() if asked.startswith("POST") else ""
            for number in range(-1, bench.rounds):
                for name, address in addresses.items():
                    path = product_path if name == "product" else peer_path
                    url = f"{address}{path.format(id=ids[name])}"
                    # Anew each time: it holds for ten minutes.
                    token = _signed_in(bench, uris[name])["Authorization"] if body else ""
                    seen = _load(bench, url, body, token)
                    _settle(uris["product"])
                    if number >= 0:
                        bench.record(asked, name, **vars(seen))


def _signed_in(bench: Bench, uri: str) -> dict[str, str]:
    return authorization(_settings(bench, uri))


def _load(bench: Bench, url: str, body: str, signed_in: str) -> Load:
    return load(
        url,
        connections=CONNECTIONS,
        seconds=bench.seconds,
        json_body=body,
        authorization=signed_in,
    )


def _peer(bench: Bench, name: str, uri: str) -> Peer:
    settings = _settings(bench, uri)
    key = derived_key(settings["FLASK_SECRET_KEY"], "access tokens").hex()
    environment = {**settings, URI_VARIABLE: uri, KEY_VARIABLE: key}
    return Peer(name, name, HYPERCORN, APPLICATIONS[name], environment)


def _settings(bench: Bench, uri: str) -> dict[str, str]:
    """Give those of production: development has more to tell and to watch."""
    return {
        "FLASK_CONFIG": "production",
        "FLASK_SECRET_KEY": "9f8b2c7d4e1a6053b7d2c9e8f4a1063b",
        "FLASK_ALLOWED_HOSTS": "127.0.0.1",
        "FLASK_ALLOW_EMBEDDED": "1",
        "FLASK_MYSQL_URI": uri,
        "FLASK_SQLITE_PATH": str(bench.directory / "contract.sqlite3"),
        # Every request comes from one address: it is counted, and never refused.
        "FLASK_RATE_LIMIT_READ": "600000/60",
        "FLASK_RATE_LIMIT_WRITE": "600000/60",
    }


def _database(bench: Bench, name: str) -> str:
    """Make a database with the product's tables; give its address."""
    uri = urlsplit(bench.mysql_uri)._replace(path=f"/{name}").geturl()
    subprocess.check_call(
        [sys.executable, "-m", "flask", "--app", "asgi:flask_app", "db-init"],
        env=os.environ | _settings(bench, uri),
        stdout=subprocess.DEVNULL,
    )
    return uri


def _filled(address: str, headers: Mapping[str, str]) -> str:
    """Add more authors than a page holds; give the id of the last."""
    for _ in range(PAGE_SIZE + 1):
        request = urllib.request.Request(  # noqa: S310 - the address is our own.
            f"{address}/v1/authors",
            data=BODY,
            headers={"Content-Type": "application/json", **headers},
        )
        with urllib.request.urlopen(request) as response:  # noqa: S310
            identifier: str = json.load(response)["id"]
    return identifier


def _settle(product_uri: str) -> None:
    """Wait until the product has delivered its events."""
    ends = time.monotonic() + SETTLED_WITHIN
    with _query(product_uri) as waiting:
        while next(waiting):
            assert time.monotonic() < ends, "The product has not delivered its events in time."
            time.sleep(0.05)


@contextmanager
def _query(uri: str) -> Iterator[Iterator[int]]:
    def counts() -> Iterator[int]:
        while True:
            cursor.execute("SELECT COUNT(*) FROM outbox")
            yield cursor.fetchone()[0]  # type: ignore[index] # A count has a row.

    with closing(connect(uri)) as connection, connection.cursor() as cursor:
        yield counts()
