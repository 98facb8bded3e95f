"""The errors of FEEL texts."""

from __future__ import annotations

from wherewithal.dmn.errors import DmnError


class FeelSyntaxError(DmnError):
    """A text is not FEEL; the message says what was expected, `start` says where."""

    def __init__(self, message: str, start: int) -> None:
        """Keep the message and the 0-based offset into the text."""
        self.message = message
        self.start = start
        super().__init__(f"{message}, at character {start + 1}")
