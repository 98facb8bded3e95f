"""Connections to the database, with a limit on everything that can wait.

    async with open_pool(dsn, max_size=10) as pool:
        async with pool.transaction() as connection:
            await connection.execute(...)

A pool survives its server: when it was killed and is back, the next request is served.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import time
from collections.abc import AsyncIterator

import psycopg
import psycopg_pool
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from wherewithal.store.errors import StoreBusy, StoreUnavailable
from wherewithal.store.turns import Turns

Connection = psycopg.AsyncConnection[TupleRow]

#: What passes by itself when others are done.
_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.QueryCanceled,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.TooManyConnections,
)
#: What passes when the server is back, or is the one that may write.
_UNAVAILABLE = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
)
#: Kept short, so that what waits out a restart tries again soon; longer absences are met by new
#: attempts at each request.
_RECONNECT_S_MAX = 2.0


class Pool:
    """Connections in autocommit; what needs a transaction opens one."""

    def __init__(
        self, pool: psycopg_pool.AsyncConnectionPool[Connection], *, waiting_max: int
    ) -> None:
        """Keep the driver's pool; made by `open_pool`."""
        self._pool = pool
        # We queue before the driver's pool, not in it: there, those who gave up stay in the queue
        # until a connection comes back, so a long absence of the server would fill it for good.
        self._turns = asyncio.Semaphore(pool.max_size)
        self._waiting_max = waiting_max
        self._waiting = 0
        self._in_use = 0
        #: Whoever works on one account takes turns here, whatever asks: they share connections.
        self.turns = Turns()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection.

        Errors: StoreBusy if none is free in time, or if a statement waited too long;
                StoreUnavailable if the server does not answer, or goes away meanwhile: then what
                was being committed may or may not be. Errors that speak of the statement itself
                pass unchanged.
        """
        deadline = time.monotonic() + self._pool.timeout
        async with self._turn(deadline):
            connection = await self._take(deadline)
            self._in_use += 1
            try:
                yield connection
            except _BUSY as error:
                raise StoreBusy(_said(error)) from None
            except _UNAVAILABLE as error:
                if _is_our_own_mistake(error, connection):
                    raise
                raise StoreUnavailable(_said(error)) from None
            finally:
                self._in_use -= 1
                await self._pool.putconn(connection)

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection with a transaction open on it: committed at the end, or undone."""
        async with self.connection() as connection, connection.transaction():
            yield connection

    @contextlib.asynccontextmanager
    async def pipelined_transaction(self) -> AsyncIterator[Connection]:
        """Lend a connection as `transaction` does, on which nothing waits that need not.

        Begin goes out with the first statement and commit with the last; whatever is fetched is
        waited for. So an error of a statement whose result nobody fetches is raised at the end.
        """
        async with self.connection() as connection:
            try:
                async with connection.pipeline(), connection.transaction():
                    yield connection
            finally:
                # A commit behind a statement that failed was never looked at by the server.
                if connection.info.transaction_status == TransactionStatus.INERROR:
                    await connection.rollback()

    def counts(self) -> dict[str, int]:
        """Return how many connections there are and are lent, and how many requests wait."""
        return {
            "connections": self._pool.get_stats()["pool_size"],
            "connections_max": self._pool.max_size,
            "in_use": self._in_use,
            "waiting": self._waiting,
        }

    @contextlib.asynccontextmanager
    async def _turn(self, deadline: float) -> AsyncIterator[None]:
        """Wait in a bounded queue until fewer requests are served than there are connections."""
        if self._turns.locked():
            if self._waiting >= self._waiting_max:
                raise StoreBusy("the queue for a connection is full; try again in a moment")
            self._waiting += 1
            try:
                async with asyncio.timeout(deadline - time.monotonic()):
                    await self._turns.acquire()
            except TimeoutError:
                raise StoreBusy("every connection is in use; try again in a moment") from None
            finally:
                self._waiting -= 1
        else:
            await self._turns.acquire()
        try:
            yield
        finally:
            self._turns.release()

    async def _take(self, deadline: float) -> Connection:
        """Return a connection whose server has not gone."""
        try:
            while True:
                connection = await self._pool.getconn(max(0.0, deadline - time.monotonic()))
                if not _has_hung_up(connection):
                    return connection
                await connection.close()
                await self._pool.putconn(connection)  # which replaces it
        except psycopg_pool.PoolTimeout:
            raise StoreUnavailable("the database does not answer; try again later") from None
        except psycopg_pool.PoolClosed:
            raise StoreUnavailable("this process is stopping; try again elsewhere") from None


@contextlib.asynccontextmanager
async def open_pool(
    dsn: str,
    *,
    max_size: int,
    min_size: int = 1,
    waiting_max: int = 200,
    wait_ms_max: int = 2_000,
    start_ms_max: int = 10_000,
    statement_ms_max: int = 5_000,
    lock_ms_max: int = 2_000,
    idle_in_transaction_ms_max: int = 10_000,
    application_name: str = "wherewithal",
) -> AsyncIterator[Pool]:
    """Open a pool, and close it at the end; what is lent then has five seconds to come back.

    At most `waiting_max` requests wait for a connection, each at most `wait_ms_max`. Times that the
    address itself sets (`options=-c ...`) are kept. Session settings are made when a connection
    starts and never changed after, so a transaction sets its own with `set local`.

    Errors: StoreUnavailable if no connection can be had at the start.
    """
    limits = {
        "TimeZone": "UTC",
        "statement_timeout": statement_ms_max,
        "lock_timeout": lock_ms_max,
        "idle_in_transaction_session_timeout": idle_in_transaction_ms_max,
    }
    ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
    pool = psycopg_pool.AsyncConnectionPool(
        dsn,
        connection_class=Connection,
        kwargs={
            "autocommit": True,
            "options": f"{ours} {conninfo_to_dict(dsn).get('options') or ''}".strip(),
            "application_name": application_name,
            "connect_timeout": 5,
            # A network that drops everything is noticed within about ten seconds.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
        },
        min_size=min_size,
        max_size=max_size,
        timeout=wait_ms_max / 1_000,
        reconnect_timeout=_RECONNECT_S_MAX,
        open=False,
    )
    try:
        try:
            await pool.open(wait=True, timeout=start_ms_max / 1_000)
        except psycopg_pool.PoolTimeout:
            raise StoreUnavailable("the database does not answer; is its address right?") from None
        yield Pool(pool, waiting_max=waiting_max)
    finally:
        await pool.close(timeout=5)


def _has_hung_up(connection: Connection) -> bool:
    """Return whether an idle connection has something to read: its server's goodbye, or its end.

    An idle connection has nothing to read while all is well. This costs microseconds, where asking
    the server would cost a round trip each time; what it cannot see (a network that is gone without
    a word) the next statement finds.
    """
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


def _is_our_own_mistake(error: psycopg.Error, connection: Connection) -> bool:
    """Return whether an error would come again: the driver used wrongly, or a limit passed."""
    if isinstance(error, psycopg.InterfaceError):
        return not connection.closed
    return (error.sqlstate or "").startswith("54")


def _said(error: psycopg.Error) -> str:
    """Return what kind of error it was; its own words may quote a value."""
    kind = " ".join(filter(None, [type(error).__name__, error.sqlstate]))
    return f"the database could not finish ({kind}); try again, with the same idempotency key"
