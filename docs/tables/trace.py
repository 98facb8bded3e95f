"""The example of a trace, as the command prints it, and the JSON Schema of all traces."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import msgspec

from wherewithal.dmn.trace import json_schema
from wherewithal.surfaces.cli.dmn_inputs import load_inputs
from wherewithal.surfaces.cli.dmn_profile import trace_profile
from wherewithal.surfaces.cli.dmn_read import read_with_imports

MODEL = "policies/everyday/capacity.dmn"
INPUTS = "examples/dmn/capacity.json"
DECISION = "Capacity shares"


def example(root: Path) -> str:
    """Return a trace as a block of JSON."""
    models, _ = read_with_imports(root / MODEL)
    inputs = load_inputs(root / INPUTS)
    trace = trace_profile(models, inputs, decisions=[DECISION], executor="scalar")
    text = msgspec.json.Encoder(decimal_format="number").encode(trace)
    return f"```json\n{msgspec.json.format(text, indent=2).decode()}\n```"


def schema_text() -> str:
    """Return the JSON Schema as `docs/trace.schema.json` holds it."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **json_schema()}
    return json.dumps(whole, indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
