"""A database that does not answer, in the words of use cases."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from wherewithal.service.errors import Unavailable
from wherewithal.store.errors import StoreUnavailable


@contextlib.contextmanager
def as_unavailable() -> Iterator[None]:
    """Tell a use case that the database does not answer: nothing is lost, ask again."""
    try:
        yield
    except StoreUnavailable as error:
        what = "database"
        raise Unavailable(what) from error
