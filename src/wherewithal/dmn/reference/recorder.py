"""Keeps the steps of an evaluation by the interpreter, as they are finished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wherewithal.dmn.reference.values import Function
from wherewithal.dmn.trace import InvocationTrace, NamedValue, Step, Trace

#: Beyond these a trace is cut, and says so; no honest model comes near.
STEPS_MAX = 20_000
NESTED_MAX = 100


class TraceRecorder:
    """Steps that are finished, each inside the decision or the call that is under way."""

    def __init__(self) -> None:
        """Start with nothing under way."""
        self._open: list[list[Step]] = [[]]
        self._count = 0
        self._complete = True

    def add(self, step: Step) -> None:
        """Keep a finished step."""
        if self._count >= STEPS_MAX or len(self._open) > NESTED_MAX:
            self._complete = False
            return
        self._count += 1
        self._open[-1].append(step)

    def begin(self) -> None:
        """Begin a step that will have steps of its own."""
        self._open.append([])

    def end(self) -> tuple[Step, ...]:
        """End the step that was begun last, and return those inside it."""
        return tuple(self._open.pop())

    def begin_call(self, function: Function) -> None:
        """Begin a call; one of a built-in function is no step."""
        if function.kind is not None:
            self.begin()

    def end_call(
        self, function: Function, arguments: Mapping[str, Any], value: Any, *, called: str
    ) -> None:
        """Keep a call that was begun, by the function's name, or else the one it was called by."""
        if function.kind is None:
            return
        steps = self.end()
        given = tuple(NamedValue(name=name, value=one) for name, one in arguments.items())
        self.add(
            InvocationTrace(
                what=function.kind,
                name=function.name or called,
                arguments=given,
                value=value,
                steps=steps,
            )
        )

    def trace(self) -> Trace:
        """Return what was kept, with FEEL values; of what is still under way nothing."""
        return Trace(steps=tuple(self._open[0]), complete=self._complete)
