"""A large policy, made with a seed: 2,000 rules in 60 tables, 400 attributes, decisions 25 deep.

A simulation of size alone. Cells are of the forms that zen-engine and Python can be given too.
"""

from __future__ import annotations

import itertools
import random
from xml.sax.saxutils import escape, quoteattr

from wherewithal.dmn import types as t
from wherewithal.dmn.types import Type

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
ATTRIBUTES = 400
TABLES = 60
RULES = 2_000
DEPTH = 25
NUMBER_MAX = 1_000
WORDS = ("red", "green", "blue", "white", "black", "grey")
GRADES = ("A", "B", "C", "D", "E")
SEED = 25


def attribute_types() -> dict[str, Type]:
    """Return the type of each attribute: numbers, some words and truth values; a third nullable."""
    kinds = (
        t.number(0, NUMBER_MAX),
        t.number(0, NUMBER_MAX, nullable=True),
        t.text(frozenset(WORDS)),
        t.number(0, NUMBER_MAX),
        t.BOOLEAN.or_null(),
        t.number(0, NUMBER_MAX),
    )
    return {f"a{place}": kinds[place % len(kinds)] for place in range(ATTRIBUTES)}


def table_names() -> list[str]:
    """Return the tables' names, what each needs before it."""
    return [f"t{place}" for place in range(TABLES)]


def people(count: int, *, seed: int = SEED) -> list[tuple[object, ...]]:
    """Return values of all attributes for some people."""
    draw = random.Random(seed)
    return [tuple(_value(draw, one) for one in attribute_types().values()) for _ in range(count)]


def model_xml() -> bytes:
    """Return the model, a decision a table."""
    draw = random.Random(SEED)
    types = attribute_types()
    parts = [f"<inputData id={quoteattr(one)} name={quoteattr(one)}/>" for one in types]
    parts += [_decision(draw, place, types) for place in range(TABLES)]
    body = "".join(parts)
    return (
        f'<definitions xmlns="{NAMESPACE}" id="scale" name="scale" namespace="urn:scale">'
        f"{body}</definitions>"
    ).encode()


STATES = tuple(f"S{place:02}" for place in range(50))
PRODUCTS = tuple(f"P{place}" for place in range(20))
BANDS = 10


def lookup_types() -> dict[str, Type]:
    """Return the inputs of the lookup table."""
    return {
        "state": t.text(frozenset(STATES)),
        "product": t.text(frozenset(PRODUCTS)),
        "amount": t.number(0, NUMBER_MAX, nullable=True),
    }


def shoppers(count: int, *, seed: int = SEED) -> list[tuple[object, ...]]:
    """Return values of the lookup table's inputs for some people."""
    draw = random.Random(seed)
    return [tuple(_value(draw, one) for one in lookup_types().values()) for _ in range(count)]


def lookup_xml() -> bytes:
    """Return a model of one table: a rate by state, product and band of the amount."""
    width = NUMBER_MAX // BANDS
    bands = [f"[{width * n}..{width * (n + 1)})" for n in range(BANDS - 1)]
    bands.append(f">= {width * (BANDS - 1)}")
    draw = random.Random(SEED)
    rules = "".join(
        f"<rule>{''.join(_entry(cell) for cell in cells)}"
        f"<outputEntry><text>{draw.randrange(600, 3_000)}</text></outputEntry></rule>"
        for cells in itertools.product(map(_literal, STATES), map(_literal, PRODUCTS), bands)
    )
    names = list(lookup_types())
    data = "".join(f"<inputData id={quoteattr(one)} name={quoteattr(one)}/>" for one in names)
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{one}"/></informationRequirement>'
        for one in names
    )
    inputs = "".join(
        f"<input><inputExpression><text>{one}</text></inputExpression></input>" for one in names
    )
    return (
        f'<definitions xmlns="{NAMESPACE}" id="lookup" name="lookup" namespace="urn:lookup">{data}'
        f'<decision id="rate" name="rate">{needs}<decisionTable hitPolicy="UNIQUE">{inputs}'
        f"<output/>{rules}</decisionTable></decision></definitions>"
    ).encode()


def _entry(cell: str) -> str:
    return f"<inputEntry><text>{escape(cell)}</text></inputEntry>"


def _layer_of(place: int) -> int:
    return place * DEPTH // TABLES


def _decision(draw: random.Random, place: int, types: dict[str, Type]) -> str:
    before = [n for n in range(place) if _layer_of(n) == _layer_of(place) - 1]
    attributes = list(types)[place * ATTRIBUTES // TABLES : (place + 1) * ATTRIBUTES // TABLES]
    columns: dict[str, Type] = {one: types[one] for one in attributes}
    columns |= {f"t{n}": _output_type(n) for n in before}
    needs = "".join(
        f'<informationRequirement><required{kind} href="#{one}"/></informationRequirement>'
        for one in columns
        for kind in ("Decision" if one.startswith("t") else "Input",)
    )
    count = RULES * (place + 1) // TABLES - RULES * place // TABLES
    rules = [_rule(draw, place, columns, tested=3) for _ in range(count - 1)]
    rules.append(_rule(draw, place, columns, tested=0))
    inputs = "".join(
        f"<input><inputExpression><text>{one}</text></inputExpression></input>" for one in columns
    )
    return (
        f'<decision id="t{place}" name="t{place}">{needs}<decisionTable hitPolicy="FIRST">'
        f"{inputs}<output/>{''.join(rules)}</decisionTable></decision>"
    )


def _rule(draw: random.Random, place: int, columns: dict[str, Type], *, tested: int) -> str:
    chosen = set(draw.sample(list(columns), tested))
    cells = [_cell(draw, type_) if name in chosen else "-" for name, type_ in columns.items()]
    entries = "".join(map(_entry, cells))
    output = _literal(_value(draw, _output_type(place)))
    return f"<rule>{entries}<outputEntry><text>{output}</text></outputEntry></rule>"


def _output_type(place: int) -> Type:
    return t.text(frozenset(GRADES)) if place % 3 == 0 else t.number(0, NUMBER_MAX)


def _cell(draw: random.Random, type_: Type) -> str:
    if type_.kind is not t.Kind.NUMBER:
        return _literal(_value(draw, type_.not_null()))
    low = draw.randrange(NUMBER_MAX - 200)
    return draw.choice((f"< {low + 200}", f">= {low}", f"[{low}..{low + 200})"))


def _value(draw: random.Random, type_: Type) -> object:
    if type_.nullable and draw.random() < 0.1:
        return None
    match type_.kind:
        case t.Kind.TEXT:
            return draw.choice(sorted(type_.values or ()))
        case t.Kind.BOOLEAN:
            return draw.random() < 0.5
    return draw.randint(0, NUMBER_MAX)


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
