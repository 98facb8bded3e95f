"""The examples of docs/feel.md: each row of its tables is an expression that is run.

`python -m tests.docs.feel_rows docs/feel.md` fills in results and marks.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from decimal import Context, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from wherewithal.dmn.diagnostics import Severity
from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_model
from wherewithal.surfaces.cli.dmn_profile import run_profile
from wherewithal.surfaces.cli.dmn_reference import run_reference

#: What the page says is given: name -> FEEL type and value.
GIVEN: dict[str, tuple[str, Any]] = {
    "income": ("number", Decimal("4200.50")),
    "debt": ("number", Decimal(1300)),
    "unknown": ("number", None),
    "state": ("string", "OH"),
    "name": ("string", "Ann Lee"),
    "verified": ("boolean", True),
    "opened": ("date", "2019-05-31"),
    "today": ("date", "2026-03-02"),
}
ROW = re.compile(r"^\| `(?P<expression>.+?)` \| (?P<result>.*?) \| (?P<mark>.*?) \|(?P<rest>.*)$")
INSIDE, OUTSIDE = "yes", ""
#: As FEEL has them; the module's own default is 28.
_DIGITS = Context(prec=34)
_NOW = datetime(2026, 3, 2, tzinfo=UTC)


@cache
def run(expression: str) -> tuple[str, str]:
    """Return the result as FEEL writes it, and the mark of what runs compiled."""
    model = _model(expression.replace("\\|", "|"))
    if model is None:
        return "no FEEL", OUTSIDE
    values = {name: value for name, (_, value) in GIVEN.items()}
    found, _ = run_reference([model], values, decisions=["Result"], now=_NOW)
    shown = _shown(found["Result"])
    mark = INSIDE
    for executor in ("scalar", "columnar"):
        compiled, problems = run_profile([model], values, decisions=["Result"], executor=executor)
        if any(one.severity is Severity.ERROR for one in problems) or "Result" not in compiled:
            mark = OUTSIDE
        elif _shown(compiled["Result"]) != shown:
            message = f"{expression}: {executor} gives {_shown(compiled['Result'])}, not {shown}"
            raise AssertionError(message)
    return f"`{shown}`", mark


def _model(expression: str) -> Model | None:
    data = "".join(
        f'<inputData id="i_{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/>'
        "</inputData>"
        for name, (kind, _) in GIVEN.items()
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i_{name}"/></informationRequirement>'
        for name in GIVEN
    )
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="Example"'
        f' namespace="urn:example">{data}<decision id="d" name="Result">'
        f'<variable name="Result"/>{needs}<literalExpression><text>{escape(expression)}</text>'
        "</literalExpression></decision></definitions>"
    )
    model, problems = read_model(text.encode(), file="example.dmn")
    return None if any(one.severity is Severity.ERROR for one in problems) else model


def _shown(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize(_DIGITS):f}"
        case list():
            return f"[{', '.join(map(_shown, value))}]"
        case dict():
            return "{" + ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) + "}"
        case str() if not re.match(r"-?P|\d{4}-", value):
            return f'"{value}"'
    return str(value)


def filled(page: str) -> str:
    """Return the page with each row's result and mark as they are."""
    lines = []
    for line in page.splitlines():
        row = ROW.match(line)
        if row is None:
            lines.append(line)
        else:
            result, mark = run(row["expression"])
            lines.append(f"| `{row['expression']}` | {result} | {mark} |{row['rest']}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(filled(path.read_text("utf-8")), "utf-8")
