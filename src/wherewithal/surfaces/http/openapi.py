"""The OpenAPI document, made from the operations: it cannot promise what the routes do not keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from wherewithal import __version__
from wherewithal.surfaces.http.codes import CODES, TYPES
from wherewithal.surfaces.http.fields import Field
from wherewithal.surfaces.http.operation import Operation, Schema, Success
from wherewithal.surfaces.http.problem import ProblemDetails
from wherewithal.surfaces.http.settings import WAIT_S_MAX

_REF = "#/components/schemas/{name}"
_PROBLEM_JSON = "application/problem+json"
_INSTANCE = "3f0d3a9e1c4b4f6e9d2a7b8c9d0e1f2a"
#: What every route may answer.
_ALWAYS = ("bad-request", "headers-too-large", "internal-error", "overloaded", "timed-out")
_WITH_CREDENTIAL = ("unauthorized", "forbidden", "invalid-request", "unavailable")
_WITH_BODY = (
    "malformed-body",
    "request-timeout",
    "body-too-large",
    "unsupported-media-type",
)
_ABOUT = """\
What a person can spend, where, at what cost and why: asked before they shop, from a soft inquiry
that no other lender sees. Amounts are whole cents, rates whole basis points, moments UTC. Null is
unknown, and never zero. Every mistake of a request is told at once, by a stable code at its place.
"""


def document_of(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document of these routes as JSON values."""
    types = [
        success.schema
        for operation in operations
        for success in operation.successes.values()
        if not isinstance(success.schema, dict)
    ]
    _, components = msgspec.json.schema_components([*types, ProblemDetails], ref_template=_REF)
    _name_codes(components)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wherewithal",
            "version": __version__,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "where this document was read"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in operations)],
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


_SECURITY = {
    "serviceKey": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "wk_<id>_<secret>",
        "description": "A service key: it acts for many people, within its scopes.",
    },
    "consumerToken": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A short-lived token of one person; it reads that person alone.",
    },
}


def problems_of(operation: Operation) -> tuple[str, ...]:
    """Return the names of all problems that a route may answer with."""
    names = [*_ALWAYS, *operation.problems]
    if not operation.is_open:
        names += _WITH_CREDENTIAL
    if operation.path_fields:
        names.append("not-found")
    if operation.body is not None:
        names += _WITH_BODY
    if any(success.media_type == "application/json" for success in operation.successes.values()):
        names.append("not-acceptable")
    if operation.path == "/readyz":
        names.append("unavailable")
    return tuple(dict.fromkeys(names))


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.operation_id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _with_scopes(operation),
        "parameters": parameters_of(operation),
        "responses": {
            **{str(status): _success(one) for status, one in operation.successes.items()},
            **_problems(operation),
        },
        "security": _security(operation),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": operation.body.schema,
                    "examples": _examples(operation.body.examples),
                }
            },
        }
    return described


def _with_scopes(operation: Operation) -> str:
    if operation.is_open:
        return operation.description
    scopes = " or ".join(f"`{scope}`" for scope in sorted(operation.scopes))
    return f"{operation.description} Scope: {scopes}."


def _security(operation: Operation) -> list[dict[str, list[str]]]:
    if operation.is_open:
        return []
    schemes = [{"serviceKey": sorted(operation.scopes)}]
    if "consumer_id" in operation.path_fields and operation.scopes & {"read", "consents"}:
        schemes.append({"consumerToken": sorted(operation.scopes & {"read", "consents"})})
    return [{name: list(scopes) for name, scopes in scheme.items()} for scheme in schemes]


