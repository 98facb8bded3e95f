"""Whose file is it? The file's own names, numbers and dates, against the person asked for.

A bureau may answer with somebody else's file. It is then never shown, never decided on and nothing
of it is kept: a cause names what differs, never a value. Names are compared as everywhere else
(`vocabulary/likeness.py`): without case, accents, hyphens, suffixes, and either way round.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from wherewithal.sources.bureau_transunion.elements import Node
from wherewithal.vocabulary.consumer import Identity, Likeness, compare, match_keys
from wherewithal.vocabulary.outcome import Failure, Outcome

_DIGITS_OF_SSN = 9
#: What a bureau leaves of a number that it masks.
_SSN_MASKED = re.compile(r"[^0-9]{3,9}([0-9]{4})")
_SSN_SEPARATORS = re.compile(r"[\s-]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ESTIMATES = ("estimatedDay", "estimatedMonth", "estimatedYear", "estimatedCentury")


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What of a file agrees with the person asked for; nothing of it differs."""

    has_name: bool
    has_whole_ssn: bool
    has_date_of_birth: bool
    is_matched_by_bureau: bool

    @property
    def is_enough(self) -> bool:
        """Return whether the file says whose it is: a name, and one thing that few share."""
        few_share = self.has_whole_ssn or self.has_date_of_birth or self.is_matched_by_bureau
        return self.has_name and few_share


def match_identity(record: Node, asked: Identity) -> Evidence:
    """Return what agrees.

    Errors: Failure(identity_mismatch) if anything that the file says of the person differs. What it
    leaves out does not differ: a file that may not be used holds little (see `need_evidence`).
    """
    indicative = record.get("indicative")
    numbers = [] if indicative is None else _ssns(indicative)
    births = [] if indicative is None else _births(indicative)
    names = [] if indicative is None else _names(indicative)
    whole = [number for number in numbers if len(number) == _DIGITS_OF_SSN]
    if numbers and not any(asked.ssn.endswith(number) for number in whole or numbers):
        _mismatch("the file's Social Security number is another")
    if births and asked.date_of_birth not in births:
        _mismatch("the file's date of birth is another")
    is_certain = bool(whole) and bool(births)
    if names and not any(_is_name_of(asked, *name, is_certain=is_certain) for name in names):
        _mismatch("the file's name is another")
    return Evidence(
        has_name=bool(names),
        has_whole_ssn=bool(whole),
        has_date_of_birth=bool(births),
        is_matched_by_bureau=record.text("fileSummary", "ssnMatchIndicator") == "exact",
    )


def need_evidence(evidence: Evidence) -> None:
    """Refuse a file that would be decided on and does not say whose it is."""
    if not evidence.is_enough:
        _mismatch("the file does not say whose it is")


def _mismatch(cause: str) -> None:
    raise Failure(Outcome.IDENTITY_MISMATCH, cause)


def _on_file(nodes: list[Node]) -> list[Node]:
    """Leave out the echo of what we sent: it proves nothing."""
    return [node for node in nodes if node.element.get("source") != "input"]


def _ssns(indicative: Node) -> list[str]:
    """Return the numbers on file: nine digits, or the last four of a masked one."""
    found = []
    for node in _on_file(indicative.all("socialSecurity")):
        number = _SSN_SEPARATORS.sub("", node.text("number") or "")
        masked = _SSN_MASKED.fullmatch(number)
        if number:
            found.append(masked[1] if masked else number)
    return found


def _births(indicative: Node) -> list[date]:
    """Return the dates on file; a date with an estimated part is none."""
    found = []
    for node in _on_file(indicative.all("dateOfBirth")):
        text = node.text() or ""
        is_guess = any(node.element.get(name) == "true" for name in _ESTIMATES)
        if is_guess or not _DAY.fullmatch(text[:10]):
            continue
        try:
            found.append(date.fromisoformat(text[:10]))
        except ValueError:
            continue  # The reader of the subject calls it implausible.
    return found


def _names(indicative: Node) -> list[tuple[str, str]]:
    """Return given (with middle) and family names on file, former ones too."""
    found = []
    for node in _on_file(indicative.all("name")):
        first, middle, last = (node.text("person", part) for part in ("first", "middle", "last"))
        if first or last:
            found.append((" ".join(filter(None, (first, middle))), last or ""))
    return found


def _is_name_of(asked: Identity, given: str, family: str, *, is_certain: bool) -> bool:
    """Return whether it is the person's name.

    With number and date of birth equal, one name that agrees is enough (a marriage, a nickname);
    otherwise the first given and the family name must both agree.
    """
    filed = msgspec.structs.replace(asked, given_name=given, family_name=family)
    if is_certain:
        return compare(filed, asked) is Likeness.SAME
    return match_keys(filed) == match_keys(asked)
