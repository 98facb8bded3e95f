"""The errors of the DMN room.

DmnError
├── ModelRefused      a model has diagnostics of severity error; all of them are in `.diagnostics`
└── EvaluationFailed  a decision could not be evaluated at all (a bound was exceeded)
"""

from __future__ import annotations

from collections.abc import Sequence

from wherewithal.dmn.diagnostics import Diagnostic


class DmnError(Exception):
    """Root of everything that the DMN room raises."""


class ModelRefused(DmnError):
    """The model cannot be used; mend each diagnostic and read it again."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Keep all diagnostics; the message lists them, one a line."""
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class EvaluationFailed(DmnError):
    """A decision could not be evaluated; the message names the bound that was exceeded."""
