"""A policy of 2,000 rules in 60 tables, 400 attributes and 25 decisions deep, in all executors."""

from __future__ import annotations

import pytest

from bench import scale_bundle
from tests.conformance.executors import Columnar, Scalar, feel
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph, Op
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python
from wherewithal.dmn.scalar import reachable
from wherewithal.dmn.types import Kind


@pytest.fixture(scope="module")
def bundle():
    """Return model, types of the attributes and the tables' nodes."""
    model, diagnostics = read_model(scale_bundle.model_xml(), file="scale.dmn")
    assert diagnostics == []
    assert model is not None
    types = scale_bundle.attribute_types()
    graph = Graph()
    inputs = {name: graph.input(name, type_) for name, type_ in types.items()}
    program = compile_models([model], graph=graph, inputs=inputs)
    assert program.diagnostics == ()
    assert sum(len(one.table.rules) for one in program.tables) == 2_000
    return model, types, {name: program.node(name) for name in scale_bundle.table_names()}


def test_its_size_and_depth_are_what_they_are_said_to_be(bundle):
    _, types, nodes = bundle
    order, _ = reachable(nodes.values())
    depth: dict[int, int] = {}
    tables = {node.number for node in nodes.values()}
    for node in order:
        below = max((depth[operand.number] for operand in node.operands), default=0)
        depth[node.number] = below + (node.number in tables)
    assert (len(types), len(nodes), max(depth.values())) == (400, 60, 25)


def test_it_stays_columnar_and_its_graph_is_of_the_size_of_its_cells(bundle):
    _, types, nodes = bundle
    order, _ = reachable(nodes.values())
    # 2,000 rules of three tests each, of which a range is two comparisons.
    assert len([one for one in order if one.op is not Op.CONSTANT]) < 14_000
    plan = compile_columnar(nodes, inputs=list(types))
    assert len(plan.stages) <= 100
    assert sum(map(len, plan.stages)) < 1_000


def test_the_executors_agree_on_it(bundle):
    model, types, nodes = bundle
    people = scale_bundle.people(40)
    found = Scalar().evaluate(nodes, types, people)
    assert Columnar().evaluate(nodes, types, people) == found
    person = {n: from_python(v) for n, v in zip(types, people[0], strict=True)}
    for name, value in zip(nodes, found[0], strict=True):
        if int(name[1:]) % 15 == 0:
            wanted = evaluate([model], name, person).value
            got = feel(value, nodes[name].type)
            assert got == wanted if nodes[name].type.kind is Kind.NUMBER else str(got) == wanted
