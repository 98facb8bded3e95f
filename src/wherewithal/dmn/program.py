"""A set of models compiled into one graph: decisions in order, by name, over typed inputs.

Models are joined by name: an input data of one file that is a decision of another is that decision,
so that each file still opens alone in a DMN editor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wherewithal.dmn import model
from wherewithal.dmn.compiled import CompiledDecision, CompiledTable
from wherewithal.dmn.diagnostics import Diagnostic, error, near_miss
from wherewithal.dmn.ir import Graph, Node, OutsideProfile
from wherewithal.dmn.lower_boxed import lower_boxed
from wherewithal.dmn.lower_declared import as_declared
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.recorder import Recorder
from wherewithal.dmn.types import Type
from wherewithal.dmn.values import ContextValue, FunctionValue, ListValue, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What the models mean, ready for either executor."""

    graph: Graph
    #: Decisions by name; those outside the profile are absent and have a diagnostic.
    decisions: Mapping[str, Value]
    tables: tuple[CompiledTable, ...]
    #: What the interpreter would do, decision by decision in the order of need: see `trace_plan`.
    steps: tuple[CompiledDecision, ...]
    #: Names that the models read and no decision gives, in the order of first use.
    inputs_read: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]
    #: What an author should see although the program is sound.
    warnings: tuple[Diagnostic, ...] = ()
    #: By `id` of a table of the models, the types of its inputs, for `checks`.
    columns: Mapping[int, tuple[Type | None, ...]] = field(default_factory=dict)

    def node(self, decision: str) -> Node:
        """Return the node of a decision with a single value; KeyError if there is none."""
        value = self.decisions[decision]
        if not isinstance(value, Node):
            message = f"decision '{decision}' is not a single value"
            raise KeyError(message)
        return value


def compile_models(
    models: Sequence[model.Model],
    *,
    graph: Graph,
    inputs: Mapping[str, Value],
    substitutions: Mapping[str, Value] | None = None,
    only: Iterable[str] | None = None,
) -> Program:
    """Return the program of all decisions of the models (or of `only` some and what they need).

    `inputs` are the values of input data by name. `substitutions` replace a decision or an input by
    a given value, which is how a table is evaluated on a grid.
    Errors: none are raised; whatever is outside the profile is a diagnostic of its decision.
    """
    found, diagnostics = _index(models)
    recorder = Recorder(diagnostics=diagnostics)
    compiler = _Compiler(
        graph=graph,
        found=found,
        recorder=recorder,
        values=dict(substitutions or {}),
        inputs=inputs,
        read={},
    )
    for name in only if only is not None else found:
        if name not in found:
            message = f"there is no decision '{name}'{near_miss(name, found)}"
            diagnostics.append(error("unknown_decision", "bundle", message))
            continue
        compiler.decide(name, ())
    decisions = {name: value for name, value in compiler.values.items() if name in found}
    return Program(
        graph=graph,
        decisions=decisions,
        tables=tuple(recorder.tables),
        steps=tuple(compiler.steps),
        inputs_read=tuple(compiler.read),
        diagnostics=tuple(recorder.diagnostics),
        warnings=tuple(dict.fromkeys(recorder.warnings)),
        columns=recorder.columns,
    )


def flattened(name: str, value: Value) -> dict[str, Node]:
    """Return the nodes of a value by dotted name; shapes without nodes give nothing."""
    if isinstance(value, Node):
        return {name: value}
    if not isinstance(value, ContextValue):
        return {}
    parts = (flattened(f"{name}.{key}", entry) for key, entry in value.entries.items())
    return {key: node for part in parts for key, node in part.items()}


def _has_list(value: Value) -> bool:
    if isinstance(value, ContextValue):
        return any(map(_has_list, value.entries.values()))
    return isinstance(value, ListValue)


def _index(
    models: Sequence[model.Model],
) -> tuple[dict[str, tuple[model.Model, model.Decision]], list[Diagnostic]]:
    found: dict[str, tuple[model.Model, model.Decision]] = {}
    diagnostics: list[Diagnostic] = []
    for one in models:
        for decision in one.decisions:
            if decision.name in found:
                other = found[decision.name][0].file
                place = f"{one.file}: decision '{decision.name}'"
                diagnostics.append(error("duplicate_name", place, f"also stands in {other}"))
            else:
                found[decision.name] = (one, decision)
    return found, diagnostics


