"""The command writes what it says, and its check sees a difference."""

import pytest

from tests.sources.lendingclub_rows import REAL
from training import command, report


@pytest.fixture
def quick(monkeypatch):
    """Leave out the comparison with boosting and the candidates: they take most of the time."""
    monkeypatch.setattr(report, "rolling_boosting", lambda _loans: [0.5, 0.5, 0.5])
    monkeypatch.setattr(report, "candidate_gains", lambda _loans: [])


@pytest.mark.usefixtures("quick")
def test_what_is_written_passes_the_check_until_it_is_changed(tmp_path, capsys):
    assert command.train(REAL, root=tmp_path, is_check=True) == 1
    assert command.train(REAL, root=tmp_path, is_check=False) == 0
    written = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert written == [
        "docs/plots/scorecard_calibration.svg",
        "docs/plots/scorecard_points.svg",
        "docs/plots/scorecard_ranking.svg",
        "docs/scorecard.md",
        "policies/everyday/scorecard.dmn",
    ]
    assert command.train(REAL, root=tmp_path, is_check=True) == 0
    (tmp_path / "policies/everyday/scorecard.dmn").write_text("<definitions/>")
    capsys.readouterr()
    assert command.train(REAL, root=tmp_path, is_check=True) == 1
    assert capsys.readouterr().out == (
        "policies/everyday/scorecard.dmn: is not what training gives; run scripts/train_scorecard\n"
    )


@pytest.mark.usefixtures("quick")
def test_plots_are_the_same_bytes_each_time(tmp_path):
    drawn = []
    for name in ("one", "two"):
        command.train(REAL, root=tmp_path / name, is_check=False)
        drawn.append([p.read_bytes() for p in sorted((tmp_path / name).rglob("*.svg"))])
    assert drawn[0] == drawn[1]
