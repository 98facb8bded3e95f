"""A DMN model to be written: decisions with their logic as texts, and the inputs that they read."""

from __future__ import annotations

from dataclasses import dataclass, field

from wherewithal.dmn.jdm.columns import Column
from wherewithal.dmn.jdm.fields import Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLogic:
    """A decision table; `outputs` are names, empty for one unnamed output."""

    hit_policy: str
    columns: tuple[Column, ...]
    outputs: tuple[str, ...]
    rules: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextLogic:
    """Entries in order: a name with a text, or with entries of its own."""

    entries: tuple[tuple[str, str | ContextLogic], ...]


Logic = str | TableLogic | ContextLogic


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnDecision:
    """A decision; `needs` are names of decisions and roots of inputs."""

    name: str
    logic: Logic
    needs: tuple[str, ...]
    #: Which node it is made of, for people.
    description: str


@dataclass(slots=True, kw_only=True)
class DrawnModel:
    """A whole model."""

    name: str
    decisions: list[DrawnDecision] = field(default_factory=list)
    #: The inputs' fields with their FEEL types, None where no use says it.
    inputs: dict[Parts, str | None] = field(default_factory=dict)

    def roots(self) -> list[str]:
        """Return the names of the inputs, as they are first read."""
        return list(dict.fromkeys(parts[0] for parts in self.inputs))
