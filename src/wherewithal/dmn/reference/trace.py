"""What an evaluation by the interpreter came to, why, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.trace import Trace
from wherewithal.dmn.trace_plain import in_plain


def _nothing() -> Trace:
    return Trace(steps=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The value of a decision, why parts of it became null, and how it came about."""

    value: Any
    diagnostics: tuple[Diagnostic, ...]
    #: With FEEL values; `trace` has them plain.
    recorded: Trace = field(default_factory=_nothing)

    @property
    def trace(self) -> Trace:
        """Return how it came about: what is required comes first."""
        return in_plain(self.recorded)
