"""The log of a process: ours, and what libraries say by the standard library, without values."""

from __future__ import annotations

import logging
import sys
from typing import Any

from wherewithal.surfaces.http.log import StandardLog, make_log
from wherewithal.wiring.desk import now


def process_log() -> Any:
    """Return the process's log, to standard error; the warnings of libraries go there too.

    Of a library's warning the logger and the places are kept, and not its words: those may quote
    what a person said.
    """
    log = make_log(sys.stderr.buffer, clock=now)
    root = logging.getLogger()
    root.handlers = [StandardLog(log)]
    root.setLevel(logging.WARNING)
    return log
