"""Generated tables: up to date, and made from what the code does."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from docs.tables import facts, pages, profile
from docs.tables.command import differing, main, parts_of
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_transunion import read_transunion
from wherewithal.surfaces.cli.demo import LOANS, REPORT, STATED
from wherewithal.vocabulary.facts import FACTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def parts():
    return parts_of(ROOT)


def test_every_generated_table_is_as_the_code_makes_it(parts):
    """Where this fails: run scripts/docs, and look at what changed."""
    assert [str(path) for path in differing(ROOT, parts)] == []


def test_a_page_that_strays_is_seen_and_mended(tmp_path):
    for name in ("README.md", "docs", "policies", "examples"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    page = tmp_path / "docs" / "policy.md"
    page.write_text(page.read_text("utf-8").replace("declines", "frowns"), "utf-8")
    assert main(tmp_path, is_check=True) == (
        1,
        ["docs/policy.md is not as the code makes it; run scripts/docs"],
    )
    assert main(tmp_path, is_check=False) == (0, ["wrote docs/policy.md"])
    assert page.read_text("utf-8") == (ROOT / "docs" / "policy.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        pytest.param("<!-- generated: a -->\n", "do not pair: a", id="not closed"),
        pytest.param("<!-- end of a -->\n", "do not pair: a", id="not opened"),
        pytest.param(
            "<!-- generated: b -->\n<!-- end of b -->",
            "nothing generates b; known: a",
            id="unknown",
        ),
        pytest.param(
            "<!-- generated: a -->\n<!-- generated: b -->\n<!-- end of b -->\n<!-- end of a -->",
            "do not pair: a, b",
            id="nested",
        ),
    ],
)
def test_markers_that_are_wrong_are_refused(page, message):
    with pytest.raises(pages.MarkersWrong, match=message):
        pages.filled(page, {"a": "new"})


def test_only_what_stands_between_the_markers_changes():
    page = "before\n<!-- generated: a -->\nold\nolder\n<!-- end of a -->\nafter\n"
    made = pages.filled(page, {"a": "new"})
    assert made == "before\n<!-- generated: a -->\nnew\n<!-- end of a -->\nafter\n"
    assert pages.filled(made, {"a": "new"}) == made


def test_every_reason_has_an_anchor():
    page = (ROOT / "docs" / "policy.md").read_text("utf-8")
    reasons = load_bundle(ROOT / "policies/everyday").reasons.reasons
    assert [one.code for one in reasons if f'<a id="{one.code}"></a>' not in page] == []


def test_what_the_table_says_unknown_to_a_source_is_unknown_in_its_file():
    report = read_transunion(ROOT / REPORT, stated=ROOT / STATED)
    known = [fact.name for fact in FACTS if report[fact.name].null_count() < report.height]
    assert len(known) > 20
    assert [name for name in known if facts.from_transunion(name) == facts.UNKNOWN] == []
    assert facts.from_lendingclub("age_years", ROOT / LOANS) == facts.UNKNOWN
    assert facts.from_transunion("stated_income_cents") == "stated"


def test_an_example_that_does_not_show_its_point_stops_the_generator():
    with pytest.raises(profile.ExampleWrong, match="'\\*\\*' is outside the profile"):
        profile.result_of("x ** 2")
    with pytest.raises(profile.ExampleWrong, match="is inside the profile"):
        profile.refusal_of("x + 1")
