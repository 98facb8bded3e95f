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

    async def live(_call: Call) -> Reply:
        return json_reply(Live(status="live"))

    async def ready(_call: Call) -> Reply:
        if is_draining():
            raise Refused("unavailable", "This process is about to end.", headers=_RETRY_SOON)
        checks = dict(await doors.readiness())
        if failed := ", ".join(sorted(name for name, is_ok in checks.items() if not is_ok)):
            raise Refused("unavailable", f"Not ready: {failed}.", headers=_RETRY_SOON)
        return json_reply(Ready(status="ready", checks=checks))

    async def measure(_call: Call) -> Reply:
        return Reply(body=metrics.text(), media_type=MEDIA_TYPE)

    async def describe(_call: Call) -> Reply:
        return Reply(body=document)

    async def show(_call: Call) -> Reply:
        headers = ((b"content-security-policy", CONTENT_POLICY),)
        return Reply(body=page, media_type=b"text/html; charset=utf-8", headers=headers)

    operations = (
        *business,
        _open(
            "readLiveness",
            "/healthz",
            "Whether the process lives",
            live,
            Success(meaning="It does", schema=Live, examples={"live": {"status": "live"}}),
        ),
        _open(
            "readReadiness",
            "/readyz",
            "Whether the process can serve",
            ready,
            Success(
                meaning="It can",
                schema=Ready,
                examples={"ready": {"status": "ready", "checks": {"database": True}}},
            ),
        ),
        Operation(
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
        ),
        _open(
            "readDocument",
            "/openapi.json",
            "This document",
            describe,
            Success(
                meaning="OpenAPI 3.1",
                schema={"type": "object", "required": ["openapi", "paths"]},
                examples={"document": {"openapi": "3.1.0", "paths": {}}},
            ),
        ),
        _open(
            "showDocument",
            "/docs",
            "This document as a page",
            show,
            Success(
                meaning="A page",
                schema={"type": "string"},
                media_type="text/html",
                examples={"page": "<!doctype html>"},
            ),
        ),
    )
    described = document_of(operations)
    document = msgspec.json.encode(described)
    page = docs_page(described)
    return operations


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
