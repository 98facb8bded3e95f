"""Evaluates decisions and decision services of models that may import each other.

Source: DMN 1.5, chapter 6 and 10.4.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import localcontext
from typing import Any

from wherewithal.dmn.diagnostics import error, near_miss
from wherewithal.dmn.model import (
    BusinessKnowledgeModel,
    Decision,
    DecisionService,
    InputData,
    Model,
)
from wherewithal.dmn.reference.boxed import BoxedEvaluator
from wherewithal.dmn.reference.builtins_all import MODULES
from wherewithal.dmn.reference.coercion import coerce
from wherewithal.dmn.reference.decimals import DECIMAL128
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import ANY, FeelType, TypeTable
from wherewithal.dmn.reference.runtime import Limits, Runtime, Scope, check_depth, paying
from wherewithal.dmn.reference.trace import Evaluation
from wherewithal.dmn.reference.values import DateTime, FeelNull, Function, LimitExceeded
from wherewithal.dmn.trace import DecisionTrace

Element = InputData | Decision | BusinessKnowledgeModel | DecisionService

#: Python frames that the deepest allowed expression inside the deepest allowed call may need.
_FRAMES_MAX = 60_000


def evaluate(
    models: Sequence[Model],
    decision: str,
    inputs: Mapping[str, Any],
    *,
    now: DateTime | None = None,
    limits: Limits | None = None,
    namespace: str | None = None,
) -> Evaluation:
    """Evaluate a decision by name, or call a decision service or a knowledge model with the inputs.

    The name is looked for in the model of `namespace`, or in all, the last first (`read_models`
    returns imports first). `inputs` are FEEL values by name of input data; an input of an imported
    model may also be given as `namespace#name`. What now() gives is the caller's to say.
    Errors: none are raised; what could not be computed is null, with a diagnostic that says why.
    """
    runtime = Runtime(limits=limits or Limits(), now=now)
    world = World(models, runtime)
    home = world.home_of(decision, namespace)
    if home is None:
        names = [name for engine in world.engines.values() for name in engine.elements]
        message = f"no decision is named '{decision}'{near_miss(decision, names)}"
        return Evaluation(value=None, diagnostics=(error("no-decision", "", message),))
    run = Run(world, dict(inputs))
    with _room_to_recurse(), localcontext(DECIMAL128), paying(runtime):
        try:
            value = run.result(*home)
        except LimitExceeded as limit:
            runtime.notes.append(error("limit-exceeded", runtime.place, str(limit)))
            value = None
        except RecursionError:
            message = "the model nests too deep to be evaluated"
            runtime.notes.append(error("limit-exceeded", runtime.place, message))
            value = None
    return Evaluation(
        value=value, diagnostics=tuple(runtime.notes), recorded=runtime.recorder.trace()
    )


@contextmanager
def _room_to_recurse() -> Iterator[None]:
    """Let Python recurse as deep as the bounds allow; only Python frames are on that stack."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES_MAX))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Engine:
    """One model, ready to be evaluated."""

    def __init__(self, model: Model, runtime: Runtime) -> None:
        """Index the elements of a model."""
        self.model = model
        self.elements: dict[str, Element] = {}
        groups: tuple[Sequence[Element], ...] = (
            model.inputs,
            model.decisions,
            model.knowledge_models,
            model.services,
        )
        for group in groups:
            for element in group:
                self.elements.setdefault(element.name, element)
        self.evaluator = Evaluator(runtime, TypeTable(model.item_definitions))
        self.boxed = BoxedEvaluator(self.evaluator)


