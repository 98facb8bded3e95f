"""`wherewithal dmn run`: any model, any executor, exact numbers."""

from __future__ import annotations

import json

import pytest

from tests.surfaces.models import dmn

PERSON = """<itemDefinition name="tPerson">
  <itemComponent name="age"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="since"><typeRef>date</typeRef></itemComponent>
</itemDefinition>"""
ALL = pytest.mark.parametrize("executor", ["reference", "scalar", "columnar"])


@pytest.fixture
def evaluate(command, tmp_path):
    """Return a function that runs a model on JSON inputs."""

    def answer(model, inputs, *arguments):
        (tmp_path / "small.dmn").write_text(model)
        text = inputs if isinstance(inputs, str) else json.dumps(inputs)
        (tmp_path / "inputs.json").write_text(text)
        files = (tmp_path / "small.dmn", "--inputs", tmp_path / "inputs.json")
        return command("dmn", "run", *files, *arguments)

    return answer


@ALL
def test_numbers_are_exact(evaluate, executor):
    model = dmn({"Sum": "a + b"}, inputs={"a": "number", "b": "number"})
    answer = evaluate(model, '{"a": 0.1, "b": 0.2}', "--executor", executor)
    assert answer.json["decisions"] == {"Sum": 0.3}
    assert '"Sum": 0.3\n' in answer.out
    assert (answer.code, answer.json["diagnostics"]) == (0, [])


@ALL
def test_amounts_beyond_64_bits(evaluate, executor):
    model = dmn({"Product": "a * a"}, inputs={"a": "number"})
    answer = evaluate(model, '{"a": 9007199254740993}', "--executor", executor)
    assert '"Product": 81129638414606699710187514626049' in answer.out


@ALL
def test_nested_inputs_and_dates(evaluate, executor):
    model = dmn(
        {"Old": "Applicant.age &gt;= 18 and Applicant.since.year &lt; 2020"},
        inputs={"Applicant": "tPerson"},
        types=PERSON,
    )
    inputs = {"Applicant": {"age": 40, "since": "2019-12-31"}}
    assert evaluate(model, inputs, "--executor", executor).json["decisions"] == {"Old": True}


@ALL
@pytest.mark.parametrize(("type_ref", "value"), [("date", "2024-02-30"), ("number", "much")])
def test_an_input_that_is_not_of_its_type_is_null_and_no_fault_of_the_model(
    evaluate, executor, type_ref, value
):
    model = dmn({"A": "a = null"}, inputs={"a": type_ref})
    answer = evaluate(model, {"a": value}, "--executor", executor)
    assert (answer.code, answer.json["decisions"]) == (0, {"A": True})
    assert [(one["place"], one["message"]) for one in answer.json["diagnostics"]] == [
        ("input 'a'", f"the given value is not of type '{type_ref}'")
    ]


def test_an_input_that_nobody_reads_is_named_if_it_is_a_word(evaluate):
    model = dmn({"A": "a"}, inputs={"a": "number"})
    answer = evaluate(model, {"aa": 1, "Jo Doe": 2, "n_123456789": 3})
    places = [one["place"] for one in answer.json["diagnostics"] if one["code"] == "unknown_input"]
    assert places == ["input 'aa'", "input 2", "input 3"]


def test_a_name_that_stands_twice_is_refused(evaluate):
    answer = evaluate(dmn({"A": "a"}, inputs={"a": "number"}), '{"a": 1, "a": 2}')
    assert answer.code == 2
    assert answer.errors == [
        "inputs.json: a name stands twice in one object, and only one of its values could count [duplicate_key]"
    ]


@ALL
def test_missing_inputs_are_null(evaluate, executor):
    model = dmn({"Is null": "a = null", "More": "a + 1"}, inputs={"a": "number"})
    answer = evaluate(model, {}, "--executor", executor)
    assert answer.json["decisions"] == {"Is null": True, "More": None}
    assert answer.code == 0


