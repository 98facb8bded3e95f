"""The reason key: one integer that packs every match that a reason can come from.

Both executors compute the key; the reasons are read from it by one function. A population has few
distinct keys, so explaining a frame costs little more than explaining its keys.
Source: 12 CFR 1002.9(b)(2): specific, the ones that in fact caused it, at most four.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from wherewithal.dmn.compiled import CompiledTable
from wherewithal.dmn.ir import Graph, Node
from wherewithal.qualify import contract
from wherewithal.qualify.power import Power
from wherewithal.vocabulary.errors import InvariantBroken
from wherewithal.vocabulary.outcome import Outcome
from wherewithal.vocabulary.product import ProductCode
from wherewithal.vocabulary.reason import FAILURE_CODES, ReasonKind, Reasons

if TYPE_CHECKING:
    from wherewithal.qualify.bundle import PolicyBundle

REASONS_MAX = 4
#: What a product says where the tier has no plan; the reasons of the tier say why.
NOT_AT_THIS_TIER = "P_TIER"
TOO_YOUNG = "L_AGE"
STATE_MISSING = "I_STATE"
_OUTCOMES = tuple(outcome.value for outcome in Outcome)


class Screen(IntEnum):
    """What settled the outcome before the policy was asked."""

    NOTHING = 0
    #: A typed failure of the source.
    FAILURE = 1
    #: Younger than the age of contract.
    AGE = 2
    #: The state of residence is missing, so that no law row can be found.
    STATE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One chain of rules of which at most one matches: what each rule stands for."""

    decision: str
    #: By position in the chain, 1-based as in the key; 0 is no match.
    codes: tuple[str, ...]
    #: The rank or the points that the rule yields.
    values: tuple[int, ...]
    #: Rule numbers, for the order of the table.
    numbers: tuple[int, ...]


@dataclass(slots=True, kw_only=True)
class Signature:
    """How to read a key; explanations are kept, because keys repeat."""

    key: Node
    common: tuple[Group, ...]
    score: tuple[Group, ...]
    product_codes: tuple[str, ...]
    products: int
    reasons: Reasons
    _known: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _rungs: dict[str, int] = field(default_factory=dict)

    def explain(self, key: int) -> tuple[str, ...]:
        """Return the reason codes of a key, the first in precedence first, at most four.

        Points lost share one rung of the ladder: among them, the most points come first.
        """
        if key not in self._known:
            codes = sorted(dict.fromkeys(self._codes(key)), key=self._rung)
            self._known[key] = tuple(codes)[:REASONS_MAX]
        return self._known[key]

    def _rung(self, code: str) -> int:
        if code not in self._rungs:
            own, kind = self.reasons.by_code[code].precedence, self.reasons.by_code[code].kind
            shared = (one.precedence for one in self.reasons.reasons if one.kind is kind)
            self._rungs[code] = min(shared) if kind is ReasonKind.SCORE else own
        return self._rungs[code]

    def _codes(self, key: int) -> list[str]:
        rest, outcome_place = divmod(key, len(_OUTCOMES))
        outcome = Outcome(_OUTCOMES[outcome_place])
        rest, screen = divmod(rest, len(Screen))
        if screen == Screen.FAILURE:
            return [FAILURE_CODES[outcome]]
        if screen == Screen.AGE:
            return [TOO_YOUNG]
        rest, points_rank = divmod(rest, contract.RANK_DECLINE + 1)
        rest, tier_rank = divmod(rest, contract.RANK_DECLINE + 1)
        matched: list[tuple[Group, int]] = []
        for group in self.common:
            rest, place = divmod(rest, len(group.codes))
            if place:
                matched.append((group, place))
        codes = [g.codes[p] for g, p in matched if g.decision == contract.OUTCOME]
        if screen == Screen.STATE:
            # What else is missing is said at once; nothing else was decided.
            kinds = {code: self.reasons.by_code[code].kind for code in codes if code}
            also = [code for code, kind in kinds.items() if kind is ReasonKind.INCOMPLETE]
            return [STATE_MISSING, *also]
        if outcome in (Outcome.INCOMPLETE, Outcome.STEP_UP, Outcome.REFUSED_IDENTITY):
            return codes
        holding = _holding(matched, tier_rank)
        if outcome is Outcome.DECLINED and tier_rank < contract.RANK_DECLINE:
            # Nothing can be bought: what stands in the way, and every rule that asks for this tier,
            # though the points alone would give it too.
            products = self._product_reasons(rest)
            return [code for code in products if code != NOT_AT_THIS_TIER] + holding
        if tier_rank > points_rank:
            # Rules alone hold the tier. Where none of them has a reason, the points are told.
            return holding or (self._points_lost(rest) if rest else [])
        # The points hold it, and with them every rule that asks for the same: neither alone would
        # lift it, so both are causes.
        lost = self._points_lost(rest) if rest or points_rank == contract.RANK_DECLINE else []
        return holding + lost

    def _points_lost(self, rest: int) -> list[str]:
        """Return the characteristics with most points below the best attainable, never "score"."""
        lost: list[tuple[int, int, str]] = []
        for place, group in enumerate(self.score):
            rest, position = divmod(rest, len(group.codes))
            best = max(group.values[1:])
            below = best - group.values[position]
            code = group.codes[position] or next((c for c in group.codes if c), "")
            if below > 0 and code:
                lost.append((-below, place, code))
        return [code for _, _, code in sorted(lost)]

    def _product_reasons(self, rest: int) -> list[str]:
        codes = []
        for _ in range(self.products):
            rest, place = divmod(rest, len(self.product_codes) + 1)
            if place:
                codes.append(self.product_codes[place - 1])
        return codes


