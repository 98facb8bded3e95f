"""How a command answers: JSON on standard output, exact to the last digit."""

from __future__ import annotations

import sys
from typing import Any

import msgspec

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def print_json(value: Any) -> None:
    """Write one JSON document and a line end; decimals and dates as they are, nothing rounded."""
    text = msgspec.json.format(_ENCODER.encode(value), indent=2).decode()
    sys.stdout.write(text + "\n")
