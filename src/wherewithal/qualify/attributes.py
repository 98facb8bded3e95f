"""Attributes: the typed inputs of policy, FEEL expressions over facts, in the order of their file.

What a fact may be used for flows into every attribute that reads it, so that a policy table cannot
see where a person lives or how old they are, directly or through an expression.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import msgspec

from wherewithal.dmn import types as t
from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.scalar import reachable
from wherewithal.dmn.types import Type
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import FACTS, FACTS_BY_NAME, Fact, FactType, Use

FILE = "attributes.toml"
_FIELDS = {"name", "meaning", "feel"}


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """One attribute, compiled: its node in the graph, what it reads and what it may be used for."""

    name: str
    meaning: str
    feel: str
    node: Node
    facts: tuple[str, ...]
    uses: frozenset[Use]


def fact_nodes(graph: Graph) -> dict[str, Node]:
    """Return the input node of every fact."""
    return {fact.name: graph.input(fact.name, type_of_fact(fact)) for fact in FACTS}


def type_of_fact(fact: Fact) -> Type:
    """Return the static type of a fact; every fact may be null."""
    match fact.type:
        case FactType.INTEGER:
            return t.number(fact.minimum, fact.maximum, nullable=True)
        case FactType.ENUMERATION:
            return t.text(frozenset(fact.values), nullable=True)
        case FactType.BOOLEAN:
            return t.BOOLEAN.or_null()
        case FactType.DATE:
            return t.DATE.or_null()


def compile_attributes(
    toml: bytes, *, graph: Graph, facts: Mapping[str, Node]
) -> tuple[dict[str, Attribute], list[Problem]]:
    """Return the attributes by name, and everything that is wrong with their file."""
    entries, problems = _entries(toml)
    found: dict[str, Attribute] = {}
    for place, entry in entries:
        problem_count = len(problems)
        problems += _shape_problems(entry, place, found)
        if len(problems) > problem_count:
            continue
        scope: dict[str, Any] = {**facts, **{name: a.node for name, a in found.items()}}
        try:
            tree = parse_expression(entry["feel"], names=scope)
            node = Lowering(graph=graph).node(tree, scope)
        except (FeelSyntaxError, OutsideProfile) as problem:
            problems.append(_problem("bad_expression", f"{place} '{entry['name']}'", str(problem)))
            continue
        read = _facts_read(node)
        found[entry["name"]] = Attribute(
            name=entry["name"],
            meaning=entry["meaning"],
            feel=" ".join(entry["feel"].split()),
            node=node,
            facts=read,
            uses=frozenset(FACTS_BY_NAME[name].use for name in read),
        )
    return found, problems


def _entries(toml: bytes) -> tuple[list[tuple[str, dict[str, Any]]], list[Problem]]:
    try:
        document = tomllib.loads(toml.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        return [], [_problem("not_toml", FILE, f"cannot be read as TOML: {error}")]
    problems = [
        _problem("unknown_key", f"{FILE} {key}", "only [[attribute]] tables are expected")
        for key in document
        if key != "attribute"
    ]
    rows = document.get("attribute")
    if not isinstance(rows, list) or not rows:
        problems.append(_problem("no_attributes", FILE, "expected at least one [[attribute]]"))
        return [], problems
    return [(f"{FILE} attribute {number}", row) for number, row in enumerate(rows, 1)], problems


def _shape_problems(
    entry: Mapping[str, Any], place: str, found: Mapping[str, Attribute]
) -> list[Problem]:
    problems = [
        _problem("unknown_field", f"{place} {key}", f"unknown field{near_miss(key, _FIELDS)}")
        for key in entry
        if key not in _FIELDS
    ]
    problems += [
        _problem("missing_field", f"{place} {key}", "expected a text")
        for key in sorted(_FIELDS)
        if not isinstance(entry.get(key), str) or not entry[key].strip()
    ]
    if entry.get("name") in found:
        problems.append(
            _problem("duplicate_name", f"{place} name", "this name stands above already")
        )
    return problems


def _facts_read(node: Node) -> tuple[str, ...]:
    order, _ = reachable([node])
    return tuple(n.payload for n in order if n.op is Op.INPUT)


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
