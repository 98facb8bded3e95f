"""`wherewithal dmn inputs`: what a DMN model asks for, as JSON to fill in."""

from __future__ import annotations

from pathlib import Path

from cyclopts import App

from wherewithal.dmn.reference.json_values import blank_inputs
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.dmn_read import read_with_imports
from wherewithal.vocabulary.errors import InputRefused, Problem


def add_dmn_inputs(dmn: App) -> None:
    """Add the command to the group."""

    @dmn.command(name="inputs")
    def command(model: Path) -> None:
        """Print the inputs of a DMN model as JSON to fill in, for `dmn run --inputs`.

        Every value is null, which is what an input has that is not given; structures are nested as
        their types are, and a list of structures has one. Inputs of imported models are among them.

        Parameters
        ----------
        model
            The model; what it imports is looked for in its folder.
        """
        models, diagnostics = read_with_imports(model)
        if not models:
            problems = [
                Problem(code=found.code, path=found.place, message=found.message)
                for found in diagnostics
            ]
            raise InputRefused(problems)
        print_json(blank_inputs(models))
