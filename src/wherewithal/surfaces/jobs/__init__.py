"""Task handlers: what is done after the answer, by a worker. Every task may run twice."""

from wherewithal.surfaces.jobs.tasks import FINISH, PURGE, SWEEP, JobPorts, StillWaiting, build_jobs
from wherewithal.surfaces.jobs.tasks import defer_finish as defer_finish

__all__ = ["FINISH", "PURGE", "SWEEP", "JobPorts", "StillWaiting", "build_jobs", "defer_finish"]
