"""How findings are shown to people: by file, by decision, errors first, each with its example."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from wherewithal.qualify.bundle import ModelProblem
from wherewithal.vocabulary.errors import Problem

STYLES = {"error": "red", "warning": "yellow", "note": "cyan"}
_FILE = re.compile(r"[^:]+?\.(?:dmn|toml|csv)(?!\w)")
#: The part of a place that names what an author opens in an editor.
_HOLDER = re.compile(
    r"(?:line \d+, )?((?:decision|knowledge model|decision service) '[^']*')(?:, )?"
)
_EXAMPLE = "; for example "

#: The shape of a finding for programs; a change that breaks a reader raises the number.
SCHEMA = "wherewithal.findings/1"
_RULES = re.compile(r"(?:^|, )rules? ([\d, and]+)")
_PART = re.compile(r"(input|output) '([^']*)'")

#: A severity's word, and a finding of it.
Finding = tuple[str, Problem]


def print_findings(console: Console, findings: Sequence[Finding]) -> None:
    """Print findings; the order of files and decisions is that in which they first come."""
    for file, of_file in _grouped(findings, _file).items():
        console.print(Text(file or "the bundle as a whole", style="bold"))
        for holder, group in _grouped(of_file, _holder).items():
            if holder:
                console.print(Text(f"  {holder}"))
            for word in STYLES:
                for problem in (problem for found, problem in group if found == word):
                    _print_one(console, word, problem, indent="    " if holder else "  ")


def as_json(word: str, problem: Problem) -> dict[str, Any]:
    """Return a finding for programs: its place in parts, and the row that shows it, or None.

    Values of an example are FEEL expressions; of a gap no rule is named.
    """
    example = problem.example if isinstance(problem, ModelProblem) else None
    return {
        "severity": word,
        "code": problem.code,
        "path": problem.path,
        "place": _parts_of(problem),
        "message": problem.message,
        "example": None
        if example is None
        else {"row": dict(example.row), "rules": list(example.rules)},
    }


def _parts_of(problem: Problem) -> dict[str, Any]:
    """Return file, holder, rules, and the input or output that a place names."""
    rest = _rest_of_place(problem)
    rules, part = _RULES.search(rest), _PART.search(rest)
    return {
        "file": _file(problem) or None,
        "holder": _holder(problem) or None,
        "rules": [int(number) for number in re.findall(r"\d+", rules[1])] if rules else [],
        "part": part[0] if part else None,
    }


def counted(findings: Sequence[Finding], word: str) -> str:
    """Return `1 error`, `3 warnings`."""
    count = sum(found == word for found, _ in findings)
    return f"{count} {word}{'' if count == 1 else 's'}"


def _print_one(console: Console, word: str, problem: Problem, *, indent: str) -> None:
    message, _, rest = problem.message.partition(_EXAMPLE)
    where = _rest_of_place(problem)
    line = Text(indent).append(word, style=STYLES[word]).append(": ")
    # `rules 1 and 2 overlap` is a sentence; other places stand before what is said of them.
    joint = " " if where.startswith("rule") and message.startswith(_VERBS) else ": "
    line.append(f"{where}{joint}{message}" if where else message)
    console.print(line.append(f" [{problem.code}]", style="dim"))
    if rest:
        example, _, remedy = rest.partition("; ")
        console.print(Text(f"{indent}  for example  {example.replace(' -> ', '  ->  ')}"))
        if remedy:
            console.print(Text(f"{indent}  {remedy}"))


_VERBS = (
    "overlap",
    "could be one",
    "both match",
    "never answers",
    "never decides",
    "can be left out",
    "are the same",
)


def _grouped(findings: Sequence[Finding], key: object) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(key(finding[1]), []).append(finding)  # type: ignore[operator]
    return found


def _file(problem: Problem) -> str:
    name = _FILE.match(problem.path)
    return name[0] if name else ""


def _holder(problem: Problem) -> str:
    found = _HOLDER.search(problem.path)
    return found[1] if found else ""


def _rest_of_place(problem: Problem) -> str:
    place = problem.path.removeprefix(_file(problem)).lstrip(": ")
    found = _HOLDER.search(place)
    if found is None:
        return place
    line = re.match(r"line \d+", place)
    return ", ".join(part for part in (line[0] if line else "", place[found.end() :]) if part)
