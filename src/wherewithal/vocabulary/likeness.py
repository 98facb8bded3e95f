"""Likeness: whether two identities are one person, so that nobody has two spending powers.

Three answers, and the middle one is a failure, not a guess. Taking two people for one shows
somebody else's decision and spends somebody else's limit; taking one for two doubles a limit.
Where the evidence does not exclude either, a person must look. docs/decisions/0016 says more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum

import msgspec

from wherewithal.vocabulary.identity import Identity
from wherewithal.vocabulary.letters import PLAIN_LETTERS

_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
#: Words within family names that say nothing alone.
_PARTICLES = frozenset(
    {
        *("dal", "das", "del", "della", "den", "der", "des", "dos", "las", "los", "san", "santa"),
        *("ter", "und", "van", "vom", "von", "zum", "zur"),
    }
)
_SEPARATORS = re.compile(r"[\s,.]+")
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212]")
#: A part of a double name counts alone from this many letters on.
_PART_LETTERS_MIN = 3


class Likeness(Enum):
    """What comparing an asked identity with a known one came to."""

    #: One person, however they spell themselves.
    SAME = "same"
    #: One person or two; nothing may be opened, nothing shown.
    AMBIGUOUS = "ambiguous"
    #: Two people.
    OTHER = "other"


def match_name(name: str) -> str:
    """Return the letters of a name, folded: without case, accents, hyphens, apostrophes, suffixes.

    Null: a name that is nothing but suffixes keeps them; never empty for a name with a letter.

    >>> match_name("O'Brien-Núñez, Jr."), match_name("ØSTERGÅRD III"), match_name("Jr")
    ('obriennunez', 'ostergard', 'jr')
    """
    return "".join(_words(name))


def match_postal(postal_code: str) -> str:
    """Return the five digits that 48226 and 48226-1234 share."""
    return postal_code[:5]


def match_keys(identity: Identity) -> dict[str, str]:
    """Return the normalised texts by which a person is found again, by kind.

    Only keyed indexes of them are ever stored. Given and family name stand in alphabetical order,
    so that swapping them changes nothing; middle names and suffixes are left out.
    """
    names = sorted((_words(identity.given_name)[0], match_name(identity.family_name)))
    postal = match_postal(identity.address.postal_code)
    return {
        "ssn": identity.ssn,
        "name_dob_zip": "|".join([*names, identity.date_of_birth.isoformat(), postal]),
    }


def compare(known: Identity, asked: Identity) -> Likeness:
    """Return whether two identities are one person.

    SAME:      number and date of birth are equal, and a name agrees: the given one (marriage), the
               family one (a nickname), or both the other way round.
    AMBIGUOUS: the number is equal but the rest does not agree; or the number differs while name,
               date of birth and postal code are equal: a slip must not open a second limit.
    OTHER:     everything else.
    Symmetric. It does not prove who asks: that is the identity gate's work.
    """
    keys, asked_keys = match_keys(known), match_keys(asked)
    if keys["ssn"] == asked_keys["ssn"]:
        is_same = known.date_of_birth == asked.date_of_birth and _share_a_name(known, asked)
        return Likeness.SAME if is_same else Likeness.AMBIGUOUS
    is_alike = keys["name_dob_zip"] == asked_keys["name_dob_zip"]
    return Likeness.AMBIGUOUS if is_alike else Likeness.OTHER


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """Who an identity belongs to."""

    likeness: Likeness
    #: Set where the likeness is SAME.
    consumer_id: str | None = None


def resolve(found: Mapping[str, Identity], asked: Identity) -> Resolution:
    """Return which known consumer asks, if it is exactly one and the same.

    `found` holds the consumers, by id, that any of `match_keys(asked)` finds, with the identity
    that is stored of each. A key may stem from how a consumer spelled themselves before, so that a
    consumer who was found and is now OTHER is AMBIGUOUS; so is everyone where several were found.
    OTHER means that nobody was found: a new consumer.
    """
    if not found:
        return Resolution(likeness=Likeness.OTHER)
    consumer_id, known = next(iter(found.items()))
    if len(found) == 1 and compare(known, asked) is Likeness.SAME:
        return Resolution(likeness=Likeness.SAME, consumer_id=consumer_id)
    return Resolution(likeness=Likeness.AMBIGUOUS)


def _share_a_name(one: Identity, other: Identity) -> bool:
    given, family = _given_forms(one.given_name), _family_forms(one.family_name)
    other_given, other_family = _given_forms(other.given_name), _family_forms(other.family_name)
    is_swapped = bool(given & other_family) and bool(family & other_given)
    return bool(given & other_given) or bool(family & other_family) or is_swapped


def _folded(name: str) -> str:
    """Return a name without case and accents; compatibility forms become plain letters."""
    folded = unicodedata.normalize("NFKD", name.casefold()).casefold().translate(PLAIN_LETTERS)
    return "".join(character for character in folded if not unicodedata.combining(character))


def _words(name: str) -> list[str]:
    """Return the words of a name as letters, suffixes left out; at least one.

    A few letters, such as Arabic vowels written alone, fold to nothing; those stay as they are.
    """
    words = [
        "".join(character for character in word if _is_letter(character))
        for word in _SEPARATORS.split(_folded(name))
    ]
    words = [word for word in words if word]
    return [word for word in words if word not in _SUFFIXES] or words[:1] or [name.casefold()]


def _is_letter(character: str) -> bool:
    """Vowel signs of Indic scripts are marks, not accents, and tell names apart."""
    return unicodedata.category(character)[0] in "LM"


def _given_forms(name: str) -> frozenset[str]:
    """Return how a given name may be written: its first name alone, or with the middle names."""
    words = _words(name)
    return frozenset({words[0], "".join(words)})


def _family_forms(name: str) -> frozenset[str]:
    """Return how a family name may be written: whole, or either half of a double name."""
    parts = (part for half in _HYPHENS.split(name) for part in _words(half))
    halves = {part for part in parts if len(part) >= _PART_LETTERS_MIN}
    return frozenset({match_name(name), *(halves - _PARTICLES)})
