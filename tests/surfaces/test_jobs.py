"""When a task runs again, and that a job carries ids and nothing else."""

from __future__ import annotations

import asyncio
from uuid import UUID

import procrastinate
import pytest
from procrastinate.jobs import Job
from procrastinate.testing import InMemoryConnector

from wherewithal.service.errors import Unavailable
from wherewithal.surfaces.jobs import (
    FINISH,
    PURGE,
    SWEEP,
    JobPorts,
    StillWaiting,
    build_jobs,
    defer_finish,
)

CONSUMER, INQUIRY = UUID(int=1), UUID(int=2)


def app_of(*, chance=0.5, finish=None, purge=None, sweep=None, late=None):
    async def nothing(*_):
        return True

    ports = JobPorts(
        finish=finish or nothing,
        purge_keys=purge or nothing,
        sweep_holds=sweep or nothing,
        mark_late=late or nothing,
        uniform=lambda: chance,
    )
    return build_jobs(InMemoryConnector(), ports)


def pause_ms(error, *, attempts, chance=0.5):
    job = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name=FINISH, attempts=attempts
    )
    retried = app_of(chance=chance).tasks[FINISH].get_retry_exception(error, job)
    if retried is None:
        return None
    at = retried.retry_decision.retry_at
    return round((at - procrastinate.utils.utcnow()).total_seconds() * 1_000, -2)


@pytest.mark.parametrize(
    ("attempts", "chance", "expected_ms"),
    [(0, 0.5, 2_000), (1, 0.5, 4_000), (2, 0.0, 4_000), (9, 0.5, 60_000), (50, 1.0, 90_000)],
)
def test_pauses_double_with_chance_up_to_a_minute(attempts, chance, expected_ms):
    found = pause_ms(StillWaiting("waits"), attempts=attempts, chance=chance)
    assert found == pytest.approx(expected_ms, abs=200)


def test_trouble_with_the_database_comes_back_and_our_own_bug_does_not():
    assert pause_ms(Unavailable("database"), attempts=0) == pytest.approx(2_000, abs=200)
    assert pause_ms(KeyError("a bug"), attempts=0) is None
    assert pause_ms(StillWaiting("waits"), attempts=200) is None


def test_a_job_carries_two_ids_and_finishes_by_them():
    seen = []

    async def finish(consumer_id, inquiry_id):
        seen.append((consumer_id, inquiry_id))
        return True

    async def run():
        app = app_of(finish=finish)
        async with app.open_async():
            await defer_finish(app, None, consumer_id=CONSUMER, prequalification_id=INQUIRY)
            (job,) = app.connector.jobs.values()
            assert job["args"] == {
                "consumer_id": str(CONSUMER),
                "prequalification_id": str(INQUIRY),
            }
            await app.tasks[FINISH](**job["args"])

    asyncio.run(run())
    assert seen == [(CONSUMER, INQUIRY)]


def test_old_keys_are_deleted_in_bites():
    left = [1_000, 1_000, 7]

    async def purge(rows_max):
        assert rows_max == 1_000
        return left.pop(0)

    async def run():
        await app_of(purge=purge).tasks[PURGE](timestamp=0)

    asyncio.run(run())
    assert left == []


def test_expired_holds_are_swept_until_none_is_left():
    left = [500, 500, 3]

    async def sweep(consumers_max):
        assert consumers_max == 500
        return left.pop(0)

    async def run():
        app = app_of(sweep=sweep)
        await app.tasks[SWEEP](timestamp=0)
        return app.periodic_registry.periodic_tasks

    periodic = asyncio.run(run())
    assert left == []
    assert {task.task.name: task.cron for task in periodic.values()}[SWEEP] == "* * * * *"
