"""Generated models: decisions over decisions, knowledge models, tables with several outputs.

Decisions stand in order; each reads inputs and what stands before it. Their kinds are known, so
that expressions fit: `n1` is a number, `t1` a text, `b1` a truth value, `c1` a context of two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from hypothesis import strategies as st

from tests.conformance.generated import DATES, NUMBERS, Writer
from tests.conformance.models import Boxed, Knowledge, Table, model_of
from wherewithal.dmn.model import Model

#: Inputs of a generated model; a notation each, as `executors.type_of` reads it.
INPUTS: Mapping[str, str] = {
    "x": "number?",
    "y": "number(2)?",
    "n": "number",
    "k": "A|B|C?",
    "s": "text?",
    "p": "boolean?",
    "d": "date?",
    "e": "date",
    "u": "days?",
}
SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
FOLDED = ("COLLECT SUM", "COLLECT MIN", "COLLECT MAX", "COLLECT COUNT")
TEXTS = ('"low"', '"mid"', '"high"')
DAYS = ('@"P0D"', '@"P30D"', '@"-P1D"', '@"P366D"')
_CELLS: Mapping[str, Sequence[str]] = {
    "number": ("-", "< {}", ">= {}", "[{}..{}]", "({}..{})", "{}, {}", "not({})", "null", "> {}"),
    "text": ("-", "{}", "{}, {}", "not({})", "null"),
    "date": ("-", "< {}", ">= {}", "[{}..{}]", "{}", "null"),
    "days": ("-", "< {}", ">= {}", "{}", "null"),
    "boolean": ("-", "true", "false", "null", "not(true)"),
}
_KINDS = {
    **dict.fromkeys("xyn", "number"),
    **dict.fromkeys("ks", "text"),
    **dict.fromkeys("de", "date"),
    "p": "boolean",
    "u": "days",
}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A model, its last decision's name, and the features that it has."""

    model: Model
    decisions: tuple[str, ...]
    features: frozenset[str]
    text: str


