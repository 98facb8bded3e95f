"""`wherewithal dmn check`: gaps, overlaps and other faults of any DMN model, with examples."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from wherewithal.dmn.checks.model_checks import check_models
from wherewithal.surfaces.cli.answer import print_json
from wherewithal.surfaces.cli.dmn_read import read_with_imports
from wherewithal.surfaces.cli.findings import counted, print_findings
from wherewithal.vocabulary.errors import Problem

EXIT_FAULTY_MODEL = 1


def add_dmn_check(dmn: App) -> None:
    """Add the command to the `dmn` app."""

    @dmn.command(name="check")
    def command(model: Path, *, json: Annotated[bool, Parameter(negative="")] = False) -> int:
        """Look for gaps, overlaps, rules that never answer and other faults of a DMN model.

        Each finding has its place and a row that shows it, in the table's own inputs. What is not
        found is proved absent for every row that the declared types allow, save where a note says
        that a cell was not analysed. Ends with 1 if there is an error, and with 0 otherwise.

        Parameters
        ----------
        model
            The model; what it imports is looked for in its folder.
        json
            Print JSON instead of text.
        """
        models, diagnostics = read_with_imports(model)
        diagnostics += check_models(models[-1:])
        findings = [
            (
                one.severity.value,
                Problem(code=one.code.replace("-", "_"), path=one.place, message=one.message),
            )
            for one in dict.fromkeys(diagnostics)
        ]
        if json:
            by_word = {
                word: [p for w, p in findings if w == word] for word in ("error", "warning", "note")
            }
            print_json(
                {
                    "model": models[-1].name if models else None,
                    **{
                        f"{word}s": [
                            {"code": p.code, "path": p.path, "message": p.message} for p in problems
                        ]
                        for word, problems in by_word.items()
                    },
                }
            )
        else:
            console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
            print_findings(console, findings)
            words = (counted(findings, word) for word in ("error", "warning", "note"))
            console.print(Text(f"{model.name}: {', '.join(words)}.", style="bold"))
        return EXIT_FAULTY_MODEL if any(word == "error" for word, _ in findings) else 0
