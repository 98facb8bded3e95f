"""Sets of characters in patterns: escapes, categories, blocks.

Source: XML Schema part 2, appendix F.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

from wherewithal.dmn.reference.values import FeelNull

#: Whether a character is in the set.
CharacterSet = Callable[[str], bool]

#: The blocks of XML Schema 1.0 (Unicode 3.1), by the name that it gives them: first and last.
_BLOCK_TABLE = """
BasicLatin 0000-007F
Latin-1Supplement 0080-00FF
LatinExtended-A 0100-017F
LatinExtended-B 0180-024F
IPAExtensions 0250-02AF
SpacingModifierLetters 02B0-02FF
CombiningDiacriticalMarks 0300-036F
Greek 0370-03FF
GreekandCoptic 0370-03FF
Cyrillic 0400-04FF
Armenian 0530-058F
Hebrew 0590-05FF
Arabic 0600-06FF
Syriac 0700-074F
Thaana 0780-07BF
Devanagari 0900-097F
Bengali 0980-09FF
Gurmukhi 0A00-0A7F
Gujarati 0A80-0AFF
Oriya 0B00-0B7F
Tamil 0B80-0BFF
Telugu 0C00-0C7F
Kannada 0C80-0CFF
Malayalam 0D00-0D7F
Sinhala 0D80-0DFF
Thai 0E00-0E7F
Lao 0E80-0EFF
Tibetan 0F00-0FFF
Myanmar 1000-109F
Georgian 10A0-10FF
HangulJamo 1100-11FF
Ethiopic 1200-137F
Cherokee 13A0-13FF
UnifiedCanadianAboriginalSyllabics 1400-167F
Ogham 1680-169F
Runic 16A0-16FF
Khmer 1780-17FF
Mongolian 1800-18AF
LatinExtendedAdditional 1E00-1EFF
GreekExtended 1F00-1FFF
GeneralPunctuation 2000-206F
SuperscriptsandSubscripts 2070-209F
CurrencySymbols 20A0-20CF
CombiningMarksforSymbols 20D0-20FF
LetterlikeSymbols 2100-214F
NumberForms 2150-218F
Arrows 2190-21FF
MathematicalOperators 2200-22FF
MiscellaneousTechnical 2300-23FF
ControlPictures 2400-243F
OpticalCharacterRecognition 2440-245F
EnclosedAlphanumerics 2460-24FF
BoxDrawing 2500-257F
BlockElements 2580-259F
GeometricShapes 25A0-25FF
MiscellaneousSymbols 2600-26FF
Dingbats 2700-27BF
BraillePatterns 2800-28FF
CJKRadicalsSupplement 2E80-2EFF
KangxiRadicals 2F00-2FDF
IdeographicDescriptionCharacters 2FF0-2FFF
CJKSymbolsandPunctuation 3000-303F
Hiragana 3040-309F
Katakana 30A0-30FF
Bopomofo 3100-312F
HangulCompatibilityJamo 3130-318F
Kanbun 3190-319F
BopomofoExtended 31A0-31BF
EnclosedCJKLettersandMonths 3200-32FF
CJKCompatibility 3300-33FF
CJKUnifiedIdeographsExtensionA 3400-4DBF
CJKUnifiedIdeographs 4E00-9FFF
YiSyllables A000-A48F
YiRadicals A490-A4CF
HangulSyllables AC00-D7AF
PrivateUse E000-F8FF
CJKCompatibilityIdeographs F900-FAFF
AlphabeticPresentationForms FB00-FB4F
ArabicPresentationForms-A FB50-FDFF
CombiningHalfMarks FE20-FE2F
CJKCompatibilityForms FE30-FE4F
SmallFormVariants FE50-FE6F
ArabicPresentationForms-B FE70-FEFE
HalfwidthandFullwidthForms FF00-FFEF
Specials FFF0-FFFD
OldItalic 10300-1032F
Gothic 10330-1034F
Deseret 10400-1044F
ByzantineMusicalSymbols 1D000-1D0FF
MusicalSymbols 1D100-1D1FF
MathematicalAlphanumericSymbols 1D400-1D7FF
CJKUnifiedIdeographsExtensionB 20000-2A6DF
CJKCompatibilityIdeographsSupplement 2F800-2FA1F
Tags E0000-E007F
"""
_BLOCKS: Mapping[str, tuple[int, int]] = {
    name: (int(low, 16), int(high, 16))
    for name, bounds in (line.split() for line in _BLOCK_TABLE.split("\n") if line)
    for low, high in (bounds.split("-"),)
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
