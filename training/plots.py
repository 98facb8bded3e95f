"""The pictures of docs/scorecard.md, as SVG that is the same bytes for the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from training.dmn_file import unary_tests
from training.fit import Integers, Scorecard
from training.measure import Band

#: Two colours that the colour-blind tell apart, and grey for what is only compared with.
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#888888"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "wherewithal",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def _save(figure: Figure, path: Path, title: str) -> None:
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None, "Title": title})
    plt.close(figure)
    # Matplotlib leaves spaces at the ends of lines.
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", "utf-8")


def draw_calibration(bands: list[Band], path: Path) -> None:
    """Draw the share that ended badly, expected and realised, by band of points."""
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(figsize=(7, 3.6))
        places = range(len(bands))
        realised = [100 * band.realised_bad for band in bands]
        axes.bar(places, realised, color=BLUE, width=0.6, label="realised")
        expected = [100 * band.expected_bad for band in bands]
        axes.plot(places, expected, "o-", color=ORANGE, label="expected by the points")
        axes.set_xticks(list(places), [band.name for band in bands], rotation=20)
        axes.set_xlabel("points")
        axes.set_ylabel("ended badly, %")
        axes.legend(frameon=False)
        _save(figure, path, "Calibration of the scorecard by band of points")


def draw_ranking(points: Integers, bad: Integers, path: Path) -> None:
    """Draw the ROC curve, and the two distributions whose largest distance is KS."""
    with plt.rc_context(_STYLE):
        figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8))
        false_rate, true_rate, _ = roc_curve(1 - bad, points, drop_intermediate=False)
        left.plot(false_rate, true_rate, color=BLUE)
        left.plot([0, 1], [0, 1], "--", color=GREY)
        left.set_xlabel("share of the bad above the cut")
        left.set_ylabel("share of the good above the cut")
        left.set_title("ROC")
        steps = range(int(points.min()), int(points.max()) + 1)
        below = {
            word: [float((chosen <= step).mean()) for step in steps]
            for word, chosen in (("bad", points[bad == 1]), ("good", points[bad == 0]))
        }
        right.plot(steps, below["bad"], color=ORANGE, label="bad")
        right.plot(steps, below["good"], color=BLUE, label="good")
        gaps = [b - g for b, g in zip(below["bad"], below["good"], strict=True)]
        widest = gaps.index(max(gaps))
        right.vlines(
            steps[widest], below["good"][widest], below["bad"][widest], color=GREY, label="KS"
        )
        right.set_xlabel("points")
        right.set_ylabel("share at or below")
        right.set_title("Good and bad by points")
        right.legend(frameon=False)
        _save(figure, path, "ROC curve and distribution of points on loans of 2010")


def draw_points(scorecard: Scorecard, path: Path) -> None:
    """Draw the points of every bin, one panel a characteristic."""
    with plt.rc_context(_STYLE):
        columns = 2
        rows = -(-len(scorecard.parts) // columns)
        figure, grid = plt.subplots(rows, columns, figsize=(8, 2.3 * rows), squeeze=False)
        for axes, part in zip(grid.flat, scorecard.parts, strict=False):
            names, bins = list(unary_tests(part.characteristic)), list(part.bins)
            if part.characteristic.scores_null:
                names.append("null")
                bins.append(part.null)
            earned = [b.points for b in bins]
            axes.barh(range(len(bins)), earned, color=[BLUE if p >= 0 else ORANGE for p in earned])
            axes.set_yticks(range(len(bins)), names, fontsize=7)
            axes.invert_yaxis()
            axes.set_xlim(-35, 20)
            axes.axvline(0, color=GREY, linewidth=0.8)
            axes.set_title(part.characteristic.label, fontsize=9)
        for axes in grid.flat[len(scorecard.parts) :]:
            axes.set_axis_off()
        _save(figure, path, "Points of every bin")
