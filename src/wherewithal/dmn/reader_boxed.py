"""Reads boxed expressions of every kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.lexer import normalise_name
from wherewithal.dmn.model import (
    BoxedContext,
    BoxedEntry,
    BoxedFilter,
    BoxedFunction,
    BoxedInvocation,
    BoxedIteration,
    BoxedList,
    Conditional,
    Expression,
    Feel,
    Literal,
    Relation,
)
from wherewithal.dmn.names_check import check_arguments, keys_in
from wherewithal.dmn.reader_scope import Reading, Scope
from wherewithal.dmn.reader_table import read_table
from wherewithal.dmn.reader_xml import (
    Element,
    children,
    first_child,
    line_of,
    local_name,
    text_of,
)

#: Boxes within boxes beyond this are refused, so that walking them needs a bounded stack.
DEPTH_MAX = 40
_KINDS = {"FEEL": "FEEL", "F": "FEEL", "JAVA": "Java", "J": "Java", "PMML": "PMML", "P": "PMML"}


def read_child_expression(
    reading: Reading, element: Element | None, scope: Scope
) -> Expression | None:
    """Return the expression that is a child of `element`; None if it has none."""
    if element is None:
        return None
    child = first_child(element, *_READERS)
    return None if child is None else read_expression(reading, child, scope)


def read_expression(reading: Reading, element: Element, scope: Scope) -> Expression | None:
    """Return the expression that `element` is."""
    if scope.depth >= DEPTH_MAX:
        message = f"expressions nest deeper than {DEPTH_MAX} boxes; give a part its own decision"
        reading.error("too-deep", scope.place, message, line=line_of(element))
        return None
    return _READERS[local_name(element)](reading, element, scope.deeper())


def _require_child(
    reading: Reading, element: Element | None, scope: Scope, *, parent: Element, what: str
) -> Expression | None:
    found = read_child_expression(reading, element, scope)
    if found is None and (element is None or first_child(element, *_READERS) is None):
        message = f"{what} is missing; add an expression"
        reading.error("missing-expression", scope.place, message, line=line_of(parent))
    return found


def _type(reading: Reading, element: Element, scope: Scope) -> str | None:
    return reading.type_ref(element.get("typeRef"), scope.place, element)


def _read_literal(reading: Reading, element: Element, scope: Scope) -> Literal:
    feel = reading.expression(element, scope)
    if feel is not None:
        return Literal(feel=feel, type_ref=_type(reading, element, scope))
    message = "the expression is empty; it gives null"
    reading.warning("empty-expression", scope.place, message, line=line_of(element))
    empty = Feel(text="", node=None, place=scope.place, line=line_of(element))
    return Literal(feel=empty, type_ref=_type(reading, element, scope))


def _read_context(reading: Reading, element: Element, scope: Scope) -> BoxedContext:
    entries: list[BoxedEntry] = []
    for number, child in enumerate(children(element, "contextEntry"), start=1):
        variable = first_child(child, "variable")
        name: str | None = None
        type_ref: str | None = None
        if variable is not None:
            name = reading.name(variable, scope.at(f"entry {number}").place, what="an entry")
            type_ref = _type(reading, variable, scope.at(f"entry '{name}'"))
        inner = scope.at(f"entry '{name}'" if name else "result")
        if name is not None and first_child(child, "functionDefinition") is not None:
            # A function may call itself by the name that it gets.
            inner = inner.knowing((name,))
        expression = _require_child(reading, child, inner, parent=child, what="the entry's value")
        if name is not None and any(entry.name == name for entry in entries):
            message = f"another entry is named '{name}'; rename one"
            reading.error("duplicate-name", inner.place, message, line=line_of(child))
        entries.append(BoxedEntry(name=name, expression=expression, type_ref=type_ref))
        if name is not None:
            scope = scope.knowing((name,))
    return BoxedContext(entries=tuple(entries), type_ref=_type(reading, element, scope))


def _read_invocation(reading: Reading, element: Element, scope: Scope) -> BoxedInvocation:
    function = _require_child(
        reading, element, scope.at("function"), parent=element, what="the called function"
    )
    bindings: list[tuple[str, Expression | None]] = []
    for child in children(element, "binding"):
        parameter = first_child(child, "parameter")
        place = scope.place
        name = reading.name(
            child if parameter is None else parameter, place, what="a binding's parameter"
        )
        if name is not None and any(name == other for other, _ in bindings):
            message = f"two bindings are of parameter '{name}'; remove one"
            reading.error("duplicate-name", place, message, line=line_of(child))
        elif name is not None:
            inner = scope.at(f"binding '{name}'")
            bindings.append((name, read_child_expression(reading, child, inner)))
    names = [name for name, _ in bindings]
    _check_invocation(reading, element, scope, function=function, names=names)
    return BoxedInvocation(
        function=function, bindings=tuple(bindings), type_ref=_type(reading, element, scope)
    )


def _check_invocation(
    reading: Reading,
    element: Element,
    scope: Scope,
    *,
    function: Expression | None,
    names: Sequence[str],
) -> None:
    node = function.feel.node if isinstance(function, Literal) else None
    signatures = reading.signatures_in(scope, node.name) if isinstance(node, ast.Name) else ()
    if isinstance(node, ast.Name) and signatures:
        for wrong in check_arguments(node.name, signatures, named=names, count=None):
            reading.warning(wrong.code, scope.place, wrong.message, line=line_of(element))


def read_function(reading: Reading, element: Element, scope: Scope) -> BoxedFunction:
    """Return the function that `element` defines; its parameters are in its body's scope."""
    raw = (element.get("kind") or "FEEL").strip()
    kind = _KINDS.get(raw.upper())
    if kind is None:
        message = f"unknown kind of function '{raw}'{near_miss(raw, ('FEEL', 'Java', 'PMML'))}"
        reading.error("unknown-function-kind", scope.place, message, line=line_of(element))
    parameters: list[tuple[str, str | None]] = []
    for child in children(element, "formalParameter"):
        name = reading.name(child, scope.place, what="a parameter")
        if name is not None:
            if any(name == other for other, _ in parameters):
                message = f"two parameters are named '{name}'; rename one"
                reading.error("duplicate-name", scope.place, message, line=line_of(child))
            parameters.append((name, _type(reading, child, scope.at(f"parameter '{name}'"))))
    if kind in ("Java", "PMML"):
        message = f"a function in {kind} is not run; calling it gives null"
        reading.warning("unsupported-function", scope.place, message, line=line_of(element))
    inner = scope.knowing(name for name, _ in parameters)
    body = _require_child(reading, element, inner, parent=element, what="the function's body")
    return BoxedFunction(
        parameters=tuple(parameters),
        body=body,
        kind=kind or "FEEL",
        type_ref=_type(reading, element, scope),
    )


