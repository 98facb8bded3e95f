"""Operation: one route, everything about it in one record: who may, what it takes, what it answers.

The app is made from these records, and so are the OpenAPI document and the tests of the matrix of
roles and routes: what is not said here does not exist. A route without scopes has to say so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wherewithal.surfaces.http.exchange import Caller, Exchange
from wherewithal.surfaces.http.fields import Field
from wherewithal.surfaces.http.parameters import Parameters
from wherewithal.surfaces.http.problem import Mistake
from wherewithal.surfaces.http.reply import Reply
from wherewithal.surfaces.http.tokens import Scope
from wherewithal.vocabulary.errors import DomainError

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose caller is proven and whose parameters are read."""

    exchange: Exchange
    #: None on an open route.
    caller: Caller | None
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    #: The decoded body; None where a route takes none.
    data: object
    idempotency_key: str
    #: What is wrong so far, on a route whose body is read field by field: said with its mistakes.
    mistakes: tuple[Mistake, ...]


Handler = Callable[[Call], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """An answer that is not a problem, for the document."""

    meaning: str
    #: A schema, or a type that msgspec describes.
    schema: Any
    examples: Mapping[str, Any]
    media_type: str = "application/json"
    #: Headers by name: what they say.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: OpenAPI links by name: what may be asked next.
    links: Mapping[str, Schema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The JSON body that a route takes."""

    schema: Schema
    examples: Mapping[str, Any]

    def names(self) -> frozenset[str]:
        """Return the names of all fields, at any depth."""
        return frozenset(_names_in(self.schema))


def _names_in(schema: Schema) -> Iterator[str]:
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _names_in(inner)
    for choice in schema.get("oneOf", ()):
        yield from _names_in(choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one route."""

    operation_id: str
    method: Literal["GET", "POST"]
    #: Such as `/v1/consumers/{consumer_id}/consents`.
    path: str
    summary: str
    description: str
    tag: str
    handle: Handler
    successes: Mapping[int, Success]
    #: One of them is needed. Empty only where `is_open`.
    scopes: frozenset[Scope] = frozenset()
    is_open: bool = False
    path_fields: Mapping[str, Field] = field(default_factory=dict)
    query: Parameters = field(default_factory=dict)
    body: Body | None = None
    takes_idempotency_key: bool = False
    takes_wait: bool = False
    #: Names of `codes.TYPES` beyond those that every such route has.
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a route that anybody may use without saying so."""
        if self.is_open == bool(self.scopes):
            message = f"{self.operation_id}: either scopes or is_open"
            raise DomainError(message)
