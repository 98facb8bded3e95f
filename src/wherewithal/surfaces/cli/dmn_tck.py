"""`wherewithal dmn tck`: run the cases of the DMN TCK by the reference interpreter."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from wherewithal.dmn.tck import csv_line, run_tck, summary_line
from wherewithal.surfaces.cli.ports import Ports
from wherewithal.vocabulary.errors import InputRefused, Problem

EXIT_FAILED = 1


def add_dmn_tck(dmn: App, ports: Ports) -> None:
    """Add the command to the `dmn` app."""

    @dmn.command(name="tck")
    def command(folder: Path, *, out: Path) -> int:
        """Run every test case under a folder of the DMN TCK; end with 1 if one fails.

        Prints `N passed, M failed, K skipped`. A case passes only if every result of it agrees.

        Parameters
        ----------
        folder
            A checkout of the TCK's TestCases, or a part of it.
        out
            Where the results go, in the TCK's own CSV: folder, file, case, outcome, detail.
        """
        if not folder.is_dir():
            message = "there is no such folder; expected a checkout of the DMN TCK's TestCases"
            raise InputRefused([Problem(code="missing_folder", path=str(folder), message=message)])
        rows = list(run_tck(ports.read_tck(folder)))
        if not rows:
            message = "holds no test cases; expected files named *-test-*.xml in it or below"
            raise InputRefused([Problem(code="no_test_cases", path=str(folder), message=message)])
        out.write_text("".join(csv_line(row) + "\n" for row in rows), encoding="utf-8")
        summary = summary_line(rows)
        print(summary)  # noqa: T201 - the command's answer
        return 0 if " 0 failed" in summary else EXIT_FAILED
