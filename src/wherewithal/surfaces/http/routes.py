"""Every route that there is, in the order in which the document lists them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.operation import Operation
from wherewithal.surfaces.http.routes_asking import asking_operations
from wherewithal.surfaces.http.routes_commitment import commitment_operations
from wherewithal.surfaces.http.routes_consumer import consumer_operations
from wherewithal.surfaces.http.routes_hold import hold_operations
from wherewithal.surfaces.http.routes_loan import loan_operations
from wherewithal.surfaces.http.routes_merchant import merchant_operations
from wherewithal.surfaces.http.routes_prequalification import prequalification_operations
from wherewithal.surfaces.http.routes_process import process_operations
from wherewithal.surfaces.http.routes_webhook import webhook_operations
from wherewithal.surfaces.http.routes_why import why_operations
from wherewithal.surfaces.http.settings import HttpSettings


def operations_of(
    doors: Doors,
    *,
    settings: HttpSettings,
    metrics: Metrics,
    is_draining: Callable[[], bool],
) -> Sequence[Operation]:
    """Return the routes over these doors."""
    business = (
        *prequalification_operations(doors, settings=settings),
        *consumer_operations(doors, settings=settings),
        *merchant_operations(doors),
        *hold_operations(doors.holds, digest_key=doors.digest_key),
        *commitment_operations(doors.commitments),
        *loan_operations(doors.loans),
        *asking_operations(doors.asking),
        *why_operations(doors.why),
        *webhook_operations(doors.webhooks),
    )
    return process_operations(doors, business=business, metrics=metrics, is_draining=is_draining)
