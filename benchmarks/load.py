"""Load by wrk: as many requests as are answered, on a number of connections, for a time."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk.lua")
MARK = "JSON "


@dataclass(frozen=True)
class Load:
    """What wrk saw. Latencies are in milliseconds."""

    requests_per_second: float
    p50: float
    p99: float
    failed: int


def load(  # noqa: PLR0913  # All that wrk is told.
    url: str,
    *,
    connections: int,
    seconds: float,
    body_size: int = 0,
    json_body: str = "",
    authorization: str = "",
) -> Load:
    """Load a server and wait for the result."""
    with loading(
        url,
        connections=connections,
        seconds=seconds,
        body_size=body_size,
        json_body=json_body,
        authorization=authorization,
    ) as process:
        output, _ = process.communicate()
    return _parse(output)


@contextmanager
def loading(  # noqa: PLR0913  # All that wrk is told.
    url: str,
    *,
    connections: int,
    seconds: float,
    body_size: int = 0,
    json_body: str = "",
    authorization: str = "",
) -> Iterator[subprocess.Popen[str]]:
    """Load a server in the background; the load is ended with the context."""
    command = ["wrk", "--threads=1", f"--connections={connections}", f"--duration={seconds:.0f}s"]
    with subprocess.Popen(
        [*command, "--timeout=30s", f"--script={SCRIPT}", url],
        env=os.environ
        | {
            "WRK_BODY_SIZE": str(body_size),
            "WRK_JSON": json_body,
            "WRK_AUTHORIZATION": authorization,
        },
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _parse(output: str) -> Load:
    line = next(line for line in output.splitlines() if line.startswith(MARK))
    seen = json.loads(line.removeprefix(MARK))
    return Load(
        requests_per_second=seen["requests"] / seen["microseconds"] * 1e6,
        p50=seen["p50"] / 1000,
        p99=seen["p99"] / 1000,
        failed=seen["failed"],
    )
