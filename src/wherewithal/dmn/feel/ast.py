"""The authored form of FEEL: what the parser yields, before any name or type is resolved.

Positions are 0-based offsets into the text that was parsed. Numbers keep their text, so that no
digit is lost. Source: DMN 1.5, chapter 10.3.1 (grammar rules 1-66).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any FEEL node; `start` is where it begins in its text."""

    start: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLiteral(Node):
    """A numeric literal; `text` as written, such as `0.10` or `1e3` (unsigned)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StringLiteral(Node):
    """A string with its escapes already resolved."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanLiteral(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NullLiteral(Node):
    """`null`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLiteral(Node):
    """An at-literal, `@"2020-01-01"`; the text between the quotes."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A reference; inner white space is normalised to one blank. `?` is the tested value."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Path(Node):
    """`target.name`."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Node):
    """`target[condition]`."""

    target: Node
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation(Node):
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """`left op right`; op is one of + - * / ** and or = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Between(Node):
    """`value between low and high`, both inclusive."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class In(Node):
    """`value in (test, test, ...)`; each test as in a decision table's cell."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type_ref: TypeRef


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRef(Node):
    """A type expression: `number`, `list<string>`, `context<a: number>`, `function<...> -> t`."""

    name: str
    #: For list and range one item type; for function the parameter types, then the result.
    arguments: tuple[TypeRef, ...] = ()
    #: For context: the names of its entries, in the order of `arguments`.
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval(Node):
    """`[low..high]` and its open forms; None stands for an unbounded end, as in `(< 5)`."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnaryComparison(Node):
    """`< x`, `<= x`, `> x`, `>= x`, `= x` or `!= x` as a test of the input value."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class UnaryTests(Node):
    """A whole cell: any of `tests` holds; `-` has none and always holds; `negated` is not(...)."""

    tests: tuple[Node, ...]
    negated: bool = False
    is_dash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class If(Node):
    """`if condition then yes else no`."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Iterator(Node):
    """One `name in source` of for, some and every; `end` where the source is `a..b`."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class For(Node):
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified(Node):
    """`some|every iterators satisfies condition`."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral(Node):
    """`[a, b, c]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextEntry(Node):
    """One `key: value`."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextLiteral(Node):
    """`{a: 1, b: a + 1}`; later entries see earlier ones."""

    entries: tuple[ContextEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Node):
    """A formal parameter of a function definition."""

    name: str
    type_ref: TypeRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefinition(Node):
    """`function(a, b: number) body`; `external` for Java or PMML bodies."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument(Node):
    """An argument of an invocation; `name` is None where it is positional."""

    value: Node
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation(Node):
    """`function(arguments)`."""

    function: Node
    arguments: tuple[Argument, ...]
