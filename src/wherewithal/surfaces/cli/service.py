"""The processes of the service, and what an operator does to it: thin commands over wiring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from wherewithal.vocabulary.errors import InputRefused, Problem

PORT = 8080
BUREAU_PORT = 8181
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """What `up` is asked for."""

    data: Path | None
    port: int
    bureau_port: int
    #: Fictional merchants that are generated instead of the 60 of the sample; None: the sample.
    merchants: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What runs, and how it can be tried."""

    url: str
    bureau_url: str
    service_key_file: Path
    logs: Path
    merchants: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedKey:
    """A service key that is to be made."""

    name: str
    scopes: Sequence[str]
    #: How long it lives; None: until it is revoked.
    days: int | None = None
    #: The one merchant that it speaks for; None: for all of them.
    merchant_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedKey:
    """A service key as it is listed; its secret is nowhere."""

    credential_id: str
    name: str
    scopes: Sequence[str]
    created_at: datetime
    is_live: bool
    #: The one merchant that it speaks for; None: for all of them.
    merchant_id: str | None = None


class RunsUp(Protocol):
    """Runs everything on this machine until it is asked to stop."""

    def __call__(
        self, up: Up, *, say: Callable[[str], None], on_started: Callable[[Started], None]
    ) -> None:
        """Say what is being done, call `on_started` once, return when stopped."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePorts:
    """What these commands reach for; wiring makes it."""

    up: RunsUp
    #: Data folder, host, port. Each returns when the process is asked to end.
    api: Callable[[Path | None, str, int], None]
    worker: Callable[[Path | None], None]
    bureau_simulator: Callable[[str, int], None]
    #: Data folder, `pre`, `post` or both; returns the names of the files that ran.
    migrate: Callable[[Path | None, Sequence[str]], Sequence[str]]
    #: Makes a service key in a data folder; returns its text, which is shown once.
    add_key: Callable[[Path | None, AskedKey], str]
    list_keys: Callable[[Path | None], Sequence[ListedKey]]
    revoke_key: Callable[[Path | None, str], bool]


def add_service(app: App, ports: ServicePorts) -> None:
    """Add the commands to the app."""
    _add_up(app, ports)
    _add_processes(app, ports)
    _add_database(app, ports)
    _add_keys(app, ports)


def _add_up(app: App, ports: ServicePorts) -> None:
    @app.command(name="up")
    def up(
        *,
        data: Path | None = None,
        port: int = PORT,
        bureau_port: int = BUREAU_PORT,
        merchants: int | None = None,
    ) -> int:
        """Run the whole service on this machine: database, API, worker, a simulated bureau.

        Prints what to try and runs until Control-C; what it keeps is kept for the next time.
        DATABASE_URL names a Postgres of your own instead of the embedded one.

        Parameters
        ----------
        data
            Where database, keys and logs are kept; .wherewithal if left out.
        port
            The port of the API, on this machine only.
        bureau_port
            The port of the simulated bureau.
        merchants
            Generate so many fictional merchants and 1,000 programs, say 400000, instead of the
            sample of 60.
        """
        console = Console(highlight=False, soft_wrap=True)
        asked = Up(data=data, port=port, bureau_port=bureau_port, merchants=merchants)
        ports.up(
            asked,
            say=lambda line: console.print(line, markup=False),
            on_started=lambda started: print_started(console, started),
        )
        return 0


def _add_processes(app: App, ports: ServicePorts) -> None:
    @app.command(name="api")
    def api(*, data: Path | None = None, host: str = LOOPBACK, port: int = PORT) -> int:
        """Run one API process; ends on SIGTERM when what it works on is finished.

        Parameters
        ----------
        data
            Where the embedded database and the keys are; .wherewithal if left out.
        host
            The address to listen on; 0.0.0.0 is all of this machine's.
        port
            The port to listen on.
        """
        ports.api(data, host, port)
        return 0

    @app.command(name="worker")
    def worker(*, data: Path | None = None) -> int:
        """Run one worker process: it finishes late answers, and tidies up.

        Parameters
        ----------
        data
            Where the embedded database and the keys are; .wherewithal if left out.
        """
        ports.worker(data)
        return 0

    @app.command(name="bureau-simulator")
    def bureau_simulator(*, host: str = LOOPBACK, port: int = BUREAU_PORT) -> int:
        """Run a SIMULATED credit bureau that speaks TransUnion's TU4 XML about made-up people.

        GET /personas lists whom to ask for: one persona for each answer and failure, and a person
        for each row of the public loan file. It never serves real people.

        Parameters
        ----------
        host
            The address to listen on.
        port
            The port to listen on.
        """
        ports.bureau_simulator(host, port)
        return 0


def _add_database(app: App, ports: ServicePorts) -> None:
    database = App(name="db", help="The database's schema.")
    app.command(database)

    @database.command(name="migrate")
    def migrate(*, data: Path | None = None, stage: str = "all") -> int:
        """Bring the database to this program's schema.

        Parameters
        ----------
        data
            Where the embedded database is, if DATABASE_URL names no other.
        stage
            `pre` before new programs start, `post` when no old ones run any more; or `all`.
        """
        if stage not in ("pre", "post", "all"):
            message = "expected pre, post or all"
            raise InputRefused([Problem(code="unknown_stage", path="--stage", message=message)])
        ran = ports.migrate(data, ("pre", "post") if stage == "all" else (stage,))
        for name in ran:
            print(name)  # noqa: T201 - the command's answer
        if not ran:
            print("nothing to do")  # noqa: T201 - as above
        return 0


def _add_keys(app: App, ports: ServicePorts) -> None:
    keys = App(name="key", help="Service keys: who may call the API, and for what.")
    app.command(keys)

    @keys.command(name="add")
    def add(
        name: str,
        *,
        scope: Annotated[list[str], Parameter(negative=())],
        days: int | None = None,
        merchant: str | None = None,
        data: Path | None = None,
    ) -> int:
        """Make a service key and print it, this once; only its hash is kept.

        Parameters
        ----------
        name
            Who will use it, such as checkout.
        scope
            What it may do; repeat the flag for more.
        days
            After how many days it expires; never if left out.
        merchant
            The one merchant that it speaks for: it sees and touches no other's holds, and may have
            no scope that tells of a person.
        data
            Where the embedded database is.
        """
        asked = AskedKey(name=name, scopes=scope, days=days, merchant_id=merchant)
        print(ports.add_key(data, asked))  # noqa: T201 - the answer
        return 0

    @keys.command(name="list")
    def list_all(*, data: Path | None = None) -> int:
        """List the service keys, revoked and expired ones too.

        Parameters
        ----------
        data
            Where the embedded database and the keys are; .wherewithal if left out.
        """
        table = Table("id", "name", "scopes", "merchant", "made", "lives")
        for one in ports.list_keys(data):
            made = one.created_at.date().isoformat()
            lives = "yes" if one.is_live else "no"
            merchant = one.merchant_id or "all"
            scopes = " ".join(one.scopes)
            table.add_row(one.credential_id, one.name, scopes, merchant, made, lives)
        Console().print(table)
        return 0

    @keys.command(name="revoke")
    def revoke(credential_id: str, *, data: Path | None = None) -> int:
        """Revoke a service key for good; API processes see it within seconds.

        Parameters
        ----------
        credential_id
            The id of the key, as `wherewithal key list` shows it.
        data
            Where the embedded database and the keys are; .wherewithal if left out.
        """
        if not ports.revoke_key(data, credential_id):
            message = "no key has this id; `wherewithal key list` shows all"
            raise InputRefused([Problem(code="unknown_key", path="credential_id", message=message)])
        return 0


def print_started(console: Console, started: Started) -> None:
    """Print what runs and commands to copy."""
    url, key = started.url, started.service_key_file
    lines = [
        "",
        f"Wherewithal is up: {url}  ({started.merchants:,} fictional merchants)",
        f"The bureau at {started.bureau_url} is a simulation; so are all people that it knows.",
        "",
        "Try, in another terminal:",
        "",
        f"  KEY=$(cat {key})",
        "",
        "  # Robert asks what he can spend (a published test subject)",
        f'  curl -s {url}/v1/prequalifications -H "Authorization: Bearer $KEY" \\',
        "    -H 'Content-Type: application/json' -H \"Idempotency-Key: $(date +%s)\" \\",
        f"    -d '{EXAMPLE_BODY}' | python3 -m json.tool",
        "",
        "  # what he can spend at every merchant, most first (put his consumer_id in)",
        f'  curl -s "{url}/v1/consumers/CONSUMER_ID/spending-power/merchants?page_size=5" \\',
        '    -H "Authorization: Bearer $KEY" | python3 -m json.tool',
        "",
        "  # reserve $60 of it at a checkout (put the ids in); POST to /v1/holds/ID/void ends it",
        f'  curl -s {url}/v1/holds -H "Authorization: Bearer $KEY" \\',
        "    -H 'Content-Type: application/json' \\",
        f"    -d '{EXAMPLE_HOLD}' | python3 -m json.tool",
        "",
        f"  # whom else to ask for: {started.bureau_url}personas",
        f"  # the API in words: {url}/docs",
        "",
        f"Logs are in {started.logs}. Control-C stops everything; what was decided is kept.",
    ]
    for line in lines:
        console.print(line, markup=False)


#: The published test subject, as `POST /v1/prequalifications` takes them.
EXAMPLE_BODY = (
    '{"consumer": {"given_name": "Robert", "family_name": "Uphold", "date_of_birth": "1956-08-01",'
    ' "ssn": "666484418", "address": {"street": "27366 Perry St", "city": "Roseville",'
    ' "state": "MI", "postal_code": "48066"}}, "stated": {"income_cents": 5200000,'
    ' "home_ownership": "MORTGAGE"}, "consent": {"scope": "once", "text_version": "2026-11",'
    f' "text_sha256": "{"ab" * 32}"}}, "purpose": "prequalification", "channel": "app"}}'
)
#: A basket of the same subject, as `POST /v1/holds` takes it; the ids are of the answer to that.
EXAMPLE_HOLD = (
    '{"consumer_id": "CONSUMER_ID", "prequalification_id": "PREQUALIFICATION_ID", "merchant_id":'
    ' "MERCHANT_ID", "reference": "order-1", "product": "pay_in_4", "plan": "pay_in_4",'
    ' "basket_cents": 6000}'
)