@ALL
def test_texts_lists_and_contexts(evaluate, executor):
    model = dmn(
        {"All": '{word: if b then a else "no", list: [1, 2.50], none: null}'},
        inputs={"a": "string", "b": "boolean"},
    )
    answer = evaluate(model, {"a": "yes", "b": True}, "--executor", executor)
    assert answer.json["decisions"] == {"All": {"word": "yes", "list": [1, 2.5], "none": None}}


def test_one_decision_of_many(evaluate):
    model = dmn({"A": "1", "B": "2"}, inputs={})
    assert evaluate(model, {}, "--decision", "B").json["decisions"] == {"B": 2}
    answer = evaluate(model, {}, "--decision", "C")
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors[0].startswith("--decision: the model has no decision of this name")


@pytest.mark.parametrize("executor", ["scalar", "columnar"])
def test_what_keeps_a_model_outside_the_profile(evaluate, executor):
    model = dmn({"Half": "a / 3", "Same": "a"}, inputs={"a": "number"})
    answer = evaluate(model, {"a": 1}, "--executor", executor)
    assert answer.code == 1
    assert answer.json["decisions"] == {"Same": 1}
    found = answer.json["diagnostics"][0]
    assert (found["code"], found["severity"]) == ("outside_profile", "error")
    assert found["place"] == "small.dmn: decision 'Half'"
    assert "'/' has no exact scale" in found["message"]


@pytest.mark.parametrize(
    ("type_ref", "value", "message"),
    [
        ("date", '"1000-01-01"', "the input 'a' is not within 1900 to 2200, which bound dates here"),
        ("number", "1e-40", "the input 'a' has more digits than the profile holds"),
        ("number", "1e40", "the input 'a' has more digits than the profile holds"),
        ("days and time duration", '"PT1H"', "the input 'a' is no duration in whole days such as P30D"),
    ],
)  # fmt: skip
def test_inputs_outside_the_profile(evaluate, type_ref, value, message):
    model = dmn({"A": "a"}, inputs={"a": type_ref})
    answer = evaluate(model, f'{{"a": {value}}}', "--executor", "scalar")
    assert (answer.code, answer.json["diagnostics"][0]["message"]) == (1, message)


def test_a_slip_of_the_pen_in_an_input_is_a_warning(evaluate):
    model = dmn({"A": "loan"}, inputs={"loan": "number"})
    answer = evaluate(model, {"Loan": 1})
    found = answer.json["diagnostics"][0]
    assert (answer.code, found["severity"]) == (0, "warning")
    assert found["message"] == "no model reads it; did you mean 'loan'?"


@pytest.mark.parametrize(
    ("inputs", "problem"),
    [
        ("[1]", "expected one object: the inputs by their names [not_an_object]"),
        ('{"a": NaN}', "NaN and Infinity are no JSON numbers; write null for what is unknown [not_a_number]"),
        ('{"a": 1e99999999}', "a number is beyond 10^6000, which FEEL's decimals do not reach [not_a_number]"),
        ('{"a": 1e99999999999999999999}', "a number is beyond 10^6000, which FEEL's decimals do not reach [not_a_number]"),
        ('{"a": }', "the file is not JSON from line 1, column 7 on [not_json]"),
        ("[" * 100_000, "the file is nested too deep [too_deep]"),
    ],
)  # fmt: skip
def test_inputs_that_cannot_be_read(evaluate, inputs, problem):
    answer = evaluate(dmn({"A": "a"}, inputs={"a": "number"}), inputs)
    assert (answer.code, answer.errors) == (2, [f"inputs.json: {problem}"])


def test_a_file_that_is_no_model(evaluate):
    answer = evaluate("<html/>", {})
    assert (answer.code, answer.json["model"], answer.json["decisions"]) == (1, None, {})
    assert answer.json["diagnostics"][0]["severity"] == "error"


