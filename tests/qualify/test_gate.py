"""The gate of a bundle: it passes what ships, and fails when an executor is broken."""

from __future__ import annotations

import pytest

from wherewithal.dmn import columnar, columnar_kernels, scalar
from wherewithal.dmn.ir import Op, quotient
from wherewithal.qualify.gate import pass_at_start, pass_gate
from wherewithal.sources.bundle import load_bundle
from wherewithal.vocabulary.errors import BundleRefused


@pytest.fixture
def fresh(repository):
    """Return the bundle that ships, of which no edition is compiled yet."""
    return load_bundle(repository / "policies" / "everyday")


def small_gate(bundle):
    days = [bundle.edition_begins[-1]]
    return pass_gate(bundle, days=days, rows_max=600, reference_rows=4)


def test_what_ships_passes(fresh):
    gate = small_gate(fresh)
    assert (gate.errors, gate.warnings) == ((), ())
    assert (gate.rules_hit, gate.rules, len(gate.promises)) == (86, 86, 8)
    assert gate.rows > 1_200


def test_a_rounding_that_is_wrong_on_columns_is_refused_with_a_row(monkeypatch, fresh):
    """A quotient is one too high where it comes out even."""
    rounded = columnar_kernels.rounded
    monkeypatch.setattr(columnar, "rounded", lambda top, bottom, how: rounded(top, bottom, how) + 1)
    gate = small_gate(fresh)
    found = {one.path: one for one in gate.errors}
    problem = found["attributes.toml: attribute 'monthly_income_cents'"]
    assert problem.code == "executors_disagree"
    assert "for example stated_income_cents = " in problem.message
    assert " -> scalar gives " in problem.message


def test_a_rounding_that_is_wrong_in_python_is_refused(monkeypatch, fresh):
    monkeypatch.setattr(scalar, "quotient", lambda a, b, how: quotient(a, b, how) + 1)
    gate = small_gate(fresh)
    assert {one.code for one in gate.errors} <= {"executors_disagree", "broken_promise"}


def test_a_comparison_that_is_wrong_at_the_threshold_only(monkeypatch, fresh):
    """`<` is taken for `<=` on columns: only rows at a threshold can tell."""
    compare = columnar._Renderer._compare

    def wrong(self, node):
        left, right = (self.expr(one) for one in node.operands)
        return left <= right if node.op is Op.LESS else compare(self, node)

    monkeypatch.setattr(columnar._Renderer, "_compare", wrong)
    gate = small_gate(fresh)
    place = "knockouts.dmn: decision 'Knock-outs'"
    problem = next(one for one in gate.errors if one.path == place)
    assert problem.message.startswith("scalar and columnar differ on ")


@pytest.mark.parametrize(
    ("module", "table", "op"),
    [(scalar, "_ARITHMETIC", Op.MULTIPLY), (columnar, "CALENDAR", Op.YEAR)],
)
def test_an_op_without_a_kernel_is_refused_before_any_request(
    monkeypatch, fresh, module, table, op
):
    monkeypatch.delitem(getattr(module, table), op)
    name = module.__name__.rpartition(".")[2]
    with pytest.raises(BundleRefused) as refusal:
        pass_at_start(fresh, days=[fresh.edition_begins[-1]])
    found = [(one.code, one.path) for one in refusal.value.problems]
    assert found == [("no_kernel", f"{name} executor")]
    assert f"'{op.value}' has no kernel" in refusal.value.problems[0].message
