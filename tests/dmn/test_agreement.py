"""Executors that are made to disagree, or lack a kernel, are found and told of."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from tests.conformance.executors import compiled, type_of
from wherewithal.dmn import columnar, scalar
from wherewithal.dmn.agreement import agreement, missing_kernels
from wherewithal.dmn.ir import Op, quotient

X = {"x": "number(2)?"}
TYPES = {"x": type_of("number(2)?")}
ROWS = [(150,), (250,), (None,), (-150,)]


def outputs_of(expression):
    return {"d": compiled(expression, X).node("Result")}


def told(problems):
    return [(one.code, one.place, one.message) for one in problems]


def test_executors_that_agree():
    found = agreement(
        outputs_of("round half up(x, 0)"),
        ROWS,
        inputs=TYPES,
        reference=lambda row: {"d": {Decimal("1.50"): Decimal(2)}.get(row["x"])},
        sample=1,
    )
    assert (found.rows, found.by_reference, found.problems) == (4, 1, ())


def test_a_rounding_that_is_wrong_on_columns(monkeypatch):
    """Only the tie of 1.50 goes the other way."""
    monkeypatch.setattr(columnar, "rounded", lambda top, bottom, _: (top + 49) // bottom)
    found = agreement(outputs_of("round half up(x, 0)"), ROWS[:1], inputs=TYPES)
    assert told(found.problems) == [
        (
            "executors-disagree",
            "output 'd'",
            (
                "scalar and columnar differ on 1 of 1 rows; for example x = 1.50 -> scalar gives 2,"
                " columnar gives 1"
            ),
        )
    ]


def test_a_rounding_that_is_wrong_in_python(monkeypatch):
    monkeypatch.setattr(scalar, "quotient", lambda a, b, rounding: quotient(a, b, rounding) + 1)
    found = agreement(outputs_of("round half up(x, 0)"), ROWS, inputs=TYPES)
    (problem,) = found.problems
    assert "differ on 3 of 4 rows" in problem.message


def test_a_null_that_becomes_a_zero(monkeypatch):
    rendered = columnar._Renderer.output

    def output(self, node):
        return rendered(self, node).fill_null(pl.lit(0))

    monkeypatch.setattr(columnar._Renderer, "output", output)
    (problem,) = agreement(outputs_of("x + 1"), ROWS, inputs=TYPES).problems
    assert problem.message.endswith("x = null -> scalar gives null, columnar gives 0.00")


def test_a_reference_that_means_something_else():
    found = agreement(
        outputs_of("x + 1"), ROWS, inputs=TYPES, reference=lambda _: {"d": Decimal(2)}, sample=2
    )
    (problem,) = found.problems
    assert problem.message == (
        "scalar and reference differ on 2 of 2 rows; for example x = 1.50 -> scalar gives 2.50,"
        " reference gives 2"
    )


@pytest.mark.parametrize(
    ("name", "module", "table"),
    [("scalar", scalar, "_ARITHMETIC"), ("columnar", columnar, "CALENDAR")],
)
def test_an_op_without_a_kernel_is_named(monkeypatch, name, module, table):
    program = compiled("e.year + x", {"e": "date?", **X})
    outputs = {"d": program.node("Result")}
    inputs = {"e": type_of("date?"), **TYPES}
    assert missing_kernels(outputs.values()) == []
    op = {"scalar": Op.ADD, "columnar": Op.YEAR}[name]
    monkeypatch.delitem(getattr(module, table), op)
    found = agreement(outputs, [], inputs=inputs)
    assert [(one.code, one.place) for one in found.problems] == [("no-kernel", f"{name} executor")]
    assert found.problems[0].message.startswith(f"'{op.value}' has no kernel")
