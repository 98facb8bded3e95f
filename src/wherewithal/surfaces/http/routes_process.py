"""Routes of the process itself: whether it lives, whether it is ready, counts, and the document."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from wherewithal.surfaces.http.docs_page import CONTENT_POLICY, docs_page
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.metrics import MEDIA_TYPE, Metrics
from wherewithal.surfaces.http.openapi import document_of
from wherewithal.surfaces.http.operation import Call, Handler, Operation, Success
from wherewithal.surfaces.http.problem import Refused
from wherewithal.surfaces.http.reply import Reply, json_reply
from wherewithal.surfaces.http.tokens import Scope

_RETRY_SOON = ((b"retry-after", b"1"),)


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The process can serve: everything that it needs answers."""

    status: str
    #: Each thing that has to answer, by name.
    checks: dict[str, bool]


def process_operations(
    doors: Doors,
    *,
    business: Sequence[Operation],
    metrics: Metrics,
    is_draining: Callable[[], bool],
) -> tuple[Operation, ...]:
    """Return all routes: those of the business, and those of the process, which describe them."""
    document = b""
    page = b""

    async def describe(_call: Call) -> Reply:
        return Reply(body=document)

    async def show(_call: Call) -> Reply:
        headers = ((b"content-security-policy", CONTENT_POLICY),)
        return Reply(body=page, media_type=b"text/html; charset=utf-8", headers=headers)

    operations = (
        *business,
        _liveness(),
        _readiness(doors, is_draining=is_draining),
        _counts(metrics),
        _open("readDocument", "/openapi.json", "This document", describe, _DOCUMENT),
        _open("showDocument", "/docs", "This document as a page", show, _PAGE),
    )
    described = document_of(operations)
    document = msgspec.json.encode(described)
    page = docs_page(described)
    return operations


_DOCUMENT = Success(
    meaning="OpenAPI 3.1",
    schema={"type": "object", "required": ["openapi", "paths"]},
    examples={"document": {"openapi": "3.1.0", "paths": {}}},
)
_PAGE = Success(
    meaning="A page",
    schema={"type": "string"},
    media_type="text/html",
    examples={"page": "<!doctype html>"},
)


def _liveness() -> Operation:
    async def live(_call: Call) -> Reply:
        return json_reply(Live(status="live"))

    success = Success(meaning="It does", schema=Live, examples={"live": {"status": "live"}})
    return _open("readLiveness", "/healthz", "Whether the process lives", live, success)


def _readiness(doors: Doors, *, is_draining: Callable[[], bool]) -> Operation:
    async def ready(_call: Call) -> Reply:
        if is_draining():
            raise Refused("unavailable", "This process is about to end.", headers=_RETRY_SOON)
        checks = dict(await doors.readiness())
        if failed := ", ".join(sorted(name for name, is_ok in checks.items() if not is_ok)):
            raise Refused("unavailable", f"Not ready: {failed}.", headers=_RETRY_SOON)
        return json_reply(Ready(status="ready", checks=checks))

    success = Success(
        meaning="It can",
        schema=Ready,
        examples={"ready": {"status": "ready", "checks": {"database": True}}},
    )
    return _open("readReadiness", "/readyz", "Whether the process can serve", ready, success)


def _counts(metrics: Metrics) -> Operation:
    async def measure(_call: Call) -> Reply:
        return Reply(body=metrics.text(), media_type=MEDIA_TYPE)

    return Operation(
        operation_id="readMetrics",
        method="GET",
        path="/metrics",
        tag="Process",
        summary="Counts and times for Prometheus",
        description="Labels are names of ours: routes as they are written, outcomes, statuses.",
        handle=measure,
        scopes=frozenset({Scope.METRICS}),
        successes={
            200: Success(
                meaning="Prometheus' text format",
                schema={"type": "string"},
                media_type="text/plain",
                examples={"counts": "wherewithal_pulls_total 3.0\n"},
            )
        },
    )


def _open(
    operation_id: str, path: str, summary: str, handle: Handler, success: Success
) -> Operation:
    return Operation(
        operation_id=operation_id,
        method="GET",
        path=path,
        tag="Process",
        summary=summary,
        description="Needs no credential.",
        handle=handle,
        is_open=True,
        successes={200: success},
    )
