"""The house: sizes, words that do not belong in it, links, rooms' pages, the lock."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.import_rules import MAY_IMPORT

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".txt", ".in", ".svg", ".dmn", ".json", ".csv", ".xml", ".cfg", ""}


@cache
def files() -> tuple[Path, ...]:
    """Return what belongs to the repository: what git knows, and what it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is where it is
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    names = filter(None, listed.split("\0"))
    return tuple(sorted(path for name in names if (path := ROOT / name).is_file()))


def of_kind(*suffixes: str) -> list[Path]:
    return [path for path in files() if path.suffix in suffixes]


def texts() -> list[tuple[str, str]]:
    """Return name and text of every file that people read or write, itself not among them."""
    return [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace"))
        for path in files()
        if path.suffix in TEXT and path.stat().st_size < 2_000_000 and path != Path(__file__)
    ]


def oversized_functions(source: str, wall: int) -> list[str]:
    """Return the functions of a source that are longer than the wall, as `line: name, length`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > wall:
                found.append(f"{node.lineno}: {node.name}, {length} lines")
    return found


MACHINE_PATH = re.compile(r"(?<![\w/.])/(?:work|farm|home|root|Users)/\w")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|--(?:extra-)?index-url|--find-links"
)
UNFINISHED = re.compile(
    r"\b(?:TODO|FIXME|XXX|HACK|NotImplementedError|[Ll]orem ipsum)\b|not implemented yet|coming soon"
)


def test_no_file_is_longer_than_500_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in of_kind(".py")
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 500
    }
    assert long == {}


def test_no_function_is_longer_than_70_lines():
    found = [
        f"{path.relative_to(ROOT)}:{function}"
        for path in of_kind(".py")
        for function in oversized_functions(path.read_text(encoding="utf-8"), 70)
    ]
    assert found == []


def test_the_wall_can_be_hit():
    source = "def f():\n" + "    x = 1\n" * 70
    assert oversized_functions(source, 70) == ["1: f, 71 lines"]


@pytest.mark.parametrize(
    ("pattern", "example"),
    [
        pytest.param(MACHINE_PATH, "open('/home/ann/x')", id="a path of one machine"),
        pytest.param(REGISTRY, "--index-url https://", id="the address of a registry"),
        pytest.param(UNFINISHED, "# TODO: later", id="an unfinished thought"),
    ],
)
def test_no_file_holds(pattern, example):
    assert pattern.search(example)
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def headings(page: str) -> set[str]:
    """Return the anchors of a page, by the rule that code hosts use."""
    titles = re.findall(r"^#+ +(.+)$", page, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page: Path) -> list[str]:
    """Return the relative links of a page that lead nowhere."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
        target = link[0] or link[1]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (anchor and anchor not in headings(there.read_text("utf-8"))):
            found.append(target)
    return found


def test_every_link_of_every_page_leads_somewhere():
    found = {str(page.relative_to(ROOT)): broken_links(page) for page in of_kind(".md")}
    assert {name: links for name, links in found.items() if links} == {}


def test_a_broken_link_is_seen(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n[here](#one) [gone](no.md) [lost](#two) [web](https://example.org)\n")
    assert broken_links(page) == ["no.md", "#two"]


PACKAGE = ROOT / "src" / "wherewithal"


@pytest.mark.parametrize("room", [room for room in sorted(MAY_IMPORT) if (PACKAGE / room).is_dir()])
def test_a_room_says_what_it_is_for(room):
    page = (PACKAGE / room / "README.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {room}\n")
    # `dmn` could be a package of its own, so its page is that of one.
    assert 8 <= page.count("\n") <= (100 if room == "dmn" else 40)


def locked(name: str) -> dict[str, str]:
    """Return package -> version and marker of a lock file."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.\-]+)==(.+?) *\\$", text, flags=re.MULTILINE))


def test_the_two_locks_agree_and_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert runtime.items() <= dev.items()

    def names(requirements: list[str]) -> set[str]:
        return {re.split(r"[<>=!~; \[]", text, maxsplit=1)[0] for text in requirements}

    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    asked = names(project["project"]["dependencies"]) | names(groups["build"])
    assert asked <= runtime.keys()
    assert names(groups["dev"]).union(*map(names, extras)) <= dev.keys()


def test_every_locked_package_is_hashed():
    for name in ("requirements.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text(encoding="utf-8"))[1:]
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
        assert len(entries) == len(locked(name))


def test_the_version_is_said_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = (ROOT / "src" / "wherewithal" / "__init__.py").read_text(encoding="utf-8")
    assert f'__version__ = "{project["version"]}"' in package


@pytest.mark.parametrize(
    "name", sorted(f"scripts/{path.name}" for path in (ROOT / "scripts").iterdir())
)
def test_a_script_starts_and_prints_its_own_help(name):
    answer = subprocess.run(  # noqa: S603 - our own scripts
        [ROOT / name, "--help"], capture_output=True, check=True, text=True, timeout=30
    )
    assert answer.stdout.startswith(name)
