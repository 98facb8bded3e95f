"""A simulated bureau: a process of its own that answers TU4 requests with made-up reports.

`build_app` makes the application, `SimulatorServer` runs it. It simulates a bureau for development,
tests and demonstrations; nothing in it is about a real person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from wherewithal.sources.bureau_simulator.app import SimulatorApp
from wherewithal.sources.bureau_simulator.bureau import SimulatedBureau
from wherewithal.sources.bureau_simulator.loan_people import LoanPeople
from wherewithal.sources.bureau_simulator.manner import Manner, Mode, Pace
from wherewithal.sources.bureau_simulator.personas import PERSONAS, PERSONAS_BY_NAME, Persona
from wherewithal.sources.bureau_simulator.server import SimulatorServer
from wherewithal.sources.lendingclub import read_lendingclub

__all__ = [
    "PERSONAS",
    "PERSONAS_BY_NAME",
    "LoanPeople",
    "Manner",
    "Mode",
    "Pace",
    "Persona",
    "SimulatedBureau",
    "SimulatorApp",
    "SimulatorServer",
    "build_app",
]


def build_app(
    *,
    published_report: Path,
    loans: Path | None,
    clock: Callable[[], datetime],
    pace: Pace,
    is_redated: bool,
) -> SimulatorApp:
    """Return a simulator.

    `published_report` is examples/bureau/transunion_tu4_creditReportResponse.xml, `loans` a loan
    file whose rows become people; without one there are the personas only. `clock` returns aware
    moments; reports are dated by its day in New York unless `is_redated` is false.
    Errors: OSError if the report cannot be read; SourceRefused if the loan file cannot.
    """
    people = None if loans is None else LoanPeople(read_lendingclub(loans))
    bureau = SimulatedBureau(
        published_report=published_report.read_bytes(),
        people=people,
        clock=clock,
        is_redated=is_redated,
    )
    return SimulatorApp(bureau, pace=pace)
