"""Evaluates one expression of FEEL that stands outside any model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import localcontext
from typing import Any

from wherewithal.dmn.feel import ast
from wherewithal.dmn.reference.builtins_all import MODULES
from wherewithal.dmn.reference.decimals import DECIMAL128
from wherewithal.dmn.reference.evaluator import Evaluator
from wherewithal.dmn.reference.feel_types import TypeTable
from wherewithal.dmn.reference.runtime import Limits, Runtime, Scope, paying

__all__ = ["MODULES", "evaluate_expression"]


def evaluate_expression(tree: ast.Node, bindings: Mapping[str, Any]) -> Any:
    """Return the value of a parsed expression where these names have these FEEL values.

    Null:   what could not be computed, as everywhere in FEEL.
    Errors: LimitExceeded for an expression beyond the bounds of an evaluation.
    """
    runtime = Runtime(limits=Limits())
    with localcontext(DECIMAL128), paying(runtime):
        return Evaluator(runtime, TypeTable(())).evaluate(tree, Scope(dict(bindings)))
