"""What the pages name is there: types, files, doors, decisions, drawings."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "wherewithal"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROOM_PAGES = sorted(PACKAGE.glob("*/README.md"))
DOCS_PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@cache
def classes() -> set[str]:
    """Return the names of all types of ours."""
    return {
        node.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }


def rows(page: str) -> list[list[str]]:
    """Return the cells of the table rows of a page, heads and rules left out."""
    lines = [line.strip("|").split(" | ") for line in page.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines]
    return [
        row for row in cells if row[0] not in {"word", "short"} and not row[0].startswith("---")
    ]


def test_every_type_in_the_glossary_exists():
    named = [
        name for row in rows(GLOSSARY) if len(row) == 3 for name in re.findall(r"`(\w+)`", row[2])
    ]
    assert len(named) > 20
    assert [name for name in named if name not in classes()] == []


def test_no_word_stands_in_the_glossary_twice():
    words = [row[0] for row in rows(GLOSSARY)]
    assert len(words) > 60
    assert len(set(words)) == len(words)


@pytest.mark.parametrize(
    "page", [*ROOM_PAGES, *DOCS_PAGES], ids=lambda page: f"{page.parent.name}/{page.stem}"
)
def test_the_types_and_files_that_a_page_names_exist(page):
    names = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    types = {name for name in names if re.fullmatch(r"(?:[A-Z][a-z]+){2,}", name)}
    files = {name for name in names if re.fullmatch(r"[\w/]+\.(?:py|md|toml)", name)}
    assert types - classes() == set()
    roots = (page.parent, PACKAGE, ROOT, ROOT / "policies/everyday", ROOT / "docs/tables")
    assert [name for name in files if not any((root / name).exists() for root in roots)] == []


def test_the_index_lists_every_decision_in_order():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_every_decision_opens_with_its_number():
    for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"):
        assert path.read_text(encoding="utf-8").startswith(f"# {path.name[:4]} ")


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.svg")), ids=lambda path: path.name)
def test_a_drawing_has_a_title_and_reaches_for_nothing_outside(path):
    text = path.read_text(encoding="utf-8")
    root = etree.fromstring(text.encode())
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert re.findall(r"(?:href|src|url)\s*[=(]\s*[\"']?(?!#)\w+", text) == []
    assert "<script" not in text
