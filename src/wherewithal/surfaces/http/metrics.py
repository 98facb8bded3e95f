"""Metrics: what Prometheus reads. Labels are names of ours, never anything of a request."""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MEDIA_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Metrics:
    """The counts of one process; wiring gives its service half to the use cases."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self.registry = CollectorRegistry()
        labels = ("route", "method", "status")
        self._requests = Counter(
            "wherewithal_http_requests_total", "Requests answered.", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "wherewithal_http_request_seconds",
            "Time from the header to the last byte of the answer.",
            ("route", "method"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "wherewithal_http_in_flight",
            "Requests being worked on.",
            ("class",),
            registry=self.registry,
        )
        self._shed = Counter(
            "wherewithal_http_shed_total",
            "Requests refused for want of room.",
            ("class",),
            registry=self.registry,
        )
        self._bureau_calls = Counter(
            "wherewithal_bureau_calls_total",
            "Calls of a bureau.",
            ("bureau", "outcome"),
            registry=self.registry,
        )
        self._pulls = Counter(
            "wherewithal_pulls_total", "Soft pulls begun.", ("bureau",), registry=self.registry
        )
        self._decisions = Counter(
            "wherewithal_decisions_total",
            "Decisions made now.",
            ("outcome",),
            registry=self.registry,
        )
        self._holds = Counter(
            "wherewithal_holds_total",
            "Holds that were asked for, captured or voided.",
            ("what", "outcome"),
            registry=self.registry,
        )
        self._receipts = Counter(
            "wherewithal_receipts_total",
            "Receipts of shown amounts: kept, or not for want of room or by the database.",
            ("outcome",),
            registry=self.registry,
        )
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def on_request(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template of ours."""
        key = (route, method, status)
        children = self._children.get(key)
        if children is None:
            children = (
                self._requests.labels(route, method, str(status)),
                self._seconds.labels(route, method),
            )
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)

    def on_shed(self, kind: str) -> None:
        """Count a request that was refused for want of room."""
        self._shed.labels(kind).inc()

    def on_bureau_call(self, *, bureau: str, outcome: str) -> None:
        """Count a call of a bureau by what came of it: a name of ours."""
        self._bureau_calls.labels(_named(bureau), _named(outcome)).inc()

    def on_pull(self, *, bureau: str) -> None:
        """Count a soft pull, which costs money."""
        self._pulls.labels(_named(bureau)).inc()

    def on_decision(self, *, outcome: str) -> None:
        """Count a decision by its outcome."""
        self._decisions.labels(_named(outcome)).inc()

    def on_hold(self, what: str, outcome: str) -> None:
        """Count what was asked of a hold (place, capture, void) by what came of it."""
        self._holds.labels(_named(what), _named(outcome)).inc()

    def on_receipts(self, outcome: str, count: int) -> None:
        """Count receipts that were kept, or dropped: `full`, `refused`, `lost`."""
        self._receipts.labels(_named(outcome)).inc(count)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)


def _named(name: str) -> str:
    """Return a name that is fit for a label; whatever else was passed is not shown."""
    return name if _NAME.fullmatch(name) else "other"
