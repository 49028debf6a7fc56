"""The product itself, `asgi:app`, with an author in it, on three sets of stores."""

import json
import os
import subprocess
import sys
import urllib.request

from benchmarks.bench import Bench
from benchmarks.peers import HYPERCORN, Peer
from tests.acceptance.administrators import authorization

AUTHOR = {"name": "Ursula K. Le Guin", "bornOn": "1929-10-21", "diedOn": "2018-01-22"}


def product_peers(bench: Bench) -> dict[Peer, str]:
    """Give the product with each set of stores, and the path of the author that is in it."""
    mysql = {"FLASK_MYSQL_URI": bench.mysql_uri}
    redis = {"FLASK_REDIS_URI": bench.redis_uri}
    peers = (
        _product(bench, "embedded", "SQLite, cached in memory"),
        _product(bench, "mysql", "MySQL, not cached", **mysql),
        _product(bench, "mysql_redis", "MySQL, cached in Redis", **mysql, **redis),
    )
    return {peer: _with_author(bench, peer) for peer in peers}


def _product(bench: Bench, name: str, title: str, **stores: str) -> Peer:
    environment = {
        "FLASK_CONFIG": "development",
        "FLASK_DEBUG": "0",
        "FLASK_SQLITE_PATH": str(bench.directory / f"{name}.sqlite3"),
        # A cached author stays so for the whole run.
        "FLASK_CACHE_TTL": "3600",
        # Every request comes from one address: it is counted, and never refused.
        "FLASK_RATE_LIMIT_READ": "600000/60",
        **stores,
    }
    return Peer(name, title, HYPERCORN, "asgi:app", environment)


def _with_author(bench: Bench, peer: Peer) -> str:
    """Bring the peer's stores to ready and add an author; give its path."""
    subprocess.check_call(
        [sys.executable, "-m", "flask", "--app", "asgi:flask_app", "db-init"],
        env=os.environ | peer.environment,
        stdout=subprocess.DEVNULL,
    )
    with bench.serving(peer) as (server,):
        request = urllib.request.Request(  # noqa: S310 - the address is our own.
            f"{server.uri}/v1/authors",
            data=json.dumps(AUTHOR).encode(),
            headers={"Content-Type": "application/json", **authorization(peer.environment)},
        )
        with urllib.request.urlopen(request) as response:  # noqa: S310
            return f"/v1/authors/{json.load(response)['id']}"
