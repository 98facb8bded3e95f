"""What is outside the profile is refused with its reason, and with a near miss where there is one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conformance.executors import compiled, type_of
from tests.conformance.models import table
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.feel.parser import parse_expression
from wherewithal.dmn.ir import Graph, OutsideProfile, known_not_null
from wherewithal.dmn.lowering import Lowering

TYPES = {
    "x": "number",
    "y": "number(2)?",
    "flag": "boolean",
    "on": "date",
    "late": "days",
    "name": "text",
    "other": "text",
    "state": "A|B",
}
PLACE = "test.dmn: decision 'Result'"


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("x / 2", "'/' has no exact scale: put it directly inside floor, ceiling, a rounding function or decimal(..., n)"),
        ("floor(1 + x / 2)", "'/' has no exact scale: put it directly inside floor, ceiling, a rounding function or decimal(..., n)"),
        ("x ** 2", "'**' is outside the profile"),
        ("string length(name)", "the function 'string length' is outside the profile"),
        ("x = name", "a number is compared with a string"),
        ("name = other", "two texts are compared and neither has its values listed"),
        ('state < "B"', "'<' between strings is outside the profile"),
        ("flag > false", "'>' between booleans is outside the profile"),
        ("x + on", "'+' between a number and a date is outside the profile"),
        ("x * late", "'*' between a number and a days duration is outside the profile"),
        ("if x then 1 else 2", "a boolean is expected, not a number"),
        ('if flag then 1 else "a"', "branches of different types: number(0), 1..1 and string"),
        ("if flag then {a: 1} else {b: 1}", "the branches have different shapes"),
        ("if flag then {a: 1} else 1", "the branches have different shapes"),
        ("[1, 2] = x", "a single value is expected here, not a list"),
        ("{abc: 1}.abd", "no entry 'abd'; did you mean 'abc'?"),
        ("on.yeer", "'.yeer' of this value is outside the profile"),
        ("late.days", "'.days' of a duration is outside the profile; compare it with a duration"),
        ("for i in [1, 2] return i", "for is outside the profile"),
        ("some i in [1, 2] satisfies i > x", "quantified is outside the profile"),
        ("[1, 2][item > 1]", "filter is outside the profile"),
        ("x instance of number", "instance of is outside the profile"),
        ("x(1)", "what is called is not a function"),
        ("(function(a) a)(1, 2)", "'function' takes 1 arguments"),
        ("(function(a, b) a)(1)", "'function' takes (a, b), not (a)"),
        ("decimal(x, x)", "the number of decimals must be a literal from 0 to 12"),
        ("decimal(x, 13)", "the number of decimals must be a literal from 0 to 12"),
        ("decimal(x, null)", "the number of decimals must be a literal from 0 to 12"),
        ("decimal(x)", "a rounding function takes a number and a number of decimals"),
        ("decimal(n: x, scal: 2)", "'decimal' takes (n, scale), not (n, scal); did you mean 'scale'?"),
        ("ceiling(x / y)", "the divisor of this rounding may change its sign"),
        ("abs(x, 1)", "this function takes one argument"),
        ("abs(flag)", "a number or days duration is expected, not a boolean"),
        ("min(x, on)", "the arguments are of different types"),
        ('max(state, "A")', "min and max order numbers, dates and durations only"),
        ("sum(flag)", "sum adds numbers only"),
        ("sum(late)", "sum adds numbers only"),
        ("min([[1], x])", "this function takes single values here"),
        ("list contains(x, 1)", "list contains takes a list that is written out"),
        ("date(name)", "dates and durations are read from literal texts only"),
        ('date("P30D")', "'P30D' is a days duration"),
        ('duration("2020-01-01")', "'2020-01-01' is a date"),
        ("date(2020, 1, 1)", "this function takes one argument"),
        ('@"20200131"', "'20200131' is neither a date nor a duration of whole days"),
        ('@"2020-02-30"', "'2020-02-30' is neither a date nor a duration of whole days"),
        ('@"PT1H"', "'PT1H' is neither a date nor a duration of whole days"),
        ('@"1850-01-01"', "the year 1850 is outside 1900..2200"),
        ('on + @"P40000D"', "a date and these days may leave the years 1800..2300"),
        ("x * x * x * x", "multiply may reach 37 digits, and 33 are exact"),
        (f"x + {'9' * 400}", "constant may reach 400 digits, and 33 are exact"),
        (f"x + 0.{'0' * 399}1", "constant may reach 401 digits, and 33 are exact"),
        ("x + 1e60", "constant may reach 41 digits, and 33 are exact"),
    ],
)  # fmt: skip
def test_an_expression_is_refused(expression, message):
    program = compiled(expression, TYPES)
    assert [str(one) for one in program.diagnostics] == [f"{PLACE}: {message} [outside_profile]"]
    assert program.decisions == {}


@pytest.mark.parametrize(
    ("policy", "rules", "more", "place", "message"),
    [
        ("RULE ORDER", ["1 | 2"], {}, "", "hit policy RULE ORDER yields a list, which is outside the profile"),
        ("COLLECT", ["1 | 2"], {}, "", "hit policy COLLECT yields a list, which is outside the profile"),
        ("COLLECT/SUM", ["1 | 2; 3"], {"outputs": ("a", "b")}, "", "an aggregation needs rules, and folds one output"),
        ("COLLECT/SUM", ["1 | flag"], {}, "", "an aggregation folds numbers"),
        ("COLLECT/MAX", ["1 | y"], {}, "", "an aggregation folds numbers that cannot be null"),
        ("PRIORITY", ["1 | 2"], {}, "", "priority needs allowed output values, which are its order"),
        ("PRIORITY", ["1 | 2"], {"allowed": {"out": "3, 4"}}, "", "priority needs every output among the allowed output values"),
        ("FIRST", ["1 | 2", "- | flag"], {}, "", "the rules yield values of different types"),
        ("FIRST", ["flag | 2", "- | 1"], {}, ", rule 1, input 'x'", "a number is compared with a boolean"),
        ("FIRST", ["1 | 2", "- | x / 2"], {}, ", rule 2, output '1'", "'/' has no exact scale: put it directly inside floor, ceiling, a rounding function or decimal(..., n)"),
    ],
)  # fmt: skip
def test_a_table_is_refused(policy, rules, more, place, message):
    name, _, fold = policy.partition("/")
    given = replace(table("FIRST", "x", *rules, **more), policy=name, aggregation=fold)
    program = compiled(given, TYPES)
    said = [str(one) for one in program.diagnostics]
    assert said == [f"{PLACE}{place}: {message} [outside_profile]"]


def test_all_faults_of_a_table_are_reported():
    given = table("FIRST", "x; flag", "flag; - | x / 2", "-; 1 | 3", "-; - | 4")
    assert [one.place.removeprefix(PLACE) for one in compiled(given, TYPES).diagnostics] == [
        ", rule 1, input 'x'",
        ", rule 2, input 'flag'",
        ", rule 1, output '1'",
    ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("xs", "unknown name 'xs'; did you mean 'x'?"),
        ("State = null", "unknown name 'State'; did you mean 'state'?"),
        ("elephant", "unknown name 'elephant'"),
        ("modulu(x, 2)", "the function 'modulu' is outside the profile; did you mean 'modulo'?"),
        ("fetch(x)", "the function 'fetch' is outside the profile"),
    ],
)
def test_unknown_names_and_what_may_be_meant(expression, message):
    """The reader knows the scope and says so first; lowering must not rely on that."""
    graph = Graph()
    scope = {name: graph.input(name, type_of(type_)) for name, type_ in TYPES.items()}
    with pytest.raises(OutsideProfile) as refused:
        Lowering(graph=graph).lower(parse_expression(expression, names=scope), scope)
    assert str(refused.value) == message


def test_a_result_that_may_be_any_text_has_no_column():
    program = compiled('if flag then name else "x"', TYPES)
    with pytest.raises(OutsideProfile, match="a result may be a text that no one listed"):
        compile_columnar({"Result": program.node("Result")}, inputs=list(TYPES))


def test_an_input_that_is_not_given_has_no_column():
    program = compiled("x + 1", TYPES)
    with pytest.raises(KeyError, match=r"reads inputs that are not given: \['x'\]"):
        compile_columnar({"Result": program.node("Result")}, inputs=["y"])


def test_too_many_rules_that_may_match_together_are_refused():
    rules = [f">= {n} | 1" for n in range(301)]
    program = compiled(table("COLLECT SUM", "x", *rules), {"x": "number"})
    said = "test.dmn: decision 'Result': more than 300 rules may match together under COLLECT"
    assert [str(one) for one in program.diagnostics] == [f"{said} [outside_profile]"]
    few = compiled(table("COLLECT SUM", "x", *rules[:300]), {"x": "number"})
    assert few.diagnostics == ()


def test_a_long_chain_of_conditions_is_no_deep_one():
    graph = Graph()
    x, y = (graph.input(name, type_of("number?")) for name in "xy")
    chain = graph.any_of(graph.less(x, graph.constant(n)) for n in range(2_000))
    assert known_not_null(chain, when=True) == {x.number}
    both = graph.all_of([chain, graph.less(y, x)])
    assert {x.number, y.number} <= known_not_null(both, when=True)
