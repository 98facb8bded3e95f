"""Finds names in an expression that nothing in scope defines."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from wherewithal.dmn.diagnostics import Diagnostic, error, near_miss, warning
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.names import BUILTIN_FUNCTIONS
from wherewithal.dmn.feel.parser import children_of


def check_names(
    node: ast.Node,
    *,
    known: frozenset[str],
    members: frozenset[str] = frozenset(),
    elsewhere: frozenset[str] = frozenset(),
    tests: bool = False,
) -> list[Diagnostic]:
    """Return a diagnostic for each unknown name; the caller sets its place.

    `elsewhere` are names of the model that are not in scope here: required by nobody, perhaps
    forgotten. Inside a filter the names of the filtered items are in scope; as their type may be
    open, an unknown name there is a warning only.
    """
    scope = known | BUILTIN_FUNCTIONS | (frozenset("?") if tests else frozenset())
    finder = _Finder(members=members, elsewhere=elsewhere)
    found: dict[tuple[str, bool], Diagnostic] = {}
    for name, in_filter, names in finder.unknown(node, scope, in_filter=False):
        found.setdefault((name, in_filter), finder.describe(name, names, in_filter=in_filter))
    return list(found.values())


class _Finder:
    def __init__(self, *, members: frozenset[str], elsewhere: frozenset[str]) -> None:
        self._members = members
        self._elsewhere = elsewhere

    def describe(self, name: str, names: frozenset[str], *, in_filter: bool) -> Diagnostic:
        if in_filter:
            message = f"'{name}' may be unknown in this filter{near_miss(name, names)}"
            return warning("unknown-name-in-filter", "", message)
        if name == "?":
            message = "'?' is the tested value; it has a meaning only in the cells of a table"
            return error("unknown-name", "", message)
        if name in self._elsewhere:
            message = f"'{name}' is in the model, but is not required here; draw the requirement"
            return error("not-required", "", message)
        hint = near_miss(name, names)
        remedy = "" if hint else f'; if a text is meant, write "{name}" in quotation marks'
        return error("unknown-name", "", f"nothing here is named '{name}'{hint}{remedy}")

    def unknown(
        self, node: ast.Node, names: frozenset[str], *, in_filter: bool
    ) -> Iterator[tuple[str, bool, frozenset[str]]]:
        match node:
            case ast.Name(name=name):
                if name not in names:
                    yield name, in_filter, names
            case ast.Filter(target=target, condition=condition):
                yield from self.unknown(target, names, in_filter=in_filter)
                inner = names | self._members | _keys_in(target) | {"item"}
                yield from self.unknown(condition, inner, in_filter=True)
            case ast.ContextLiteral(entries=entries):
                for entry in entries:
                    yield from self.unknown(entry.value, names, in_filter=in_filter)
                    names |= {entry.key}
            case ast.For(iterators=iterators, body=body):
                inner = yield from self._iterators(
                    iterators, names | {"partial"}, in_filter=in_filter
                )
                yield from self.unknown(body, inner, in_filter=in_filter)
            case ast.Quantified(iterators=iterators, condition=condition):
                inner = yield from self._iterators(iterators, names, in_filter=in_filter)
                yield from self.unknown(condition, inner, in_filter=in_filter)
            case ast.FunctionDefinition(external=True):
                return
            case ast.FunctionDefinition(parameters=parameters, body=body):
                inner = names | {parameter.name for parameter in parameters}
                yield from self.unknown(body, inner, in_filter=in_filter)
            case ast.In(value=value, tests=tests):
                yield from self.unknown(value, names, in_filter=in_filter)
                for test in tests:
                    yield from self.unknown(test, names | {"?"}, in_filter=in_filter)
            case ast.InstanceOf(value=value):
                yield from self.unknown(value, names, in_filter=in_filter)
            case _:
                for child in children_of(node):
                    yield from self.unknown(child, names, in_filter=in_filter)

    def _iterators(
        self, iterators: tuple[ast.Iterator, ...], names: frozenset[str], *, in_filter: bool
    ) -> Generator[tuple[str, bool, frozenset[str]], None, frozenset[str]]:
        for iterator in iterators:
            yield from self.unknown(iterator.source, names, in_filter=in_filter)
            if iterator.end is not None:
                yield from self.unknown(iterator.end, names, in_filter=in_filter)
            names |= {iterator.name}
        return names


def _keys_in(node: ast.Node) -> frozenset[str]:
    """Return the keys of the contexts written inside a node."""
    keys: set[str] = set()
    level = [node]
    while level:
        for found in level:
            if isinstance(found, ast.ContextEntry):
                keys.add(found.key)
        level = [child for found in level for child in children_of(found)]
    return frozenset(keys)
