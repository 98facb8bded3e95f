"""`wherewithal why` and `wherewithal raises`: why a power changed, and what would raise it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
from cyclopts import App, Parameter
from rich.console import Console

from wherewithal.qualify.decide import Applicant
from wherewithal.qualify.powers_left import AS_DECIDED, total_cents
from wherewithal.qualify.raises import Found, RaiseFinder
from wherewithal.service.find_raises import raise_answers
from wherewithal.service.why_answers import RAISE_WORDINGS, ChangeAnswer, dollars
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.arguments import facts_file
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

#: Shapes of the JSON; a change that breaks a reader raises the number.
CHANGE_SCHEMA: Final = "wherewithal.change/1"
RAISES_SCHEMA: Final = "wherewithal.raises/1"
_Flag = Annotated[bool, Parameter(negative="")]
#: By data folder, both decisions and the consumer; wiring opens the database for each call.
ExplainsDecisions: TypeAlias = Callable[
    [Path | None, str, str | None, UUID | None], Coroutine[Any, Any, ChangeAnswer]
]


def add_why(app: App, ports: Ports, explain: ExplainsDecisions) -> None:
    """Add the commands to the app."""
    _add_change(app, explain)
    _add_raises(app, ports)


def _add_change(app: App, explain: ExplainsDecisions) -> None:
    @app.command(name="why")
    def why(
        since: str,
        until: str | None = None,
        *,
        consumer: str | None = None,
        data: Path | None = None,
        json: _Flag = False,
    ) -> int:
        """Say why a spending power is another than by a decision.

        Both ends are put together from what was recorded, and the core decides again with one part
        swapped at a time: our policy, the law and our terms, facts, the account. The parts sum to
        the whole change, to the cent. docs/why.md explains it.

        Parameters
        ----------
        since
            The name of the earlier decision, as answers show it.
        until
            The name of the later one; what stands now, if left out.
        consumer
            The consumer's id, where several people have a decision of that name.
        data
            Where the embedded database is, if DATABASE_URL names no other.
        json
            Print JSON instead of text.
        """
        answer = asyncio.run(explain(data, since, until, _consumer_id(consumer)))
        if json:
            print_json({"schema": CHANGE_SCHEMA, **msgspec.to_builtins(answer)})
        else:
            _print(_change_lines(answer))
        return 0


def _add_raises(app: App, ports: Ports) -> None:
    @app.command(name="raises")
    def raises(
        file: Path,
        *,
        source: str,
        row: Annotated[int, Parameter(allow_leading_hyphen=True)] = 0,
        stated: Path | None = None,
        as_of: str | None = None,
        bundle: Path | None = None,
        json: _Flag = False,
    ) -> int:
        """Say what would raise the power of one person in a file.

        By policy alone, as `wherewithal decide` prints it: nothing is in use. Of each move that the
        bundle's raises.toml lists, the smallest amount that helps, each decided again.

        Parameters
        ----------
        file
            The file of applicants.
        source
            What kind of file it is: transunion, lendingclub, json or parquet, as with `decide`.
        row
            Which row of the file, counted from 0.
        stated
            With transunion: a JSON file of what the applicant states.
        as_of
            A day such as 2025-01-31; a row dated later is not decided. Today, if left out.
        bundle
            The folder of the policy. The one that ships, policies/everyday, if left out.
        json
            Print JSON instead of text.
        """
        today = ports.now().date()
        named = facts_file(source=source, path=file, stated=stated, as_of=as_of, today=today)
        applicant = ports.applicant_of(ports.read_facts(named), row)
        finder = RaiseFinder(bundle=ports.load_bundle(bundle))
        on = applicant.as_of or today
        found = _found(applicant, finder, on)
        answers = raise_answers(found, found.powers, finder.bundle, on=on)
        if json:
            told = {
                "schema": RAISES_SCHEMA,
                "bundle_digest": finder.bundle.digest,
                "estimated_on": on,
                "power_total_cents": total_cents(found.powers or None),
                "grid_rows": found.rows,
                "raises": answers,
            }
            print_json(msgspec.to_builtins(told))
        else:
            _print([one.wording for one in answers] or [_nothing(found)])
        return 0


def _found(applicant: Applicant, finder: RaiseFinder, on: date) -> Found:
    if applicant.failure is not None:
        return Found(powers={}, raises=(), rows=0, verified=0, refuted=0)
    return finder.find(applicant.facts, exposure=AS_DECIDED, shown={}, on=on)


def _nothing(found: Found) -> str:
    return RAISE_WORDINGS["none"] if found.powers else "Nothing was decided, so nothing is known."


def _consumer_id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        message = "expected a consumer's id such as 0b0d4b7e-8a0e-4d3c-9a55-0a3c1f0c7d11"
        problem = Problem(code="not_an_id", path="--consumer", message=message)
        raise InputRefused([problem]) from None


def _change_lines(answer: ChangeAnswer) -> list[str]:
    lines = []
    if answer.since is not None and answer.until is not None:
        ends = [_cents(one.power_total_cents) for one in (answer.since, answer.until)]
        change = "" if answer.change_cents is None else f" ({_signed(answer.change_cents)})"
        lines.append(f"The largest purchase was {ends[0]} and is {ends[1]}{change}.")
    lines += [f"  {_signed(one.change_cents):>12}  {one.wording}" for one in answer.parts]
    lines += [f"  new reason: {one.wording}" for one in answer.reasons_gained]
    lines += [f"  no longer: {one.wording}" for one in answer.reasons_lost]
    return [*lines, answer.wording]


def _cents(cents: int | None) -> str:
    return "unknown" if cents is None else dollars(cents)


def _signed(cents: int | None) -> str:
    if cents is None:
        return "unknown"
    return f"{'-' if cents < 0 else '+'}{dollars(abs(cents))}"


def _print(lines: Sequence[str]) -> None:
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(line, markup=False)
