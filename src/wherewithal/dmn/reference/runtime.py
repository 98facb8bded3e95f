"""What one evaluation carries: its bounds, its notes, its moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic, warning
from wherewithal.dmn.reference.recorder import TraceRecorder
from wherewithal.dmn.reference.values import DateTime, Function, LimitExceeded

#: Deeper values are refused where they are walked over.
VALUE_DEPTH_MAX = 500
#: Parts of a value as it would be written out, those that it shares counted each time.
VALUE_PARTS_MAX = 2_000_000
#: Steps of work that a call takes beside its arguments and its body.
_CALL_STEPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one evaluation; none can be reached by an honest model."""

    steps_max: int = 2_000_000
    calls_deep_max: int = 1_000
    list_length_max: int = 1_000_000
    regex_steps_max: int = 2_000_000
    notes_max: int = 200


@dataclass(slots=True, kw_only=True)
class Runtime:
    """Counts against the bounds and collects what became null, and why."""

    limits: Limits
    #: The moment that now() and today() give; None if the caller gave none.
    now: DateTime | None = None
    notes: list[Diagnostic] = field(default_factory=list)
    place: str = ""
    steps: int = 0
    calls_deep: int = 0
    recorder: TraceRecorder = field(default_factory=TraceRecorder)
    _quiet: int = 0

    def spend(self, count: int = 1) -> None:
        """Count steps of work; LimitExceeded beyond the bound."""
        self.steps += count
        if self.steps > self.limits.steps_max:
            raise LimitExceeded(f"the evaluation takes more than {self.limits.steps_max} steps")

    def note(self, message: str, *, code: str = "null-result") -> None:
        """Record why a value became null, once a place."""
        if self._quiet or len(self.notes) >= self.limits.notes_max:
            return
        found = warning(code, self.place, message)
        if found not in self.notes:
            self.notes.append(found)

    def hush(self, quiet: int) -> None:
        """Record nothing (1) or again as before (-1)."""
        self._quiet += quiet

    def check_length(self, length: int) -> None:
        """Refuse a list that is longer than the bound."""
        if length > self.limits.list_length_max:
            raise LimitExceeded(f"a list may have {self.limits.list_length_max} items")
        self.spend(length)

    def call(
        self, function: Function, arguments: Mapping[str, Any], *, called: str = "function"
    ) -> Any:
        """Call a function one level deeper; `called` names it in the trace if it has no name."""
        if self.calls_deep >= self.limits.calls_deep_max:
            message = f"functions call each other more than {self.limits.calls_deep_max} deep"
            raise LimitExceeded(message)
        self.spend(_CALL_STEPS)
        self.calls_deep += 1
        self.recorder.begin_call(function)
        value: Any = None
        try:
            value = function.call(arguments)
        finally:
            self.calls_deep -= 1
            self.recorder.end_call(function, arguments, value, called=called)
        return value


#: The evaluation under way, which pays for walks over nested values.
_CURRENT: ContextVar[Runtime | None] = ContextVar("current_runtime", default=None)


@contextmanager
def paying(runtime: Runtime) -> Iterator[None]:
    """Let a runtime pay for the walks over values that happen meanwhile."""
    token = _CURRENT.set(runtime)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def charge(count: int, depth: int) -> None:
    """Count a step into a nested value; LimitExceeded if it is too deep or too much.

    Values may share their parts, so that one of a few dozen levels can have more paths than atoms.
    """
    if depth > VALUE_DEPTH_MAX:
        raise LimitExceeded(f"a value nests deeper than {VALUE_DEPTH_MAX} levels")
    runtime = _CURRENT.get()
    if runtime is not None:
        runtime.spend(count)


def check_depth(value: Any) -> None:
    """Refuse a value that nests too deep, or that has too many parts when it is written out.

    Shared parts are walked over once a level, but count as often as they stand in the value.
    """
    levels: list[dict[int, Any]] = [{id(value): value}]
    while levels[-1]:
        charge(len(levels[-1]) if len(levels) > 1 else 0, len(levels) - 1)
        parts = [part for whole in levels[-1].values() for part in _parts_of(whole)]
        levels.append({id(part): part for part in parts if isinstance(part, (list, dict))})
    sizes: dict[int, int] = {}
    for level in reversed(levels):
        for key, whole in level.items():
            sizes[key] = 1 + sum(sizes.get(id(part), 1) for part in _parts_of(whole))
    if sizes[id(value)] > VALUE_PARTS_MAX:
        raise LimitExceeded(f"a value may have {VALUE_PARTS_MAX} parts")


def _parts_of(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class Scope:
    """Names and values, the innermost first."""

    __slots__ = ("bindings", "parent")

    def __init__(self, bindings: dict[str, Any], parent: Scope | None = None) -> None:
        """Put bindings in front of those of the parent."""
        self.bindings = bindings
        self.parent = parent

    def find(self, name: str) -> tuple[bool, Any]:
        """Return whether the name is bound, and to what."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings:
                return True, scope.bindings[name]
            scope = scope.parent
        return False, None
