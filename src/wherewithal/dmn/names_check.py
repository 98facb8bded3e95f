"""Finds names in an expression that nothing in scope defines."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence

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
    in_filter: bool = False,
    hints: bool = True,
) -> list[Diagnostic]:
    """Return a diagnostic for each unknown name; the caller sets its place.

    `elsewhere` are names of the model that are not in scope here: required by nobody, perhaps
    forgotten. Inside a filter the names of the filtered items are in scope; as their type may be
    open, an unknown name there is a warning only. Near misses are looked for if `hints`.
    """
    scope = known | BUILTIN_FUNCTIONS | (frozenset("?") if tests else frozenset())
    finder = _Finder(members=members, elsewhere=elsewhere, hints=hints)
    found: dict[tuple[str, bool], Diagnostic] = {}
    for name, inside, names in finder.unknown(node, scope, in_filter=in_filter):
        found.setdefault((name, inside), finder.describe(name, names, in_filter=inside))
    return list(found.values())


def check_calls(
    node: ast.Node, signatures_of: Callable[[str], Sequence[Sequence[str]]]
) -> list[Diagnostic]:
    """Return a diagnostic for each call whose arguments none of the function's signatures take.

    `signatures_of` returns none for a name of which nothing is known.
    What an expression itself names is left out: such a name may hold another function.
    """
    calls: list[tuple[str, ast.Invocation]] = []
    own: set[str] = set()
    level = [node]
    while level:
        for found in level:
            if isinstance(found, (ast.Iterator, ast.Parameter)):
                own.add(found.name)
            elif isinstance(found, ast.ContextEntry):
                own.add(found.key)
            elif isinstance(found, ast.Invocation) and isinstance(found.function, ast.Name):
                calls.append((found.function.name, found))
        level = [child for parent in level for child in children_of(parent)]
    wrong: list[Diagnostic] = []
    for name, call in calls:
        if name not in own and (signatures := signatures_of(name)):
            named = [argument.name for argument in call.arguments if argument.name is not None]
            count = None if named else len(call.arguments)
            wrong += check_arguments(name, signatures, named=named, count=count)
    return wrong


def check_arguments(
    name: str, signatures: Sequence[Sequence[str]], *, named: Sequence[str], count: int | None
) -> list[Diagnostic]:
    """Return what is wrong with the arguments of a call: `named`, or so many in order."""
    known = [[part.rstrip("?*") for part in signature] for signature in signatures]
    if count is None:
        if any(set(named) <= set(names) for names in known):
            return []
        every = list(dict.fromkeys(part for names in known for part in names))
        stranger = next((part for part in named if part not in every), None)
        hint = "" if stranger is None else near_miss(stranger, every)
        what = "form with just these parameters" if stranger is None else f"parameter '{stranger}'"
        message = f"{name}() has no {what}{hint}; the call gives null"
        return [warning("wrong-arguments", "", message)]
    if any(_takes(signature, count) for signature in signatures):
        return []
    shapes = " or ".join(f"({', '.join(names)})" for names in known)
    message = f"{name}() does not take {count} arguments, but {shapes}; the call gives null"
    return [warning("wrong-arguments", "", message)]


def _takes(signature: Sequence[str], count: int) -> bool:
    needed = sum(1 for part in signature if not part.endswith("?"))
    return count >= needed and (
        count <= len(signature) or bool(signature and signature[-1].endswith("*"))
    )


class _Finder:
    def __init__(self, *, members: frozenset[str], elsewhere: frozenset[str], hints: bool) -> None:
        self._members = members
        self._elsewhere = elsewhere
        self._hints = hints

    def describe(self, name: str, names: frozenset[str], *, in_filter: bool) -> Diagnostic:
        if in_filter:
            hint = near_miss(name, names) if self._hints else ""
            message = f"'{name}' may be unknown in this filter{hint}"
            return warning("unknown-name-in-filter", "", message)
        if name == "?":
            message = "'?' is the tested value; it has a meaning only in the cells of a table"
            return error("unknown-name", "", message)
        if name in self._elsewhere:
            message = f"'{name}' is in the model, but is not required here; draw the requirement"
            return error("not-required", "", message)
        hint = near_miss(name, names) if self._hints else ""
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
                inner = names | self._members | keys_in(target) | {"item"}
                yield from self.unknown(condition, inner, in_filter=True)
            case ast.ContextLiteral(entries=entries):
                for entry in entries:
                    # A function may call itself by the name that it gets.
                    is_function = isinstance(entry.value, ast.FunctionDefinition)
                    inner = names | {entry.key} if is_function else names
                    yield from self.unknown(entry.value, inner, in_filter=in_filter)
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


def keys_in(node: ast.Node) -> frozenset[str]:
    """Return the keys of the contexts written inside a node."""
    keys: set[str] = set()
    level = [node]
    while level:
        for found in level:
            if isinstance(found, ast.ContextEntry):
                keys.add(found.key)
        level = [child for found in level for child in children_of(found)]
    return frozenset(keys)
