"""What a bundle says of changes in `changes.toml`: what may move between two decisions, in words.

    [[change]]
    code = "inquiries"
    part = "facts"
    facts = ["inquiries_6m"]
    rose = "More lenders have looked at your credit file in the last six months."
    fell = "Fewer lenders have looked at your credit file in the last six months."
    wording = "How many lenders looked at your credit file of late has changed."

The order of the file is the order in which parts are swapped. Without the file a change is
attributed to the four parts as wholes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Final

import msgspec

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.qualify.identity import LAYOUT
from wherewithal.qualify.toml_rows import read_document, read_rows
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS_BY_NAME, FactType, Use

FILE: Final = "changes.toml"


class Part(StrEnum):
    """What a power comes from, in the order in which it is swapped."""

    #: The bundle that decides: score, tiers, limits, capacity.
    POLICY = "policy"
    #: Law rows, programs and prices, and what only the law may look at: state and age.
    TERMS = "terms"
    #: What was read of the person: the bureau's file, and what they stated.
    FACTS = "facts"
    #: What is owed, held and capped with us, and how it was paid.
    ACCOUNT = "account"


class AccountField(StrEnum):
    """What an account consists of, for attribution."""

    #: Loans and active holds.
    USED = "used"
    OWN_CAP = "own_cap"
    #: First loan, payments on time, and the days between: the share of first purchases.
    HISTORY = "history"
    #: Late payments, and what was written off.
    LATE = "late"


_Text = Annotated[str, msgspec.Meta(min_length=1, pattern=r"\S")]
#: Names of facts, and of the typed failure.
_FACTS: Final = frozenset(fact.name for fact in LAYOUT)
_RISING: Final = frozenset({FactType.INTEGER, FactType.DATE})

#: Facts that came after bundles had been kept, and the part of an account that each tells of. In a
#: bundle that does not name it, it stands beside that part: kept bundles are read for ever.
_LATER: Final = {
    "own_on_time_payments": AccountField.HISTORY,
    "own_days_since_first": AccountField.HISTORY,
}


class ChangeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """What moves together, and the words for it."""

    code: _Text
    part: Part
    #: Names of facts; the first one picks `rose` or `fell`.
    facts: tuple[str, ...] = ()
    account: tuple[AccountField, ...] = ()
    #: A whole sentence; it says what moved, and no value.
    wording: _Text
    rose: _Text | None = None
    fell: _Text | None = None


#: Of a bundle that says nothing: one group a part.
PLAIN_GROUPS: Final = (
    ChangeGroup(code="policy", part=Part.POLICY, wording="Our policy has changed."),
    ChangeGroup(
        code="terms",
        part=Part.TERMS,
        facts=tuple(n for n, fact in FACTS_BY_NAME.items() if fact.use is not Use.CREDIT),
        wording="The law, or the terms that we offer under it, have changed.",
    ),
    ChangeGroup(
        code="facts",
        part=Part.FACTS,
        facts=tuple(
            fact.name
            for fact in LAYOUT
            if fact.use is Use.CREDIT and not fact.name.startswith("own_")
        ),
        wording="What your credit file says, or what you told us, has changed.",
    ),
    ChangeGroup(
        code="account",
        part=Part.ACCOUNT,
        facts=tuple(name for name in FACTS_BY_NAME if name.startswith("own_")),
        account=tuple(AccountField),
        wording="Your account with us has changed.",
    ),
)


def read_changes(toml: bytes | None) -> tuple[tuple[ChangeGroup, ...], list[Problem]]:
    """Return the groups in the order of swapping, and everything that is wrong with the file.

    Every fact and every part of an account has to stand in exactly one group, so that nothing can
    move without words; state and age may stand with the terms alone.
    """
    if toml is None:
        return PLAIN_GROUPS, []
    document, problems = read_document(toml, file=FILE, tables=("change",))
    rows, wrong = read_rows(document, "change", ChangeGroup, file=FILE)
    problems += wrong
    rows = _with_later(rows)
    if not problems:
        problems += _unfit(rows)
    if problems:
        return PLAIN_GROUPS, problems
    order = tuple(Part)
    return tuple(sorted((row for _, row in rows), key=lambda row: order.index(row.part))), []


def _with_later(rows: Sequence[tuple[str, ChangeGroup]]) -> list[tuple[str, ChangeGroup]]:
    named = {name for _, row in rows for name in row.facts}
    found = []
    for place, row in rows:
        later = [one for one, part in _LATER.items() if one not in named and part in row.account]
        found.append((place, msgspec.structs.replace(row, facts=(*row.facts, *later))))
    return found


def _unfit(rows: Sequence[tuple[str, ChangeGroup]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, row in rows:
        for name in (f"code {row.code}", *row.facts, *row.account):
            if name in seen:
                yield _problem("duplicate_name", place, f"'{name}' stands in a row above already")
            seen.add(name)
        for name in row.facts:
            yield from _fact_problems(place, row, name)
        if row.account and row.part is not Part.ACCOUNT:
            yield _problem("wrong_part", f"{place} account", "expected part = 'account'")
        if (row.rose or row.fell) and not _rises(row):
            message = "needs a first fact that is a number or a day"
            yield _problem("unknown_field", f"{place} rose, fell", message)
    for part in (Part.POLICY, Part.TERMS):
        count = sum(row.part is part for _, row in rows)
        if count != 1:
            message = f"expected one row with part = '{part.value}', found {count}"
            yield _problem("wrong_part", FILE, message)
    for name in sorted((_FACTS | {*AccountField}) - seen):
        yield _problem("unworded", FILE, f"'{name}' may change and stands in no [[change]]")


def _rises(row: ChangeGroup) -> bool:
    fact = FACTS_BY_NAME.get(row.facts[0]) if row.facts else None
    return fact is not None and fact.type in _RISING


def _fact_problems(place: str, row: ChangeGroup, name: str) -> Iterator[Problem]:
    if name not in _FACTS:
        message = f"there is no fact '{name}'{near_miss(name, _FACTS)}"
        yield _problem("unknown_fact", f"{place} facts", message)
        return
    fact = FACTS_BY_NAME.get(name)
    is_of_the_law = fact is not None and fact.use is not Use.CREDIT
    if is_of_the_law != (row.part is Part.TERMS):
        message = f"'{name}' is for the law alone: expected part = 'terms'"
        if not is_of_the_law:
            message = f"'{name}' is none of the law's: expected part = 'facts' or 'account'"
        yield _problem("wrong_part", f"{place} facts", message)


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
