"""What a run leaves behind: a table in Markdown, and JSON."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.bench import Bench, Results
from benchmarks.machine import description
from benchmarks.peers import PEERS
from benchmarks.targets import judged
from benchmarks.works import WORKS

RESULTS = Path(__file__).with_name("results")
README = Path(__file__).with_name("README.md")
TABLE_MARK = "<!-- table -->\n"
PACKAGES = ("asgiref", "fastapi", "flask", "greenlet", "gunicorn", "hypercorn", "quart", "uvloop")
TITLES = {peer.name: peer.title for peer in PEERS} | {
    "flask_wsgi": "bare Flask, WSGI",
    "embedded": "SQLite, cached in memory",
    "mysql": "MySQL, not cached",
    "mysql_redis": "MySQL, cached in Redis",
}
UNITS = {
    "requests_per_second": ("requests/s", ",.0f"),
    "p50": ("p50, ms", ",.1f"),
    "p99": ("p99, ms", ",.1f"),
    "failed": ("failed", ",.0f"),
    "seconds_for_all": ("seconds until all are answered", ",.1f"),
    "answered": ("answered in 5 s", ",.0f"),
    "kib_per_request": ("KiB per request", ",.1f"),
    "threads": ("threads", ",.0f"),
    "microseconds": ("µs per request", ",.1f"),
}


def title(series: str) -> str:
    """Give the name of a series as readers see it."""
    peer, comma, rest = series.partition(", ")
    return TITLES.get(peer, peer) + comma + rest


def medians(results: Results, letter: str) -> dict[str, dict[str, float]]:
    """Give the median of each metric of each series."""
    return {
        series: {metric: median(values) for metric, values in metrics.items()}
        for series, metrics in results[letter].items()
    }


def markdown(results: Results) -> str:
    """Write the tables: the targets, then each kind of work."""
    return "\n".join([*_targets(results), *_works(results)])


def _targets(results: Results) -> Iterator[str]:
    rows = []
    for target, value in judged(results):
        bound = "" if target.bound is None else f"{target.sign} {target.bound:g}"
        aim = "" if target.aim is None else f"{target.sign} {target.aim:g}"
        rows.append(
            (f"({target.letter})", target.title, bound, aim, f"{value:.3g}", target.verdict(value))
        )
    if rows:
        yield from table(("work", "this bridge's", "at least", "aim", "measured", ""), rows)


def _works(results: Results) -> Iterator[str]:
    for work in WORKS:
        if work.letter in results:
            yield f"\n**({work.letter}) {work.title}**\n"
            yield from _work(medians(results, work.letter))


def _work(series: dict[str, dict[str, float]]) -> Iterator[str]:
    metrics = list(next(iter(series.values())))
    reference = series.get("bridge")
    header = ["", *(UNITS[metric][0] for metric in metrics)]
    if reference:
        header.append("÷ this bridge's")
    rows = []
    for name, values in series.items():
        row = [title(name), *(format(values[metric], UNITS[metric][1]) for metric in metrics)]
        if reference:
            row.append(f"{values[metrics[0]] / reference[metrics[0]]:.2f}")
        rows.append(row)
    yield from table(header, rows)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Give the lines of a table in Markdown."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def write_json(bench: Bench, path: Path) -> None:
    """Write all that was measured, round by round, and where."""
    document = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rounds": bench.rounds,
        "seconds": bench.seconds,
        "machine": description(),
        "versions": {package: version(package) for package in PACKAGES},
        "results": bench.results,
        "targets": [
            {
                "work": target.letter,
                "title": target.title,
                "sign": target.sign,
                "bound": target.bound,
                "aim": target.aim,
                "measured": round(value, 3),
            }
            for target, value in judged(bench.results)
        ],
    }
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def put_in_readme(tables: str) -> None:
    """Replace all that stands in the README behind its mark."""
    text, mark, _ = README.read_text().partition(TABLE_MARK)
    README.write_text(f"{text}{mark}\n{tables}\n")
