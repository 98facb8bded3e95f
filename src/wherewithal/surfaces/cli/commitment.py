"""`wherewithal commitment`: verify a promise offline, and see how often promises were kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import App, Parameter

from wherewithal.service.read_commitments import WEEKS_MAX, HonourRate
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.honour_plot import honour_plot
from wherewithal.surfaces.cli.json_file import read_document
from wherewithal.vocabulary.errors import InputRefused, Problem

EXIT_NOT_VALID: Final = 1
_BYTES_MAX: Final = 1 << 20
_Flag = Annotated[bool, Parameter(negative="")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPorts:
    """What these commands reach for."""

    #: Of a document, its signature and a JWK set: what a verification says, field by field.
    verify: Callable[[Mapping[str, Any], str, Mapping[str, Any]], Mapping[str, Any]]
    #: How often promises were kept in the last weeks, from the database.
    honour_rate: Callable[[int], Coroutine[Any, Any, HonourRate]]


def add_commitment(app: App, ports: CommitmentPorts) -> None:
    """Add the commands to the app."""
    commitment = App(name="commitment", help="Promises: verified offline, and how they were kept.")
    app.command(commitment)

    @commitment.command(name="verify")
    def verify(file: Path, *, jwks: Path) -> int:
        """Say whether a commitment is one of ours, with no connection to anything.

        Ends with 0 if the signature is good and with 1 if it is not. Whether it has expired is by
        `expires_at` of what was signed, and whether it is honoured is found out at the till.

        Parameters
        ----------
        file
            A commitment as the API answered it: JSON with `document` and `signature`.
        jwks
            The keys, as /.well-known/jwks.json answered.
        """
        document, signature = _signed(read_document(file, bytes_max=_BYTES_MAX))
        keys = read_document(jwks, bytes_max=_BYTES_MAX)
        if not isinstance(keys, dict):
            raise _refuse(str(jwks), "expected a JWK set: an object with `keys`")
        found = ports.verify(document, signature, keys)
        shown = ("commitment_id", "product", "amount_cents", "issued_at", "expires_at")
        promised = {name: document.get(name) for name in shown} if found["is_valid"] else {}
        print_json({**found, **promised})
        return 0 if found["is_valid"] else EXIT_NOT_VALID

    @commitment.command(name="honour-rate")
    def honour_rate(
        *,
        weeks: int = 8,
        as_json: Annotated[_Flag, Parameter(name="--json")] = False,
        plot: Path | None = None,
    ) -> int:
        """Say how often commitments were honoured, by product, merchant and week.

        Of every hold that was asked for within a commitment's time and amount: how many were
        placed, and why the others were not. Same facts: every precondition was looked at again.

        Parameters
        ----------
        weeks
            How far back.
        as_json
            Answer as JSON, as the API does.
        plot
            Draw the rate by week into this SVG file too.
        """
        if not 1 <= weeks <= WEEKS_MAX:
            message = f"expected 1 to {WEEKS_MAX} weeks"
            raise InputRefused([Problem(code="out_of_range", path="--weeks", message=message)])
        found = asyncio.run(ports.honour_rate(weeks))
        if plot is not None:
            plot.write_text(honour_plot(found), encoding="utf-8")
        if as_json:
            print_json(msgspec.to_builtins(found))
        else:
            print(honour_table(found))  # noqa: T201 - the answer
        return 0


def honour_table(found: HonourRate) -> str:
    """Return the rates as lines of text; a rate of nothing is a dash."""
    head = ("week of", "product", "merchant", "attempts", "honoured", "same facts", "not, by cause")
    lines = [
        (
            one.week.isoformat(),
            one.product,
            one.merchant_id,
            str(one.attempts),
            percent(one.honour_rate_bps),
            percent(one.same_facts_rate_bps),
            _causes(one.causes),
        )
        for one in found.rows
    ]
    lines.append(
        (
            "all",
            "",
            "",
            str(found.attempts),
            percent(found.honour_rate_bps),
            percent(found.same_facts_rate_bps),
            _causes(found.causes),
        )
    )
    widths = [max(len(line[place]) for line in [head, *lines]) for place in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in [head, *lines]
    )


def percent(rate_bps: int | None) -> str:
    """Return a rate as text.

    >>> percent(9_876), percent(None)
    ('98.76%', '-')
    """
    return "-" if rate_bps is None else f"{rate_bps // 100}.{rate_bps % 100:02}%"


def _causes(causes: Mapping[str, int]) -> str:
    return ", ".join(f"{cause} {count}" for cause, count in causes.items())


def _signed(found: Any) -> tuple[dict[str, Any], str]:
    is_signed = isinstance(found, dict) and isinstance(found.get("document"), dict)
    if not is_signed or not isinstance(found.get("signature"), str):
        raise _refuse("$", "expected an object with `document` (an object) and `signature`")
    return found["document"], found["signature"]


def _refuse(path: str, message: str) -> InputRefused:
    return InputRefused([Problem(code="not_a_commitment", path=path, message=message)])
