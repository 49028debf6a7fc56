"""What the product's HTTP contract costs, and the product beside plain FastAPI and Quart.

python -m benchmarks.contract [--rounds 5]

Prints the tables, and leaves them in benchmarks/README.md and the figures in
benchmarks/results/contract.json.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import median

import uvloop

from benchmarks.bench import Bench, Results
from benchmarks.contract_cost import measure_cost
from benchmarks.contract_peers import measure_peers
from benchmarks.machine import MachineError, description, load_warning, take_cores
from benchmarks.report import PACKAGES, README, RESULTS, table
from tests.servers import ServerError

START, END = "<!-- contract -->\n", "<!-- end of contract -->\n"

Costs = dict[str, dict[str, float]]


def main() -> int:
    """Measure both; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.contract")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    if warning := load_warning():
        print(warning, file=sys.stderr)
    try:
        with Bench(take_cores(), rounds, seconds=1) as bench:
            costs = uvloop.run(measure_cost())
            measure_peers(bench)
    except (MachineError, ServerError) as error:
        print(error, file=sys.stderr)
        return 1
    _leave(costs, bench)
    return 0


def _leave(costs: Costs, bench: Bench) -> None:
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": bench.rounds,
        "machine": description(),
        "versions": {package: version(package) for package in PACKAGES},
        "microseconds": costs,
        "results": bench.results,
    }
    path = RESULTS / "contract.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    tables = "\n".join([*_costs(costs), "", *_peers(bench.results)])
    print(tables)
    before, _, rest = README.read_text().partition(START)
    README.write_text(f"{before}{START}\n{tables}\n\n{END}{rest.partition(END)[2]}")


def _costs(costs: Costs) -> list[str]:
    parts = next(iter(costs.values()))
    rows = [[part, *(f"{of[part]:.0f}" for of in costs.values())] for part in parts]
    return [*table(("µs per request", *costs), rows)]


def _peers(results: Results) -> list[str]:
    rows = []
    for asked, peers in results.items():
        speeds = {name: values["requests_per_second"] for name, values in peers.items()}
        product = speeds["product"]
        ratios = (
            median(ours / theirs for ours, theirs in zip(product, speeds[peer], strict=True))
            for peer in ("FastAPI", "Quart")
        )
        failed = sum(sum(values["failed"]) for values in peers.values())
        speed = (f"{median(values):,.0f}" for values in speeds.values())
        rows.append([asked, *speed, *(f"{ratio:.2f}" for ratio in ratios), f"{failed:.0f}"])
    header = ("requests/s", "product", "FastAPI", "Quart", "÷ FastAPI's", "÷ Quart's", "failed")
    return [*table(header, rows)]


if __name__ == "__main__":
    sys.exit(main())
