"""Reasons: `reasons.toml`, with Regulation B's own wording checked to the letter."""

import re
from pathlib import Path

from wherewithal.sources.catalogue_fields import Fields
from wherewithal.sources.catalogue_text import Row, note, note_duplicates, refuse_if_any
from wherewithal.sources.catalogue_toml import read_toml
from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.reason import (
    FAILURE_CODES,
    REGB_C1_TEXTS,
    Reason,
    ReasonKind,
    Reasons,
)

#: A score is no reason: the notice names what cost the points (12 CFR 1002.9(b)(2)).
_SCORE = re.compile(r"\b(credit )?scor(e|es|ing)\b", re.IGNORECASE)


def load_reasons(path: Path) -> Reasons:
    """Read the reasons, sorted by precedence.

    Errors: CatalogueRefused with every problem, by the line of the table's header and field.
    """
    problems: list[Problem] = []
    toml = read_toml(path, problems)
    reasons: list[Reason] = []
    if toml is not None:
        Fields(Row(toml.name, toml.values), problems).finish(ignore=("reason",))
        tables = toml.tables("reason", problems)
        reasons = [_reason(Fields(table, problems)) for table in tables]
        placed = [(table.place, reason) for table, reason in zip(tables, reasons, strict=True)]
        codes = [(place, reason.code) for place, reason in placed]
        note_duplicates(codes, name="code", problems=problems)
        ladder = [(place, str(reason.precedence)) for place, reason in placed]
        note_duplicates(ladder, name="precedence", problems=problems)
        for code in FAILURE_CODES.values():
            if tables and code not in {found for _, found in codes}:
                message = f"needs a reason {code}: a typed failure carries it"
                note(problems, code="missing_reason", path=toml.name, message=message)
    refuse_if_any(problems)
    return Reasons(reasons=tuple(sorted(reasons, key=lambda reason: reason.precedence)))


def _reason(fields: Fields) -> Reason:
    code = fields.identifier("code")
    kind = fields.word("kind", ReasonKind)
    wording = fields.text("wording")
    if _SCORE.search(wording):
        message = "names a score; name what cost the points instead"
        fields.refuse("wording", "score_is_no_reason", message)
    regb_number, regb_text = _regb(fields)
    cure = fields.text("cure", length_max=400) if fields.has("cure") else None
    precedence = fields.integer("precedence", minimum=1, maximum=99_999, unit="a place")
    fields.finish()
    return Reason(
        code=code,
        kind=kind,
        wording=wording,
        regb_number=regb_number,
        regb_text=regb_text,
        cure=cure,
        precedence=precedence,
    )


def _regb(fields: Fields) -> tuple[int | None, str | None]:
    """Read the number and the text of form C-1: both or neither, the text to the letter."""
    if not fields.has("regb_number") and not fields.has("regb_text"):
        return None, None
    number = fields.integer(
        "regb_number", minimum=1, maximum=len(REGB_C1_TEXTS), unit="a reason of form C-1"
    )
    text = fields.text("regb_text")
    expected = REGB_C1_TEXTS[number - 1]
    if fields.is_sound_in("regb_number", "regb_text") and text != expected:
        message = f"expected reason {number} of form C-1 to the letter: {expected}"
        fields.refuse("regb_text", "not_verbatim", message)
    return number, text