class World:
    """All models of an evaluation, by namespace."""

    def __init__(self, models: Sequence[Model], runtime: Runtime) -> None:
        """Index the models and join their types."""
        self.runtime = runtime
        self.engines = {model.namespace: Engine(model, runtime) for model in models}
        for engine in self.engines.values():
            imported = [
                (item.name, self.engines[item.namespace].evaluator.types)
                for item in engine.model.imports
                if item.namespace in self.engines
            ]
            engine.evaluator.types.join(imported)

    def home_of(self, name: str, namespace: str | None) -> tuple[Engine, str] | None:
        """Return the model that has an element of that name, and the element's name there.

        In the model of a namespace, an imported element may be named behind its import's name.
        """
        if namespace is not None:
            engine = self.engines.get(namespace)
            found = None if engine is None else self.resolve(engine, name)
            return None if found is None else found[:2]
        engines = reversed(list(self.engines.values()))
        return next(((engine, name) for engine in engines if name in engine.elements), None)

    def resolve(self, engine: Engine, name: str) -> tuple[Engine, str, str] | None:
        """Return where a required name is defined: engine, name there, name of the import."""
        if name in engine.elements:
            return engine, name, ""
        for item in sorted(engine.model.imports, key=lambda found: -len(found.name)):
            target = self.engines.get(item.namespace)
            prefix = f"{item.name}." if item.name else ""
            local = name.removeprefix(prefix)
            if target is not None and name.startswith(prefix) and local in target.elements:
                return target, local, item.name
        return None