@dataclass(slots=True, kw_only=True)
class _Compiler:
    graph: Graph
    found: Mapping[str, tuple[model.Model, model.Decision]]
    recorder: Recorder
    values: dict[str, Value]
    inputs: Mapping[str, Value]
    read: dict[str, None]
    #: Inputs by file and name as they are declared there; None where that has been refused.
    typed: dict[tuple[str, str], Value | None] = field(default_factory=dict)
    #: Decisions without a value; what is wrong with them has been said.
    failed: set[str] = field(default_factory=set)
    steps: list[CompiledDecision] = field(default_factory=list)

    def decide(self, name: str, path: tuple[str, ...]) -> Value | None:
        """Return the value of a decision, compiling what it needs first."""
        if name in self.values:
            return self.values[name]
        if name in self.failed:
            return None
        owner, decision = self.found[name]
        place = f"{owner.file}: decision '{name}'"
        if name in path:
            cycle = " -> ".join([*path[path.index(name) :], name])
            self.recorder.diagnostics.append(error("cycle", place, f"needs itself: {cycle}"))
            return None
        value = self._decided(owner, decision, (*path, name))
        if value is None:
            self.failed.add(name)
        else:
            self.values[name] = value
        return value

    def _decided(
        self, owner: model.Model, decision: model.Decision, path: tuple[str, ...]
    ) -> Value | None:
        place = f"{owner.file}: decision '{decision.name}'"
        scope = self._scope(owner, decision.requires, place, path)
        if scope is None:
            return None
        self.recorder.file, self.recorder.decision = owner.file, decision.name
        self.recorder.part = ""
        self.recorder.steps = []
        before = len(self.recorder.diagnostics)
        lowering = Lowering(graph=self.graph, recorder=self.recorder, owner=owner)
        try:
            value = lower_boxed(lowering, decision.expression, scope)
        except OutsideProfile as problem:
            self.recorder.report("", problem)
            return None
        try:
            value = as_declared(lowering, decision.type_ref, value)
        except OutsideProfile as problem:
            self.recorder.report("result", problem)
        if len(self.recorder.diagnostics) > before:
            return None
        steps = tuple(self.recorder.steps)
        self.steps.append(
            CompiledDecision(name=decision.name, file=owner.file, value=value, steps=steps)
        )
        return value

    def _scope(
        self, owner: model.Model, requires: Iterable[str], place: str, path: tuple[str, ...]
    ) -> dict[str, Value] | None:
        scope: dict[str, Value] = {}
        complete = True
        for required in requires:
            value = self._required(owner, required, place, path)
            if value is None:
                complete = False
            else:
                scope[required] = value
        return scope if complete else None

    def _required(
        self, owner: model.Model, name: str, place: str, path: tuple[str, ...]
    ) -> Value | None:
        if name in self.values:
            return self.values[name]
        if name in self.found:
            return self.decide(name, path)
        knowledge = {known.name: known for known in owner.knowledge_models}
        if name in knowledge:
            return self._function(owner, knowledge[name], place, path)
        if name in self.inputs:
            self.read.setdefault(name)
            return self._input(owner, name)
        if name in {service.name for service in owner.services} or any(
            item.name and name.startswith(f"{item.name}.") for item in owner.imports
        ):
            message = f"'{name}' is a service or of an imported model, which is outside the profile"
            self.recorder.diagnostics.append(error("outside_profile", place, message))
            return None
        hint = near_miss(name, [*self.inputs, *self.found])
        message = f"nothing gives the input '{name}'{hint}"
        self.recorder.diagnostics.append(error("unknown_input", place, message))
        return None

    def _input(self, owner: model.Model, name: str) -> Value | None:
        """Return an input as its model declares it; two models may declare it differently."""
        type_ref = next((data.type_ref for data in owner.inputs if data.name == name), None)
        key = (owner.file, name)
        if key not in self.typed:
            self.recorder.file, self.recorder.decision = owner.file, ""
            lowering = Lowering(graph=self.graph, recorder=self.recorder, owner=owner)
            try:
                given = self.inputs[name]
                # Lists are of the length that was given: whoever gives them has checked them.
                self.typed[key] = (
                    given if _has_list(given) else as_declared(lowering, type_ref, given)
                )
            except OutsideProfile as problem:
                place = f"{owner.file}: input '{name}'"
                self.recorder.diagnostics.append(error("outside_profile", place, str(problem)))
                self.typed[key] = None
        return self.typed[key]

    def _function(
        self,
        owner: model.Model,
        known: model.BusinessKnowledgeModel,
        place: str,
        path: tuple[str, ...],
    ) -> Value | None:
        marker = f"{known.name}()"
        if marker in path:
            self.recorder.diagnostics.append(error("cycle", place, f"'{known.name}' calls itself"))
            return None
        scope = self._scope(owner, known.requires, place, (*path, marker))
        if scope is None:
            return None
        try:
            lowering = Lowering(graph=self.graph, recorder=self.recorder, owner=owner)
            value = lower_boxed(lowering, known.function, scope)
        except OutsideProfile as problem:
            self.recorder.diagnostics.append(
                error("outside_profile", f"{place}, function '{known.name}'", str(problem))
            )
            return None
        if not isinstance(value, FunctionValue):
            return value
        # The type of a function itself says nothing of its result.
        item = {item.name: item for item in owner.item_definitions}.get(known.type_ref or "")
        is_function = item is not None and item.function_parameters is not None
        return replace(
            value,
            name=known.name,
            result=None if is_function else known.type_ref,
            is_knowledge_model=True,
        )
