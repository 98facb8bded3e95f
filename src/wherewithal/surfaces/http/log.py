"""Log: one JSON line for each request and each thing that goes wrong; never what a request said.

A line holds names of ours, numbers, and ids that mean nothing outside. What an exception says is
not among it, for it may quote what it choked on: its type and the places that it passed are.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO

import msgspec
import structlog
from structlog.typing import BindableLogger, EventDict, WrappedLogger

_FRAMES_MAX = 12
_ENCODER = msgspec.json.Encoder()


def make_log(stream: BinaryIO, *, clock: Callable[[], datetime]) -> BindableLogger:
    """Return a logger that writes JSON lines to a stream; `clock` dates them, in UTC."""

    def dated(_logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
        at = clock().astimezone(UTC).isoformat(timespec="milliseconds")
        return {"at": at, "level": level, **event}

    def encoded(_logger: WrappedLogger, _level: str, event: EventDict) -> bytes:
        return _ENCODER.encode(event)

    logger: BindableLogger = structlog.wrap_logger(
        structlog.BytesLogger(stream),
        processors=[dated, encoded],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    # Bound once: an unbound one would bind itself anew for every line.
    return logger.bind()


def places(error: BaseException) -> dict[str, Any]:
    """Return what a log may say of an exception: its type, and where it passed."""
    return {"error": type(error).__qualname__, "places": _frames(error.__traceback__)}


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_FRAMES_MAX:]
    return [
        f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]


class StandardLog(logging.Handler):
    """Passes on what libraries log by the standard library: who, and how grave.

    Their words may hold values, so only those of the loggers named in `quoted` are repeated.
    """

    def __init__(self, log: Any, *, quoted: frozenset[str] = frozenset({"uvicorn.error"})) -> None:
        """Keep where to pass them on to."""
        super().__init__()
        self._log = log
        self._quoted = quoted

    def emit(self, record: logging.LogRecord) -> None:
        """Pass a record on, without its exception's words."""
        said: dict[str, Any] = {"logger": record.name}
        if record.name in self._quoted:
            said["message"] = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            said |= places(record.exc_info[1])
        level = "error" if record.levelno >= logging.ERROR else "warning"
        if record.levelno < logging.WARNING:
            level = "info"
        getattr(self._log, level)("library", **said)
