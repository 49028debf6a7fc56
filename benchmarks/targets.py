"""What the bridge is to reach: ratios of its results to its peers', with their bounds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.bench import Results

Measured = Callable[[Results], float]


@dataclass(frozen=True)
class Target:
    """A value to be reached, by a sign of ≤ or ≥, and what is aimed at beyond it."""

    letter: str
    title: str
    measured: Measured
    sign: str
    bound: float | None
    aim: float | None = None

    def verdict(self, value: float) -> str:
        """Tell what the value has reached."""
        if self._reached(value, self.aim):
            return "aim reached"
        if self._reached(value, self.bound):
            return "reached"
        return "**falls short**" if self.bound is not None else "aim missed"

    def _reached(self, value: float, bound: float | None) -> bool:
        if bound is None:
            return False
        return value <= bound if self.sign == "≤" else value >= bound


def by_round(letter: str, metric: str, ours: str, theirs: str) -> Measured:
    """Give the median of the rounds' ratios: what slows a whole round down cancels out."""

    def measured(results: Results) -> float:
        series = results[letter]
        rounds = zip(series[ours][metric], series[theirs][metric], strict=True)
        return median(our_value / their_value for our_value, their_value in rounds)

    return measured


def speed(letter: str, peer: str) -> Measured:
    """Give the bridge's requests per second beside a peer's."""
    return by_round(letter, "requests_per_second", "bridge", peer)


def own_cost(results: Results) -> float:
    """Give the bridge's own cost in process, as a share of bare Flask's time."""
    names = ("bridge", "flask_wsgi", "raw")
    rounds = zip(*(results["i"][name]["microseconds"] for name in names), strict=True)
    return median((bridge - flask - raw) / flask for bridge, flask, raw in rounds)


def extra_threads(results: Results) -> float:
    """Give the threads that the bridge has beyond raw ASGI's, with all requests in flight."""
    series = results["c"]
    return median(series["bridge"]["threads"]) - median(series["raw"]["threads"])


TARGETS = (
    Target("i", "own cost ÷ bare Flask's time", own_cost, "≤", 0.4, 0.25),
    Target("i", "time ÷ Quart's", by_round("i", "microseconds", "bridge", "quart"), "≤", 0.65),
    Target(
        "i", "time ÷ FastAPI's", by_round("i", "microseconds", "bridge", "fastapi"), "≤", None, 1.2
    ),
    Target("a", "speed ÷ Quart's", speed("a", "quart"), "≥", 1.1, 1.25),
    Target("a", "speed ÷ WsgiToAsgi's", speed("a", "stock"), "≥", 2.1),
    Target("a", "speed ÷ FastAPI's", speed("a", "fastapi"), "≥", 0.9, 1.05),
    Target("b", "speed ÷ WsgiToAsgi's", speed("b", "stock"), "≥", 20),
    Target("b", "speed ÷ Quart's", speed("b", "quart"), "≥", 0.95),
    Target("b", "speed ÷ raw ASGI's", speed("b", "raw"), "≥", None, 0.95),
    Target(
        "c",
        "time for all ÷ WsgiToAsgi's",
        by_round("c", "seconds_for_all", "bridge", "stock"),
        "≤",
        0.05,
    ),
    Target("c", "threads beyond raw ASGI's", extra_threads, "≤", 0),
    Target(
        "c",
        "memory per request ÷ Quart's",
        by_round("c", "kib_per_request", "bridge", "quart"),
        "≤",
        1,
    ),
    Target("d", "speed ÷ Quart's", speed("d", "quart"), "≥", 1),
    Target("d", "speed ÷ raw ASGI's", speed("d", "raw"), "≥", None, 0.9),
    Target("e", "speed ÷ Quart's", speed("e", "quart"), "≥", 1),
    Target("e", "speed ÷ raw ASGI's", speed("e", "raw"), "≥", None, 0.9),
    Target("f", "speed ÷ Quart's", speed("f", "quart"), "≥", 1),
    Target("f", "speed ÷ FastAPI's", speed("f", "fastapi"), "≥", 1),
    Target("f", "speed ÷ WsgiToAsgi's", speed("f", "stock"), "≥", 2),
    Target(
        "h",
        "async p99 beside sync ÷ alone",
        by_round("h", "p99", "bridge, beside sync", "bridge, alone"),
        "≤",
        2,
    ),
)


def judged(results: Results) -> Iterator[tuple[Target, float]]:
    """Give the targets whose work was measured, with their values."""
    for target in TARGETS:
        if target.letter in results:
            yield target, target.measured(results)
