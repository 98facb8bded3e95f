"""What differs between two policies, by content: files, decisions, rules, attributes, catalogues.

A rule is known by what it says. One that moved, with other rules before it, is no change by itself;
where the order matters, the hit policy makes it one for people, and the population shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import msgspec

from wherewithal.dmn.model import Decision, DecisionTable, Feel
from wherewithal.qualify.bundle import PolicyBundle

#: Where something stands says nothing of what it means.
_PLACES: Final = frozenset({"line", "place", "element_id", "number", "node"})
_WORDS: Final = {"replace": "changed", "insert": "added", "delete": "removed"}


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that differs."""

    #: file | decision | rule | attribute | product | law_row | reason | catalogue
    kind: str
    #: Such as `limits.dmn: decision 'Limit total', rule 3`.
    where: str
    #: added | removed | changed
    how: str


def content_changes(
    before: PolicyBundle,
    after: PolicyBundle,
    *,
    files_before: Mapping[str, bytes],
    files_after: Mapping[str, bytes],
) -> tuple[Changed, ...]:
    """Return everything that differs, files first; nothing where digests are equal."""
    if before.digest == after.digest:
        return ()
    found = [*_by_key("file", files_before, files_after)]
    found += _decisions(before, after)
    feel = [{n: one.feel for n, one in b.attributes.items()} for b in (before, after)]
    found += _by_key("attribute", feel[0], feel[1])
    products = [{p.code.value: p for p in b.catalogue.products} for b in (before, after)]
    found += _by_key("product", products[0], products[1])
    rest = [
        {
            "merchant limits": b.catalogue.merchant_limits,
            "exposure limits": b.catalogue.exposure_limits,
            "ages of contract": b.law.contract_ages,
        }
        for b in (before, after)
    ]
    found += _by_key("catalogue", rest[0], rest[1])
    rows = [{row.row_id: row for row in b.law.rows} for b in (before, after)]
    found += _by_key("law_row", rows[0], rows[1])
    found += _by_key("reason", before.reasons.by_code, after.reasons.by_code)
    return tuple(found)


def _by_key(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            yield Changed(kind=kind, where=name, how="removed")
        elif name not in before:
            yield Changed(kind=kind, where=name, how="added")
        elif before[name] != after[name]:
            yield Changed(kind=kind, where=name, how="changed")


def _decisions(before: PolicyBundle, after: PolicyBundle) -> Iterator[Changed]:
    """Yield decisions that differ, and the rules of their tables that do."""
    olds, news = _owned(before), _owned(after)
    for name in dict.fromkeys([*olds, *news]):
        old, new = olds.get(name), news.get(name)
        file = (new or old or ("", None))[0]
        where = f"{file}: decision '{name}'"
        if old is None or new is None:
            yield Changed(kind="decision", where=where, how="removed" if old else "added")
            continue
        was, now = old[1].expression, new[1].expression
        if _content(was) == _content(now):
            continue
        yield Changed(kind="decision", where=where, how="changed")
        if isinstance(was, DecisionTable) and isinstance(now, DecisionTable):
            yield from _rules(was, now, where)


def _owned(bundle: PolicyBundle) -> dict[str, tuple[str, Decision]]:
    return {one.name: (model.file, one) for model in bundle.models for one in model.decisions}


def _rules(before: DecisionTable, after: DecisionTable, where: str) -> Iterator[Changed]:
    was, now = ([_content(rule) for rule in table.rules] for table in (before, after))
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            continue
        numbers = range(first, last) if tag == "delete" else range(new_first, new_last)
        for number in numbers:
            yield Changed(kind="rule", where=f"{where}, rule {number + 1}", how=_WORDS[tag])


def _content(value: Any) -> Any:
    """Return what something says, without where it stands."""
    if isinstance(value, Feel):
        return value.text
    if is_dataclass(value):
        named = (field.name for field in fields(value) if field.name not in _PLACES)
        return (type(value).__name__, *(_content(getattr(value, name)) for name in named))
    return tuple(map(_content, value)) if isinstance(value, tuple) else value