def parameters_of(operation: Operation) -> list[dict[str, Any]]:
    """Return all parameters of a route as the document says them; headers come last."""
    parameters = [_parameter("path", name, one) for name, one in operation.path_fields.items()]
    for name, one in operation.query.items():
        described = _parameter("query", name, one.field)
        if one.count_max > 1:
            schema = described["schema"]
            described["schema"] = {"type": "array", "items": schema, "maxItems": one.count_max}
            described["style"], described["explode"] = "form", True
            described["example"] = [described["example"]]
        parameters.append(described)
    if operation.takes_idempotency_key:
        parameters.append(
            _header(
                "Idempotency-Key",
                "1 to 255 visible ASCII characters, new for each new request",
                {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                example="order-7781-attempt-1",
            )
            | {"required": True}
        )
    if operation.takes_wait:
        parameters.append(
            _header(
                "Prefer",
                f"`wait=N`: wait up to N seconds, {WAIT_S_MAX} at most (RFC 7240)",
                {"type": "string"},
                example="wait=10",
            )
        )
    meaning = "your id for this request, 1 to 64 visible ASCII characters; else one is made"
    parameters.append(_header("X-Request-Id", meaning, {"type": "string"}, example=_INSTANCE))
    return parameters


def _parameter(place: str, name: str, field: Field) -> dict[str, Any]:
    described = {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": field.meaning,
        "schema": field.kind.schema,
    }
    return described | ({"example": field.example} if field.example is not None else {})


def _header(name: str, meaning: str, schema: Schema, *, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": meaning,
        "schema": schema,
        "example": example,
    }


def _success(success: Success) -> dict[str, Any]:
    schema = success.schema
    if not isinstance(schema, dict):
        schema = {"$ref": _REF.format(name=schema.__name__)}
    described: dict[str, Any] = {
        "description": success.meaning,
        "headers": _headers(success.headers),
        "content": {
            success.media_type: {"schema": schema, "examples": _examples(success.examples)}
        },
    }
    return described | ({"links": dict(success.links)} if success.links else {})


def _headers(headers: Mapping[str, str]) -> dict[str, Any]:
    known = {"X-Request-Id": "the request's id, for when you ask us about it", **headers}
    return {
        name: {"description": meaning, "schema": {"type": "string"}}
        for name, meaning in known.items()
    }


def _problems(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for name in problems_of(operation):
        by_status.setdefault(TYPES[name].status, []).append(name)
    return {str(status): _problem(names) for status, names in sorted(by_status.items())}


def _problem(names: list[str]) -> dict[str, Any]:
    kinds = [TYPES[name] for name in names]
    headers: dict[str, str] = {}
    if kinds[0].status in {409, 429, 503}:
        headers["Retry-After"] = "seconds after which to ask again"
    if kinds[0].status == 401:
        headers["WWW-Authenticate"] = "the scheme: Bearer"
    return {
        "description": "; ".join(f"`{kind.name}`: {kind.meaning}" for kind in kinds),
        "headers": _headers(headers),
        "content": {
            _PROBLEM_JSON: {
                "schema": {"$ref": _REF.format(name="ProblemDetails")},
                "examples": _examples({kind.name: _example(kind.name) for kind in kinds}),
            }
        },
    }


def _example(name: str) -> dict[str, Any]:
    kind = TYPES[name]
    example: dict[str, Any] = {
        "type": kind.urn,
        "title": kind.title,
        "status": kind.status,
        "detail": f"{kind.meaning[0].upper()}{kind.meaning[1:]}.",
        "instance": _INSTANCE,
    }
    if name == "invalid-request":
        example["errors"] = [
            {
                "path": "$.stated.income_cents",
                "code": "not_an_integer",
                "expected": "whole cents from 0 to 10,000,000,000",
            }
        ]
    return example


def _examples(examples: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace(" ", "_"): {"value": value} for name, value in examples.items()}


def _name_codes(components: dict[str, Any]) -> None:
    """Say in the schemas which codes and types there are."""
    mistake = components["Mistake"]["properties"]["code"]
    mistake["description"] = f"One of, among others: {', '.join(CODES)}."
    components["ProblemDetails"]["properties"]["type"]["enum"] = [
        kind.urn for kind in TYPES.values()
    ]
