"""Reads decision tables."""

from __future__ import annotations

from dataclasses import dataclass

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.model import (
    Aggregation,
    DecisionTable,
    Feel,
    HitPolicy,
    Rule,
    TableInput,
    TableOutput,
)
from wherewithal.dmn.reader_scope import Reading, Scope
from wherewithal.dmn.reader_xml import Element, children, first_child, line_of, text_of

_HIT_POLICIES = {policy.value: policy for policy in HitPolicy} | {
    # Initials, as tools print them in the table's corner.
    policy.value[0]: policy
    for policy in HitPolicy
}
_AGGREGATIONS = {aggregation.value: aggregation for aggregation in Aggregation} | {
    "C+": Aggregation.SUM,
    "C#": Aggregation.COUNT,
    "C<": Aggregation.MIN,
    "C>": Aggregation.MAX,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """The columns of a table, which each rule fills."""

    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    annotations: list[str]


def read_table(reading: Reading, element: Element, scope: Scope) -> DecisionTable:
    """Return the table; each cell is parsed with the names of `scope`."""
    inputs = tuple(
        _read_input(reading, child, scope, number)
        for number, child in enumerate(children(element, "input"), start=1)
    )
    outputs = _read_outputs(reading, element, scope)
    annotations = [
        normalise_name(child.get("name") or "") or f"annotation {number}"
        for number, child in enumerate(children(element, "annotation"), start=1)
    ]
    columns = _Columns(inputs=inputs, outputs=outputs, annotations=annotations)
    rules = tuple(
        _read_rule(reading, child, scope.at(f"rule {number}"), number=number, columns=columns)
        for number, child in enumerate(children(element, "rule"), start=1)
    )
    if not rules:
        message = "the table has no rules; it always gives null or its default"
        reading.warning("no-rules", scope.place, message, line=line_of(element))
    hit_policy, aggregation = _read_policy(reading, element, scope)
    return DecisionTable(
        hit_policy=hit_policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        type_ref=reading.type_ref(element.get("typeRef"), scope.place, element),
    )


def _read_policy(
    reading: Reading, element: Element, scope: Scope
) -> tuple[HitPolicy, Aggregation | None]:
    raw = " ".join((element.get("hitPolicy") or "UNIQUE").split())
    folded = raw.upper().replace("_", " ")
    hit_policy = _HIT_POLICIES.get(folded, HitPolicy.UNIQUE)
    if folded not in _HIT_POLICIES:
        known = ", ".join(policy.value for policy in HitPolicy)
        message = f"unknown hit policy '{raw}'{near_miss(folded, _HIT_POLICIES)}; known: {known}"
        reading.error("unknown-hit-policy", scope.place, message, line=line_of(element))
    raw_aggregation = (element.get("aggregation") or "").strip()
    if not raw_aggregation:
        return hit_policy, None
    aggregation = _AGGREGATIONS.get(raw_aggregation.upper())
    if aggregation is None:
        known = ", ".join(item.value for item in Aggregation)
        hint = near_miss(raw_aggregation, _AGGREGATIONS)
        message = f"unknown aggregation '{raw_aggregation}'{hint}; known: {known}"
        reading.error("unknown-aggregation", scope.place, message, line=line_of(element))
    elif hit_policy is not HitPolicy.COLLECT:
        message = f"aggregation {aggregation.value} needs hit policy COLLECT; it is ignored"
        reading.warning("aggregation-ignored", scope.place, message, line=line_of(element))
        return hit_policy, None
    return hit_policy, aggregation


def _read_input(reading: Reading, element: Element, scope: Scope, number: int) -> TableInput:
    clause = first_child(element, "inputExpression")
    text = (text_of(clause) or "").strip()
    label = normalise_name(element.get("label") or "") or normalise_name(text) or f"{number}"
    inner = scope.at(f"input '{label}'")
    expression = reading.expression(clause, inner)
    if expression is None:
        message = "the input has no expression; write what is tested"
        reading.error("missing-expression", inner.place, message, line=line_of(element))
        expression = Feel(text="", node=None, place=inner.place, line=line_of(element))
    return TableInput(
        label=label,
        expression=expression,
        allowed_values=reading.tests(
            first_child(element, "inputValues"), inner.at("allowed values")
        ),
        type_ref=None
        if clause is None
        else reading.type_ref(clause.get("typeRef"), inner.place, clause),
    )


def _read_outputs(reading: Reading, element: Element, scope: Scope) -> tuple[TableOutput, ...]:
    clauses = list(children(element, "output"))
    if not clauses:
        message = "the table has no output; add an output column"
        reading.error("missing-output", scope.place, message, line=line_of(element))
    outputs: list[TableOutput] = []
    seen: set[str] = set()
    for number, clause in enumerate(clauses, start=1):
        name = normalise_name(clause.get("name") or "") or None
        label = normalise_name(clause.get("label") or "") or name or f"{number}"
        inner = scope.at(f"output '{label}'")
        if len(clauses) > 1 and name is None:
            message = "an output of a table with several outputs has no name; name it"
            reading.error("missing-name", inner.place, message, line=line_of(clause))
        if name is not None and name in seen:
            message = f"two outputs are named '{name}'; rename one"
            reading.error("duplicate-name", inner.place, message, line=line_of(clause))
        seen.add(name or "")
        outputs.append(
            TableOutput(
                name=name if len(clauses) > 1 else None,
                label=label,
                allowed_values=reading.tests(
                    first_child(clause, "outputValues"), inner.at("allowed values")
                ),
                default=reading.expression(
                    first_child(clause, "defaultOutputEntry"), inner.at("default")
                ),
                type_ref=reading.type_ref(clause.get("typeRef"), inner.place, clause),
            )
        )
    return tuple(outputs)


def _read_rule(
    reading: Reading, element: Element, scope: Scope, *, number: int, columns: _Columns
) -> Rule:
    line = line_of(element)
    input_cells = list(children(element, "inputEntry"))
    output_cells = list(children(element, "outputEntry"))
    _require_count(
        reading,
        scope,
        found=len(input_cells),
        expected=len(columns.inputs),
        what="input",
        line=line,
    )
    _require_count(
        reading,
        scope,
        found=len(output_cells),
        expected=len(columns.outputs),
        what="output",
        line=line,
    )
    tests = [
        _read_test(reading, cell, scope.at(f"input '{clause.label}'"))
        for cell, clause in zip(input_cells, columns.inputs, strict=False)
    ]
    values: list[Feel] = []
    for cell, output in zip(output_cells, columns.outputs, strict=False):
        inner = scope.at(f"output '{output.label}'")
        value = reading.expression(cell, inner)
        if value is None:
            message = "the output cell is empty; write null if nothing is meant"
            reading.warning("empty-output", inner.place, message, line=line_of(cell))
            value = Feel(text="", node=ast.NullLiteral(), place=inner.place, line=line_of(cell))
        values.append(value)
    notes = [
        (name, (text_of(entry) or "").strip())
        for name, entry in zip(
            [*columns.annotations, *_numbered(len(columns.annotations))],
            children(element, "annotationEntry"),
            strict=False,
        )
    ]
    description = first_child(element, "description")
    if description is not None and (text := "".join(map(str, description.itertext())).strip()):
        notes.append(("description", text))
    return Rule(
        number=number,
        tests=tuple(tests),
        outputs=tuple(values),
        annotations=tuple(notes),
        line=line,
    )


def _numbered(known: int) -> list[str]:
    """Return names for annotations beyond those that the table's clauses name."""
    return [f"annotation {number}" for number in range(known + 1, known + 21)]


def _read_test(reading: Reading, cell: Element, scope: Scope) -> Feel:
    found = reading.tests(cell, scope)
    if found is not None:
        return found
    message = "the cell is empty and is read as '-', any value; write '-'"
    reading.warning("empty-cell", scope.place, message, line=line_of(cell))
    dash = ast.UnaryTests(tests=(), is_dash=True)
    return Feel(text="", node=dash, place=scope.place, line=line_of(cell))


def _require_count(
    reading: Reading, scope: Scope, *, found: int, expected: int, what: str, line: int | None
) -> None:
    if found != expected:
        message = f"the rule has {found} {what} cells, the table has {expected} {what} columns"
        reading.error("wrong-cell-count", scope.place, message, line=line)
