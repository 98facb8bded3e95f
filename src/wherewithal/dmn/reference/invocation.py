"""Binds arguments to a function's parameters. Source: DMN 1.5, 10.3.2.13.4 and table 63."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wherewithal.dmn.diagnostics import near_miss
from wherewithal.dmn.reference.values import FeelNull, Function


def bind_positional(function: Function, values: Sequence[Any]) -> Mapping[str, Any]:
    """Return the values by parameter of the first signature that takes as many."""
    for signature in function.signatures:
        bound = _bind_in_order(signature, values)
        if bound is not None:
            return bound
    name = function.name or "the function"
    raise FeelNull(f"{name} takes no {len(values)} arguments")


def _bind_in_order(signature: Sequence[str], values: Sequence[Any]) -> dict[str, Any] | None:
    if signature and signature[-1].endswith("*"):
        fixed = len(signature) - 1
        if len(values) <= fixed:
            return None
        bound = dict(zip(signature[:fixed], values[:fixed], strict=True))
        bound[signature[-1].rstrip("*")] = list(values[fixed:])
        return bound
    needed = sum(1 for name in signature if not name.endswith("?"))
    if not needed <= len(values) <= len(signature):
        return None
    return {name.rstrip("?"): value for name, value in zip(signature, values, strict=False)}


def bind_named(function: Function, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the values by parameter of the signature that has these names.

    A parameter that is left out is null; a name that no signature has is an error.
    """
    best: tuple[tuple[int, bool], Sequence[str]] | None = None
    for signature in function.signatures:
        names = [name.rstrip("?*") for name in signature]
        if set(values) <= set(names):
            missing = sum(
                1
                for raw, name in zip(signature, names, strict=True)
                if name not in values and not raw.endswith("?")
            )
            # before(range, point) and before(point, range) have the same names: order decides.
            rank = (missing, [name for name in names if name in values] != list(values))
            if best is None or rank < best[0]:
                best = (rank, signature)
    if best is None:
        known = {name.rstrip("?*") for signature in function.signatures for name in signature}
        unknown = next((name for name in values if name not in known), "")
        hint = near_miss(unknown, known)
        raise FeelNull(f"{function.name or 'the function'} has no parameter '{unknown}'{hint}")
    bound: dict[str, Any] = {}
    for raw in best[1]:
        name = raw.rstrip("?*")
        if name in values:
            bound[name] = [values[name]] if raw.endswith("*") else values[name]
        elif not raw.endswith("?"):
            bound[name] = None
    return bound
