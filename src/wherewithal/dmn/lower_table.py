"""Decision tables to IR: which rule matches first, then what it yields.

Every table keeps its matches as numbers of rules, so that a trace costs no second evaluation. The
rules of a Collect table are put into groups within which no two can match together: a scorecard
becomes one chain a characteristic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from wherewithal.dmn.compiled import CompiledHits, CompiledTable, Guard
from wherewithal.dmn.declared import declared_type
from wherewithal.dmn.feel import ast
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile
from wherewithal.dmn.lookup_axes import bits_of
from wherewithal.dmn.lookup_table import RULES_MIN, Rules, look_up, select, select_constant
from wherewithal.dmn.lower_cells import (
    Column,
    Regions,
    allowed_of,
    cell_conditions,
    cell_region,
    input_value,
    is_complete,
)
from wherewithal.dmn.lower_declared import as_declared
from wherewithal.dmn.lowered_cells import Conditions, KnownCells, met_cells
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.model import (
    Aggregation,
    DecisionTable,
    Feel,
    HitPolicy,
    Rule,
    TableOutput,
)
from wherewithal.dmn.regions import Region
from wherewithal.dmn.types import Kind
from wherewithal.dmn.values import ContextValue, Value

#: Pairs of rules that may match together cost a comparison each; more than this is not a table.
OVERLAPS_MAX = 500
#: Rules that may match all at once are folded one by one; more than this is not a table either.
GROUPS_MAX = 300


def lower_table(lowering: Lowering, table: DecisionTable, scope: Mapping[str, Value]) -> Value:
    """Return the table's result, and record its matches for the trace."""
    width = len(table.inputs), len(table.outputs)
    for rule in table.rules:
        if (len(rule.tests), len(rule.outputs)) != width:
            raise OutsideProfile(f"rule {rule.number} does not have one cell for each column")
    seen = [
        input_value(lowering, clause.label, clause.expression, scope) for clause in table.inputs
    ]
    tested = [lowering.single(value) for value in seen]
    lowering.recorder.keep_types(table, [node.type for node in tested])
    columns = [
        Column(
            label=clause.label, tested=node, allowed=allowed_of(lowering, clause, node.type, scope)
        )
        for clause, node in zip(table.inputs, tested, strict=True)
    ]
    known = KnownCells(lowering.recorder)
    cells = {
        rule.number: cell_conditions(lowering, known, rule, columns, scope) for rule in table.rules
    }
    conditions = Conditions(lowering.graph, cells, tested)
    regions = {
        rule.number: tuple(
            known.region(place, cell, partial(cell_region, lowering, column, cell, scope))
            for place, (column, cell) in enumerate(zip(columns, rule.tests, strict=True))
        )
        for rule in table.rules
    }
    found: tuple[Value, CompiledTable]
    if table.hit_policy is HitPolicy.COLLECT and table.aggregation is not None:
        found = _collected(lowering, table, conditions, regions, scope)
    elif table.hit_policy in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER):
        message = f"hit policy {table.hit_policy.value} yields a list, which is outside the profile"
        raise OutsideProfile(message)
    else:
        complete = is_complete(tested, regions)
        found = _single_hit(lowering, table, conditions, regions, scope, complete=complete)
    value, compiled = found
    lowering.recorder.steps.append(
        CompiledHits(
            compiled=compiled,
            inputs=tuple(seen),
            value=value,
            matches=partial(_matches, lowering, conditions, regions),
        )
    )
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outputs:
    """The outputs of all rules, and where the steps of each rule's stand."""

    #: As their columns are declared: null where a column's type does not allow the value.
    nodes: dict[int, list[Node]]
    #: As the cells have them, which is what a priority goes by.
    cells: dict[int, list[Node]]
    steps: dict[int, tuple[int, int]]

    def guard(self, lowering: Lowering, guard_of: Callable[[int], Guard]) -> None:
        """Say of the steps that they are taken where the interpreter looks at the rule's."""
        for number, (start, end) in self.steps.items():
            lowering.recorder.guard(start, guard_of(number), end=end)


def _outputs_of(lowering: Lowering, table: DecisionTable, scope: Mapping[str, Value]) -> _Outputs:
    found = _Outputs(nodes={}, cells={}, steps={})
    for rule in table.rules:
        before = len(lowering.recorder.steps)
        pairs = _outputs(lowering, table, rule, scope)
        found.cells[rule.number] = [cell for cell, _ in pairs]
        found.nodes[rule.number] = [node for _, node in pairs]
        if len(lowering.recorder.steps) > before:
            found.steps[rule.number] = before, len(lowering.recorder.steps)
    return found


