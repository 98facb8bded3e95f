"""Small models as text: what the tests of structure are written with."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from wherewithal.dmn.diagnostics import Diagnostic
from wherewithal.dmn.reader import read_model, read_models
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.engine import evaluate

URI = "https://www.omg.org/spec/DMN/20230324/MODEL/"
MODEL = "urn:example:m"


def definitions(*parts: str, namespace: str = MODEL, uri: str = URI, more: str = "") -> bytes:
    """Return a model; `more` are attributes of its outermost element."""
    start = f'<definitions xmlns="{uri}" namespace="{namespace}" name="M" {more}>'
    return f"{start}{''.join(parts)}</definitions>".encode()


def typed(type_ref: str | None) -> str:
    """Return a typeRef attribute, or nothing."""
    return "" if type_ref is None else f" typeRef={quoteattr(type_ref)}"


def feel(text: str, type_ref: str | None = None) -> str:
    """Return a literal expression."""
    return f"<literalExpression{typed(type_ref)}><text>{escape(text)}</text></literalExpression>"


def variable(name: str, type_ref: str | None = None) -> str:
    """Return a variable."""
    return f"<variable name={quoteattr(name)}{typed(type_ref)}/>"


def element(kind: str, name: str, content: str, type_ref: str | None = None) -> str:
    """Return an element of the requirements graph; its id is its name with `_` for blanks."""
    head = f"<{kind} id={quoteattr(ref(name))} name={quoteattr(name)}>"
    return f"{head}{variable(name, type_ref)}{content}</{kind}>"


def ref(name: str) -> str:
    """Return the id of an element."""
    return name.replace(" ", "_")


def given(name: str, type_ref: str | None = None) -> str:
    """Return input data."""
    return element("inputData", name, "", type_ref)


def needs(*names: str, kind: str = "requiredInput", namespace: str = "") -> str:
    """Return requirements of one kind."""
    group = "knowledge" if kind == "requiredKnowledge" else "information"
    return "".join(
        f'<{group}Requirement><{kind} href="{namespace}#{ref(name)}"/></{group}Requirement>'
        for name in names
    )


def calls(*names: str, namespace: str = "") -> str:
    """Return knowledge requirements."""
    return needs(*names, kind="requiredKnowledge", namespace=namespace)


def after(*names: str, namespace: str = "") -> str:
    """Return requirements of decisions."""
    return needs(*names, kind="requiredDecision", namespace=namespace)


def decision(name: str, logic: str, *requires: str, type_ref: str | None = None) -> str:
    """Return a decision."""
    return element("decision", name, "".join(requires) + logic, type_ref)


def parameters(*named: str) -> str:
    """Return formal parameters, each `name` or `name: type`."""
    pairs = [one.partition(": ") for one in named]
    return "".join(
        f"<formalParameter name={quoteattr(name)}{typed(kind or None)}/>" for name, _, kind in pairs
    )


def knowledge(name: str, logic: str, *named: str, requires: str = "", type_ref: Any = None) -> str:
    """Return a knowledge model of the given parameters."""
    inside = f"<encapsulatedLogic>{parameters(*named)}{logic}</encapsulatedLogic>"
    return element("businessKnowledgeModel", name, inside + requires, type_ref)


def service(name: str, *members: tuple[str, str], type_ref: str | None = None) -> str:
    """Return a decision service; members are such as `("outputDecision", "d")`."""
    parts = "".join(
        f'<{kind} href="{target if "#" in target else "#" + ref(target)}"/>'
        for kind, target in members
    )
    return element("decisionService", name, parts, type_ref)


def item(name: str, inside: str, **attributes: str) -> str:
    """Return an item definition; `inside` is a type's name or XML."""
    content = inside if "<" in inside else f"<typeRef>{inside}</typeRef>"
    more = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<itemDefinition name={quoteattr(name)}{more}>{content}</itemDefinition>"


def part(name: str, inside: str, **attributes: str) -> str:
    """Return a component of an item definition."""
    return item(name, inside, **attributes).replace("itemDefinition", "itemComponent")


def texts(tag: str, text: str) -> str:
    """Return an element that holds a text."""
    return f"<{tag}><text>{escape(text)}</text></{tag}>"


def outcome(
    data: bytes, name: str = "d", inputs: dict[str, Any] | None = None, **others: bytes
) -> tuple[str, list[Diagnostic]]:
    """Return the value of a decision as text, and all that was said on the way."""
    models, diagnostics = read_models({**others, "m.dmn": data})
    found = evaluate(models, name, inputs or {}, namespace=MODEL)
    shown = "null" if found.value is None else text_of(found.value)
    return shown, [*diagnostics, *found.diagnostics]


def answer(
    data: bytes, name: str = "d", inputs: dict[str, Any] | None = None, **others: bytes
) -> str:
    """Return the value of a decision as text."""
    return outcome(data, name, inputs, **others)[0]


def feel_answer(text: str) -> str:
    """Return the value of an expression as text."""
    return answer(definitions(decision("d", feel(text))))


def faults(data: bytes) -> list[str]:
    """Return the codes of what is wrong with a model."""
    _, diagnostics = read_model(data, file="m.dmn")
    return [found.code for found in diagnostics]


def invocation(function: str, **bindings: str) -> str:
    """Return a boxed invocation."""
    parts = "".join(
        f"<binding><parameter name={quoteattr(name)}/>{feel(text)}</binding>"
        for name, text in bindings.items()
    )
    return f"<invocation>{feel(function)}{parts}</invocation>"


def import_of(name: str, namespace: str) -> str:
    """Return an import."""
    return f'<import name={quoteattr(name)} namespace="{namespace}" importType="{URI}"/>'
