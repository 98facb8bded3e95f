"""All built-in functions, registered; import this to have them."""

from __future__ import annotations

from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.reference import (
    builtins_context,
    builtins_list,
    builtins_numeric,
    builtins_range,
    builtins_string,
    builtins_temporal,
)
from wherewithal.dmn.reference.builtin_registry import IMPLEMENTATIONS

#: The modules whose import registers them.
MODULES = (
    builtins_context,
    builtins_list,
    builtins_numeric,
    builtins_range,
    builtins_string,
    builtins_temporal,
)

if missing := SIGNATURES.keys() - IMPLEMENTATIONS.keys():
    raise RuntimeError(f"built-ins without an implementation: {sorted(missing)}")
