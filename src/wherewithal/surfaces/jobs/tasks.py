"""The tasks of the worker: finish late prequalifications, purge old keys, sweep expired holds.

The job that finishes an inquiry is deferred on the connection of the transaction that records the
inquiry, so that neither is ever there without the other. A job carries two ids and nothing else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from procrastinate import App, BaseRetryStrategy, RetryDecision
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job

from wherewithal.service.errors import Unavailable
from wherewithal.vocabulary.errors import WherewithalError

FINISH: Final = "finish_prequalification"
PURGE: Final = "purge_idempotency"
SWEEP: Final = "sweep_holds"
LATE: Final = "mark_late"
#: Pauses grow from the first to the last, each shortened or lengthened by up to half by chance.
_PAUSE_S, _PAUSE_S_MAX = 2, 60
#: More than any inquiry waits: an inquiry ends by its own last moment, not by this.
_ATTEMPTS_MAX: Final = 200
_PURGED_AT_ONCE: Final = 1_000
_SWEPT_AT_ONCE: Final = 500
#: Of one run; the next one goes on.
_BITES_MAX: Final = 10_000


class StillWaiting(WherewithalError):
    """The inquiry waits on; this job runs again after a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPorts:
    """What the tasks do their work by; wiring binds the use cases."""

    #: By consumer and prequalification; True when nothing is waited for any more.
    finish: Callable[[UUID, UUID], Awaitable[bool]]
    #: Deletes old keys, at most so many; returns how many there were.
    purge_keys: Callable[[int], Awaitable[int]]
    #: Writes down what has expired, of so many consumers at the most; returns of how many.
    sweep_holds: Callable[[int], Awaitable[int]]
    #: Writes down what has fallen late, of so many consumers at the most; returns of how many.
    mark_late: Callable[[int], Awaitable[int]]
    #: A number from 0 to 1 by chance.
    uniform: Callable[[], float]


class _Pauses(BaseRetryStrategy):
    """Doubling pauses with jitter, so that many waiting inquiries do not ask at once."""

    def __init__(self, uniform: Callable[[], float]) -> None:
        self._uniform = uniform

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, (StillWaiting, Unavailable)) or job.attempts >= _ATTEMPTS_MAX:
            return None
        pause_s = min(_PAUSE_S * 2 ** min(job.attempts, 10), _PAUSE_S_MAX)
        pause_ms = int(1_000 * pause_s * (0.5 + self._uniform()))
        return RetryDecision(retry_in={"milliseconds": pause_ms})


def build_jobs(connector: BaseConnector, ports: JobPorts) -> App:
    """Return the app whose worker runs the tasks; opening and closing it is the caller's."""
    app = App(connector=connector)
    pauses = _Pauses(ports.uniform)

    @app.task(name=FINISH, retry=pauses)
    async def finish(*, consumer_id: str, prequalification_id: str) -> None:
        """Finish one inquiry, or come back."""
        if not await ports.finish(UUID(consumer_id), UUID(prequalification_id)):
            raise StillWaiting("the inquiry waits on")

    @app.periodic(cron="*/10 * * * *")
    @app.task(name=PURGE, queueing_lock=PURGE, retry=pauses)
    async def purge(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes when it was due
        """Delete keys that are a day old, in bites that hold no lock for long."""
        while await ports.purge_keys(_PURGED_AT_ONCE) == _PURGED_AT_ONCE:
            pass

    @app.periodic(cron="* * * * *")
    @app.task(name=SWEEP, queueing_lock=SWEEP, retry=pauses)
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - as above
        """Write down holds that have expired; power came back without it."""
        while await ports.sweep_holds(_SWEPT_AT_ONCE) == _SWEPT_AT_ONCE:
            pass

    @app.periodic(cron="7 * * * *")
    @app.task(name=LATE, queueing_lock=LATE, retry=pauses)
    async def late(timestamp: int) -> None:  # noqa: ARG001 - as above
        """Write down payments that have fallen late; whether they are is known without it."""
        for _ in range(_BITES_MAX):
            if not await ports.mark_late(_SWEPT_AT_ONCE):
                break

    return app


async def defer_finish(
    app: App, connection: Any, *, consumer_id: UUID, prequalification_id: UUID
) -> None:
    """Defer the finishing of an inquiry on a connection: it is there if the transaction commits.

    Not checked: whether such an inquiry waits; the task looks.
    """
    job = app.configure_task(
        FINISH, connection=connection, schedule_in={"seconds": _PAUSE_S}, allow_unknown=True
    )
    await job.defer_async(
        consumer_id=str(consumer_id), prequalification_id=str(prequalification_id)
    )
