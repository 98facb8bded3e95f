"""Tables of the DMN profile, from the operations, the functions and what the compiler says.

Every example is run here: by the scalar, the columnar and the reference executor, which must agree.
"""

from __future__ import annotations

import datetime
import inspect
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from docs.tables.markdown import code, plain, table
from wherewithal.dmn.builtins import BUILTINS
from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.ir import Graph, Op
from wherewithal.dmn.model import Aggregation, HitPolicy, Model
from wherewithal.dmn.reader import read_model
from wherewithal.surfaces.cli.dmn_profile import run_profile
from wherewithal.surfaces.cli.dmn_reference import run_reference

RESULT = "Result"
#: The inputs of the examples: name -> FEEL type and value.
INPUTS: dict[str, tuple[str, Any]] = {
    "x": ("number", Decimal("-10.5")),
    "y": ("number", Decimal(4)),
    "none": ("number", None),
    "day": ("date", "2026-01-31"),
    "word": ("string", "B"),
    "yes": ("boolean", True),
}
#: One example a function; a function without one stops the generator.
EXAMPLES = {
    "floor": "floor(x / y)",
    "ceiling": "ceiling(x / 4)",
    "decimal": "decimal(x / 4, 1)",
    "round up": "round up(x / 4, 1)",
    "round down": "round down(x / 4, 1)",
    "round half up": "round half up(x, 0)",
    "round half down": "round half down(x, 0)",
    "min": "min(x, y)",
    "max": "max(x, y, none)",
    "sum": "sum(x, y, 1)",
    "abs": "abs(x)",
    "not": "not(yes)",
    "modulo": "modulo(x, y)",
    "list contains": 'list contains(["A", "B"], word)',
    "date": 'date("2026-03-01") - day < duration("P30D")',
    "duration": 'day + duration("P1D")',
}
#: What else stands inside, by example.
INSIDE = (
    "0.1 + 0.2 = 0.3",
    "x * y - 1",
    "none = null",
    "none < 1",
    "none < 1 or yes",
    "if none < 1 then 1 else 2",
    "floor(x / 0)",
    "y in [1..4]",
    'word in ("A", "C")',
    "y between 1 and 4",
    "day.month",
    "{a: x, b: a * 2}.b",
)
OUTSIDE = (
    "x / y",
    "x ** 2",
    "for i in [1, 2] return i",
    "some i in [1, 2] satisfies i > 1",
    'word < "C"',
    "upper case(word)",
    "[1, 2][item > 1]",
    "x instance of number",
    'duration("P1Y")',
)
#: Which maker of the graph gives each operation its meaning.
MAKERS = {
    Op.INPUT: Graph.input,
    Op.CONSTANT: Graph.constant,
    Op.ADD: Graph.add,
    Op.SUBTRACT: Graph.subtract,
    Op.MULTIPLY: Graph.multiply,
    Op.DIVIDE: Graph.divide,
    Op.MIN: Graph.least,
    Op.MAX: Graph.greatest,
    Op.EQUAL: Graph.equal,
    Op.LESS: Graph.less,
    Op.LESS_EQUAL: Graph.less,
    Op.AND: Graph.all_of,
    Op.OR: Graph.any_of,
    Op.NOT: Graph.negation,
    Op.IS_NULL: Graph.is_null,
    Op.UNITS: Graph.rescale,
    Op.ASSUME: Graph.assume_not_null,
    Op.CASE: Graph.case,
    Op.LOOKUP: Graph.lookup,
    Op.KEYED: Graph.keyed,
    Op.STEPPED: Graph.stepped,
    Op.BITS: Graph.common_bits,
    Op.FIRST_BIT: Graph.first_bit,
    Op.POSITION: Graph.position,
    Op.YEAR: Graph.date_part,
    Op.MONTH: Graph.date_part,
    Op.DAY: Graph.date_part,
    Op.DAYS_BETWEEN: Graph.days_between,
    Op.ADD_DAYS: Graph.add_days,
}


class ExampleWrong(Exception):
    """An example does not show what it is for; the message says why."""


def operations() -> str:
    """Return the operations of the graph with the first sentence of what makes each."""
    rows = []
    for op in Op:
        words = (inspect.getdoc(MAKERS[op]) or "").split("\n")[0].removeprefix("Return ")
        rows.append((code(op.value), code(MAKERS[op].__name__), plain(words)))
    return table(("operation", "made by `Graph.`", "meaning"), rows)


