"""Query, path and header: text of unknown honesty, read as a body is: all mistakes at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from wherewithal.surfaces.http.fields import Field, near_miss
from wherewithal.surfaces.http.kinds import Wrong
from wherewithal.surfaces.http.problem import Mistake, Refused

QUERY_PARAMETERS_MAX = 40
_LISTED_MAX = 10
_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")
_IDEMPOTENCY_KEY = re.compile(rb"[\x21-\x7e]{1,255}")
_WAIT = re.compile(rb"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)
_REQUEST_ID = re.compile(rb"[\x21-\x7e]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One query parameter; one that may repeat yields a tuple."""

    field: Field
    #: How often it may stand in a query.
    count_max: int = 1


Parameters = Mapping[str, Parameter]


def read_query(query: bytes, *, parameters: Parameters) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the values by name, and all that is wrong.

    A parameter that is not there is not in the values; `?x=` is an empty text, not an absence.
    """
    if not query:
        return {}, []
    texts: dict[str, list[str]] = {}
    for name, text in _pairs(query):
        texts.setdefault(name, []).append(text)
    values: dict[str, Any] = {}
    mistakes = _unknown(texts, known=parameters)
    for name, parameter in parameters.items():
        if name not in texts:
            continue
        path = f"$query.{name}"
        if len(texts[name]) > parameter.count_max:
            expected = f"at most {parameter.count_max} of it"
            mistakes.append(Mistake(path=path, code="repeated_parameter", expected=expected))
            continue
        kind = parameter.field.kind
        read = [kind.read(kind.of_text(text)) for text in texts[name]]
        wrong = [value.at(path) for value in read if isinstance(value, Wrong)]
        mistakes += wrong
        if not wrong:
            values[name] = read[0] if parameter.count_max == 1 else tuple(dict.fromkeys(read))
    return values, mistakes


def read_path(
    texts: Mapping[str, Any], *, fields: Mapping[str, Field]
) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the values of a path's parameters by name, and all that is wrong.

    The texts are as they were sent: `%2F` is a slash of a value and parts no path.
    """
    values: dict[str, Any] = {}
    mistakes = []
    for name, field in fields.items():
        value = _decoded(texts[name])
        if isinstance(value, str):
            value = field.kind.read(field.kind.of_text(value))
        if isinstance(value, Wrong):
            mistakes.append(value.at(f"$path.{name}"))
        else:
            values[name] = value
    return values, mistakes


def read_idempotency_key(values: Iterable[bytes]) -> tuple[str, list[Mistake]]:
    """Return the key of a request that has an effect, and what is wrong with it."""
    path, expected = "$header.Idempotency-Key", "1 to 255 visible ASCII characters"
    keys = list(values)
    if not keys:
        return "", [Mistake(path=path, code="missing_header", expected=expected)]
    if len(keys) > 1:
        return "", [Mistake(path=path, code="repeated_header", expected="one key")]
    if not _IDEMPOTENCY_KEY.fullmatch(keys[0]):
        return "", [Mistake(path=path, code="malformed_header", expected=expected)]
    return keys[0].decode("ascii"), []


def read_wait(prefer: bytes | None, *, wait_s_max: int) -> int | None:
    """Return the seconds that `Prefer: wait=N` asks for, at most `wait_s_max`.

    None: it asks for no waiting, or in words that we do not understand (RFC 7240 §2: ignored).
    """
    for preference in (prefer or b"").split(b","):
        if match := _WAIT.fullmatch(preference.strip()):
            return min(int(match[1]), wait_s_max)
    return None


def read_request_id(value: bytes | None) -> str | None:
    """Return a request id that a caller chose, if it is fit for logs and headers."""
    return value.decode("ascii") if value and _REQUEST_ID.fullmatch(value) else None


def _decoded(text: str) -> str | Wrong:
    wrong = Wrong(code="malformed_path", expected="percent-encoded UTF-8")
    raw = text.encode("latin-1")
    if _BAD_ESCAPE.search(raw):
        return wrong
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return wrong


def _pairs(query: bytes) -> list[tuple[str, str]]:
    expected = f"percent-encoded UTF-8, at most {QUERY_PARAMETERS_MAX} parameters"
    mistake = Mistake(path="$query", code="malformed_query", expected=expected)
    try:
        if _BAD_ESCAPE.search(query):
            raise Refused("invalid-request", mistakes=[mistake])
        return parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=QUERY_PARAMETERS_MAX,
        )
    except ValueError:
        raise Refused("invalid-request", mistakes=[mistake]) from None


def _unknown(names: Iterable[str], *, known: Parameters) -> list[Mistake]:
    unknown = [name for name in names if name not in known]
    expected = f"the parameters {', '.join(known)}" if known else "no parameters"
    return [
        Mistake(
            path="$query.(unknown parameter)",
            code="unknown_parameter",
            expected=expected,
            hint=near_miss(name, known),
        )
        for name in unknown[:_LISTED_MAX]
    ]
