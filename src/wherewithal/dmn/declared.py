"""What a model declares of a value: its built-in type, and the values that it may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wherewithal.dmn import model
from wherewithal.dmn.feel import ast

_DEPTH_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A declared type, followed to what FEEL itself names."""

    #: `number`, `string` and so on; None for a list, a context, or where nothing is declared.
    base: str | None = None
    #: Unary tests that a value must pass, all of them; null passes.
    allowed: tuple[model.Feel, ...] = ()
    #: The parts of a context by name.
    parts: Mapping[str, model.ItemDefinition] | None = None
    #: What the items of a list are.
    item: Declared | None = None


_NOTHING = Declared()


def declared_type(one: model.Model, type_ref: str | None) -> Declared:
    """Return what a type reference of a model stands for."""
    items = {item.name: item for item in one.item_definitions}
    return _followed(items, type_ref, (), 0)


def declared_part(one: model.Model, part: model.ItemDefinition) -> Declared:
    """Return what a component of a type stands for."""
    items = {item.name: item for item in one.item_definitions}
    return _of_item(items, part, (), 0)


def declared_value(one: model.Model, tree: ast.Node | None) -> Declared:
    """Return what a name, or a path of names such as `Applicant.age`, was declared as."""
    if isinstance(tree, ast.Path):
        outer = declared_value(one, tree.target)
        part = (outer.parts or {}).get(tree.name)
        return _NOTHING if part is None else declared_part(one, part)
    if not isinstance(tree, ast.Name):
        return _NOTHING
    refs = {element.name: element.type_ref for element in one.inputs}
    refs |= {element.name: element.type_ref for element in one.decisions}
    return declared_type(one, refs.get(tree.name))


_Items = Mapping[str, model.ItemDefinition]
_Allowed = tuple[model.Feel, ...]


def _followed(items: _Items, type_ref: str | None, allowed: _Allowed, depth: int) -> Declared:
    if type_ref is None or depth > _DEPTH_MAX:
        return Declared(allowed=allowed)
    if type_ref not in items:
        return Declared(base=type_ref, allowed=allowed)
    return _of_item(items, items[type_ref], allowed, depth + 1)


def _of_item(items: _Items, item: model.ItemDefinition, allowed: _Allowed, depth: int) -> Declared:
    if item.function_parameters is not None or depth > _DEPTH_MAX:
        return _NOTHING
    own = () if item.allowed_values is None else (item.allowed_values,)
    whole = () if item.type_constraint is None else (item.type_constraint,)
    if item.is_collection:
        # Allowed values are of each item, a constraint is of the list as a whole.
        single = replace(item, is_collection=False, type_constraint=None)
        return Declared(allowed=(*allowed, *whole), item=_of_item(items, single, (), depth + 1))
    tests = (*allowed, *own, *whole)
    if item.components:
        return Declared(allowed=tests, parts={part.name: part for part in item.components})
    return _followed(items, item.type_ref, tests, depth)
