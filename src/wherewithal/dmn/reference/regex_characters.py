"""Sets of characters in patterns: escapes, categories, blocks.

Source: XML Schema part 2, appendix F.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from wherewithal.dmn.reference.values import FeelNull

#: Whether a character is in the set.
CharacterSet = Callable[[str], bool]

#: The blocks that patterns name most, by the name that XML Schema gives them.
_BLOCKS: Mapping[str, tuple[int, int]] = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Thai": (0x0E00, 0x0E7F),
    "Georgian": (0x10A0, 0x10FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF),
    "MiscellaneousSymbols": (0x2600, 0x26FF),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF),
}
#: General categories: a class, or a class and a subclass of it.
_CATEGORIES = frozenset(
    major + minor
    for major, minors in {
        "L": "ultmo",
        "M": "nce",
        "N": "dlo",
        "P": "cdseifo",
        "Z": "slp",
        "S": "mcko",
        "C": "cfon",
    }.items()
    for minor in ("", *minors)
)
_SINGLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"} | {
    character: character for character in "\\|.?*+(){}-[]^$"
}


def negated(found: CharacterSet) -> CharacterSet:
    """Return the set of all other characters."""
    return lambda character: not found(character)


def one_of(characters: str) -> CharacterSet:
    """Return the set of these characters."""
    known = frozenset(characters)
    return lambda character: character in known


def between(low: str, high: str) -> CharacterSet:
    """Return the set of the characters from low to high."""
    return lambda character: low <= character <= high


def in_category(name: str) -> CharacterSet:
    """Return the set of a Unicode category, such as `Lu` or `L`."""
    return lambda character: unicodedata.category(character).startswith(name)


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] not in "PZC"


def _is_name_start(character: str) -> bool:
    return character in ":_" or unicodedata.category(character)[0] == "L"


def _is_name_part(character: str) -> bool:
    return character in ":_-.\xb7" or unicodedata.category(character)[:2] in _NAME_CATEGORIES


_NAME_CATEGORIES = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "Mn", "Mc", "Me"))
_MULTIPLE: Mapping[str, CharacterSet] = {
    "s": one_of(" \t\n\r"),
    "d": in_category("Nd"),
    "w": _is_word,
    "i": _is_name_start,
    "c": _is_name_part,
}


def escaped_set(letter: str) -> CharacterSet | None:
    r"""Return the set that `\d`, `\S` and their like stand for; None for another letter."""
    found = _MULTIPLE.get(letter.lower())
    if found is None:
        return None
    return found if letter.islower() else negated(found)


def escaped_character(letter: str) -> str:
    """Return the one character that an escape stands for; FeelNull if it is none."""
    if letter not in _SINGLE_ESCAPES:
        raise FeelNull(f"the pattern escapes '{letter}', which has no meaning")
    return _SINGLE_ESCAPES[letter]


def property_set(name: str) -> CharacterSet:
    r"""Return the set of `\p{name}`: a category or a block; FeelNull if it is neither."""
    if name in _CATEGORIES:
        return in_category(name)
    bounds = _BLOCKS.get(name.removeprefix("Is")) if name.startswith("Is") else None
    if bounds is None:
        raise FeelNull(f"the pattern names no known category or block: '{name}'")
    return between(chr(bounds[0]), chr(bounds[1]))
