"""Bodies of inquiries: a right one, and a way to change one place of it."""

from __future__ import annotations

import copy
from typing import Any

import msgspec

from wherewithal.sources.bureau_simulator.personas import PERSONAS
from wherewithal.surfaces.http import examples

GOOD: dict[str, Any] = next(iter(examples.ASKS.values()))
#: A value that takes its place away.
ABSENT = object()


def body_with(path: str, value: object) -> dict[str, Any]:
    """Return the right body with one place of it changed; `path` is such as `consumer.ssn`."""
    body = copy.deepcopy(GOOD)
    *owners, name = path.split(".")
    owner = body
    for one in owners:
        owner = owner[one]
    if value is ABSENT:
        del owner[name]
    else:
        owner[name] = value
    return body


def person_named(name: str) -> Any:
    """Return one of the simulated bureau's personas as an inquiry's `consumer`."""
    [persona] = [persona for persona in PERSONAS if persona.name == name]
    return msgspec.to_builtins(persona.identity)
