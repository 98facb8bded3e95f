"""Ask TransUnion for one report over HTTP, within a deadline that nothing can outlast.

One deadline bounds everything: waiting for a connection, every attempt, every pause, headers and
body, so a bureau that drips one byte a second is late like any other. Retries happen here and
nowhere else, at most twice, within a budget, and carry the same inquiry id.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from wherewithal.service.bureau import BureauLate, BureauUnavailable
from wherewithal.sources.bureau_transunion.endpoint import Endpoint
from wherewithal.sources.bureau_transunion.exchange import Answer, Cause, exchange
from wherewithal.sources.bureau_transunion.request import Request, write_request
from wherewithal.sources.circuit_breaker import BreakerState, CircuitBreaker
from wherewithal.sources.retry_budget import RetryBudget, pause_s
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.errors import InvariantBroken

BUREAU = "transunion"
#: What `count` is called with; `unavailable_` is followed by the cause.
EVENTS = (
    *("attempt", "retry", "retry_denied", "answered", "late", "given_up"),
    *("breaker_opened", "breaker_closed"),
    *(f"unavailable_{cause.value}" for cause in Cause),
)


class TransUnionClient:
    """Pulls reports; the adapter of `service.bureau.PullsReports`.

    One for each process and event loop; use it as a context, or call `aclose`. It never follows a
    redirect, never reads proxies from the environment, and asks for an answer without compression.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        tls: ssl.SSLContext | None,
        monotonic: Callable[[], float],
        uniform: Callable[[], float],
        count: Callable[[str], None],
    ) -> None:
        """Take where to ask, and what is not ours to read: clock, chance, counters.

        `tls` holds the lender's client certificate; None is the system's roots without one.
        `monotonic` gives seconds that never go back, `uniform` a number from 0 to 1, and `count`
        is called with one of `EVENTS`.
        """
        self._endpoint = endpoint
        self._uniform = uniform
        self._count = count
        self._budget = RetryBudget(share_pct=endpoint.retries_pct, retries_max=endpoint.retries_max)
        self._breaker = CircuitBreaker(endpoint.breaker, monotonic=monotonic)
        self._http = httpx.AsyncClient(
            verify=tls or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            # Only the connection has a time of its own; the deadline of the call bounds the rest.
            timeout=httpx.Timeout(None, connect=endpoint.connect_s),
            limits=httpx.Limits(
                max_connections=None,
                max_keepalive_connections=endpoint.connections_max,
                keepalive_expiry=endpoint.keep_alive_s,
            ),
        )
        # We count the connections ourselves: a call that is given up while it waits in the
        # library's own queue leaves its place taken for ever (encode/httpcore#1093, httpcore
        # 1.0.9; our test showed it too), and a few bureau hiccups would wedge the pool.
        self._places = asyncio.Semaphore(endpoint.connections_max)

    @property
    def bureau(self) -> str:
        """Return `transunion`."""
        return BUREAU

    @property
    def breaker_state(self) -> BreakerState:
        """Return whether the bureau is asked at present, for readiness and metrics."""
        return self._breaker.state

    async def __aenter__(self) -> Self:
        """Enter; nothing is connected yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; no call may follow."""
        await self._http.aclose()

    async def pull(self, identity: Identity, *, inquiry_id: str, deadline_s: float) -> bytes:
        """Return the bureau's answer, unread; see `PullsReports`.

        Length: at most `bytes_max` and one more, by which a reader knows that it was cut.
        Errors: BureauLate, BureauUnavailable; DomainError if the inquiry id cannot be sent.
        """
        subscriber = self._endpoint.subscriber
        request = write_request(identity, subscriber=subscriber, inquiry_id=inquiry_id)
        self._budget.pay_in()
        # The errors of the libraries below keep the request, and with it personal data. So ours are
        # raised where none of theirs is being handled, and carry none as their context.
        answer: Answer | None = None
        try:
            async with asyncio.timeout(deadline_s) as limit:
                answer = await self._ask(request, limit)
        except TimeoutError:
            pass
        except asyncio.CancelledError:
            self._count("given_up")
            raise
        if answer is None:
            self._count("late")
            raise BureauLate(bureau=BUREAU, deadline_s=deadline_s)
        if answer.body is None:
            cause = answer.cause.value
            self._count(f"unavailable_{cause}")
            raise BureauUnavailable(bureau=BUREAU, cause=cause, retry_after_s=answer.wait_s)
        self._count("answered")
        return answer.body

    async def _ask(self, request: Request, limit: asyncio.Timeout) -> Answer:
        """Return the first answer that settles the call, or the last failure."""
        for retry in range(1, self._endpoint.attempts_max + 1):
            async with self._places:
                answer = await self._attempt(request, limit)
            if not answer.is_worth_retrying or retry == self._endpoint.attempts_max:
                return answer
            pause = pause_s(
                retry,
                base_s=self._endpoint.pause_s,
                pause_s_max=self._endpoint.pause_s_max,
                uniform=self._uniform,
            )
            pause = max(pause, answer.wait_s or 0.0)
            left_s = (limit.when() or 0.0) - asyncio.get_running_loop().time()
            if pause >= left_s:
                return answer
            if not self._budget.take():
                self._count("retry_denied")
                return answer
            self._count("retry")
            await asyncio.sleep(pause)
        raise InvariantBroken("attempts_max is below 1, which Endpoint refuses")

    async def _attempt(self, request: Request, limit: asyncio.Timeout) -> Answer:
        """Ask once, if the breaker lets us, and tell it how that went."""
        was = self._breaker.state
        permit = self._breaker.enter()
        if permit is None:
            return Answer(cause=Cause.CIRCUIT_OPEN, wait_s=self._breaker.wait_s)
        self._count("attempt")
        is_answered: bool | None = None
        try:
            answer = await exchange(self._http, request, endpoint=self._endpoint)
            is_answered = answer.is_alive
        except asyncio.CancelledError:
            # By our own deadline: the bureau was slow. By the caller: nobody knows.
            is_answered = False if limit.expired() else None
            raise
        else:
            return answer
        finally:
            permit.settle(is_answered=is_answered)
            self._tell_change(was)

    def _tell_change(self, was: BreakerState) -> None:
        now = self._breaker.state
        if now is BreakerState.OPEN and was is not BreakerState.OPEN:
            self._count("breaker_opened")
        elif now is BreakerState.CLOSED and was is BreakerState.HALF_OPEN:
            self._count("breaker_closed")
