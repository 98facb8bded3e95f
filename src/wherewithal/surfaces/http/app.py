"""The application: routes, what they pass through, and the edge around it all."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from typing import Any

from litestar import Litestar, Request
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from structlog.typing import BindableLogger

from wherewithal.surfaces.http.authorise import Authority
from wherewithal.surfaces.http.doors import Doors
from wherewithal.surfaces.http.edge import Edge
from wherewithal.surfaces.http.exchange import exchange_of
from wherewithal.surfaces.http.gate import Gate
from wherewithal.surfaces.http.log import places
from wherewithal.surfaces.http.metrics import Metrics
from wherewithal.surfaces.http.operation import Operation
from wherewithal.surfaces.http.presenter import refusal_of
from wherewithal.surfaces.http.problem import problem_reply
from wherewithal.surfaces.http.reply import Reply
from wherewithal.surfaces.http.routes import operations_of
from wherewithal.surfaces.http.settings import HttpSettings


class Api:
    """The whole API as an ASGI application, with what a server and a test need of it."""

    def __init__(
        self, doors: Doors, *, settings: HttpSettings, metrics: Metrics, log: BindableLogger
    ) -> None:
        """Make every route; nothing is begun."""
        self.settings = settings
        self.log = log
        self._request_prefix = doors.new_uuid().hex[:20]
        self._request_numbers = itertools.count(1)
        #: Every route that there is, in the order of the document.
        self.operations: Sequence[Operation] = operations_of(
            doors, settings=settings, metrics=metrics, is_draining=lambda: self.edge.is_draining
        )
        authority = Authority(doors, cache_s=settings.credential_cache_s)
        gate = Gate(authority, body_deadline_s=settings.body_deadline_s)
        self.litestar = _litestar(self.operations, gate=gate, log=log)
        self.edge = Edge(
            self.litestar,
            settings=settings,
            metrics=metrics,
            log=log,
            new_request_id=self.new_request_id,
        )

    def new_request_id(self) -> str:
        """Return an id for a request that has none: a process by chance, a request by number."""
        return f"{self._request_prefix}{next(self._request_numbers):012x}"

    def begin_drain(self) -> None:
        """Say no to readiness from now on."""
        self.edge.begin_drain()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as an ASGI application."""
        await self.edge(scope, receive, send)


def build_app(
    doors: Doors, *, settings: HttpSettings, metrics: Metrics, log: BindableLogger
) -> Api:
    """Return the API over these doors; `metrics` and `log` are shared with the use cases."""
    return Api(doors, settings=settings, metrics=metrics, log=log)


def _litestar(operations: Sequence[Operation], *, gate: Gate, log: Any) -> Litestar:
    """Return the router: everything that Litestar would do by itself is off or ours."""

    def present(request: Request[Any, Any, Any], error: Exception) -> Any:
        exchange = exchange_of(request.scope)
        refused = refusal_of(error)
        exchange.problem = refused.problem_type
        if refused.problem_type == "internal-error":
            log.error("unexpected", request_id=exchange.request_id, **places(error))
        return _Presented(problem_reply(refused, request_id=exchange.request_id))

    handlers = [_route(operation, gate.handler(operation)) for operation in operations]
    return Litestar(
        handlers,
        openapi_config=None,
        logging_config=None,
        exception_handlers={HTTPException: present, Exception: present},
    )


def _route(operation: Operation, handle: Callable[..., Any]) -> HTTPRouteHandler:
    typed = re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)
    method = HttpMethod(operation.method)
    name = operation.operation_id
    return HTTPRouteHandler(typed, http_method=method, name=name, status_code=200)(handle)


class _Presented:
    """A reply in the shape in which Litestar takes what an exception handler returns."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def to_asgi_response(self, *_: object, **__: object) -> ASGIResponse | Reply:
        """Return it."""
        return self._reply