def functions() -> str:
    """Return the functions of the profile, each with an example that was run."""
    rows = []
    for name in BUILTINS:
        takes = " or ".join(f"({', '.join(parameters)})" for parameters in SIGNATURES[name])
        rows.append(
            (code(name), plain(takes), code(EXAMPLES[name]), code(result_of(EXAMPLES[name])))
        )
    return table(("function", "takes", "example", "result"), rows)


def inside() -> str:
    """Return expressions of the profile with their results."""
    return table(("expression", "result"), [(code(e), code(result_of(e))) for e in INSIDE])


def outside() -> str:
    """Return expressions outside the profile, with what the check says of each."""
    return table(
        ("expression", "what keeps it outside"), [(code(e), plain(refusal_of(e))) for e in OUTSIDE]
    )


def inputs() -> str:
    """Return the inputs of the examples as a sentence."""
    given = ", ".join(f"`{name} = {shown(value)}`" for name, (_, value) in INPUTS.items())
    return f"In the examples {given}."


def hit_policies() -> str:
    """Return every hit policy and aggregation, and whether the profile holds it."""
    pairs: list[tuple[HitPolicy, Aggregation | None]] = [(policy, None) for policy in HitPolicy]
    pairs += [(HitPolicy.COLLECT, aggregation) for aggregation in Aggregation]
    rows = []
    for policy, aggregation in pairs:
        name = " ".join(one.value for one in (policy, aggregation) if one)
        _, said = _run(_table_model(policy, aggregation), "scalar")
        rows.append((name, plain(said) if said else "inside"))
    return table(("hit policy", "profile"), rows)


def result_of(expression: str) -> str:
    """Return what an expression comes to; ExampleWrong if the executors do not agree."""
    model = _literal_model(expression)
    found = {}
    for executor in ("scalar", "columnar"):
        value, said = _run(model, executor)
        if said:
            raise ExampleWrong(f"{expression} by {executor}: {said}")
        found[executor] = shown(value)
    given = {name: value for name, (_, value) in INPUTS.items()}
    now = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)
    reference, _ = run_reference([model], given, decisions=[RESULT], now=now)
    found["reference"] = shown(reference[RESULT])
    if len(set(found.values())) > 1:
        raise ExampleWrong(f"{expression}: {found}")
    return found["scalar"]


def refusal_of(expression: str) -> str:
    """Return why an expression is outside the profile; ExampleWrong if it is inside."""
    _, said = _run(_literal_model(expression), "scalar")
    if not said:
        raise ExampleWrong(f"{expression} is inside the profile")
    return said


def shown(value: Any) -> str:
    """Return a value as FEEL writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value.normalize():f}"
    return str(value)


def _run(model: Model, executor: str) -> tuple[Any, str]:
    given = {name: value for name, (_, value) in INPUTS.items()}
    found, diagnostics = run_profile([model], given, decisions=[RESULT], executor=executor)
    return found.get(RESULT), "; ".join(one.message for one in diagnostics)


def _literal_model(expression: str) -> Model:
    return _model(f"<literalExpression><text>{escape(expression)}</text></literalExpression>")


def _table_model(policy: HitPolicy, aggregation: Aggregation | None) -> Model:
    folded = f' aggregation="{aggregation.value}"' if aggregation else ""
    rules = "".join(
        f"<rule><inputEntry><text>{test}</text></inputEntry>"
        f"<outputEntry><text>{out}</text></outputEntry></rule>"
        for test, out in (("&lt; 10", 1), ("&gt;= 10", 2))
    )
    return _model(
        f'<decisionTable hitPolicy="{policy.value}"{folded}>'
        '<input label="y"><inputExpression typeRef="number"><text>y</text></inputExpression>'
        "</input>"
        '<output typeRef="number"><outputValues><text>1, 2</text></outputValues></output>'
        f"{rules}</decisionTable>"
    )


def _model(expression: str) -> Model:
    """Return a model of one decision over INPUTS."""
    data = "".join(
        f'<inputData id="i_{name}" name="{name}">'
        f'<variable name="{name}" typeRef="{type_}"/></inputData>'
        for name, (type_, _) in INPUTS.items()
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i_{name}"/></informationRequirement>'
        for name in INPUTS
    )
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="Example"'
        f' namespace="urn:example">{data}<decision id="d" name="{RESULT}">'
        f'<variable name="{RESULT}"/>{needs}{expression}</decision></definitions>'
    )
    model, diagnostics = read_model(text.encode(), file="example.dmn")
    if model is None or diagnostics:
        raise ExampleWrong("; ".join(str(one) for one in diagnostics))
    return model
