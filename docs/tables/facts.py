"""The tables of attributes and facts, and what each source can know."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from docs.tables.markdown import code, codes, plain, table, type_words
from wherewithal.dmn import model
from wherewithal.qualify.attributes import type_of_fact
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.sources import stated
from wherewithal.sources.bureau_transunion import facts as transunion
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.sources.lendingclub.columns import COLUMNS
from wherewithal.vocabulary.facts import FACTS, Fact, FactType

UNKNOWN = "cannot know"
_WORDS_SHOWN = 8


def attributes_table(bundle: PolicyBundle) -> str:
    """Return every attribute: what it means, reads, yields, may serve, and who reads it."""
    rows = [
        (
            code(attribute.name),
            plain(attribute.meaning),
            code(attribute.feel),
            codes(attribute.facts),
            type_words(attribute.node.type),
            ", ".join(sorted(use.value.replace("_", " ") for use in attribute.uses)),
            ", ".join(readers_of(attribute.name, bundle)) or "no table",
        )
        for attribute in bundle.attributes.values()
    ]
    head = ("attribute", "meaning", "FEEL", "facts read", "type and range", "use", "read by")
    return table(head, rows)


def readers_of(name: str, bundle: PolicyBundle) -> list[str]:
    """Return the decisions that read an input of that name, with their files."""
    return [
        f"{decision.name} ({one.file})"
        for one in bundle.models
        for decision in one.decisions
        if name in decision.requires and not _is_decided(name, bundle.models)
    ]


def _is_decided(name: str, models: tuple[model.Model, ...]) -> bool:
    return any(decision.name == name for one in models for decision in one.decisions)


def facts_table(loans: Path) -> str:
    """Return the catalogue of facts with what the two outside sources give of each."""
    rows = [
        (
            code(fact.name),
            plain(fact.meaning),
            _values(fact),
            fact.use.value.replace("_", " "),
            from_transunion(fact.name),
            from_lendingclub(fact.name, loans),
        )
        for fact in FACTS
    ]
    return table(("fact", "meaning", "values", "use", "transunion", "lendingclub"), rows)


def _values(fact: Fact) -> str:
    if fact.type is FactType.ENUMERATION:
        few = len(fact.values) <= _WORDS_SHOWN
        return ", ".join(fact.values) if few else f"{len(fact.values)} codes"
    if fact.type is FactType.DATE:
        return "a day, 1900 to 2099"
    return type_words(type_of_fact(fact).not_null())


def from_transunion(name: str) -> str:
    """Return where a TransUnion decision has a fact from: the file, what is stated, or nowhere."""
    in_file, constant, said = _transunion_names()
    parts = ["stated"] if name in said else []
    if name in in_file:
        parts.append("the file's" if parts else "from the file")
    if name in constant:
        parts.append("false")
    return ", else ".join(parts) or UNKNOWN


@cache
def _transunion_names() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the facts that the reader takes from the file, sets itself, and takes as stated.

    Read from its source: what `facts |= {...}` adds is stated, the other dictionaries are the
    file's, and a fact given as None there is one that it leaves unknown.
    """
    in_file: set[str] = set()
    constant: set[str] = set()
    said: set[str] = set()
    for dictionary, is_stated in _dictionaries(ast.parse(inspect.getsource(transunion))):
        for key, value in zip(dictionary.keys, dictionary.values, strict=True):
            if not isinstance(key, ast.Constant):
                continue
            if is_stated:
                said.add(str(key.value))
            elif not isinstance(value, ast.Constant):
                in_file.add(str(key.value))
            elif value.value is not None:
                constant.add(str(key.value))
    known = {*stated._NUMBERS.values(), *stated._WORDS, *stated._FLAGS}  # noqa: SLF001 - its names
    if said != known:
        message = f"what is stated and what the reader takes differ: {sorted(said ^ known)}"
        raise ValueError(message)
    return frozenset(in_file), frozenset(constant), frozenset(said)


def _dictionaries(tree: ast.Module) -> Iterator[tuple[ast.Dict, bool]]:
    added = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.AugAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield node, id(node) in added


def from_lendingclub(name: str, loans: Path) -> str:
    """Return the loan file's column of a fact, or that it is made of others."""
    columns = [column.name for column in COLUMNS if column.fact == name]
    if columns:
        return codes(columns)
    return "from other columns" if name in _known_in(loans) else UNKNOWN


@cache
def _known_in(loans: Path) -> frozenset[str]:
    frame = read_lendingclub(loans)
    return frozenset(f.name for f in FACTS if frame[f.name].null_count() < frame.height)
