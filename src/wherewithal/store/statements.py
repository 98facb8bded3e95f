"""Statements as they are sent: put together from blocks, without what only people read.

The driver keeps what it made of a statement only up to 4,096 bytes and 50 parameters; a longer one
it would take apart again at every call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT = re.compile(r"--[^\n]*")
_SPACE = re.compile(r"\s+")


def statement_of(parts: Iterable[str], last: str) -> str:
    """Return `with <parts> <last>`, without comments and with single spaces.

    Not checked: literals. Those of our blocks hold neither two hyphens nor two spaces.

    >>> statement_of(["a as (select 1)  -- why"], "select * from a")
    'with a as (select 1) select * from a'
    """
    return spaced_once(f"with {', '.join(_COMMENT.sub('', part).strip() for part in parts)} {last}")


def spaced_once(statement: str) -> str:
    """Return a statement without comments and with single spaces; literals as `statement_of`.

    >>> spaced_once("select 1  -- why")
    'select 1'
    """
    return _SPACE.sub(" ", _COMMENT.sub("", statement)).strip()
