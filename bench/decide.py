"""One decision, policy only: our compiled function against zen-engine on the same tables."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import zen

from bench.population import LOANS
from bench.timing import median_seconds
from bench.zen_tables import jdm_of
from wherewithal.dmn.columnar import compile_columnar
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.program import compile_models
from wherewithal.dmn.scalar import compile_scalar
from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.lendingclub import read_lendingclub

BUNDLE = Path("policies/everyday")
#: What both engines return.
RESULTS = {
    "points": contract.POINTS,
    "tier": contract.TIER,
    "outcome": contract.OUTCOME,
    "capacity": contract.CAPACITY,
    "small_ticket_capacity": contract.SMALL_TICKET_CAPACITY,
    "limit_total": "Limit total",
}
ROUNDS = 5


def measure(*, people: int) -> dict[str, object]:
    """Return the times of both engines over the same people, and how many answers agree."""
    bundle = load_bundle(BUNDLE)
    names, decide = compile_policy(bundle)
    rows = _people(bundle, names, people)
    engine = zen.ZenEngine().create_decision(json.dumps(jdm_of(bundle)))
    contexts = [dict(zip(names, row, strict=True)) for row in rows]
    agreed = sum(
        decide(*row) == tuple(engine.evaluate(context)["result"][name] for name in RESULTS)
        for row, context in zip(rows, contexts, strict=True)
    )
    ours = _seconds(lambda: [decide(*row) for row in rows])
    theirs = _seconds(lambda: [engine.evaluate(context) for context in contexts])
    return {
        "benchmark": "decide",
        "people": people,
        "rules": sum(len(one.table.rules) for one in bundle.program.tables),
        "agreed": agreed,
        "ours_us": ours / people * 1e6,
        "zen_us": theirs / people * 1e6,
        "times_faster": theirs / ours,
        "aim_times_faster": 25,
    }


def compile_policy(bundle: PolicyBundle) -> tuple[list[str], Callable[..., tuple[Any, ...]]]:
    """Return the policy from attributes to decisions as one function of positional arguments."""
    graph = Graph()
    read = [name for name in bundle.program.inputs_read if name in bundle.attributes]
    inputs = {name: graph.input(name, bundle.attributes[name].node.type) for name in read}
    program = compile_models(bundle.models, graph=graph, inputs=inputs, only=RESULTS.values())
    outputs = {name: program.node(decision) for name, decision in RESULTS.items()}
    return read, compile_scalar(outputs, inputs=read)


def _people(bundle: PolicyBundle, names: list[str], people: int) -> list[tuple[Any, ...]]:
    """Return the attributes of real borrowers, drawn with a seed."""
    facts = read_lendingclub(LOANS).filter(pl.col("failure").is_null())
    nodes = {name: bundle.attributes[name].node for name in names}
    frame = compile_columnar(nodes, inputs=list(bundle.facts)).run(facts)
    return random.Random(1).sample(frame.rows(), people)


def _seconds(work: Callable[[], object]) -> float:
    return median_seconds(work, rounds=ROUNDS, clock=time.perf_counter)
