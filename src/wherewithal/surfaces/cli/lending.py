"""`wherewithal lending`: what a loan costs, as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from wherewithal.lending import apr_json, schedule_json
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.json_file import load_json

_Typed = Annotated[str, Parameter(allow_leading_hyphen=True)]


def add_lending(app: App) -> None:
    """Add the commands to the app."""
    lending = App(name="lending", help="What a loan costs, to the cent.")
    app.command(lending)

    @lending.command(name="schedule")
    def command(
        *,
        principal_cents: _Typed,
        note_rate_bps: _Typed,
        months: _Typed,
        start: _Typed,
        first_payment: _Typed | None = None,
    ) -> int:
        """Print the payments of a monthly loan, its finance charge and its APR, as JSON.

        Payments are level and rounded up to the cent; the last takes the difference and is never
        higher. All fall due on one day of the month, or on the last day of a month that lacks it.
        The APR is Regulation Z's, computed from the rounded payments.

        Parameters
        ----------
        principal_cents
            The amount financed, in whole cents.
        note_rate_bps
            The contract rate a year in basis points: 1299 is 12.99%.
        months
            The number of monthly payments.
        start
            The day on which the money is lent, such as 2025-01-31.
        first_payment
            The day on which the first payment falls due, up to 12 months after the start; a month
            after it if not given. Full months and the days that remain bear interest.
        """
        print_json(
            schedule_json(
                principal_cents=principal_cents,
                note_rate_bps=note_rate_bps,
                months=months,
                start=start,
                first_payment=first_payment,
            )
        )
        return 0

    @lending.command(name="apr")
    def apr(file: Path) -> int:
        """Print the Regulation Z APR of any advances and payments, from their dates, as JSON.

        The unit-period is found as 12 CFR 1026, appendix J(b) says. A transaction that has no APR,
        because it does not repay what was advanced, is answered with null and the reason.

        Parameters
        ----------
        file
            A list of transactions: [{"id": "a", "advances": [{"date": "2025-01-10",
            "amount_cents": 50000}], "payments": [{"date": "2025-02-10", "amount_cents": 26000},
            {"date": "2025-03-10", "amount_cents": 26000}]}].
        """
        print_json(apr_json(load_json(file)))
        return 0
