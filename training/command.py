"""What `scripts/train_scorecard` does, in order."""

from __future__ import annotations

from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from training.characteristics import CHARACTERISTICS
from training.data import read_loans
from training.dmn_file import render_dmn
from training.fit import fit_scorecard, points_of
from training.measure import ranking, score_bands
from training.plots import draw_calibration, draw_points, draw_ranking
from training.report import PLOTS, write_report

TABLE = Path("policies/everyday/scorecard.dmn")
PAGE = Path("docs/scorecard.md")
PLOT_FOLDER = Path("docs/plots")


def train(loan_file: Path, *, root: Path, is_check: bool) -> int:
    """Train, measure and write under `root`; return 1 if a check finds a difference."""
    # One thread: the same sums in the same order everywhere, and no fight over few cores.
    with threadpool_limits(limits=1):
        return _train(loan_file, root=root, is_check=is_check)


def _train(loan_file: Path, *, root: Path, is_check: bool) -> int:
    loans = read_loans(loan_file)
    test = loans.of_years(2010, 2010)
    early = fit_scorecard(loans.of_years(2007, 2009), CHARACTERISTICS)
    final = fit_scorecard(loans, CHARACTERISTICS)
    page = write_report(loans, early=early, final=final)
    texts = {TABLE: render_dmn(final), PAGE: page}
    if is_check:
        differing = [path for path, text in texts.items() if _text_at(root / path) != text]
        for path in differing:
            print(f"{path}: is not what training gives; run scripts/train_scorecard")
        return 1 if differing else 0
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    folder = root / PLOT_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    points = points_of(early, test.attributes)
    draw_ranking(points, test.bad, folder / PLOTS["ranking"])
    draw_calibration(score_bands(points, test.bad), folder / PLOTS["calibration"])
    draw_points(final, folder / PLOTS["points"])
    found = ranking(points, test.bad)
    print(
        f"{len(loans.bad):,} loans; fitted to 2009, on 2010: AUC {found.auc:.3f}, KS {found.ks:.3f}"
    )
    print(f"written: {TABLE}, {PAGE} and {len(PLOTS)} plots in {PLOT_FOLDER}")
    return 0


def _text_at(path: Path) -> str | None:
    return path.read_text("utf-8") if path.is_file() else None
