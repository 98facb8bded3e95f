"""Attributes: the typed inputs of policy, FEEL expressions over facts, in the order of their file.

What a fact may be used for flows into every attribute that reads it, so that a policy table cannot
see where a person lives or how old they are, directly or through an expression.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from wherewithal.dmn import types as t
from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.feel.errors import FeelSyntaxError
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.ir import Graph, Node, Op, OutsideProfile
from wherewithal.dmn.lowering import Lowering
from wherewithal.dmn.recorder import Recorder
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


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """What the file of attributes came to."""

    #: By name, in the order of the file; the sound ones.
    attributes: dict[str, Attribute]
    problems: tuple[Problem, ...]
    #: Names of attributes that are there and cannot be used.
    broken: frozenset[str]
    #: Whether the file could be read at all.
    is_whole: bool
    #: What is no fault of an attribute, such as a comparison that is always true.
    warnings: tuple[Problem, ...] = ()


def compile_attributes(toml: bytes | None, *, graph: Graph, facts: Mapping[str, Node]) -> Compiled:
    """Return the attributes, and everything that is wrong with their file; None is no file."""
    entries, problems = _entries(toml)
    found: dict[str, Attribute] = {}
    broken: set[str] = set()
    warnings: list[Problem] = []
    for place, entry in entries:
        wrong = _shape_problems(entry, place, found)
        if not wrong:
            try:
                recorder = Recorder()
                lowering = Lowering(graph=graph, recorder=recorder)
                found[entry["name"]] = _attribute(entry, {**facts, **_nodes(found)}, lowering)
                path = f"{place} '{entry['name']}'"
                warnings += [
                    _problem(one.code.replace("-", "_"), path, one.message)
                    for one in dict.fromkeys(recorder.warnings)
                ]
            except (FeelSyntaxError, OutsideProfile) as problem:
                if not _names_one_of(str(problem), broken):
                    path = f"{place} '{entry['name']}'"
                    wrong = [_problem("bad_expression", path, str(problem))]
                broken.add(entry["name"])
        elif isinstance(entry.get("name"), str):
            broken.add(entry["name"])
        problems += wrong
    return Compiled(
        attributes=found,
        problems=tuple(problems),
        broken=frozenset(broken - found.keys()),
        is_whole=bool(entries),
        warnings=tuple(warnings),
    )


def _attribute(
    entry: Mapping[str, Any], scope: Mapping[str, Node], lowering: Lowering
) -> Attribute:
    node = lowering.node(parse_expression(entry["feel"], names=scope), scope)
    read = _facts_read(node)
    return Attribute(
        name=entry["name"],
        meaning=entry["meaning"],
        feel=" ".join(entry["feel"].split()),
        node=node,
        facts=read,
        uses=frozenset(FACTS_BY_NAME[name].use for name in read),
    )


def _nodes(attributes: Mapping[str, Attribute]) -> dict[str, Node]:
    return {name: attribute.node for name, attribute in attributes.items()}


def _names_one_of(message: str, names: Collection[str]) -> bool:
    """Return whether an expression fails only for a name whose own mistake is told already."""
    return any(message.startswith(f"unknown name '{name}'") for name in names)


def _entries(toml: bytes | None) -> tuple[list[tuple[str, dict[str, Any]]], list[Problem]]:
    if toml is None:
        return [], [_problem("missing_file", FILE, "the bundle has no such file")]
    try:
        document = tomllib.loads(toml.decode())
    except UnicodeDecodeError:
        return [], [_problem("not_toml", FILE, "not UTF-8; save the file again as UTF-8")]
    except RecursionError:
        return [], [_problem("not_toml", FILE, "tables or lists are nested too deeply")]
    except ValueError as error:  # TOMLDecodeError, or a number of thousands of digits
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
    entries = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, dict):
            entries.append((f"{FILE} attribute {number}", row))
        else:
            message = "expected a table [[attribute]]"
            problems.append(_problem("wrong_type", f"{FILE} attribute {number}", message))
    return entries, problems


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
