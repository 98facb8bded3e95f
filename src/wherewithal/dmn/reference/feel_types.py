"""FEEL's lattice of types, and whether a value belongs to one. Source: DMN 1.5, 10.3.2.9."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.model import Feel, ItemDefinition
from wherewithal.dmn.reference.runtime import charge
from wherewithal.dmn.reference.values import Function, Range, kind_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FeelType:
    """A type; lists and ranges have an item, contexts fields, functions parameters and a result."""

    kind: str
    item: FeelType | None = None
    fields: Mapping[str, FeelType] = field(default_factory=dict)
    parameters: tuple[FeelType, ...] = ()
    result: FeelType | None = None
    #: Whether the last parameter may come more than once.
    repeats: bool = False
    #: Unary tests that each value must pass: allowed values and type constraints.
    constraints: tuple[Feel, ...] = ()


ANY = FeelType(kind="Any")
NULL = FeelType(kind="Null")
_SIMPLE = {
    **{
        name: FeelType(kind=name)
        for name in (
            "number",
            "string",
            "boolean",
            "date",
            "time",
            "date and time",
            "days and time duration",
            "years and months duration",
        )
    },
    "dateTime": FeelType(kind="date and time"),
    "date time": FeelType(kind="date and time"),
    "dayTimeDuration": FeelType(kind="days and time duration"),
    "yearMonthDuration": FeelType(kind="years and months duration"),
    "duration": FeelType(kind="duration"),
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "null": NULL,
}
#: As type references of a model; in `instance of` these need their parameters.
_BARE = {
    "list": FeelType(kind="list", item=ANY),
    "context": FeelType(kind="context"),
    "function": FeelType(kind="function"),
    "range": FeelType(kind="range", item=ANY),
}
_DEPTH_MAX = 40
#: Whether a value passes unary tests.
Tester = Callable[[Feel, Any], bool]


class TypeTable:
    """Resolves the type references of one model, and of those that it imports."""

    def __init__(
        self, items: tuple[ItemDefinition, ...], imported: Sequence[tuple[str, TypeTable]] = ()
    ) -> None:
        """Index the item definitions; `imported` are tables, each with its import's name."""
        self._items = {item.name: item for item in items}
        self.join(imported)
        self._known: dict[str, FeelType] = {}
        #: Names whose types are being resolved, the outermost first.
        self._open: list[str] = []

    def join(self, imported: Sequence[tuple[str, TypeTable]]) -> None:
        """Make the types of imported models known, each behind its import's name.

        Several imports may have no name; what they bring stands alone.
        """
        self._imported = [(f"{name}." if name else "", table) for name, table in imported]
        #: By name: what the imports make of it.
        self._elsewhere: dict[str, FeelType | None] = {}

    def by_name(self, name: str | None, depth: int = 0) -> FeelType | None:
        """Return the type of a reference; ANY for none, None if it is unknown."""
        if name is None:
            return ANY
        if depth > _DEPTH_MAX:
            return ANY
        if name in self._items:
            return self._named(name)
        if name in _SIMPLE:
            return _SIMPLE[name]
        if name in _BARE:
            return _BARE[name]
        if name not in self._elsewhere:
            # Kept, so that imports of imports are asked once, and none that ask in a circle.
            self._elsewhere[name] = None
            tables = (
                table.by_name(name.removeprefix(prefix), depth + 1)
                for prefix, table in self._imported
                if name.startswith(prefix)
            )
            self._elsewhere[name] = next((found for found in tables if found is not None), None)
        return self._elsewhere[name]

    def _named(self, name: str) -> FeelType:
        """Return the type of an item definition; one that needs itself to be known is Any."""
        if name in self._open:
            return ANY
        if name not in self._known:
            self._open.append(name)
            self._known[name] = self.of_item(self._items[name])
            self._open.pop()
        return self._known[name]

    def of_item(self, item: ItemDefinition) -> FeelType:
        """Return the type that an item definition, or a component of one, declares."""
        if item.function_parameters is not None:
            parameters = tuple(self.by_name(ref) or ANY for _, ref in item.function_parameters)
            result = self.by_name(item.function_result) or ANY
            return FeelType(kind="function", parameters=parameters, result=result)
        if item.components:
            found = FeelType(kind="context", fields=_Fields(self, item.components))
        else:
            found = self.by_name(item.type_ref) or ANY
        if item.allowed_values is not None:
            found = _constrained(found, item.allowed_values)
        if item.is_collection:
            found = FeelType(kind="list", item=found)
        if item.type_constraint is not None:
            found = _constrained(found, item.type_constraint)
        return found

    def by_expression(self, ref: ast.TypeRef) -> FeelType | None:
        """Return the type that a FEEL type expression names; None if it names none."""
        parts = [self.by_expression(argument) for argument in ref.arguments]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        if ref.name in ("list", "range"):
            return FeelType(kind=ref.name, item=known[0]) if known else None
        if ref.name == "context" and ref.keys:
            return FeelType(kind="context", fields=dict(zip(ref.keys, known, strict=True)))
        if ref.name == "function" and known:
            return FeelType(kind="function", parameters=tuple(known[:-1]), result=known[-1])
        if ref.name in _BARE and ref.name not in self._items:
            return None
        return self.by_name(ref.name)