@st.composite
def models(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Drawn:
    """Return a model of two to six decisions and one or two knowledge models."""
    return _Maker(Writer(draw)).model()


class _Maker:
    def __init__(self, writer: Writer) -> None:
        self.pick = writer.pick
        self.write = writer
        self.kinds = dict(_KINDS)
        self.features: set[str] = set()

    def model(self) -> Drawn:
        knowledge = {"shift": self._function(), "rated": self._rated()}
        decisions: dict[str, str | Table | Boxed] = {}
        for place in range(self.pick(2, 3, 4, 5, 6)):
            kind = self.pick("number", "number", "number", "text", "boolean", "context", "table")
            name = f"{kind[0] if kind != 'table' else 'm'}{place}"
            decisions[name] = getattr(self, f"_{kind}")()
            if kind not in ("table", "context"):
                self.kinds[name] = kind
            else:
                first, second = self._parts
                self.kinds |= {f"{name}.{first}": "number", f"{name}.{second}": "text"}
        model = model_of(decisions, inputs=INPUTS, knowledge=knowledge)
        return Drawn(
            model=model,
            decisions=tuple(decisions),
            features=frozenset(self.features),
            text=repr((decisions, knowledge)),
        )

    _parts = ("amount", "word")

    def _names(self, kind: str) -> list[str]:
        return [name for name, found in self.kinds.items() if found == kind]

    def of(self, kind: str) -> str:
        """Return a name or constant of a kind; what stands before is read often."""
        found = self._names(kind)
        name = str(self.pick(*found, *found[::-1][:2]))
        if name not in _KINDS:
            self.features.add("nested")
        return name

    def constant(self, kind: str) -> str:
        known = {"number": NUMBERS, "date": DATES, "days": DAYS, "boolean": ("true", "false")}
        if kind == "text":
            return str(self.pick('"A"', '"B"', '"Z"', *TEXTS))
        return str(self.pick(*known[kind]))

    def _number(self) -> str | Table | Boxed:
        a, b = self.of("number"), self.of("number")
        form = self.pick(*("table",) * 6, "shift", "rated", "sum", "days", "if", "floor")
        self.features.add(form)
        match form:
            case "table":
                return self._folded()
            case "shift":
                return f"shift({a}, {self.constant('number')}) + n"
            case "rated":
                return f"rated({a}, {self.of('text')})"
            case "sum":
                return f"if {a} = null then 0 else {a} * {self.pick('2', '0.5', '-3')} + 1"
            case "days":
                return f"if d + {self.constant('days')} > e then {a} else {b}"
            case "if":
                return f"if {self.of('boolean')} then {a} else {self.constant('number')}"
        return f"floor({a} / {self.pick('7', '-2', 'n', '0.5')})"

    def _text(self) -> str | Table | Boxed:
        self.features.add("text table")
        inputs = [self.of(kind) for kind in self._some_kinds()]
        rules = self._rules(inputs, lambda: [self.pick(*TEXTS)])
        policy = self.pick("FIRST", "ANY", "PRIORITY", "UNIQUE")
        self.features.add(policy)
        return Table(
            inputs=inputs,
            rules=rules,
            policy=policy,
            allowed={"out": ", ".join(self.pick(TEXTS, TEXTS[::-1]))},
            defaults=self._default({"out": TEXTS[0]}),
        )

    def _boolean(self) -> str | Table | Boxed:
        kind = self.pick("number", "text", "date", "days")
        if kind == "text":
            return f"k = {self.constant('text')} or {self.of('boolean')}"
        return f"{self.of(kind)} {self.pick('<', '>=', '=')} {self.constant(kind)}"

    def _context(self) -> str | Table | Boxed:
        self.features.add("context")
        amount = f"shift({self.of('number')}, inner)"
        entries = [
            ("inner", self.constant("number")),
            ("amount", amount),
            ("word", self.of("text")),
        ]
        xml = "".join(
            f'<contextEntry><variable name="{name}"/><literalExpression><text>{escape(body)}</text>'
            "</literalExpression></contextEntry>"
            for name, body in entries
        )
        return Boxed(f"<context>{xml}</context>")

    def _table(self) -> str | Table | Boxed:
        """Return a table with two outputs."""
        self.features.add("two outputs")
        inputs = [self.of(kind) for kind in self._some_kinds()]
        policy = self.pick(*SINGLE)
        self.features.add(policy)
        ranked = policy == "PRIORITY"
        numbers = ["1", "2.5", "30"]

        def outputs() -> list[str]:
            number = self.pick(*numbers) if ranked else self.pick(*numbers, self.of("number"))
            return [number, self.pick(*TEXTS)]

        allowed = {"word": ", ".join(TEXTS)} | ({"amount": ", ".join(numbers)} if ranked else {})
        return Table(
            inputs=inputs,
            rules=self._rules(inputs, outputs),
            policy=policy,
            outputs=self._parts,
            allowed=allowed,
            defaults=self._default({"amount": "1", "word": TEXTS[1]}),
        )

    def _folded(self) -> Table:
        policy, _, aggregation = str(self.pick(*FOLDED[::-1], *FOLDED, *SINGLE)).partition(" ")
        self.features.add(f"{policy} {aggregation}".strip())
        inputs = [self.of(kind) for kind in self._some_kinds()]
        options = ["1", "2.5", "-30"] + (["n", "n * 2"] if policy != "PRIORITY" else [])
        return Table(
            inputs=inputs,
            rules=self._rules(inputs, lambda: [self.pick(*options)]),
            policy=policy,
            aggregation=aggregation or None,
            allowed={"out": "1, 2.5, -30"} if policy == "PRIORITY" else {},
            defaults=self._default({"out": "2.5" if policy == "PRIORITY" else "7"}),
        )

    def _default(self, value: Mapping[str, str]) -> Mapping[str, str]:
        chosen: Mapping[str, str] = self.pick({}, value)
        self.features |= {"default"} if chosen else set()
        return chosen

    def _some_kinds(self) -> list[str]:
        count = self.pick(1, 2, 3)
        self.features.add(f"{count} columns")
        return [
            self.pick("number", "text", "number", "date", "days", "boolean") for _ in range(count)
        ]

    def _rules(
        self, inputs: Sequence[str], outputs: Callable[[], list[str]]
    ) -> list[tuple[list[str], list[str]]]:
        count = self.pick(1, 2, 3, 4, 5)
        return [([self._cell(name) for name in inputs], outputs()) for _ in range(count)]

    def _cell(self, name: str) -> str:
        kind = self.kinds[name]
        self.features.add(f"cell of {kind}")
        return str(self.pick(*_CELLS[kind])).format(self.constant(kind), self.constant(kind))

    def _function(self) -> Knowledge:
        body = self.pick(
            "a + b", "if a = null then b else a - b", "max(a, b) * 2", "min([a, b, 5])"
        )
        return Knowledge(parameters=("a", "b"), body=body)

    def _rated(self) -> Knowledge:
        """Return a function that is a table over its parameters."""
        rules = [
            ([self.pick("-", "< 2", "> 0.5", "null"), self.pick("-", '"A"', 'not("A")')], [number])
            for number in ("3", "0.25", "-1")
        ]
        return Knowledge(
            parameters=("a", "w"),
            body=Table(inputs=("a", "w"), rules=rules, policy="FIRST", defaults={"out": "9"}),
        )
