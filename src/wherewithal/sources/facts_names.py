"""Names of facts as a file writes them: what is unknown is refused, with the nearest known name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from wherewithal.sources.catalogue_text import hint
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS_BY_NAME

#: A name that looks like one of ours; anything else may be data, and is not repeated.
_SHOWN = re.compile(r"[a-z_][a-z0-9_]{0,39}")


def name_problems(places: Mapping[str, str], *, also: Collection[str]) -> list[Problem]:
    """Return a problem for each name that is neither a fact nor in `also`.

    `places` says where each name stands first, such as `$[3]` or `people.parquet`.
    """
    known = (*also, *FACTS_BY_NAME)
    problems = []
    for name, place in places.items():
        if name in known:
            continue
        near = hint(name, known) or "; the names are those of the catalogue of facts"
        written = name if _SHOWN.fullmatch(name) else "(a name)"
        problems.append(
            Problem(code="unknown_fact", path=f"{place}.{written}", message=f"unknown fact{near}")
        )
    return problems
