"""What a bundle says of commitments in `commitments.toml`: preconditions, and fixed causes.

    [commitment]
    days_max = 7

    [[precondition]]
    code = "C_POINTS"
    check = "points_fall"
    source = "scorecard of this bundle"
    threshold = 25
    class = "changed_facts"
    wording = "..."

The file is part of the bundle and of its digest. Without it the bundle cannot commit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

import msgspec

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.vocabulary.errors import Problem

FILE: Final = "commitments.toml"
#: No commitment lives longer (DESIGN 1.3).
DAYS_MAX: Final = 7
#: Attributes that a rise of obligations is measured by.
OBLIGATIONS, INCOME = "obligations_cents", "monthly_income_cents"


class Check(StrEnum):
    """What a precondition compares."""

    DELINQUENCY = "new_delinquency"
    POINTS = "points_fall"
    OBLIGATIONS = "obligations_rise"
    BANKRUPTCY = "bankruptcy"
    STATE = "state"
    IDENTITY = "identity_clear"
    TERMS = "terms_open"


class CauseClass(StrEnum):
    """All that a merchant hears of why a commitment was not honoured."""

    CHANGED_FACTS = "changed_facts"
    TERMS_CLOSED = "terms_closed"
    IDENTITY = "identity"


class CommitmentClaim(StrEnum):
    """What kind of promise a cause may stop."""

    COMMITTED = "committed"
    FIRM_OFFER = "firm_offer"


class Precondition(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that must stay true."""

    code: str
    check: Check
    source: str
    cause_class: CauseClass
    wording: str
    #: Days late, points or cents by the check; None where any change fails.
    threshold: int | None = None
    #: Of monthly income; the larger of both counts.
    threshold_income_bps: int | None = None
    #: A code of reasons.toml; None where the decision's own reasons tell.
    reason: str | None = None


class FixedCause(msgspec.Struct, frozen=True, kw_only=True):
    """A cause that may stop a promise whatever its preconditions say, named when it is made."""

    code: str
    claim: CommitmentClaim
    cause_class: CauseClass
    wording: str


class CommitmentTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A bundle's word on commitments."""

    days_max: int = DAYS_MAX
    #: None: the bundle cannot commit.
    preconditions: tuple[Precondition, ...] = ()
    causes: tuple[FixedCause, ...] = ()

    def causes_of(self, claim: CommitmentClaim) -> tuple[FixedCause, ...]:
        """Return the fixed causes of one kind of promise."""
        return tuple(one for one in self.causes if one.claim is claim)


NO_COMMITMENTS: Final = CommitmentTerms()
_WITH_THRESHOLD: Final = (Check.DELINQUENCY, Check.POINTS, Check.OBLIGATIONS)
_TEXTS: Final = {
    "precondition": ("code", "check", "source", "class", "wording"),
    "cause": ("code", "claim", "class", "wording"),
}
_NUMBERS: Final = ("threshold", "threshold_income_bps")
_FIELDS: Final = {
    "precondition": (*_TEXTS["precondition"], *_NUMBERS, "reason"),
    "cause": _TEXTS["cause"],
}
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "check": tuple(Check),
    "class": tuple(CauseClass),
    "claim": tuple(CommitmentClaim),
}


def read_commitments(
    toml: bytes | None, *, attributes: Collection[str], reasons: Collection[str] | None
) -> tuple[CommitmentTerms, list[Problem]]:
    """Return what a bundle says of commitments, and everything that is wrong with the file.

    Null: no file is no commitments; `reasons` is None where their own file could not be used.
    """
    if toml is None:
        return NO_COMMITMENTS, []
    try:
        document = tomllib.loads(toml.decode())
    except (ValueError, RecursionError) as error:
        return NO_COMMITMENTS, [_problem("not_toml", FILE, f"cannot be read as TOML: {error}")]
    tables = ("commitment", *_TEXTS)
    problems = [
        _problem("unknown_key", f"{FILE} {key}", f"there is no such table{near_miss(key, tables)}")
        for key in document
        if key not in tables
    ]
    days_max = _days_max(document.get("commitment", {}), problems)
    rows = {name: _rows(document, name, problems) for name in _TEXTS}
    if not rows["precondition"] and "precondition" not in document:
        message = "expected at least one [[precondition]]; without any, remove the file"
        problems.append(_problem("no_preconditions", FILE, message))
    problems += _repeated(rows)
    for place, row in rows["precondition"]:
        problems += _precondition_problems(place, row, attributes, reasons)
    if problems:
        return NO_COMMITMENTS, problems
    terms = CommitmentTerms(
        days_max=days_max,
        preconditions=tuple(_precondition(row) for _, row in rows["precondition"]),
        causes=tuple(_cause(row) for _, row in rows["cause"]),
    )
    return terms, []


