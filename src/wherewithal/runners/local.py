"""Run chunks on this machine: in this process, or by a pool of processes, one core each."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Final

from wherewithal.service.offline import Chunk
from wherewithal.vocabulary.errors import WherewithalError

#: Read by polars when a worker loads it. Each worker is one core: threads of its own would only
#: compete with the other workers. And memory is kept from chunk to chunk: to give it back and fault
#: it in again took a fifth of a worker's time, for 50 MB.
WORKER_ENVIRONMENT: Final = {
    "POLARS_MAX_THREADS": "1",
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}


class WorkerLost(WherewithalError):
    """A worker process was killed; what is finished is kept, run the command again to go on."""


def run_local(
    chunks: Iterable[Chunk], *, work: Callable[[Chunk], Chunk], workers: int
) -> Iterator[Chunk]:
    """Yield each chunk when its work is done.

    `work` must be picklable where `workers` is more than 1.
    Errors: WorkerLost if a process died; whatever `work` raises.
    """
    pending = list(chunks)
    if workers <= 1 or len(pending) <= 1:
        for chunk in pending:
            yield work(chunk)
        return
    os.environ.update(WORKER_ENVIRONMENT)
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(pending)), mp_context=context, initializer=_end_with_parent
    )
    try:
        futures = [pool.submit(work, chunk) for chunk in pending]
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as error:
        message = "a worker process was lost; finished chunks are kept, run again to go on"
        raise WorkerLost(message) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this worker when its parent is gone: a parent that was killed tells nobody.

    A worker that lived on would wait for work for ever, and until then write beside the next run.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
