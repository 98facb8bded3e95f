"""Arguments as they were typed, checked together: all that is wrong is said at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.surfaces.cli.ports import SOURCES, FactsFile
from wherewithal.vocabulary.errors import InputRefused, Problem

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def facts_file(
    *, source: str, path: Path, stated: Path | None, as_of: str | None, today: date
) -> FactsFile:
    """Return the file of applicants that the arguments name.

    Errors: InputRefused with every argument that is wrong.
    """
    problems: list[Problem] = []
    if source not in SOURCES:
        message = f"expected one of {', '.join(SOURCES)}{near_miss(source, SOURCES)}"
        problems.append(Problem(code="unknown_source", path="--source", message=message))
    elif stated is not None and source != "transunion":
        message = f"goes with --source transunion only; a {source} file states income itself"
        problems.append(Problem(code="not_stated_here", path="--stated", message=message))
    last_day = today if as_of is None else _day("--as-of", as_of, problems)
    if problems:
        raise InputRefused(problems)
    return FactsFile(source=source, path=path, stated=stated, as_of=last_day)


def _day(flag: str, text: str, problems: list[Problem]) -> date:
    """Return the day, or note what is wrong and return one that is then not used."""
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    message = "expected a day of the calendar such as 2025-01-31"
    problems.append(Problem(code="not_a_date", path=flag, message=message))
    return date.min