def _read_list(reading: Reading, element: Element, scope: Scope) -> BoxedList:
    items = [
        read_expression(reading, child, scope.at(f"item {number}"))
        for number, child in enumerate(children(element, *_READERS), start=1)
    ]
    return BoxedList(items=tuple(items), type_ref=_type(reading, element, scope))


def _read_relation(reading: Reading, element: Element, scope: Scope) -> Relation:
    columns = [
        reading.name(child, scope.at(f"column {number}").place, what="a column") or f"{number}"
        for number, child in enumerate(children(element, "column"), start=1)
    ]
    for name in dict.fromkeys(name for name in columns if columns.count(name) > 1):
        message = f"two columns are named '{name}'; rename one"
        reading.error("duplicate-name", scope.place, message, line=line_of(element))
    rows: list[tuple[Expression | None, ...]] = []
    for number, row in enumerate(children(element, "row"), start=1):
        cells = list(children(row, *_READERS))
        inner = scope.at(f"row {number}")
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, the relation has {len(columns)} columns"
            reading.error("wrong-cell-count", inner.place, message, line=line_of(row))
        rows.append(
            tuple(
                read_expression(reading, cell, inner.at(f"column '{column}'"))
                for column, cell in zip(columns, cells, strict=False)
            )
        )
    return Relation(
        columns=tuple(columns), rows=tuple(rows), type_ref=_type(reading, element, scope)
    )


def _read_part(reading: Reading, element: Element, scope: Scope, part: str) -> Expression | None:
    child = first_child(element, part)
    inner = scope.at(f"'{part}'")
    return _require_child(reading, child, inner, parent=element, what=f"its '{part}'")


def _read_conditional(reading: Reading, element: Element, scope: Scope) -> Conditional:
    return Conditional(
        condition=_read_part(reading, element, scope, "if"),
        yes=_read_part(reading, element, scope, "then"),
        no=_read_part(reading, element, scope, "else"),
        type_ref=_type(reading, element, scope),
    )


def _read_filter(reading: Reading, element: Element, scope: Scope) -> BoxedFilter:
    source = _read_part(reading, element, scope, "in")
    node = source.feel.node if isinstance(source, Literal) else None
    keys = frozenset() if node is None else keys_in(node)
    inner = replace(scope.knowing(reading.members | keys | {"item"}), in_filter=True)
    return BoxedFilter(
        source=source,
        match=_read_part(reading, element, inner, "match"),
        type_ref=_type(reading, element, scope),
    )


def _read_iteration(reading: Reading, element: Element, scope: Scope) -> BoxedIteration:
    kind = local_name(element)
    variable = normalise_name(element.get("iteratorVariable") or "")
    if not variable:
        message = f"the '{kind}' has no variable; give it an 'iteratorVariable' attribute"
        reading.error("missing-name", scope.place, message, line=line_of(element))
    inner = scope.knowing((variable, "partial") if kind == "for" else (variable,))
    return BoxedIteration(
        kind=kind,
        variable=variable,
        source=_read_source(reading, element, scope),
        body=_read_part(reading, element, inner, "return" if kind == "for" else "satisfies"),
        type_ref=_type(reading, element, scope),
    )


def _read_source(reading: Reading, element: Element, scope: Scope) -> Expression | None:
    """Return what is walked over, which may be written `a..b` as in FEEL's own for."""
    part = first_child(element, "in")
    literal = None if part is None else first_child(part, "literalExpression")
    if literal is None or ".." not in (text_of(literal) or ""):
        return _read_part(reading, element, scope, "in")
    inner = scope.at("'in'")
    feel = reading.iteration(literal, inner)
    return None if feel is None else Literal(feel=feel, type_ref=_type(reading, literal, inner))


_READERS: dict[str, Callable[[Reading, Element, Scope], Expression | None]] = {
    "literalExpression": _read_literal,
    "decisionTable": read_table,
    "context": _read_context,
    "invocation": _read_invocation,
    "functionDefinition": read_function,
    "list": _read_list,
    "relation": _read_relation,
    "conditional": _read_conditional,
    "filter": _read_filter,
    "for": _read_iteration,
    "some": _read_iteration,
    "every": _read_iteration,
}
