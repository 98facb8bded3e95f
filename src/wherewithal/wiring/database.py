"""The database and the keys of a process, as its settings say."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from wherewithal.service.errors import Unavailable
from wherewithal.store.embedded import EmbeddedPostgres
from wherewithal.store.errors import StoreRefused, StoreUnavailable
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring.keys import Keys, keys_at_start
from wherewithal.wiring.service_settings import DATABASE, ServiceSettings

_PASSABLE = 0o711


class DatabaseAway(Unavailable):
    """The database does not answer this process; the message says what to look at."""

    def __init__(self, message: str) -> None:
        """Keep the message."""
        super().__init__("database")
        self.args = (message,)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedDatabase:
    """A database, and what one process that watches over it may do."""

    dsn: str
    #: Whether its server has died and can be started again here; costs next to nothing to ask.
    has_died: Callable[[], bool]
    #: Starts it again; returns when it answers. Errors: StoreNotStarted.
    revive: Callable[[], None]


@contextlib.contextmanager
def open_database(settings: ServiceSettings) -> Iterator[str]:
    """Yield the database's address: the embedded server's, which runs meanwhile, or the given one.

    What the database refuses inside comes out in words that say what to do.

    Errors: StoreNotStarted, with what to do; DatabaseAway if it does not answer; StoreRefused if
            it has not been migrated; InputRefused if the address or the folder cannot be used.
    """
    with open_watched_database(settings) as database:
        yield database.dsn


@contextlib.contextmanager
def open_watched_database(settings: ServiceSettings) -> Iterator[WatchedDatabase]:
    """Yield the database as `open_database` does, with what brings its server back."""
    # A library's words may hold an address; a process with a log of its own still gets its lines.
    logging.getLogger("psycopg").addHandler(logging.NullHandler())
    with _in_our_words(settings):
        if settings.database_url is not None:
            _check_address(settings.database_url)
            yield WatchedDatabase(
                dsn=settings.database_url, has_died=lambda: False, revive=lambda: None
            )
            return
        _check_folder(settings.data)
        with EmbeddedPostgres.start(settings.postgres) as server:
            yield WatchedDatabase(
                dsn=server.dsn,
                has_died=lambda: not server.is_alive,
                revive=lambda: _revive(server),
            )


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


def _revive(server: EmbeddedPostgres) -> None:
    server.ensure_running()


@contextlib.contextmanager
def _in_our_words(settings: ServiceSettings) -> Iterator[None]:
    try:
        yield
    except (StoreUnavailable, psycopg.OperationalError) as error:
        is_ours = isinstance(error, StoreUnavailable)
        words = str(error) if is_ours else "the database does not answer; is its address right?"
        if settings.database_url is not None:
            words = words.replace("its address", DATABASE)
        raise DatabaseAway(words) from None
    except psycopg.errors.UndefinedTable:
        message = "has not this program's tables; run `wherewithal db migrate`"
        raise StoreRefused(
            [Problem(code="not_migrated", path="the database", message=message)]
        ) from None


def _check_address(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        message = "cannot be read; expected postgresql://user@host/database"
        raise InputRefused(
            [Problem(code="not_a_database", path=DATABASE, message=message)]
        ) from None


def _check_folder(data: Path) -> None:
    if data.exists() and not data.is_dir():
        message = "is a file; name a folder"
        raise InputRefused([Problem(code="no_folder", path=str(data), message=message)])


def _make_folder(data: Path) -> None:
    """Make our data folder, through which the database's own account can pass and see nothing."""
    _check_folder(data)
    if not data.exists():
        try:
            data.mkdir(parents=True)
            data.chmod(_PASSABLE)
        except OSError as error:
            message = f"cannot be made ({error.strerror}); name another folder"
            raise InputRefused(
                [Problem(code="no_folder", path=str(data), message=message)]
            ) from None