class _Fields(Mapping[str, FeelType]):
    """The types of a structure's components, each resolved when it is asked for.

    A structure may hold itself; a value's depth then bounds how far its type is resolved.
    """

    def __init__(self, table: TypeTable, parts: tuple[ItemDefinition, ...]) -> None:
        """Keep where the components' types are found."""
        self._table = table
        self._parts = {part.name: part for part in parts}
        self._known: dict[str, FeelType] = {}

    def __getitem__(self, name: str) -> FeelType:
        """Return the type of a component."""
        if name not in self._known:
            self._known[name] = self._table.of_item(self._parts[name])
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the components."""
        return iter(self._parts)

    def __len__(self) -> int:
        """Return the number of components."""
        return len(self._parts)


def _constrained(found: FeelType, tests: Feel) -> FeelType:
    return FeelType(
        kind=found.kind,
        item=found.item,
        fields=found.fields,
        parameters=found.parameters,
        result=found.result,
        constraints=(*found.constraints, tests),
    )


def belongs(value: Any, wanted: FeelType, passes: Tester | None = None, depth: int = 0) -> bool:
    """Return whether a value belongs to a type; null belongs to every type.

    `passes` decides constraints; without it they are not looked at.
    """
    if value is None:
        return True
    if not _has_shape(value, wanted, passes, depth):
        return False
    return passes is None or all(passes(tests, value) for tests in wanted.constraints)


def _has_shape(value: Any, wanted: FeelType, passes: Tester | None, depth: int) -> bool:
    kind = kind_of(value)
    if wanted.kind == "Any":
        return True
    if wanted.kind == "duration":
        return kind in ("days and time duration", "years and months duration")
    if kind != wanted.kind:
        return False
    if isinstance(value, list):
        item = wanted.item or ANY
        charge(len(value), depth)
        return all(belongs(element, item, passes, depth + 1) for element in value)
    if isinstance(value, dict):
        charge(len(value), depth)
        return all(
            name in value and belongs(value[name], part, passes, depth + 1)
            for name, part in wanted.fields.items()
        )
    if isinstance(value, Range):
        item = wanted.item or ANY
        return belongs(value.low, item, passes) and belongs(value.high, item, passes)
    if isinstance(value, Function):
        return _function_conforms(value, wanted)
    return True


def _function_conforms(value: Function, wanted: FeelType) -> bool:
    if wanted.result is None and not wanted.parameters:
        return True
    if not value.types:
        # A function in another language: only how many parameters it takes is known here.
        return any(len(signature) == len(wanted.parameters) for signature in value.signatures)
    return any(conforms(found, wanted) for found in value.types)


def conforms(
    found: FeelType, wanted: FeelType, assumed: set[tuple[int, int]] | None = None
) -> bool:
    """Return whether one type conforms to another: Null below all, Any above all.

    Structures may hold themselves: a pair that is being compared already is taken to conform.
    """
    if found is wanted or wanted.kind == "Any" or found.kind == "Null":
        return True
    if found.kind != wanted.kind:
        return False
    assumed = set() if assumed is None else assumed
    if (id(found), id(wanted)) in assumed:
        return True
    assumed.add((id(found), id(wanted)))
    charge(1, 0)
    if found.kind in ("list", "range"):
        return conforms(found.item or ANY, wanted.item or ANY, assumed)
    if found.kind == "context":
        return all(
            name in found.fields and conforms(found.fields[name], part, assumed)
            for name, part in wanted.fields.items()
        )
    if found.kind == "function":
        # Parameters go the other way round. A result that is not declared may be anything.
        more = max(0, len(wanted.parameters) - len(found.parameters)) if found.repeats else 0
        parameters = (*found.parameters, *found.parameters[-1:] * more)
        return (
            len(parameters) == len(wanted.parameters)
            and all(
                conforms(asked, given, assumed)
                for given, asked in zip(parameters, wanted.parameters, strict=True)
            )
            and (found.result is None or conforms(found.result, wanted.result or ANY, assumed))
        )
    return True
