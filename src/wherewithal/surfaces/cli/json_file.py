"""JSON files: read whole and bounded, and whatever is wrong with one refused in the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wherewithal.vocabulary.errors import InputRefused, Problem

BYTES_MAX = 512 * 2**20
#: Of a whole number; longer ones are no amount of anything.
DIGITS_MAX = 19


class Unfit(Exception):
    """What a hook of `read_document` raises where a part of a document is not to be taken."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code of the problem, and its sentence; neither holds a value of the file."""
        super().__init__(message)
        self.code = code


def read_document(path: Path, *, bytes_max: int, **parsing: Any) -> Any:
    """Return the document of a JSON file; `parsing` are the hooks of `json.loads`.

    Errors: InputRefused if the file is too large or no JSON document in UTF-8, or if a hook raises
            `Unfit`; OSError.
    """
    with path.open("rb") as file:
        data = file.read(bytes_max + 1)
    if len(data) > bytes_max:
        raise _refused(path, "too_large", f"the file is larger than {bytes_max:,} bytes")
    try:
        return json.loads(data.decode("utf-8-sig"), **parsing)
    except UnicodeDecodeError:
        raise _refused(path, "not_json", "the file is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        message = f"the file is not JSON from line {error.lineno}, column {error.colno} on"
        raise _refused(path, "not_json", message) from None
    except RecursionError:
        raise _refused(path, "too_deep", "the file is nested too deep") from None
    except Unfit as unfit:
        raise _refused(path, unfit.code, str(unfit)) from None


def load_json(path: Path) -> Any:
    """Return the document as exact data: whole numbers, str, bool, None, lists and dicts of them.

    A number that is no whole number becomes an object that is no number, so that whoever reads the
    data refuses it at its place.
    Errors: InputRefused if the file is no JSON document or has a key twice; OSError.
    """
    return read_document(
        path,
        bytes_max=BYTES_MAX,
        object_pairs_hook=_object,
        parse_int=lambda digits: int(digits) if len(digits) <= DIGITS_MAX else _NotWhole(),
        parse_float=lambda _: _NotWhole(),
        parse_constant=lambda _: _NotWhole(),
    )


class _NotWhole:
    """A number that JSON allows and whole cents do not: 1.0, 1e400, NaN."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        first = next(key for key in keys if keys.count(key) > 1)
        named = first if first.isidentifier() else "(a key)"
        code = "duplicate_key"
        raise Unfit(code, f"an object has a key twice: {named}")
    return found


def _refused(path: Path, code: str, message: str) -> InputRefused:
    return InputRefused([Problem(code=code, path=path.name, message=message)])
