"""The checks of whole models: every table wherever it stands, and what nobody reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from wherewithal.dmn import model
from wherewithal.dmn.checks.column import Column
from wherewithal.dmn.checks.expression_checks import check_expressions
from wherewithal.dmn.checks.output_checks import wanted_of
from wherewithal.dmn.checks.table_checks import check_table
from wherewithal.dmn.declared import declared_type, declared_value
from wherewithal.dmn.diagnostics import Diagnostic, error, warning
from wherewithal.dmn.feel import ast
from wherewithal.dmn.feel.parser import children_of
from wherewithal.dmn.types import KINDS, Type

#: The types of a table's inputs, by `id` of the table: what a compilation has proved.
Proved = Mapping[int, Sequence[Type | None]]
_DEPTH_MAX = 40
#: A table of this many outputs answers with a context.
_SEVERAL = 2


def check_models(
    models: Sequence[model.Model], *, proved: Proved | None = None, hints: bool = False
) -> list[Diagnostic]:
    """Return what is found of the models' tables, expressions and names, in the order of the files.

    `proved` are types that a compilation gave: where it is given, a table that was not compiled is
    left out, for what keeps it out is told elsewhere. Without it the declared types are taken.
    With `hints` it is also said what could be simpler, as notes.
    """
    found: list[Diagnostic] = []
    for one in models:
        for place, table in tables_of(one):
            if proved is not None and id(table) not in proved:
                continue
            types = [None] * len(table.inputs) if proved is None else proved[id(table)]
            columns = [
                _column(one, clause, type_)
                for clause, type_ in zip(table.inputs, types, strict=True)
            ]
            wanted = [wanted_of(one, clause) for clause in table.outputs]
            at = f"{one.file}: {place}"
            found += check_table(at, table, columns, outputs=wanted, hints=hints)
        found += _wrong_results(one)
        found += check_expressions(one)
        found += _unused(one)
    return found


def _wrong_results(one: model.Model) -> list[Diagnostic]:
    """Return the tables of several outputs whose decision is declared something without them."""
    found = []
    for decision in one.decisions:
        table = decision.expression
        if not isinstance(table, model.DecisionTable) or len(table.outputs) < _SEVERAL:
            continue
        names = [clause.name or clause.label for clause in table.outputs]
        for type_ref in dict.fromkeys((table.type_ref, decision.type_ref)):
            declared = declared_type(one, type_ref)
            missing = (declared.parts or {}).keys() - set(names)
            if declared.base in KINDS or missing:
                message = (
                    f"a context of {', '.join(names)} is none of '{type_ref}' and becomes null;"
                    " declare a type with these parts"
                )
                place = f"{one.file}: decision '{decision.name}'"
                found.append(error("wrong-output", place, message))
    return found


def tables_of(one: model.Model) -> Iterator[tuple[str, model.DecisionTable]]:
    """Yield every table of a model with the name of what holds it."""
    for decision in one.decisions:
        for table in _tables_in(decision.expression):
            yield f"decision '{decision.name}'", table
    for known in one.knowledge_models:
        for table in _tables_in(known.function):
            yield f"knowledge model '{known.name}'", table


def _tables_in(expression: object, depth: int = 0) -> Iterator[model.DecisionTable]:
    if isinstance(expression, model.DecisionTable):
        yield expression
    elif isinstance(expression, tuple):
        for item in expression:
            yield from _tables_in(item, depth)
    elif is_dataclass(expression) and not isinstance(expression, (model.Feel, ast.Node)):
        for part in fields(expression) if depth < _DEPTH_MAX else ():
            yield from _tables_in(getattr(expression, part.name), depth + 1)


def _column(one: model.Model, clause: model.TableInput, type_: Type | None) -> Column:
    value = declared_value(one, clause.expression.node)
    own = declared_type(one, clause.type_ref)
    kind = KINDS.get(value.base or own.base or "")
    return Column(type=type_, kind=kind, allowed=(*value.allowed, *own.allowed))


def _unused(one: model.Model) -> list[Diagnostic]:
    """Return what nothing requires: inputs, functions, and requirements that nothing reads."""
    users: list[tuple[str, Sequence[str], object]] = [
        (f"decision '{d.name}'", d.requires, d.expression) for d in one.decisions
    ]
    users += [(f"knowledge model '{k.name}'", k.requires, k.function) for k in one.knowledge_models]
    required = {name for _, names, _ in users for name in names}
    required |= {n for s in one.services for n in (*s.input_data, *s.input_decisions)}
    known = {item.name for item in one.inputs} | {item.name for item in one.decisions}
    known |= {item.name for item in one.knowledge_models}
    found = [
        warning("unused-input", f"{one.file}: input '{item.name}'", "no decision requires it")
        for item in one.inputs
        if item.name not in required
    ]
    found += [
        warning("unused-function", f"{one.file}: knowledge model '{k.name}'", "nothing calls it")
        for k in one.knowledge_models
        if k.name not in required
    ]
    for place, names, expression in users:
        read = set(_names_read(expression))
        found += [
            warning(
                "unread-requirement",
                f"{one.file}: {place}",
                f"requires '{name}' and never reads it",
            )
            for name in names
            if name in known and name not in read
        ]
    return found


def _names_read(expression: object, depth: int = 0) -> Iterator[str]:
    """Yield every name that the texts of an expression read."""
    if isinstance(expression, model.Feel):
        if expression.node is not None:
            yield from _names_in(expression.node)
    elif isinstance(expression, tuple):
        for item in expression:
            yield from _names_read(item, depth)
    elif is_dataclass(expression) and depth < _DEPTH_MAX:
        for part in fields(expression):
            yield from _names_read(getattr(expression, part.name), depth + 1)


def _names_in(tree: ast.Node) -> Iterator[str]:
    if isinstance(tree, ast.Name):
        yield tree.name
    for child in children_of(tree):
        yield from _names_in(child)
