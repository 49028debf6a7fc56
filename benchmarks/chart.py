"""The results as a picture: for each work that all peers do, a group of bars."""

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from benchmarks.bench import Results
from benchmarks.peers import PEERS
from benchmarks.report import medians
from benchmarks.works import WORKS

COLOURS = {
    "raw": "#bbbbbb",
    "bridge": "#d1495b",
    "fastapi": "#3b8686",
    "quart": "#0b486b",
    "stock": "#e9c46a",
    "stock_threads": "#c19a49",
    "gunicorn": "#7a7a7a",
}
BAR_HEIGHT = 0.12


def draw(results: Results, path: Path) -> None:
    """Draw requests per second, as a share of raw ASGI's, if any such work was measured."""
    works = [
        work
        for work in WORKS
        if "requests_per_second" in results.get(work.letter, {}).get("raw", {})
    ]
    if not works:
        return
    mpl.use("agg")
    figure, axes = plt.subplots(figsize=(9, 1 + 1.4 * len(works)), layout="constrained")
    for row, work in enumerate(works):
        series = medians(results, work.letter)
        limit = series["raw"]["requests_per_second"]
        for place, peer in enumerate(PEERS):
            share = series[peer.name]["requests_per_second"] / limit
            at = row + (place - len(PEERS) / 2) * BAR_HEIGHT
            label = peer.title if row == 0 else None
            axes.barh(at, share, BAR_HEIGHT * 0.9, color=COLOURS[peer.name], label=label)
            axes.text(share + 0.005, at, f"{share * limit:,.0f}", va="center", fontsize=7)
    axes.set_yticks(range(len(works)), [f"({work.letter}) {work.title}" for work in works])
    axes.invert_yaxis()
    axes.set_xlabel("requests per second on one core, as a share of raw ASGI's")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, frameon=False)
    figure.savefig(path, dpi=120)
