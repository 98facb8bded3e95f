"""Every row that a finding shows does what is said, by the reference interpreter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from wherewithal.dmn.checks.model_checks import check_models, tables_of
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.model import Feel
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.reference.builtins_all import MODULES
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import TypeTable
from wherewithal.dmn.reference.runtime import Limits, Runtime, Scope
from wherewithal.dmn.reference.tables import evaluate_table

HERE = Path(__file__).parent
PUBLIC = Path(__file__).parents[3] / "shared/data/policies"
MODELS = sorted([*(HERE / "broken/tables").glob("*.dmn"), *PUBLIC.glob("*/*.dmn")])
#: Importing them registers the built-in functions.
BUILTIN_MODULES = MODULES
MATCHING = ("overlap", "conflict", "unreachable-rule", "masked-rule")


def hits(model, table, row):
    """Return the rules that the reference finds to match a row, and those that answer."""
    by_label = dict(row)
    clauses = [
        replace(clause, expression=Feel(text="", node=parse_expression(by_label[clause.label])))
        if clause.label in by_label
        else clause
        for clause in table.inputs
    ]
    evaluator = Evaluator(Runtime(limits=Limits()), TypeTable(model.item_definitions))
    asked = replace(table, inputs=tuple(clauses))
    found = evaluate_table(evaluator, asked, Scope({}))
    return list(found.matched), [rule.number for rule, _ in found.hits]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_what_an_example_shows_is_so(path):
    model, _ = read_model(path.read_bytes(), file=path.name)
    assert model is not None
    tables = {f"{path.name}: {place}": table for place, table in tables_of(model)}
    seen: Counter[str] = Counter()
    for found in check_models([model]):
        if found.example is None:
            assert found.code not in MATCHING
            continue
        table = tables[found.place.partition(", rule")[0]]
        matched, answering = hits(model, table, found.example.row)
        seen[found.code] += 1
        if found.code == "gap":
            assert matched == []
        assert set(found.example.rules) <= set(matched), str(found)
        if found.code == "unreachable-rule":
            assert answering == [found.example.rules[0]]
