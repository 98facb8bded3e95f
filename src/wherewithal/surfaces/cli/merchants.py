"""`wherewithal merchants`: the directory of merchants and programs, loaded into the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cyclopts import App

from wherewithal.service.standing import DirectoryVersion
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.vocabulary.merchant import Directory
from wherewithal.vocabulary.program import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantPorts:
    """What these commands reach for; wiring opens the database for each call."""

    #: Merchants and programs of two files, checked with the bundle and its law.
    #: Errors: CatalogueRefused with every bad row of both.
    read_directory: Callable[[Path, Path], Directory]
    #: Programs of one file, checked alike.
    read_programs: Callable[[Path], Sequence[Program]]
    replace_directory: Callable[[Directory], Coroutine[Any, Any, DirectoryVersion]]
    put_programs: Callable[[Sequence[Program]], Coroutine[Any, Any, DirectoryVersion]]


def add_merchants(app: App, ports: MerchantPorts) -> None:
    """Add the commands to the app."""
    merchants = App(name="merchants", help="The directory: who sells, and on which terms.")
    app.command(merchants)

    @merchants.command(name="load")
    def load(merchants: Path, programs: Path) -> int:
        """Replace all merchants and programs by those of two CSV files, at once.

        Every bad row of both files is told, and nothing of a bad file is loaded. A service that
        runs sees the new directory without being started again.

        Parameters
        ----------
        merchants
            merchant_id, name, mcc, joined_on, program_ids (parted by semicolons), is_paused.
        programs
            The programs that these merchants offer; see examples/programs.csv.
        """
        directory = ports.read_directory(merchants, programs)
        version = asyncio.run(ports.replace_directory(directory))
        print_json(
            _version(version)
            | {"merchants": len(directory.merchants), "programs": len(directory.programs)}
        )
        return 0

    @merchants.command(name="programs")
    def put(programs: Path) -> int:
        """Add programs, and change those that are there already; merchants stay as they are.

        The next answer of a service that runs is by the new terms.

        Parameters
        ----------
        programs
            A CSV file of programs, as `merchants load` takes it.
        """
        found = ports.read_programs(programs)
        version = asyncio.run(ports.put_programs(found))
        print_json(_version(version) | {"programs": len(found)})
        return 0


def _version(version: DirectoryVersion) -> dict[str, Any]:
    return {"directory_version": str(version)}