class Run:
    """One set of inputs: each decision is evaluated once."""

    def __init__(self, world: World, inputs: dict[str, Any], parent: Run | None = None) -> None:
        """Start with inputs by name; a decision service's run asks its caller's for others."""
        self._world = world
        self._inputs = inputs
        self._parent = parent
        self._values: dict[tuple[str, str], Any] = {}
        self._pending: list[tuple[str, str]] = []

    def result(self, engine: Engine, name: str) -> Any:
        """Return the value of a decision, or of what is called with the inputs."""
        found = self.value(engine, name)
        element = engine.elements[name]
        if isinstance(element, (Decision, InputData)) or not isinstance(found, Function):
            return found
        runtime = self._world.runtime
        runtime.place = f"'{name}'"
        given: dict[str, Any] = {}
        for key in found.signatures[-1]:
            place = self._world.resolve(engine, key) if found.kind == "decision service" else None
            home, local = (engine, key) if place is None else place[:2]
            given[key] = self.given(home, local)[1]
        try:
            return runtime.call(found, given)
        except FeelNull as reason:
            runtime.note(str(reason))
            return None

    def value(self, engine: Engine, name: str) -> Any:
        """Return the value of an element, computed once."""
        key = (engine.model.namespace, name)
        if key not in self._values:
            self._values[key] = self._compute(engine, engine.elements[name])
        return self._values[key]

    def _compute(self, engine: Engine, element: Element) -> Any:
        if isinstance(element, InputData):
            return self._input(engine, element)
        if isinstance(element, Decision):
            return self._decision(engine, element)
        if isinstance(element, DecisionService):
            return self._service(engine, element)
        return self._knowledge(engine, element)

    def given(self, engine: Engine, name: str) -> tuple[bool, Any]:
        """Return whether an input was given to this run or its caller's, and its value."""
        for key in (f"{engine.model.namespace}#{name}", name):
            if key in self._inputs:
                return True, self._inputs[key]
        return self._parent.given(engine, name) if self._parent is not None else (False, None)

    def _input(self, engine: Engine, element: InputData) -> Any:
        found, value = self.given(engine, element.name)
        self._world.runtime.place = f"input '{element.name}'"
        if not found:
            self._world.runtime.note("no value was given")
        return engine.boxed.typed(value, element.type_ref, "the given value")

    def _decision(self, engine: Engine, element: Decision) -> Any:
        key = (engine.model.namespace, element.name)
        if self._parent is not None and "#".join(key) in self._inputs:
            value = self._inputs["#".join(key)]
            return engine.boxed.typed(value, element.type_ref, "the given value")
        runtime = self._world.runtime
        if key in self._pending:
            runtime.note(f"decision '{element.name}' needs itself")
            return None
        self._pending.append(key)
        scope = self._scope(engine, element.requires)
        runtime.recorder.begin()
        runtime.place = f"decision '{element.name}'"
        value = engine.boxed.evaluate(element.expression, scope)
        runtime.place = f"decision '{element.name}'"
        value = engine.boxed.typed(value, element.type_ref, "the result")
        check_depth(value)
        self._pending.pop()
        steps = runtime.recorder.end()
        file = engine.model.file
        runtime.recorder.add(DecisionTrace(name=element.name, model=file, value=value, steps=steps))
        return value

    def _scope(self, engine: Engine, requires: Sequence[str]) -> Scope:
        """Return the values of what an element requires, imported ones under the import's name."""
        bindings: dict[str, Any] = {}
        for name in requires:
            found = self._world.resolve(engine, name)
            if found is None:
                self._world.runtime.note(f"'{name}' is required but is in none of the models")
                continue
            home, local, prefix = found
            value = self.value(home, local)
            if prefix:
                bindings.setdefault(prefix, {})[local] = value
            else:
                bindings[local] = value
        return Scope(bindings)

    def _knowledge(self, engine: Engine, element: BusinessKnowledgeModel) -> Any:
        if element.function is None:
            return None
        # The function is bound in the scope that it closes over, so that it may call itself.
        bindings: dict[str, Any] = {}
        function = engine.boxed.function(element.name, element.function, Scope(bindings))
        function = replace(function, kind="knowledge model")
        self._values[(engine.model.namespace, element.name)] = function
        bindings.update(self._scope(engine, element.requires).bindings)
        bindings[element.name] = function
        if element.type_ref is None:
            return function
        return _with_result(engine, function, element.type_ref)

    def _service(self, engine: Engine, element: DecisionService) -> Function:
        # Each input by the name that it has in its own model, and by the one that it has here.
        places: dict[str, tuple[Engine, str]] = {}
        short: list[str] = []
        for name in (*element.input_data, *element.input_decisions):
            found = self._world.resolve(engine, name)
            home, local = (engine, name) if found is None else found[:2]
            places[name] = places[local] = (home, local)
            short.append(local)
        long = (*element.input_data, *element.input_decisions)

        def call(arguments: Mapping[str, Any]) -> Any:
            inputs: dict[str, Any] = {}
            for name, value in arguments.items():
                home, local = places[name]
                inputs[f"{home.model.namespace}#{local}"] = _argument(home, local, value)
            run = Run(self._world, inputs, parent=self)
            results: dict[str, Any] = {}
            for name in element.outputs:
                found = self._world.resolve(engine, name)
                if found is not None:
                    home, local, _ = found
                    results[local] = run.value(home, local)
            value = next(iter(results.values())) if len(results) == 1 else results
            self._world.runtime.place = f"decision service '{element.name}'"
            return engine.boxed.typed(value, element.type_ref, "the result")

        return Function(
            name=element.name,
            signatures=(tuple(short), long),
            call=call,
            types=(self._service_type(engine, element),),
            kind="decision service",
        )

    def _service_type(self, engine: Engine, element: DecisionService) -> FeelType:
        """Return the type of a service as a function: of its inputs, to what it gives."""

        def declared(name: str) -> FeelType | None:
            found = self._world.resolve(engine, name)
            home, local = (engine, name) if found is None else found[:2]
            type_ref = home.elements[local].type_ref if local in home.elements else None
            return None if type_ref is None else home.evaluator.types.by_name(type_ref)

        names = (*element.input_data, *element.input_decisions)
        result = None
        if element.type_ref is not None:
            result = engine.evaluator.types.by_name(element.type_ref)
        elif len(element.outputs) == 1:
            result = declared(element.outputs[0])
        parameters = tuple(declared(name) or ANY for name in names)
        return FeelType(kind="function", parameters=parameters, result=result)


def _argument(home: Engine, name: str, value: Any) -> Any:
    """Return an argument of a service as the type of the input or the decision that it is for."""
    element = home.elements.get(name)
    type_ref = None if element is None else element.type_ref
    wanted = home.evaluator.types.by_name(type_ref) or ANY
    found = coerce(value, wanted, home.evaluator.constraint_passes)
    if found is None and value is not None:
        raise FeelNull(f"argument '{name}' is not of type '{type_ref}'")
    return found


def _with_result(engine: Engine, function: Function, type_ref: str) -> Function:
    """Return the function with its result as the knowledge model's declared type."""
    wanted = engine.evaluator.types.by_name(type_ref) or ANY
    if wanted.kind == "function":
        return function

    def call(arguments: Mapping[str, Any]) -> Any:
        return engine.boxed.typed(function.call(arguments), type_ref, "the result")

    return replace(function, call=call)


#: Importing this module registers the built-in functions.
BUILTIN_MODULES = MODULES
