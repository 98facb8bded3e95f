"""Files of a catalogue: their text, and how a problem in them is worded.

Everything that is wrong with a file is noted in a list of problems; the doors (`catalogue.py`)
refuse the file if the list is not empty at the end.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from wherewithal.vocabulary.errors import CatalogueRefused, Problem

#: A directory of 400,000 merchants is about 40 MB.
BYTES_MAX = 200_000_000
_SHOWN_MAX = 40
#: Among more names than this, a search for near misses takes longer than mending by hand.
_HINTS_MAX = 10_000
_PLACE = re.compile(r"(.+?):([0-9]+)(?: .*)?")


class Row(NamedTuple):
    """One table or record: where it stands, and its values by field."""

    #: `law.toml:17`; for TOML the line of the table's header, for CSV the record's first line.
    place: str
    values: Mapping[str, object]


def note(problems: list[Problem], *, code: str, path: str, message: str) -> None:
    """Add one problem."""
    problems.append(Problem(code=code, path=path, message=message))


def refuse_if_any(problems: Sequence[Problem]) -> None:
    """Raise CatalogueRefused with all problems by file and line, if there are any."""
    if problems:
        raise CatalogueRefused(_in_file_order(problems))


def _in_file_order(problems: Sequence[Problem]) -> list[Problem]:
    """Sort by line within each file; files stay in the order in which they were read."""
    files: dict[str, int] = {}
    keyed = []
    for problem in problems:
        place = _PLACE.fullmatch(problem.path)
        name, line = (place[1], int(place[2])) if place else (problem.path, 0)
        keyed.append((files.setdefault(name, len(files)), line, problem))
    return [problem for *_, problem in sorted(keyed, key=lambda key: key[:2])]


def hint(value: object, known: Collection[str]) -> str:
    """Return `; did you mean X?` for a near miss, else nothing: digits alike mean nothing alike.

    >>> hint("monthyl", ["monthly", "card"]), hint("zebra", ["card"])
    ('; did you mean monthly?', '')
    """
    if not isinstance(value, str) or value.isdigit() or len(known) > _HINTS_MAX:
        return ""
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(value.strip().casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[near[0]]}?" if near else ""


def shown(value: object) -> str:
    """Return a value for a message, clipped; catalogues hold nothing personal."""
    text = repr(value) if isinstance(value, str | int | float | bool) else f"a {_kind(value)}"
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…"


def _kind(value: object) -> str:
    kinds = {dict: "table", list: "list", datetime: "date with a time", date: "date"}
    return kinds.get(type(value), type(value).__name__)


def note_duplicates(keys: Sequence[tuple[str, str]], *, name: str, problems: list[Problem]) -> None:
    """Note every key that stands before; `keys` are (place, key) in file order."""
    seen: dict[str, str] = {}
    for place, key in keys:
        if key and key in seen:
            message = f"{shown(key)} stands already at {seen[key]}"
            note(problems, code="duplicate_id", path=f"{place} {name}", message=message)
        seen.setdefault(key, place)


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """Return a file's text, or None with the reason noted; a byte order mark is left out."""
    try:
        if path.stat().st_size > BYTES_MAX:
            message = f"larger than {BYTES_MAX:,} bytes; a catalogue is smaller than that"
            note(problems, code="file_too_large", path=path.name, message=message)
            return None
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot be read: {error.strerror or 'unknown cause'}"
        note(problems, code="file_unreadable", path=path.name, message=message)
        return None
    if not data.strip():
        note(problems, code="file_empty", path=path.name, message="the file is empty")
        return None
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        message = "not UTF-8 but UTF-16; save it again as UTF-8"
        note(problems, code="wrong_encoding", path=path.name, message=message)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not _is_utf8(line):
                message = "not UTF-8; save the file again as UTF-8"
                place = f"{path.name}:{number}"
                note(problems, code="wrong_encoding", path=place, message=message)
        return None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
