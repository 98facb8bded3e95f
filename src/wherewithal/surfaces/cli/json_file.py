"""A JSON file as exact data: whole numbers, no key twice, nothing that JSON has no word for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from wherewithal.vocabulary.errors import InputRefused, Problem

BYTES_MAX = 512 * 2**20
#: Of a whole number; longer ones are no amount of anything.
DIGITS_MAX = 19


def load_json(path: Path) -> Any:
    """Return the document: whole numbers, str, bool, None, lists and dicts of them.

    A number that is no whole number becomes an object that is no number, so that whoever reads the
    data refuses it at its place.
    Errors: InputRefused if the file is no JSON document or has a key twice; OSError.
    """
    with path.open("rb") as file:
        data = file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise _refused(path, "too_large", f"the file is larger than {BYTES_MAX:,} bytes")
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_int=lambda digits: int(digits) if len(digits) <= DIGITS_MAX else _NotWhole(),
            parse_float=lambda _: _NotWhole(),
            parse_constant=lambda _: _NotWhole(),
        )
    except UnicodeDecodeError:
        raise _refused(path, "not_json", "the file is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        message = f"the file is not JSON from line {error.lineno}, column {error.colno} on"
        raise _refused(path, "not_json", message) from None
    except RecursionError:
        raise _refused(path, "too_deep", "the file is nested too deep") from None
    except _Twice as twice:
        raise _refused(path, "duplicate_key", f"an object has a key twice: {twice}") from None


class _NotWhole:
    """A number that JSON allows and whole cents do not: 1.0, 1e400, NaN."""


class _Twice(Exception):
    """An object that has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        first = next(key for key in keys if keys.count(key) > 1)
        raise _Twice(first if first.isidentifier() else "(a key)")
    return found


def _refused(path: Path, code: str, message: str) -> InputRefused:
    return InputRefused([Problem(code=code, path=path.name, message=message)])