def _outputs(
    lowering: Lowering, table: DecisionTable, rule: Rule, scope: Mapping[str, Value]
) -> list[tuple[Node, Node]]:
    """Return what each output cell says, and what its column makes of it."""
    nodes = []
    for clause, feel in zip(table.outputs, rule.outputs, strict=True):
        lowering.recorder.part = f"rule {rule.number}, output '{clause.name or clause.label}'"
        try:
            if feel.node is None:
                raise OutsideProfile("the output is empty or did not parse")
            cell = lowering.node(feel.node, scope)
            nodes.append((cell, _as_output(lowering, clause, cell)))
        except OutsideProfile as problem:
            place = f"rule {rule.number}, output '{clause.name or clause.label}'"
            lowering.recorder.report(place, problem)
            null = lowering.graph.constant(None)
            nodes.append((null, null))
    return nodes


def _as_output(lowering: Lowering, clause: TableOutput, node: Node) -> Node:
    """Return an output as its column is declared: null where its type does not allow it."""
    value = as_declared(lowering, clause.type_ref, node)
    if not isinstance(value, Node):
        raise OutsideProfile("the column is declared a list")
    return value


def _single_hit(
    lowering: Lowering,
    table: DecisionTable,
    conditions: Conditions,
    regions: Regions,
    scope: Mapping[str, Value],
    *,
    complete: bool,
) -> tuple[Value, CompiledTable]:
    graph = lowering.graph
    found_outputs = _outputs_of(lowering, table, scope)
    outputs = found_outputs.nodes
    order = [rule.number for rule in table.rules]
    if table.hit_policy is HitPolicy.PRIORITY:
        order = _by_priority(lowering, table, found_outputs.cells, scope)
    found = look_up(
        _rules(lowering, conditions, regions, order, policy=table.hit_policy, outputs=outputs)
    )
    if found is not None:
        matched, clash = found.matched, found.clash
        complete = matched.type.low > 0
    else:
        clash = graph.any_of(_clashes(lowering, table, conditions, regions, outputs))
        branches = [(conditions[number], graph.constant(number)) for number in order]
        if clash.op is not Op.CONSTANT or clash.payload is True:
            # More than one hit of a Unique table, or unequal hits of an Any table, yield null.
            branches.insert(0, (clash, graph.constant(0)))
            complete = False
        # Of a complete table the last rule needs no test: it is what remains.
        none_left = branches.pop()[1] if complete else graph.constant(0)
        matched = graph.case(branches, none_left)
    found_outputs.guard(
        lowering,
        lambda number: (
            Guard(node=conditions[number], value=True)
            if table.hit_policy is HitPolicy.ANY
            else Guard(node=matched, value=number)
        ),
    )
    compiled = _record(lowering, table, [matched], [tuple(order)], outputs)
    before = len(lowering.recorder.steps)
    defaults = [_default(lowering, clause, scope) for clause in table.outputs]
    is_missed = Guard(node=matched, value=0), Guard(node=clash, value=True, is_not=True)
    lowering.recorder.guard(before, *is_missed)
    columns = [
        _selected(
            lowering,
            matched,
            {**({} if complete else {0: default}), **{n: outputs[n][place] for n in order}},
        )
        for place, default in enumerate(defaults)
    ]
    # A default stands for no hit; two hits that clash are null all the same.
    null = graph.constant(None)
    columns = [
        column if default is null else graph.case([(clash, null)], column)
        for column, default in zip(columns, defaults, strict=True)
    ]
    if len(columns) == 1:
        return columns[0], compiled
    names = [clause.name or clause.label for clause in table.outputs]
    # Without a hit, or a default for one, the result is null and no context of nulls.
    # Whether two clash may be null, which is no clash: presence itself is never null.
    missing = [graph.equal(clash, graph.constant(value=True))]
    if all(clause.default is None for clause in table.outputs):
        missing.append(graph.equal(matched, graph.constant(0)))
    present = graph.negation(graph.any_of(missing))
    entries: dict[str, Value] = dict(zip(names, columns, strict=True))
    return ContextValue(entries=entries, present=present), compiled


def _clashes(
    lowering: Lowering,
    table: DecisionTable,
    conditions: Conditions,
    regions: Regions,
    outputs: Mapping[int, list[Node]],
) -> list[Node]:
    if table.hit_policy not in (HitPolicy.UNIQUE, HitPolicy.ANY):
        return []
    pairs = [
        (first, second)
        for first, others in _meeting(regions, conditions.tested).items()
        for second in bits_of(others >> first + 1 << first + 1)
    ]
    if len(pairs) > OVERLAPS_MAX:
        message = f"{len(pairs)} pairs of rules may match together under {table.hit_policy.value}"
        raise OutsideProfile(message)
    graph = lowering.graph
    clashes = []
    for a, b in pairs:
        both = [conditions[a], conditions[b]]
        if table.hit_policy is HitPolicy.ANY:
            same = [
                lowering.compare("=", *outs) for outs in zip(outputs[a], outputs[b], strict=True)
            ]
            both.append(graph.negation(graph.all_of(same)))
        clashes.append(graph.all_of(both))
    return clashes