def test_an_unknown_executor(evaluate):
    answer = evaluate(dmn({"A": "1"}, inputs={}), {}, "--executor", "scaler")
    assert answer.errors == [
        "--executor: expected one of reference, scalar, columnar; did you mean 'scalar'? [unknown_executor]"
    ]


def test_imports_are_looked_for_in_the_folder(command, tmp_path):
    (tmp_path / "base.dmn").write_text(dmn({"Base": "41"}, inputs={}))
    (tmp_path / "main.dmn").write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="Main"'
        ' namespace="urn:main"><import name="base" namespace="urn:small"'
        ' importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
        '<decision id="d" name="More"><variable name="More"/><informationRequirement>'
        '<requiredDecision href="urn:small#d0"/></informationRequirement>'
        "<literalExpression><text>base.Base + 1</text></literalExpression></decision></definitions>"
    )
    (tmp_path / "inputs.json").write_text("{}")
    answer = command("dmn", "run", tmp_path / "main.dmn", "--inputs", tmp_path / "inputs.json")
    assert answer.json["decisions"] == {"More": 42}


@ALL
def test_a_trace_on_demand(evaluate, executor):
    answer = evaluate(dmn({"Sum": "a + 0.1"}, inputs={"a": "number"}), '{"a": 0.10}')
    assert "trace" not in answer.json
    answer = evaluate(
        dmn({"Sum": "a + 0.1"}, inputs={"a": "number"}),
        *('{"a": 0.10}', "--trace", "--executor", executor),
    )
    step = {"kind": "decision", "name": "Sum", "model": "small.dmn", "value": 0.2, "steps": []}
    assert answer.json["trace"] == {
        "schema": "wherewithal.trace/1",
        "complete": True,
        "steps": [step],
    }


def test_the_trace_of_a_real_model_is_the_same_compiled(command, repository):
    arguments = ("policies/everyday/capacity.dmn", "--inputs", "examples/dmn/capacity.json")
    files = [repository / one if "/" in one else one for one in arguments]
    found = command("dmn", "run", *files, "--trace").json["trace"]
    compiled = command("dmn", "run", *files, "--trace", "--executor", "scalar").json["trace"]
    assert found == compiled
    assert found["steps"][0]["name"] == "Capacity shares"


def test_the_inputs_to_fill_in(command, tmp_path):
    types = (
        PERSON
        + """<itemDefinition name="tPeople" isCollection="true"><typeRef>tPerson</typeRef>
    </itemDefinition><itemDefinition name="tTree"><itemComponent name="kids" isCollection="true">
    <typeRef>tTree</typeRef></itemComponent></itemDefinition>"""
    )
    inputs = {"a": "number", "who": "tPerson", "all": "tPeople", "tree": "tTree", "x": "tNone"}
    (tmp_path / "small.dmn").write_text(dmn({"Sum": "a + 1"}, inputs=inputs, types=types))
    person = {"age": None, "since": None}
    found = command("dmn", "inputs", tmp_path / "small.dmn").json
    assert found == {
        "a": None,
        "who": person,
        "all": [person],
        "tree": {"kids": []},
        "x": None,
    }


def test_a_blank_of_inputs_can_be_run_as_it_is(command, tmp_path):
    model = dmn({"Old": "who.age &gt; 1"}, inputs={"who": "tPerson"}, types=PERSON)
    (tmp_path / "small.dmn").write_text(model)
    (tmp_path / "inputs.json").write_text(command("dmn", "inputs", tmp_path / "small.dmn").out)
    files = (tmp_path / "small.dmn", "--inputs", tmp_path / "inputs.json")
    answer = command("dmn", "run", *files)
    assert (answer.code, answer.json["decisions"]) == (0, {"Old": None})


def test_inputs_of_what_is_no_model(command, tmp_path):
    (tmp_path / "small.dmn").write_text("<oops")
    assert command("dmn", "inputs", tmp_path / "small.dmn").code != 0
