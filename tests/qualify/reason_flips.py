"""Mends what a reason states, with values that are read off the model: nothing is tuned by hand.

Behind a reason stand the rules that carry its code, or a part of the score; behind those the
attributes of their cells, and behind these the facts. A fact is tried at every threshold that the
model's cells have for it, at one less and one more, at the ends of its range and as unknown; what
lets the rule go, or gains the most points, is taken.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide import Applicant, Decision, decide
from wherewithal.vocabulary.facts import FACTS_BY_NAME, FactType

Facts = dict[str, Any]
_NUMBER = re.compile(r"-?\d+")
TIERS = "ABCDEX"
#: What the core says of itself, and the decision that it looks at.
_CORE = {"R09": contract.CAPACITY, "P_LIMIT": "Limit total"}


class Behind(NamedTuple):
    """What stands behind one reason."""

    table: str
    rules: frozenset[int]
    attributes: tuple[str, ...]


class Flipper:
    """Knows what stands behind each reason of a bundle."""

    def __init__(self, bundle: PolicyBundle) -> None:
        self.bundle = bundle
        self.tables = {one.decision: one.table for one in bundle.program.tables}
        self.behind = {
            code: [one for table in self.tables if (one := self._rules(table, code))]
            for code in bundle.reasons.by_code
        }
        self.numbers = self._thresholds()

    def decided(self, facts: Facts) -> Decision:
        return decide(Applicant(applicant_id="", facts=facts), self.bundle)

    def mended(self, facts: Facts, codes: tuple[str, ...]) -> Facts:
        """Return the facts with everything mended that the reasons state."""
        for code in codes:
            facts = self._mended(facts, code)
        return facts

    def _mended(self, facts: Facts, code: str) -> Facts:
        names = self.facts_of(code)
        tried = [facts, *self._changed(facts, names, 1)]
        best = max(tried, key=lambda one: self._merit(one, code))
        if self._merit(best, code) <= self._merit(facts, code) or self._is_stated(best, code):
            tried += self._changed(facts, names, 2)
            best = max(tried, key=lambda one: self._merit(one, code))
        return best

    def facts_of(self, code: str) -> tuple[str, ...]:
        """Return the facts behind a reason, in the order of attributes."""
        if code in _CORE:
            return self._facts_of_decision(_CORE[code])
        attributes = dict.fromkeys(a for one in self.behind[code] for a in one.attributes)
        facts = dict.fromkeys(f for a in attributes for f in self.bundle.attributes[a].facts)
        # The day is nobody's to mend.
        return tuple(name for name in facts if name != "as_of")

    def _merit(self, facts: Facts, code: str) -> tuple[float, ...]:
        """Return how well a reason is mended: rules let go, points gained, room made."""
        decision = self.decided(facts)
        values = decision.values
        if code in _CORE:
            column = "capacity_cents" if code == "R09" else "limit_total_cents"
            return (values[column] if values[column] is not None else -1,)
        matched = sum(
            len(one.rules & set(decision.matched.get(one.table, ()))) for one in self.behind[code]
        )
        if any(one.table == contract.POINTS for one in self.behind[code]):
            return (values["score_points"] if values["score_points"] is not None else -1e9,)
        return (-matched, -self._worst(decision, code))

    def _worst(self, decision: Decision, code: str) -> int:
        """Return the worst that any rule of the reason's tables says: another one may begin."""
        return max(
            (
                int(rule.outputs[0].text) if one.table == contract.KNOCK_OUTS else 1
                for one in self.behind[code]
                for rule in self.tables[one.table].rules
                if rule.number in decision.matched.get(one.table, ())
                and dict(rule.annotations).get(contract.REASON, "").strip()
            ),
            default=0,
        )

    def _is_stated(self, facts: Facts, code: str) -> bool:
        decision = self.decided(facts)
        return any(
            one.rules & set(decision.matched.get(one.table, ()))
            for one in self.behind[code]
            if one.table != contract.POINTS
        )

    def _changed(self, facts: Facts, names: tuple[str, ...], count: int) -> Iterator[Facts]:
        for chosen in itertools.combinations(names, count):
            values = [self._candidates(name, facts) for name in chosen]
            for combination in itertools.product(*values):
                yield {**facts, **dict(zip(chosen, combination, strict=True))}

    def _candidates(self, name: str, facts: Facts) -> list[Any]:
        fact, near = FACTS_BY_NAME[name], self.numbers.get(name, ())
        match fact.type:
            case FactType.INTEGER:
                values = {fact.minimum, *near}
                values = {v for v in values if fact.minimum <= v <= fact.maximum}
                return [*sorted(values), None]
            case FactType.BOOLEAN:
                return [False, True, None]
            case FactType.ENUMERATION:
                return [*fact.values, None]
            case FactType.DATE:
                return [_months_before(facts["as_of"], months) for months in near]

    def _rules(self, table: str, code: str) -> Behind | None:
        rules = [
            rule
            for rule in self.tables[table].rules
            if dict(rule.annotations).get(contract.REASON, "").strip() == code
        ]
        columns = {
            self.tables[table].inputs[place].expression.text
            for rule in rules
            for place, cell in enumerate(rule.tests)
            if cell.text != "-"
        }
        known = tuple(name for name in self.bundle.attributes if name in columns)
        return Behind(table, frozenset(r.number for r in rules), known) if rules else None

    def _facts_of_decision(self, name: str) -> tuple[str, ...]:
        """Return the facts that a decision reads by itself, not through the tier."""
        found: dict[str, None] = {}
        todo, seen = [name], set()
        models = {one.name: one for model in self.bundle.models for one in model.decisions}
        while todo:
            one = todo.pop()
            if one in seen or one in (contract.TIER, contract.PRICING_TIER):
                continue
            seen.add(one)
            text = str(models[one].expression)
            found |= dict.fromkeys(
                fact
                for attribute in self.bundle.attributes.values()
                if re.search(rf"\b{attribute.name}\b", text)
                for fact in attribute.facts
            )
            todo += [other for other in models if other != one and other in text]
        return tuple(found)

    def _thresholds(self) -> Mapping[str, tuple[int, ...]]:
        """Return the numbers at which the model's cells change, by fact, with their neighbours."""
        found: dict[str, set[int]] = {}
        for table in self.tables.values():
            for place, column in enumerate(table.inputs):
                attribute = self.bundle.attributes.get(column.expression.text)
                if attribute is None:
                    continue
                numbers = {
                    int(n) for rule in table.rules for n in _NUMBER.findall(rule.tests[place].text)
                }
                for fact in attribute.facts:
                    found.setdefault(fact, set()).update(
                        near for number in numbers for near in (number - 1, number, number + 1)
                    )
        return {fact: tuple(sorted(numbers)) for fact, numbers in found.items()}


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - max(0, months), 12)
    return date(years, month + 1, 1)


def standing_of(decision: Decision) -> tuple[Any, ...]:
    """Return how good a decision is; a greater one is better."""
    values = decision.values
    return (
        decision.outcome.value == "approved",
        -TIERS.index(values["tier"]),
        values["power_total_cents"],
        values["capacity_cents"],
        values["score_points"],
    )


def is_better(after: Decision, before: Decision) -> bool:
    """Return whether outcome, tier, power, capacity or points are better, and the outcome no worse."""
    now, was = standing_of(after), standing_of(before)
    return now[0] >= was[0] and any(new > old for new, old in zip(now, was, strict=True))
