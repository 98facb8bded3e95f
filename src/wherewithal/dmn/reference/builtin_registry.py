"""The built-in functions by name, and how each takes its arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from wherewithal.dmn.feel.signatures import SIGNATURES
from wherewithal.dmn.reference.builtin_types import types_of_builtin
from wherewithal.dmn.reference.coercion import unwrapped
from wherewithal.dmn.reference.decimals import integer_of
from wherewithal.dmn.reference.runtime import Runtime
from wherewithal.dmn.reference.values import (
    Date,
    DateTime,
    FeelNull,
    Function,
    kind_of,
)


class Arguments:
    """The arguments of one call by parameter name, taken as the type that each must have."""

    def __init__(self, runtime: Runtime, given: Mapping[str, Any]) -> None:
        """Keep the arguments and what bounds the call."""
        self.runtime = runtime
        self.given = given

    def __contains__(self, name: str) -> bool:
        """Return whether an argument was given, null or not."""
        return name in self.given

    def any(self, name: str) -> Any:
        """Return an argument of any type."""
        return self.given.get(name)

    def typed(self, name: str, *kinds: type) -> Any:
        """Return an argument of one of these types, a list of one unwrapped; else FeelNull."""
        value = self.given.get(name)
        if not isinstance(value, kinds):
            value = unwrapped(value)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise FeelNull(f"'{name}' cannot be a {kind_of(value)}")
        return value

    def string(self, name: str) -> str:
        """Return a string."""
        found: str = self.typed(name, str)
        return found

    def number(self, name: str) -> Decimal:
        """Return a number."""
        found: Decimal = self.typed(name, Decimal)
        return found

    def integer(self, name: str) -> int:
        """Return a whole number."""
        return integer_of(self.number(name), f"'{name}'")

    def items(self, name: str) -> list[Any]:
        """Return a list; a single value that is not null is a list of one."""
        value = self.given.get(name)
        if value is None:
            raise FeelNull(f"'{name}' cannot be null")
        found: list[Any] = value if isinstance(value, list) else [value]
        self.runtime.spend(len(found))
        return found

    def numbers(self, name: str) -> list[Decimal]:
        """Return a list of numbers."""
        found = self.items(name)
        for value in found:
            if not isinstance(value, Decimal):
                raise FeelNull(f"'{name}' holds a {kind_of(value)}; only numbers may stand there")
        return found

    def context(self, name: str) -> dict[str, Any]:
        """Return a context."""
        found: dict[str, Any] = self.typed(name, dict)
        return found

    def date(self, name: str) -> Date:
        """Return a date, or the date of a date and time."""
        value = self.typed(name, Date, DateTime)
        return value.date if isinstance(value, DateTime) else value

    def function(self, name: str) -> Function:
        """Return a function."""
        found: Function = self.typed(name, Function)
        return found

    def result(self, items: list[Any]) -> list[Any]:
        """Return a list as the result, if it is not too long."""
        self.runtime.check_length(len(items))
        return items


Builtin = Callable[[Arguments], Any]
#: Filled by the modules beside this one as they are imported; see `builtins_all.py`.
IMPLEMENTATIONS: dict[str, Builtin] = {}


def builtin(name: str) -> Callable[[Builtin], Builtin]:
    """Register the implementation of a built-in; its parameters stand in `signatures.py`."""
    if name not in SIGNATURES:
        raise KeyError(name)

    def register(implementation: Builtin) -> Builtin:
        IMPLEMENTATIONS[name] = implementation
        return implementation

    return register


def builtin_function(name: str, runtime: Runtime) -> Function:
    """Return a built-in as a function value."""
    implementation = IMPLEMENTATIONS[name]

    def call(given: Mapping[str, Any]) -> Any:
        runtime.spend()
        return implementation(Arguments(runtime, given))

    types = types_of_builtin(name)
    return Function(name=name, signatures=SIGNATURES[name], call=call, types=types)
