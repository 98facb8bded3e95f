"""Read the golden cases of a bundle, `cases/*.toml`.

A file has one table `[base]`, the facts of a person whom its cases share, and a list `[[case]]`;
`given` of a case changes some of the facts, `unknown` takes some away. Where `failure` is given,
the source has read nothing but the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from wherewithal.qualify.cases import GoldenCase
from wherewithal.sources.catalogue_fields import Fields
from wherewithal.sources.catalogue_text import Row, hint, note
from wherewithal.sources.catalogue_toml import Toml, read_toml
from wherewithal.sources.facts_check import DATE_MAX, DATE_MIN, FAILURES, expected_of
from wherewithal.vocabulary.errors import BundleRefused, Problem
from wherewithal.vocabulary.facts import FACTS, FACTS_BY_NAME, Fact, FactType
from wherewithal.vocabulary.outcome import Outcome

FOLDER = "cases"
#: Instead of amounts by product: nothing was decided.
UNKNOWN = "unknown"
_SCORE_POINTS_MAX = 10_000


def load_cases(folder: Path) -> tuple[GoldenCase, ...]:
    """Return the cases of a bundle's folder in order of file and line; none if it has none.

    Errors: BundleRefused with everything that is wrong in any of the files.
    """
    problems: list[Problem] = []
    cases: list[GoldenCase] = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        found: list[Problem] = []
        toml = read_toml(path, found)
        if toml is not None:
            cases += _cases(toml, found)
        problems += [
            Problem(code=one.code, path=f"{FOLDER}/{one.path}", message=one.message)
            for one in found
        ]
    if problems:
        raise BundleRefused(problems)
    return tuple(cases)


def _cases(toml: Toml, problems: list[Problem]) -> list[GoldenCase]:
    for name in toml.values:
        if name not in ("base", "case"):
            message = f"unknown table{hint(name, ('base', 'case'))}"
            note(problems, code="unknown_field", path=f"{toml.name} {name}", message=message)
    base = toml.table("base", problems)
    shared = _facts(base, problems, within="") if base else {}
    if base and "as_of" not in base.values:
        message = "missing; expected the day on which the cases are decided"
        note(problems, code="missing_field", path=f"{base.place} as_of", message=message)
    cases = [_case(row, shared, problems) for row in toml.tables("case", problems)]
    seen: set[str] = set()
    for case in cases:
        if case.name and case.name in seen:
            message = "another case of this file has the same name"
            path = f"{case.place.removeprefix(FOLDER + '/')} name"
            note(problems, code="duplicate_name", path=path, message=message)
        seen.add(case.name)
    return cases


def _case(row: Row, shared: Mapping[str, Any], problems: list[Problem]) -> GoldenCase:
    fields = Fields(row, problems)
    name = fields.text("name")
    failure = None
    if fields.has("failure"):
        failure = Outcome(fields.code("failure", FAILURES, "a failure of a source") or "no_hit")
    given = _table(fields, "given", row)
    changed = _facts(Row(row.place, given), problems, within="given.")
    unknown: tuple[str, ...] = ()
    if fields.has("unknown"):
        unknown = fields.codes("unknown", FACTS_BY_NAME, "names of facts")
    for name_of_both in sorted({*unknown} & changed.keys()):
        fields.refuse("unknown", "contradiction", f"'{name_of_both}' is given as well")
    if failure is not None and (unknown or changed.keys() - {"as_of"}):
        fields.refuse("failure", "contradiction", "after a failure no facts but as_of are known")
    facts = {fact.name: None for fact in FACTS} | dict(shared) | changed | dict.fromkeys(unknown)
    if failure is not None:
        facts = dict.fromkeys(facts) | {"as_of": facts["as_of"]}
    outcomes = [outcome.value for outcome in Outcome]
    outcome = fields.code("outcome", outcomes, "an outcome such as approved")
    reasons = _reasons(fields) if fields.has("reasons") else ()
    columns, is_all_unknown = _columns(fields, row)
    case = GoldenCase(
        place=f"{FOLDER}/{row.place}",
        name=name,
        facts=facts,
        failure=failure,
        outcome=Outcome(outcome or "declined"),
        reasons=reasons,
        row=columns,
        is_all_unknown=is_all_unknown,
        matched=_matched(fields, row),
    )
    fields.finish()
    return case


def _facts(row: Row, problems: list[Problem], *, within: str) -> dict[str, Any]:
    """Return the facts of a table that are as the catalogue says; the others are noted."""
    facts: dict[str, Any] = {}
    for name, value in row.values.items():
        path = f"{row.place} {within}{name}"
        if name not in FACTS_BY_NAME:
            near = hint(name, FACTS_BY_NAME) or "; the names are those of the catalogue of facts"
            note(problems, code="unknown_fact", path=path, message=f"unknown fact{near}")
        elif not _is_of(FACTS_BY_NAME[name], value):
            message = expected_of(FACTS_BY_NAME[name])
            note(problems, code="wrong_fact", path=path, message=message)
        else:
            facts[name] = value
    return facts


def _is_of(fact: Fact, value: object) -> bool:
    match fact.type:
        case FactType.INTEGER:
            return type(value) is int and fact.minimum <= value <= fact.maximum
        case FactType.BOOLEAN:
            return type(value) is bool
        case FactType.DATE:
            return type(value) is date and DATE_MIN <= value <= DATE_MAX
        case FactType.ENUMERATION:
            return value in fact.values


def _columns(fields: Fields, row: Row) -> tuple[dict[str, Any], bool]:
    """Return the columns of the decision row that the case expects, and whether all are unknown."""
    columns: dict[str, Any] = {}
    if fields.has("tier"):
        columns["tier"] = fields.text("tier", length_max=8)
    if fields.has("score_points"):
        columns["score_points"] = fields.integer(
            "score_points", minimum=0, maximum=_SCORE_POINTS_MAX, unit="points"
        )
    is_all_unknown = row.values.get("power_cents") == UNKNOWN
    powers = {} if is_all_unknown else _table(fields, "power_cents", row)
    if is_all_unknown:
        fields.has("power_cents")
    for product, cents in powers.items():
        if type(cents) is not int or cents < 0:
            message = f"{product}: expected cents, a whole number from 0"
            fields.refuse("power_cents", "wrong_type", message)
        columns[f"power_{product}_cents"] = cents
    columns |= _table(fields, "row", row)
    if is_all_unknown and columns:
        message = f"'{UNKNOWN}' stands for every column; leave the others out"
        fields.refuse("power_cents", "contradiction", message)
    return columns, is_all_unknown


def _matched(fields: Fields, row: Row) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for decision, rules in _table(fields, "matched", row).items():
        if isinstance(rules, list) and all(type(rule) is int and rule > 0 for rule in rules):
            found[decision] = tuple(sorted(rules))
        else:
            message = f"'{decision}': expected a list of rule numbers, such as [13]"
            fields.refuse("matched", "wrong_type", message)
    return found


def _reasons(fields: Fields) -> tuple[str, ...]:
    value = fields.raw("reasons", "a list of reason codes")
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        return tuple(value)
    fields.refuse("reasons", "wrong_type", "expected a list of reason codes, in their order")
    return ()


def _table(fields: Fields, name: str, row: Row) -> Mapping[str, Any]:
    """Return an optional table inside the case's."""
    if not fields.has(name):
        return {}
    value = row.values[name]
    if isinstance(value, dict):
        return value
    fields.refuse(name, "wrong_type", "expected a table, such as { pay_in_4 = 20_000 }")
    return {}