def _meeting(regions: Regions, tested: Sequence[Node]) -> dict[int, int]:
    """Return for each rule those that may match with it, as a set of bits by rule's number.

    Rules share cells: what is compared are the different cells of a column, not the rules.
    """
    found = dict.fromkeys(sorted(regions), -1)
    for place, node in enumerate(tested):
        rules_of: dict[Region | None, int] = {}
        for number, cells in regions.items():
            rules_of[cells[place]] = rules_of.get(cells[place], 0) | 1 << number
        met = met_cells(node, rules_of)
        for number, cells in regions.items():
            found[number] &= met[cells[place]]
    everything = sum(1 << number for number in regions)
    return {number: rules & everything for number, rules in found.items()}


def _selected(lowering: Lowering, matched: Node, by_number: Mapping[int, Node]) -> Node:
    """Return the node of the rule that matched: by position where all are constants."""
    graph = lowering.graph
    nodes = list(by_number.values())
    kinds = {node.type.kind for node in nodes} - {Kind.NULL}
    if len(kinds) > 1:
        raise OutsideProfile("the rules yield values of different types")
    if all(node.op is Op.CONSTANT for node in nodes) and Kind.DAYS not in kinds:
        return select_constant(graph, matched, by_number)
    if len(by_number) > RULES_MIN:
        return select(graph, matched, by_number)
    branches = [
        (graph.equal(matched, graph.constant(number)), node)
        for number, node in by_number.items()
        if number
    ]
    return graph.case(branches, by_number.get(0, graph.constant(None)))


def _default(lowering: Lowering, clause: TableOutput, scope: Mapping[str, Value]) -> Node:
    if clause.default is None or clause.default.node is None:
        return lowering.graph.constant(None)
    return _as_output(lowering, clause, lowering.node(clause.default.node, scope))


def _by_priority(
    lowering: Lowering,
    table: DecisionTable,
    outputs: Mapping[int, list[Node]],
    scope: Mapping[str, Value],
) -> list[int]:
    ranks: list[list[Node]] = []
    for clause in table.outputs:
        values = _values_of(lowering, clause)
        allowed = values.node if values else None
        tests = allowed.tests if isinstance(allowed, ast.UnaryTests) else ()
        ranks.append([lowering.node(test, scope) for test in tests])
    if not any(ranks):
        raise OutsideProfile("priority needs allowed output values, which are its order")

    def rank(number: int) -> tuple[int, ...]:
        found = []
        # Constants are interned: equal ones are one node.
        for known, node in zip(ranks, outputs[number], strict=True):
            if known and node not in known:
                raise OutsideProfile("priority needs every output among the allowed output values")
            found.append(known.index(node) if known else 0)
        return tuple(found)

    return sorted(outputs, key=rank)


def _values_of(lowering: Lowering, clause: TableOutput) -> Feel | None:
    """Return the output's values; where it lists none, those that its type allows."""
    if clause.allowed_values is not None or lowering.owner is None:
        return clause.allowed_values
    allowed = declared_type(lowering.owner, clause.type_ref).allowed
    if len(allowed) > 1:
        raise OutsideProfile("priority by a type that has allowed values more than once")
    return allowed[0] if allowed else None


