"""Letters as people and bureaus write them without their marks."""

from __future__ import annotations

from typing import Final

#: For `str.translate` after `casefold`: letters that people type without their mark, though Unicode
#: does not part them from it, so that no normal form does.
PLAIN_LETTERS: Final = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)
