"""The models of `bench/run dmn`, each in the dialect of every engine, with people to decide."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import zen

from bench import scale_bundle
from bench.decide import BUNDLE, RESULTS
from bench.population import LOANS
from bench.spiff_tables import SpiffChain, Step, spiff_chain
from bench.zen_tables import KEYS, ORDER, TABLES, jdm_of, jdm_of_tables
from wherewithal.dmn.columnar import ColumnarPlan, compile_columnar
from wherewithal.dmn.ir import Graph, Node
from wherewithal.dmn.model import DecisionTable, Model
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.reader import read_model
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.dmn.types import Kind, Type
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.lendingclub import read_lendingclub

#: The expressions between the tables of the everyday policy, in Python.
PYTHON: dict[str, dict[str, str]] = {
    "Points": {"points": "sum(points_hits)"},
    "Tier rank": {"tier_rank": "max([points_rank, *knock_hits])"},
    "Capacity": {
        "share_of_all": "back_end_pct * monthly_income_cents // 100",
        "residual": "share_of_all - housing_cents - obligations_cents",
        "share": "payment_pct * monthly_income_cents // 100",
        "capacity": "100 * (max(0, min(residual, share)) // 100)",
        "small_ticket_capacity": (
            "0 if tier == 'X' else max(capacity, 100 * (2 * monthly_income_cents // 10000))"
        ),
    },
    "Limit total": {
        "most": "2000000 if income_verified is True else 1000000",
        "limit_total": (
            "5000 * (min(total_cents, most, 12 * income_pct * monthly_income_cents // 100) // 5000)"
        ),
    },
}
_COLUMN = {Kind.NUMBER: pl.Int64, Kind.TEXT: pl.String, Kind.BOOLEAN: pl.Boolean}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One model: what our compiler needs, and what the other engines run."""

    name: str
    models: Sequence[Model]
    types: Mapping[str, Type]
    #: Decisions by the key under which every engine returns them.
    results: Mapping[str, str]
    jdm: Callable[[], dict[str, Any]]
    steps: Callable[[], Sequence[Step]]
    #: Values of the inputs, in the order of `types`, of so many people.
    people: Callable[[int], list[tuple[Any, ...]]]
    key: Callable[[str], str] = str

    def nodes(self) -> dict[str, Node]:
        """Return what is compiled, by key."""
        graph = Graph()
        inputs = {name: graph.input(name, type_) for name, type_ in self.types.items()}
        wanted = list(self.results.values())
        program = compile_models(self.models, graph=graph, inputs=inputs, only=wanted)
        return {key: program.node(decision) for key, decision in self.results.items()}

    def scalar(self) -> Callable[..., tuple[Any, ...]]:
        """Return our function of one person."""
        return compile_scalar(self.nodes(), inputs=list(self.types))

    def columnar(self) -> ColumnarPlan:
        """Return our plan for many."""
        return compile_columnar(self.nodes(), inputs=list(self.types))

    def zen(self) -> Any:
        """Return zen-engine's decision."""
        return zen.ZenEngine().create_decision(json.dumps(self.jdm()))

    def spiff(self) -> SpiffChain:
        """Return SpiffWorkflow's engines, one a table."""
        return spiff_chain(self.steps(), key=self.key)

    def rules(self) -> int:
        """Return how many rules the tables have."""
        steps = [step for step in self.steps() if isinstance(step, tuple)]
        return sum(len(table.rules) for table, _ in steps)

    def frame(self, people: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
        """Return people as columns."""
        columns = zip(*people, strict=True)
        return pl.DataFrame(
            [
                pl.Series(name, list(values), dtype=_COLUMN[type_.kind])
                for (name, type_), values in zip(self.types.items(), columns, strict=True)
            ]
        )


def everyday() -> Case:
    """Return the policy that ships, from attributes to limits, on real borrowers' attributes."""
    bundle = load_bundle(BUNDLE)
    read = [name for name in bundle.program.inputs_read if name in bundle.attributes]
    tables = {one.name: one.expression for model in bundle.models for one in model.decisions}

    def steps() -> list[Step]:
        found: list[Step] = []
        for kind, name in ORDER:
            table = tables[name]
            if kind == "expression":
                found.append(PYTHON[name])
            elif isinstance(table, DecisionTable):
                found.append((table, TABLES[name]))
        return found

    def people(count: int) -> list[tuple[Any, ...]]:
        facts = read_lendingclub(LOANS).filter(pl.col("failure").is_null())
        nodes = {name: bundle.attributes[name].node for name in read}
        rows = compile_columnar(nodes, inputs=list(bundle.facts)).run(facts).rows()
        return random.Random(1).sample(rows, min(count, len(rows)))

    return Case(
        name="everyday",
        models=bundle.models,
        types={name: bundle.attributes[name].node.type for name in read},
        results=RESULTS,
        jdm=lambda: jdm_of(bundle),
        steps=steps,
        people=people,
        key=lambda text: KEYS.get(text, text.replace("Points rank", "points_rank")),
    )


def scale() -> Case:
    """Return the large simulated policy: 2,000 rules in 60 tables, 400 attributes, 25 deep."""
    model, _ = read_model(scale_bundle.model_xml(), file="scale.dmn")
    if model is None:
        raise ValueError("the scale model could not be read")
    return _of_tables("scale", model, scale_bundle.attribute_types(), scale_bundle.people)


def lookup() -> Case:
    """Return one table of rates by state, product and band: 10,000 rules, UNIQUE."""
    model, _ = read_model(scale_bundle.lookup_xml(), file="lookup.dmn")
    if model is None:
        raise ValueError("the lookup model could not be read")
    return _of_tables("lookup", model, scale_bundle.lookup_types(), scale_bundle.shoppers)


def _of_tables(
    name: str,
    model: Model,
    types: Mapping[str, Type],
    people: Callable[[int], list[tuple[Any, ...]]],
) -> Case:
    tables = {
        one.name: one.expression
        for one in model.decisions
        if isinstance(one.expression, DecisionTable)
    }
    return Case(
        name=name,
        models=[model],
        types=types,
        results={one: one for one in tables},
        jdm=lambda: jdm_of_tables(tables),
        steps=lambda: [(table, one) for one, table in tables.items()],
        people=people,
    )


CASES: dict[str, Callable[[], Case]] = {"everyday": everyday, "lookup": lookup, "scale": scale}
