"""The database and the keys of a process, as its settings say."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from wherewithal.store.embedded import EmbeddedPostgres
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring.keys import Keys, keys_at_start
from wherewithal.wiring.service_settings import ServiceSettings

_PASSABLE = 0o711


@contextlib.contextmanager
def open_database(settings: ServiceSettings) -> Iterator[str]:
    """Yield the database's address: the embedded server's, which runs meanwhile, or the given one.

    Errors: StoreNotStarted, with what to do.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres.start(settings.postgres) as server:
        yield server.dsn


def keys_of(settings: ServiceSettings) -> Keys:
    """Return the keys; a key file is made only where there is no database yet.

    So it is called before the database is opened.
    Errors: KeysRefused, with what to do.
    """
    _make_folder(settings.data)
    return keys_at_start(
        os.environ,
        file=settings.key_file,
        may_make=not settings.postgres.exists(),
        random_bytes=os.urandom,
    )


def _make_folder(data: Path) -> None:
    """Make our data folder, through which the database's own account can pass and see nothing."""
    if not data.exists():
        try:
            data.mkdir(parents=True)
            data.chmod(_PASSABLE)
        except OSError as error:
            message = f"cannot be made ({error.strerror}); name another folder"
            raise InputRefused(
                [Problem(code="no_folder", path=str(data), message=message)]
            ) from None
