"""The authored form of a DMN model: what the reader yields, texts already parsed as FEEL.

Nothing is resolved here: names are names, types are references. A text that did not parse is None,
and the reader's diagnostics say why. Source: DMN 1.5, chapters 6-8 and 10.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from wherewithal.dmn.feel import ast


class HitPolicy(Enum):
    """How matching rules become a result (DMN 1.5, 8.2.10)."""

    UNIQUE = "UNIQUE"
    ANY = "ANY"
    PRIORITY = "PRIORITY"
    FIRST = "FIRST"
    COLLECT = "COLLECT"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"


class Aggregation(Enum):
    """How Collect folds its outputs; without one the result is a list."""

    SUM = "SUM"
    COUNT = "COUNT"
    MIN = "MIN"
    MAX = "MAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feel:
    """A FEEL text with its tree; `node` is None where the text did not parse or is empty."""

    text: str
    node: ast.Node | None
    #: Where in the file: `decision 'X', rule 3, input 'Y'`.
    place: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDefinition:
    """A named type: either a reference with allowed values, or components."""

    name: str
    type_ref: str | None
    is_collection: bool = False
    #: Unary tests that a value must pass, or None.
    allowed_values: Feel | None = None
    #: Unary tests that the whole value must pass, a collection as such (DMN 1.5), or None.
    type_constraint: Feel | None = None
    components: tuple[ItemDefinition, ...] = ()
    #: For a function item: parameter names and types, and the result type.
    function_parameters: tuple[tuple[str, str | None], ...] | None = None
    function_result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A literal expression."""

    feel: Feel
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInput:
    """An input clause: what is tested, and the values that it may have."""

    label: str
    expression: Feel
    allowed_values: Feel | None
    type_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutput:
    """An output clause; `name` is None in a table with one output."""

    name: str | None
    label: str
    allowed_values: Feel | None
    default: Feel | None
    type_ref: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row; `number` is 1-based, as analysts count."""

    number: int
    tests: tuple[Feel, ...]
    outputs: tuple[Feel, ...]
    #: By the annotation clause's name.
    annotations: tuple[tuple[str, str], ...]
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionTable:
    """A decision table, rules as rows."""

    hit_policy: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[Rule, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedEntry:
    """An entry of a boxed context; `name` is None for its final result."""

    name: str | None
    expression: Expression | None
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedContext:
    """Entries in order; a later one sees the earlier ones."""

    entries: tuple[BoxedEntry, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedInvocation:
    """A call of a BKM or function with named bindings."""

    function: Expression | None
    bindings: tuple[tuple[str, Expression | None], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedFunction:
    """A function definition; `kind` is FEEL, Java or PMML."""

    parameters: tuple[tuple[str, str | None], ...]
    body: Expression | None
    kind: str = "FEEL"
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedList:
    """A list of expressions."""

    items: tuple[Expression | None, ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A table of values: a list of contexts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Expression | None, ...], ...]
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditional:
    """A boxed if (DMN 1.4+)."""

    condition: Expression | None
    yes: Expression | None
    no: Expression | None
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedFilter:
    """A boxed filter (DMN 1.4+)."""

    source: Expression | None
    match: Expression | None
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxedIteration:
    """A boxed for, some or every (DMN 1.4+); `kind` names which."""

    kind: str
    variable: str
    source: Expression | None
    body: Expression | None
    type_ref: str | None = None


Expression = (
    Literal
    | DecisionTable
    | BoxedContext
    | BoxedInvocation
    | BoxedFunction
    | BoxedList
    | Relation
    | Conditional
    | BoxedFilter
    | BoxedIteration
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputData:
    """A named input of the model."""

    name: str
    type_ref: str | None
    element_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A named decision and the names that its expression may read."""

    name: str
    type_ref: str | None
    expression: Expression | None
    #: Names of required inputs, decisions and BKMs (qualified by the import's name if imported).
    requires: tuple[str, ...]
    element_id: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessKnowledgeModel:
    """A named function."""

    name: str
    function: BoxedFunction | None
    requires: tuple[str, ...]
    element_id: str | None = None
    #: The declared type of its variable: of the result, or of the function itself.
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionService:
    """A named group of decisions, callable as a function of its inputs."""

    name: str
    outputs: tuple[str, ...]
    encapsulated: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]
    element_id: str | None = None
    #: The declared type of its result.
    type_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """Another model, under a prefix (which may be empty)."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One DMN file."""

    name: str
    namespace: str
    file: str
    inputs: tuple[InputData, ...]
    decisions: tuple[Decision, ...]
    knowledge_models: tuple[BusinessKnowledgeModel, ...] = ()
    services: tuple[DecisionService, ...] = ()
    item_definitions: tuple[ItemDefinition, ...] = ()
    imports: tuple[Import, ...] = ()
