"""What a process of the service is told by its environment, checked once at its start."""

from __future__ import annotations

from collections.abc import Mapping
from os import geteuid
from pathlib import Path
from stat import S_IXOTH
from urllib.parse import urlsplit

import msgspec

from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.vocabulary.redaction import nothing_for_rich, redacted

DATABASE = "DATABASE_URL"
BUREAU = "WHEREWITHAL_BUREAU_URL"
DATA = "WHEREWITHAL_DATA"
SIMULATION = "WHEREWITHAL_ALLOW_SIMULATION"
#: Where one stands; `.gitignore` names it.
DATA_DEFAULT = Path(".wherewithal")
#: For root in a place that others may not pass through: Postgres runs as another account there.
DATA_OF_ROOT = Path("/var/lib/wherewithal")


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where things are, for every process of the service alike."""

    #: Our own database, keys and logs, where they are on this machine.
    data: Path
    #: None: the embedded server in `data`.
    database_url: str | None
    bureau_url: str | None
    #: Lets a simulated bureau and never-issued numbers through. Never with real people.
    is_simulation_allowed: bool

    __repr__ = redacted
    __rich_repr__ = nothing_for_rich

    @property
    def postgres(self) -> Path:
        """Return the folder of the embedded server."""
        return self.data / "postgres"

    @property
    def key_file(self) -> Path | None:
        """Return where the master key is kept; None where only the environment may hold it."""
        return self.data / "master-key" if self.database_url is None else None

    @property
    def service_key_file(self) -> Path:
        """Return where `up` keeps the service key that it makes for whoever tries things out."""
        return self.data / "service-key"


def settings_at_start(environment: Mapping[str, str], *, data: Path | None) -> ServiceSettings:
    """Return the settings of this process.

    Errors: InputRefused with every variable that is wrong; no message repeats a value, because an
            address may hold a password.
    """
    problems = []
    database_url = environment.get(DATABASE) or None
    if database_url and urlsplit(database_url).scheme not in ("postgresql", "postgres"):
        message = "expected postgresql://user@host/database"
        problems.append(Problem(code="not_a_database", path=DATABASE, message=message))
    allowed = environment.get(SIMULATION, "")
    if allowed not in ("", "0", "1"):
        message = "expected 1 (a simulated bureau is fine) or 0"
        problems.append(Problem(code="not_a_flag", path=SIMULATION, message=message))
    if problems:
        raise InputRefused(problems)
    folder = data or Path(environment.get(DATA) or default_data(Path.cwd(), is_root=not geteuid()))
    return ServiceSettings(
        data=folder.absolute(),
        database_url=database_url,
        bureau_url=environment.get(BUREAU) or None,
        is_simulation_allowed=allowed == "1",
    )


def default_data(here: Path, *, is_root: bool) -> Path:
    """Return the data folder that is used if none is named."""
    is_passable = all(part.stat().st_mode & S_IXOTH for part in (here, *here.parents))
    return DATA_OF_ROOT if is_root and not is_passable else here / DATA_DEFAULT
