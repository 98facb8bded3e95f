"""The trace of the same rows by every executor, as JSON texts that must be the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
import polars as pl

from tests.conformance.executors import Rows, feel
from wherewithal.dmn.ir import Graph
from wherewithal.dmn.model import Import, Model
from wherewithal.dmn.program import Program, compile_models
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.json_values import from_python
from wherewithal.dmn.trace import Trace, merged
from wherewithal.dmn.trace_columns import compile_traced_columnar
from wherewithal.dmn.trace_plan import compile_traced
from wherewithal.dmn.types import Kind, Type

_COLUMN = {
    Kind.NUMBER: pl.Int64,
    Kind.DAYS: pl.Int64,
    Kind.BOOLEAN: pl.Boolean,
    Kind.DATE: pl.Date,
    Kind.TEXT: pl.String,
}
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def as_text(trace: Trace) -> str:
    """Return a trace as the command prints it."""
    return _ENCODER.encode(trace).decode()


def program_of(models: Sequence[Model], types: Mapping[str, Type]) -> Program:
    """Return the program of all decisions over typed inputs."""
    graph = Graph()
    inputs = {name: graph.input(name, type_) for name, type_ in types.items()}
    return compile_models(models, graph=graph, inputs=inputs)


def by_scalar(program: Program, types: Mapping[str, Type], rows: Rows) -> list[str]:
    """Return the traces by the scalar executor; rows in the units of their types."""
    function = compile_traced(program, inputs=list(types))
    return [as_text(function(*row)) for row in rows]


def by_columnar(program: Program, types: Mapping[str, Type], rows: Rows) -> list[str]:
    """Return the traces of a frame of all rows."""
    columns = list(zip(*rows, strict=True)) or [()] * len(types)
    series = [
        pl.Series(name, values, dtype=_COLUMN[type_.kind])
        for (name, type_), values in zip(types.items(), columns, strict=True)
    ]
    return by_frame(program, pl.DataFrame(series))


def by_frame(program: Program, frame: pl.DataFrame) -> list[str]:
    """Return the traces of a frame."""
    traced = compile_traced_columnar(program, {}, inputs=frame.columns)
    found = traced.run(frame)
    return [as_text(traced.trace(row)) for row in found.iter_rows(named=True)]


def by_reference(
    models: Sequence[Model], program: Program, types: Mapping[str, Type], rows: Rows
) -> list[str]:
    """Return the traces by the interpreter, of the decisions that the program holds."""
    known = joined(models)
    return [_interpreted(known, program, types, row) for row in rows]


def _interpreted(
    models: Sequence[Model], program: Program, types: Mapping[str, Type], row: Sequence[Any]
) -> str:
    given = {
        name: from_python(feel(value, type_))
        for (name, type_), value in zip(types.items(), row, strict=True)
    }
    traces = [
        evaluate(models, step.name, given, namespace=step.file).trace for step in program.steps
    ]
    return as_text(merged(traces))


def joined(models: Sequence[Model]) -> list[Model]:
    """Return models that are joined by name as models that import each other without a prefix.

    Each has its file as its namespace: those of a bundle may share one.
    """
    decided = {decision.name for model in models for decision in model.decisions}
    return [
        replace(
            model,
            namespace=model.file,
            inputs=tuple(data for data in model.inputs if data.name not in decided),
            imports=(*(Import(name="", namespace=o.file) for o in models if o is not model),),
        )
        for model in models
    ]
