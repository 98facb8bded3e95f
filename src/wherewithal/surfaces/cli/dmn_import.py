"""`wherewithal dmn import`: a GoRules decision graph (JDM) as a DMN model, where that is exact."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from wherewithal.dmn.jdm.graph import BYTES_MAX
from wherewithal.dmn.jdm.importer import import_jdm
from wherewithal.surfaces.cli.findings import STYLES
from wherewithal.vocabulary.errors import InputRefused, Problem

EXIT_DOES_NOT_MAP = 1


def add_dmn_import(dmn: App) -> None:
    """Add the command to the `dmn` app."""

    @dmn.command(name="import")
    def command(
        file: Path,
        *,
        out: Path,
        leave_functions_open: Annotated[bool, Parameter(negative="")] = False,
        dmn_version: Literal["1.5", "1.3"] = "1.5",
    ) -> int:
        """Make a DMN model of a GoRules decision graph (JDM), where that is exact.

        Every cell and node that has no exact DMN form is named with what to do, all at once, and
        then no model is written. Ends with 1 in that case.

        Parameters
        ----------
        file
            The JDM file.
        out
            The DMN model to write. A file that is there is not overwritten.
        leave_functions_open
            Make inputs of what is read behind a function node, instead of refusing it.
        dmn_version
            The version of DMN to write; 1.3 for Camunda Modeler.
        """
        imported = import_jdm(
            _read(file),
            name=file.stem,
            leave_functions_open=leave_functions_open,
            version=dmn_version,
        )
        console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        for one in imported.diagnostics:
            word = one.severity.value
            line = Text().append(word, style=STYLES[word]).append(": ")
            console.print(line.append(f"{one.place}: {one.message}" if one.place else one.message))
        if imported.xml is None:
            console.print(Text(f"{out.name} was not written.", style="bold red"))
            return EXIT_DOES_NOT_MAP
        try:
            with out.open("xb") as handle:
                handle.write(imported.xml)
        except OSError as error:
            message = f"{error.strerror}; name a new file in a folder that is there"
            problem = Problem(code="not_written", path="--out", message=message)
            raise InputRefused([problem]) from None
        console.print(Text(f"{out.name} was written.", style="bold green"))
        return 0


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as handle:
            return handle.read(BYTES_MAX + 1)
    except OSError as error:
        problem = Problem(code="unreadable", path=str(file), message=f"{error.strerror}")
        raise InputRefused([problem]) from None
