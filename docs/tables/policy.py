"""Tables of the policy's models: knock-outs, tiers, limits, capacity, price, outcome, formulas."""

from __future__ import annotations

from collections.abc import Iterator

from docs.tables.markdown import code, dollars, percent, plain, table
from wherewithal.dmn.model import Decision, DecisionTable, Literal, Model, Rule
from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.vocabulary.program import PlanCode

_DECLINES = "X"


def _decisions(bundle: PolicyBundle) -> Iterator[tuple[Model, Decision]]:
    for model in bundle.models:
        for decision in model.decisions:
            yield model, decision


def decision_table(bundle: PolicyBundle, name: str) -> DecisionTable:
    """Return the table of a decision; KeyError if it has none."""
    for _, decision in _decisions(bundle):
        if decision.name == name and isinstance(decision.expression, DecisionTable):
            return decision.expression
    raise KeyError(name)


def tier_letters(bundle: PolicyBundle) -> dict[int, str]:
    """Return the tier of each rank, as the policy's own table has it."""
    rules = decision_table(bundle, contract.TIER).rules
    return {int(rule.tests[0].text): rule.outputs[0].text.strip('"') for rule in rules}


def conditions(table_: DecisionTable, rule: Rule) -> str:
    """Return what a rule tests, without the inputs that it leaves open."""
    tested = [
        f"{clause.label} {cell.text}"
        for clause, cell in zip(table_.inputs, rule.tests, strict=True)
        if cell.text.strip() not in ("", "-")
    ]
    return "; ".join(code(one) for one in tested) or "always"


def knockouts(bundle: PolicyBundle) -> str:
    """Return the rules that decline or cap, in the order of their table."""
    letters = tier_letters(bundle)
    found = decision_table(bundle, contract.KNOCK_OUTS)
    rows = []
    for rule in found.rules:
        letter = letters[int(rule.outputs[0].text)]
        notes = dict(rule.annotations)
        effect = "declines" if letter == _DECLINES else f"no better than {letter}"
        meaning, reason = plain(notes.get("meaning")), notes.get(contract.REASON, "").strip()
        rows.append((str(rule.number), meaning, conditions(found, rule), effect, reason))
    return table(("rule", "meaning", "where", "effect", "reason"), rows)


def tiers(bundle: PolicyBundle) -> str:
    """Return the tiers by points, with limits and shares of income."""
    letters = tier_letters(bundle)
    points = decision_table(bundle, contract.POINTS_RANK)
    by_points = {letters[int(r.outputs[0].text)]: r.tests[0].text for r in points.rules}
    limits, shares = (_by_tier(bundle, name) for name in ("Limit row", "Capacity shares"))
    columns = [*next(iter(limits.values())), *next(iter(shares.values()))]
    rows = [
        (letter, code(by_points[letter]), *(limits[letter] | shares[letter]).values())
        for letter in by_points
    ]
    return table(("tier", "points", *columns), rows)


def _by_tier(bundle: PolicyBundle, name: str) -> dict[str, dict[str, str]]:
    found = decision_table(bundle, name)
    heads = [clause.name or clause.label for clause in found.outputs]
    return {
        rule.tests[0].text.strip('"'): {
            _title(head): _amount(head, cell.text)
            for head, cell in zip(heads, rule.outputs, strict=True)
        }
        for rule in found.rules
    }


def _title(name: str) -> str:
    return name.rsplit("_", 1)[0].replace("_", " ")


def _amount(name: str, text: str) -> str:
    return dollars(int(text)) if name.endswith("_cents") else f"{text}%"


def price(bundle: PolicyBundle) -> str:
    """Return the note rate of every pricing tier and plan, from the grid as it is evaluated."""
    letters = sorted({tier for tier, _ in bundle.grid}, key=lambda tier: (tier[0], -len(tier)))
    plans = [
        p for p in PlanCode if any((tier, p.law_term_months) in bundle.grid for tier in letters)
    ]
    rows = [
        (
            tier,
            *(
                "-"
                if (bps := bundle.grid.get((tier, plan.law_term_months))) is None
                else percent(bps)
                for plan in plans
            ),
        )
        for tier in letters
    ]
    return table(("pricing tier", *(plan.value.replace("_", " ") for plan in plans)), rows)


def outcome(bundle: PolicyBundle) -> str:
    """Return the rules of the outcome; the first that holds decides."""
    found = decision_table(bundle, contract.OUTCOME)
    rows = [
        (
            str(rule.number),
            conditions(found, rule),
            rule.outputs[0].text.strip('"'),
            dict(rule.annotations).get(contract.REASON, "").strip(),
        )
        for rule in found.rules
    ]
    return table(("rule", "where", "outcome", "reason"), rows)


def formulas(bundle: PolicyBundle) -> str:
    """Return the decisions that are one expression, by file."""
    rows = [
        (decision.name, code(decision.expression.feel.text), model.file)
        for model, decision in _decisions(bundle)
        if isinstance(decision.expression, Literal)
    ]
    return table(("decision", "FEEL", "file"), rows)
