"""Models joined by name, and what is said where they do not fit."""

from __future__ import annotations

from tests.conformance.models import Knowledge, Table, model_of, table
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.program import compile_models, flattened
from wherewithal.dmn.types import number


def program(*models, only=None, **substitutions):
    graph = Graph()
    inputs = {name: graph.input(name, number(0, 100)) for name in ("x", "y")}
    given = {name: graph.constant(value) for name, value in substitutions.items()}
    return compile_models(models, graph=graph, inputs=inputs, substitutions=given, only=only)


def places(found):
    return [(one.code, one.place.removeprefix("test.dmn: ")) for one in found.diagnostics]


def test_a_decision_of_one_file_is_the_input_of_another():
    first = model_of({"A": "x + 1"}, inputs=["x"])
    second = model_of({"B": "A * 2"}, inputs=["A"])
    found = program(second, first)
    assert found.diagnostics == ()
    assert found.node("B").operands[0] is found.node("A")
    assert found.inputs_read == ("x",)


def test_only_what_is_asked_for_is_compiled():
    found = program(model_of({"A": "x", "B": "A + 1", "C": "x ** 2"}, inputs=["x"]), only=["A"])
    assert list(found.decisions) == ["A"]
    assert found.diagnostics == ()


def test_a_substitution_stands_for_a_decision():
    found = program(model_of({"A": "x ** 2", "B": "A + 1"}, inputs=["x"]), A=41)
    assert found.node("B").payload == 42


def test_a_fault_is_said_once_however_many_need_it():
    given = {"A": "x ** 2", "B": "A + 1", "C": "A + B"}
    found = program(model_of(given, inputs=["x"]))
    assert places(found) == [("outside_profile", "decision 'A'")]
    assert found.decisions == {}


def test_all_faults_are_said():
    found = program(model_of({"A": "x ** 2"}, inputs=["x"]), model_of({"B": "zz"}, inputs=["zz"]))
    assert places(found) == [("outside_profile", "decision 'A'"), ("unknown_input", "decision 'B'")]


def test_a_cycle_through_two_files():
    one = model_of({"A": "B + 1"}, inputs=["B"])
    two = model_of({"B": "A + 1"}, inputs=["A"])
    found = program(one, two)
    assert [str(each) for each in found.diagnostics] == [
        "test.dmn: decision 'A': needs itself: A -> B -> A [cycle]"
    ]


def test_two_decisions_of_one_name():
    model = model_of({"A": "x"}, inputs=["x"])
    assert places(program(model, model)) == [("duplicate_name", "decision 'A'")]


def test_near_misses():
    found = program(model_of({"A": "X1"}, inputs=["X1"]), only=["A", "AA"])
    assert [one.message for one in found.diagnostics] == [
        "nothing gives the input 'X1'; did you mean 'x'?",
        "there is no decision 'AA'; did you mean 'A'?",
    ]


def test_a_fault_of_a_function_is_placed_where_it_is_called():
    faulty = {"f": Knowledge(parameters=("n",), body="n ** 2")}
    model = model_of({"A": "x", "B": "f(A)"}, inputs=["x"], knowledge=faulty)
    assert places(program(model, only=["B"])) == [("outside_profile", "decision 'B'")]


def test_a_context_decision_has_dotted_names():
    found = program(model_of({"A": "{p: x, q: {r: 1}, f: function(a) a}"}, inputs=["x"]))
    assert list(flattened("A", found.decisions["A"])) == ["A.p", "A.q.r"]


def test_tables_are_kept_for_the_trace():
    scores = ["< 5 | 1", ">= 5 | 2", "[3..7] | 4"]
    tables: dict[str, str | Table] = {
        "S": table("COLLECT SUM", "x", *scores),
        "F": table("FIRST", "S", "3 | 1", "- | 0"),
    }
    found = program(model_of(tables, inputs=["x"]))
    assert [(one.decision, one.rules) for one in found.tables] == [
        ("S", ((1, 2), (3,))),
        ("F", ((1, 2),)),
    ]