def _holding(matched: list[tuple[Group, int]], tier_rank: int) -> list[str]:
    """Return the rules that ask for the tier's rank."""
    found = [
        (group.numbers[place], group.codes[place])
        for group, place in matched
        if group.decision == contract.KNOCK_OUTS and group.values[place] == tier_rank
    ]
    return [code for _, code in sorted(found) if code]


def compile_signature(
    bundle: PolicyBundle,
    *,
    outcome: Node,
    screen: Node,
    powers: Mapping[ProductCode, Power],
    is_zero: Node,
) -> Signature:
    """Return the key's node and how to read it; `screen` is a member of Screen by number.

    Errors: InvariantBroken if the bundle has so many rules that the key exceeds 63 bits.
    """
    graph, program = bundle.graph, bundle.program
    tables = {compiled.decision: compiled for compiled in program.tables}
    common: list[Group] = []
    digits: list[tuple[Node, int]] = []
    for name in (contract.KNOCK_OUTS, contract.OUTCOME):
        if name in tables:
            _add(graph, tables[name], common, digits)
    score: list[Group] = []
    score_digits: list[tuple[Node, int]] = []
    if contract.POINTS in tables:
        _add(graph, tables[contract.POINTS], score, score_digits)
    codes = tuple(
        sorted({code for power in powers.values() for code in power.reason.type.values or ()})
    )
    product_digits = [
        (
            _or_zero(graph, graph.add(graph.position(p.reason, codes), graph.constant(1))),
            len(codes) + 1,
        )
        for p in powers.values()
    ]
    points_rank = program.node(contract.POINTS_RANK)
    by_points = graph.equal(points_rank, graph.constant(contract.RANK_DECLINE))
    by_score = _packed(graph, score_digits)
    branches = [
        (by_points, by_score),
        (is_zero, _packed(graph, product_digits)),
        (is_lowered(graph, powers), by_score),
    ]
    last = graph.case(branches, graph.constant(0))
    ranks = [
        (points_rank, contract.RANK_DECLINE + 1),
        (program.node(contract.TIER_RANK), contract.RANK_DECLINE + 1),
    ]
    screened = [(graph.position(outcome, _OUTCOMES), len(_OUTCOMES)), (screen, len(Screen))]
    head = [*screened, *ranks, *digits]
    key = _packed(graph, [*((_or_zero(graph, node), radix) for node, radix in head), (last, 0)])
    if not key.type.fits_int64():
        message = "the bundle's rules do not fit a 63-bit reason key"
        raise InvariantBroken(message)
    return Signature(
        key=key,
        common=tuple(common),
        score=tuple(score),
        product_codes=codes,
        products=len(powers),
        reasons=bundle.reasons,
    )


def is_lowered(graph: Graph, powers: Mapping[ProductCode, Power]) -> Node:
    """Return whether some product is not offered at the person's tier: to be explained."""
    code = graph.constant(NOT_AT_THIS_TIER)
    return graph.any_of([graph.equal(power.reason, code) for power in powers.values()])


def _add(
    graph: Graph, compiled: CompiledTable, groups: list[Group], digits: list[tuple[Node, int]]
) -> None:
    rules = {rule.number: rule for rule in compiled.table.rules}
    for node, numbers in zip(compiled.groups, compiled.rules, strict=True):
        group = Group(
            decision=compiled.decision,
            codes=(
                "",
                *(dict(rules[n].annotations).get(contract.REASON, "").strip() for n in numbers),
            ),
            values=(0, *(_whole(rules[n].outputs[0].text) for n in numbers)),
            numbers=(0, *numbers),
        )
        if not any(group.codes):
            continue
        places = [0] * (max(numbers) + 1)
        for place, number in enumerate(numbers, 1):
            places[number] = place
        groups.append(group)
        digits.append((graph.lookup(node, places), len(group.codes)))


def _packed(graph: Graph, digits: list[tuple[Node, int]]) -> Node:
    """Return the mixed-radix number of the digits, the first the least significant."""
    total, weight = graph.constant(0), 1
    for node, radix in digits:
        total = graph.add(total, graph.multiply(node, graph.constant(weight)))
        weight *= radix
    return total


def _or_zero(graph: Graph, node: Node) -> Node:
    if not node.type.nullable:
        return node
    return graph.case(
        [(graph.negation(graph.is_null(node)), graph.assume_not_null(node))], graph.constant(0)
    )


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