def _days_max(table: Any, problems: list[Problem]) -> int:
    place = f"{FILE} commitment"
    if not isinstance(table, dict):
        problems.append(_problem("wrong_type", place, "expected a table [commitment]"))
        return DAYS_MAX
    problems += [
        _problem("unknown_field", f"{place} {key}", f"unknown field{near_miss(key, ['days_max'])}")
        for key in table
        if key != "days_max"
    ]
    days = table.get("days_max", DAYS_MAX)
    if type(days) is not int or not 1 <= days <= DAYS_MAX:
        message = f"expected 1 to {DAYS_MAX} days: no commitment lives longer"
        problems.append(_problem("out_of_range", f"{place} days_max", message))
        return DAYS_MAX
    return days


def _rows(
    document: Mapping[str, Any], name: str, problems: list[Problem]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of a table that are whole, with their places."""
    found = document.get(name, [])
    rows = []
    for number, row in enumerate(found if isinstance(found, list) else [found], 1):
        place = f"{FILE} {name} {number}"
        wrong = _row_problems(place, row, name)
        problems += wrong
        if not wrong:
            rows.append((place, row))
    return rows


def _row_problems(place: str, row: Any, name: str) -> list[Problem]:
    if not isinstance(row, dict):
        return [_problem("wrong_type", place, f"expected a table [[{name}]]")]
    problems = [
        _problem("unknown_field", f"{place} {key}", f"unknown field{near_miss(key, _FIELDS[name])}")
        for key in row
        if key not in _FIELDS[name]
    ]
    problems += [
        _problem("missing_field", f"{place} {key}", "expected a text")
        for key in _TEXTS[name]
        if not isinstance(row.get(key), str) or not row[key].strip()
    ]
    problems += [
        _problem("out_of_range", f"{place} {key}", "expected a whole number, 1 or more")
        for key in _NUMBERS
        if key in row and (type(row[key]) is not int or row[key] < 1)
    ]
    for key, words in _WORDS.items():
        word = row.get(key)
        if isinstance(word, str) and word.strip() and key in _FIELDS[name] and word not in words:
            message = f"expected one of {', '.join(words)}{near_miss(word, words)}"
            problems.append(_problem("unknown_value", f"{place} {key}", message))
    return problems


def _repeated(rows: Mapping[str, list[tuple[str, dict[str, Any]]]]) -> list[Problem]:
    """Return codes that stand twice, and checks that do."""
    problems, seen = [], set()
    for place, row in (one for table in rows.values() for one in table):
        for key in ("code", "check"):
            if key in row and (key, row[key]) in seen:
                message = f"'{row[key]}' stands there already"
                problems.append(_problem(f"repeated_{key}", f"{place} {key}", message))
            seen.add((key, row.get(key)))
    return problems


def _precondition_problems(
    place: str,
    row: Mapping[str, Any],
    attributes: Collection[str],
    reasons: Collection[str] | None,
) -> list[Problem]:
    problems = []
    check = Check(row["check"])
    if check in _WITH_THRESHOLD and "threshold" not in row:
        message = f"'{check.value}' needs one: days late, points or cents"
        problems.append(_problem("missing_field", f"{place} threshold", message))
    if check not in _WITH_THRESHOLD and "threshold" in row:
        message = f"'{check.value}' has none: any change fails"
        problems.append(_problem("unknown_field", f"{place} threshold", message))
    if check is not Check.OBLIGATIONS and "threshold_income_bps" in row:
        message = "only a rise of obligations is measured by income"
        problems.append(_problem("unknown_field", f"{place} threshold_income_bps", message))
    if check is Check.OBLIGATIONS:
        problems += [
            _problem("unknown_attribute", f"{place} check", f"the bundle has no attribute '{name}'")
            for name in (OBLIGATIONS, INCOME)
            if name not in attributes
        ]
    reason = row.get("reason")
    if reason is not None and reasons is not None and reason not in reasons:
        message = f"no reason has the code '{reason}'{near_miss(str(reason), reasons)}"
        problems.append(_problem("unknown_reason", f"{place} reason", message))
    return problems


def _precondition(row: Mapping[str, Any]) -> Precondition:
    return Precondition(
        code=row["code"],
        check=Check(row["check"]),
        source=row["source"],
        cause_class=CauseClass(row["class"]),
        wording=row["wording"],
        threshold=row.get("threshold"),
        threshold_income_bps=row.get("threshold_income_bps"),
        reason=row.get("reason"),
    )


def _cause(row: Mapping[str, Any]) -> FixedCause:
    return FixedCause(
        code=row["code"],
        claim=CommitmentClaim(row["claim"]),
        cause_class=CauseClass(row["class"]),
        wording=row["wording"],
    )


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
