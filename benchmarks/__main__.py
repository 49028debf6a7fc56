"""Measure the bridge beside its peers.

python -m benchmarks [--rounds 7] [--seconds 1] [--work a,b,…]    or: make bench

Prints the tables. A run of all work replaces what is in benchmarks/results, and the tables in
benchmarks/README.md; a run of some of it leaves its files under var/benchmarks.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.chart import draw
from benchmarks.machine import MachineError, load_warning, take_cores
from benchmarks.report import RESULTS, markdown, put_in_readme, write_json
from benchmarks.works import WORKS, Work
from tests.servers import ServerError

PARTIAL_RESULTS = Path(__file__).parents[1] / "var" / "benchmarks"


def main(arguments: list[str]) -> int:
    """Run what the command line asks for; return the exit status."""
    options = _parse(arguments)
    # The servers are stopped however this ends.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if warning := load_warning():
        print(warning, file=sys.stderr)
    try:
        with Bench(take_cores(), options.rounds, options.seconds) as bench:
            _measure(bench, options.work)
    except (MachineError, ServerError) as error:
        print(error, file=sys.stderr)
        return 1
    _leave(bench, RESULTS if options.work == WORKS else PARTIAL_RESULTS)
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=1, help="of one measurement")
    parser.add_argument("--work", type=_works, default=WORKS, help="letters, as in a,b")
    return parser.parse_args(arguments)


def _works(letters: str) -> tuple[Work, ...]:
    by_letter = {work.letter: work for work in WORKS}
    try:
        return tuple(by_letter[letter] for letter in letters.split(","))
    except KeyError as error:
        known = ", ".join(by_letter)
        raise argparse.ArgumentTypeError(f"there is no work {error}; there is {known}") from None


def _measure(bench: Bench, works: tuple[Work, ...]) -> None:
    for work in works:
        print(f"({work.letter}) {work.title} …", end=" ", file=sys.stderr, flush=True)
        started = time.monotonic()
        work.measure(bench, work.letter)
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)


def _leave(bench: Bench, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    write_json(bench, directory / "results.json")
    draw(bench.results, directory / "chart.png")
    tables = markdown(bench.results)
    if directory == RESULTS:
        put_in_readme(tables)
    print(tables)
    print(f"\nAlso in {directory}.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
