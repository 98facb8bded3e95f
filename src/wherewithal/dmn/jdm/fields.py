"""What each field of a graph stands for on its way from node to node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wherewithal.dmn.feel.lexer import normalise_name

_KEYWORDS = frozenset(
    {
        *("and", "between", "else", "every", "external", "false", "for", "function", "if", "in"),
        *("instance", "not", "null", "of", "or", "return", "satisfies", "some", "then", "true"),
    }
)
#: A field's names from the outside in.
Parts = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a field comes from: a FEEL text, and the decision that it reads."""

    text: str
    decision: str
    is_list: bool = False


@dataclass(slots=True, kw_only=True)
class Environment:
    """What a node sees: fields that were written, and, if it is open, those of the input."""

    written: dict[Parts, Origin] = field(default_factory=dict)
    is_open: bool = False


@dataclass(slots=True, kw_only=True)
class Inputs:
    """The input's fields that are read, each with the types that its uses ask for."""

    leaves: dict[Parts, set[str]] = field(default_factory=dict)

    def read(self, parts: Parts, wants: str | None) -> None:
        """Note that a field is read, and as what."""
        kinds = self.leaves.setdefault(parts, set())
        if wants in ("number", "string", "boolean"):
            kinds.add(wants)

    def whole_and_part(self) -> list[tuple[Parts, Parts]]:
        """Return pairs of a field that is read as a value and one inside it."""
        return [
            (one, other)
            for one in self.leaves
            for other in self.leaves
            if len(one) < len(other) and other[: len(one)] == one
        ]


class Names:
    """Hands out names of decisions that no field and no other decision has."""

    def __init__(self, reserved: Iterable[str]) -> None:
        """Take the names that are not to be given."""
        self._taken = set(reserved)

    def take(self, wanted: str) -> str:
        """Return a name of FEEL that is nearest to what is wanted."""
        letters = "".join(one if one.isalnum() or one == "_" else " " for one in wanted)
        words = [f"{one}_" if one.lower() in _KEYWORDS else one for one in letters.split()]
        base = normalise_name(" ".join(words)) or "Decision"
        base = base if base[0].isalpha() or base[0] == "_" else f"Node {base}"
        name, count = base, 1
        while name in self._taken:
            count += 1
            name = f"{base} {count}" if " " in base else f"{base}_{count}"
        self._taken.add(name)
        return name


def is_plain_name(text: str) -> bool:
    """Say whether a part of a field's name is a name of FEEL as it stands."""
    return text.isidentifier() and text not in _KEYWORDS


def component(parts: Parts) -> str:
    """Return the name of a written field inside its decision."""
    return "_".join(parts)
