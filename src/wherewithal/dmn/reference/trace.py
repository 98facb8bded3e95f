"""What an evaluation looked at: decisions in order, and the rules that their tables matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wherewithal.dmn.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTrace:
    """One evaluation of a decision table."""

    #: `decision 'Tier'`, `knowledge model 'Rate', entry 'base'`.
    place: str
    #: By the label of the column.
    inputs: tuple[tuple[str, Any], ...]
    #: Numbers of the rules that hit, in the order of the result.
    rules: tuple[int, ...]
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTrace:
    """One evaluated decision."""

    name: str
    value: Any
    tables: tuple[TableTrace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The value of a decision, why parts of it became null, and how it came about."""

    value: Any
    diagnostics: tuple[Diagnostic, ...]
    #: In the order in which they were finished: what is required comes first.
    trace: tuple[DecisionTrace, ...]
