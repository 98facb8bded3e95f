"""Small DMN models for tests, written as DMN XML, so that the reader stands in every path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_model

_NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table; `tests` and `outputs` of a rule are the cells of its row, as text."""

    inputs: Sequence[str]
    rules: Sequence[tuple[Sequence[str], Sequence[str]]]
    policy: str = "UNIQUE"
    aggregation: str | None = None
    outputs: Sequence[str] = ("out",)
    #: Default entry and allowed values by output.
    defaults: Mapping[str, str] = field(default_factory=dict)
    allowed: Mapping[str, str] = field(default_factory=dict)
    #: Allowed values by input.
    listed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Boxed:
    """A boxed expression, as XML."""

    xml: str


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """A business knowledge model: its parameters and its body."""

    parameters: Sequence[str]
    body: str | Table | Boxed


def table(policy: str, inputs: str, *rules: str, **more: object) -> Table:
    """Return a table from lines: `table("FIRST", "x; y", "< 5; - | 1", "-; - | 2")`."""
    name, _, aggregation = policy.partition(" ")
    rows = []
    for rule in rules:
        tests, _, outputs = rule.partition("|")
        rows.append((_cells(tests), _cells(outputs)))
    return Table(
        policy=name,
        aggregation=aggregation or None,
        inputs=_cells(inputs),
        rules=rows,
        **more,  # type: ignore[arg-type]
    )


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(";")]


def model_of(
    decisions: Mapping[str, str | Table | Boxed],
    *,
    inputs: Iterable[str],
    knowledge: Mapping[str, Knowledge] | None = None,
) -> Model:
    """Return the model of decisions over inputs; every decision may read all that stand before it."""
    known = dict(knowledge or {})
    names = list(inputs)
    parts = [f"<inputData id={_id(n)} name={quoteattr(n)}/>" for n in names]
    for name, one in known.items():
        parameters = "".join(f"<formalParameter name={quoteattr(p)}/>" for p in one.parameters)
        parts.append(
            f"<businessKnowledgeModel id={_id(name)} name={quoteattr(name)}><encapsulatedLogic>"
            f"{parameters}{_expression(one.body)}</encapsulatedLogic></businessKnowledgeModel>"
        )
    before: list[str] = []
    for name, body in decisions.items():
        needs = "".join(
            [
                *(_needs("information", "requiredInput", n) for n in names),
                *(_needs("information", "requiredDecision", n) for n in before),
                *(_needs("knowledge", "requiredKnowledge", n) for n in known),
            ]
        )
        parts.append(
            f"<decision id={_id(name)} name={quoteattr(name)}>{needs}{_expression(body)}</decision>"
        )
        before.append(name)
    document = (
        f'<definitions xmlns="{_NAMESPACE}" id="m" name="m" namespace="urn:m">'
        f"{''.join(parts)}</definitions>"
    )
    model, diagnostics = read_model(document.encode(), file="test.dmn")
    assert model is not None
    assert [str(one) for one in diagnostics if one.severity.value == "error"] == []
    return model


def _id(name: str) -> str:
    return quoteattr("i_" + "".join(c if c.isalnum() else "_" for c in name))


def _needs(kind: str, element: str, name: str) -> str:
    href = _id(name).replace('"', '"#', 1)
    return f"<{kind}Requirement><{element} href={href}/></{kind}Requirement>"


def _expression(body: str | Table | Boxed) -> str:
    if isinstance(body, Boxed):
        return body.xml
    if isinstance(body, str):
        return f"<literalExpression>{_text(body)}</literalExpression>"
    aggregation = f' aggregation="{body.aggregation}"' if body.aggregation else ""
    inputs = "".join(
        f"<input><inputExpression>{_text(text)}</inputExpression>"
        + (f"<inputValues>{_text(body.listed[text])}</inputValues>" if text in body.listed else "")
        + "</input>"
        for text in body.inputs
    )
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry>{_text(cell)}</inputEntry>" for cell in tests)
        + "".join(f"<outputEntry>{_text(cell)}</outputEntry>" for cell in outputs)
        + "</rule>"
        for tests, outputs in body.rules
    )
    return (
        f'<decisionTable hitPolicy="{body.policy}"{aggregation}>{inputs}'
        f"{''.join(_output(body, name) for name in body.outputs)}{rules}</decisionTable>"
    )


def _output(body: Table, name: str) -> str:
    label = f" name={quoteattr(name)}" if len(body.outputs) > 1 else ""
    allowed = (
        f"<outputValues>{_text(body.allowed[name])}</outputValues>" if name in body.allowed else ""
    )
    default = (
        f"<defaultOutputEntry>{_text(body.defaults[name])}</defaultOutputEntry>"
        if name in body.defaults
        else ""
    )
    return f"<output{label}>{allowed}{default}</output>"


def _text(feel: str) -> str:
    return f"<text>{escape(feel)}</text>"