def _collected(
    lowering: Lowering,
    table: DecisionTable,
    conditions: Conditions,
    regions: Regions,
    scope: Mapping[str, Value],
) -> tuple[Value, CompiledTable]:
    graph = lowering.graph
    if len(table.outputs) != 1 or not table.rules:
        raise OutsideProfile("an aggregation needs rules, and folds one output")
    found = _outputs_of(lowering, table, scope)
    found.guard(lowering, lambda number: Guard(node=conditions[number], value=True))
    outputs = {number: nodes[0] for number, nodes in found.nodes.items()}
    groups = _groups(sorted(conditions), _meeting(regions, conditions.tested))
    if len(groups) > GROUPS_MAX:
        message = f"more than {GROUPS_MAX} rules may match together under COLLECT"
        raise OutsideProfile(message)
    matched = [_first_of(lowering, conditions, regions, group) for group in groups]
    compiled = _record(lowering, table, matched, groups, found.nodes)
    none_matched = graph.all_of([graph.equal(index, graph.constant(0)) for index in matched])
    before = len(lowering.recorder.steps)
    default = _default(lowering, table.outputs[0], scope)
    lowering.recorder.guard(before, *(Guard(node=index, value=0) for index in matched))
    if table.aggregation is Aggregation.COUNT:
        hits = [graph.lookup(index, [0] + [1] * (index.type.high or 1)) for index in matched]
        result = hits[0]
        for hit in hits[1:]:
            result = graph.add(result, hit)
        return graph.case([(none_matched, default)], result), compiled
    if any(node.type.kind is not Kind.NUMBER for node in outputs.values()):
        raise OutsideProfile("an aggregation folds numbers")
    if any(node.type.nullable for node in outputs.values()):
        raise OutsideProfile("an aggregation folds numbers that cannot be null")
    neutral = _neutral(lowering, table.aggregation, list(outputs.values()))
    parts = [
        _selected(lowering, index, {0: neutral, **{n: outputs[n] for n in group}})
        for index, group in zip(matched, groups, strict=True)
    ]
    result = parts[0]
    for part in parts[1:]:
        if table.aggregation is Aggregation.SUM:
            result = graph.add(result, part)
        else:
            pick = graph.least if table.aggregation is Aggregation.MIN else graph.greatest
            result = pick([result, part])
    return graph.case([(none_matched, default)], result), compiled


def _neutral(lowering: Lowering, aggregation: Aggregation | None, nodes: Sequence[Node]) -> Node:
    """Return the value that changes no fold; min and max take it from the outputs' own range."""
    graph = lowering.graph
    if aggregation is Aggregation.SUM:
        return graph.constant(0)
    aligned = [graph.rescale(node, max(n.type.scale for n in nodes)) for node in nodes]
    pick = (
        max(aligned, key=lambda n: n.type.high)
        if aggregation is Aggregation.MIN
        else min(aligned, key=lambda n: n.type.low)
    )
    value = pick.type.high if aggregation is Aggregation.MIN else pick.type.low
    return graph.constant(value, scale=pick.type.scale)


def _first_of(
    lowering: Lowering, conditions: Conditions, regions: Regions, group: Sequence[int]
) -> Node:
    """Return the number of the rule of a group that matches, or 0."""
    graph = lowering.graph
    found = look_up(_rules(lowering, conditions, regions, group))
    if found is not None:
        return found.matched
    return graph.case([(conditions[n], graph.constant(n)) for n in group], graph.constant(0))


def _rules(
    lowering: Lowering,
    conditions: Conditions,
    regions: Regions,
    order: Sequence[int],
    *,
    policy: HitPolicy = HitPolicy.FIRST,
    outputs: Mapping[int, Sequence[Node]] | None = None,
) -> Rules:
    return Rules(
        graph=lowering.graph,
        order=order,
        tested=conditions.tested,
        regions=regions,
        cells=conditions.cells,
        policy=policy,
        outputs=outputs or {},
    )


def _groups(numbers: Sequence[int], meeting: Mapping[int, int]) -> list[tuple[int, ...]]:
    """Return the rules in groups, each a set of rules of which at most one can match."""
    groups: list[list[int]] = []
    held: list[int] = []
    for number in numbers:
        for place, group in enumerate(groups):
            if not meeting[number] & held[place]:
                group.append(number)
                held[place] |= 1 << number
                break
        else:
            groups.append([number])
            held.append(1 << number)
    return [tuple(group) for group in groups]


def _record(
    lowering: Lowering,
    table: DecisionTable,
    matched: Sequence[Node],
    groups: Sequence[tuple[int, ...]],
    outputs: Mapping[int, Sequence[Node]],
) -> CompiledTable:
    recorder = lowering.recorder
    recorder.part = ""
    compiled = CompiledTable(
        decision=recorder.decision,
        table=table,
        groups=tuple(_unguarded(lowering.graph, node) for node in matched),
        rules=tuple(groups),
        outputs=outputs,
    )
    recorder.tables.append(compiled)
    return compiled


def _matches(lowering: Lowering, conditions: Conditions, regions: Regions) -> list[Node]:
    """Return the rules that matched, all of them: of each group its number, or 0."""
    groups = _groups(sorted(conditions), _meeting(regions, conditions.tested))
    return [_first_of(lowering, conditions, regions, group) for group in groups]


def _unguarded(graph: Graph, matched: Node) -> Node:
    """Return the match for a trace, which reads it in every row: 0 where a guard is null."""
    guards = [graph.nodes[number] for number in sorted(matched.guards)]
    zero = graph.constant(0)
    return graph.case([(graph.is_null(guard), zero) for guard in guards], matched)
