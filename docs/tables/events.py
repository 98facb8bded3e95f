"""Events and webhooks: types, fields, pauses, failures, as the program itself has them."""

from __future__ import annotations

from docs.tables.markdown import code, table
from wherewithal.service.deliver_events import RETRIES
from wherewithal.service.events import FIELDS, KINDS, SUFFIX_OF_AMOUNTS
from wherewithal.service.webhook_records import FAILURES

_UNITS = ((3_600, "h"), (60, "min"), (1, "s"))


def types() -> str:
    """Return every type with the fields of its data."""
    rows = (
        (
            code(type_.value),
            kind.meaning,
            ", ".join(code(one) + ("*" if one in kind.lender_only else "") for one in kind.fields),
        )
        for type_, kind in KINDS.items()
    )
    return table(("type", "what happened", "fields of `data`"), rows)


def fields() -> str:
    """Return every field of a payload."""
    used = {one for kind in KINDS.values() for one in kind.fields}
    rows = (
        (code(name), meaning, "amount" if name.endswith(SUFFIX_OF_AMOUNTS) else "")
        for name, meaning in FIELDS.items()
        if name in used
    )
    return table(("field", "meaning", ""), rows)


def retries() -> str:
    """Return the pauses between attempts."""
    rows = []
    for number, (least_s, most_s) in enumerate(RETRIES, 2):
        middle = sum(one + two for one, two in RETRIES[: number - 1]) / 2
        rows.append((str(number), f"{_words(least_s)} to {_words(most_s)}", _words(middle)))
    head = ("attempt", "after the one before", "after the first, in the middle")
    return table(head, [("1", "", "at once"), *rows])


def failures() -> str:
    """Return why an attempt can fail."""
    rows = ((code(name), meaning) for name, meaning in FAILURES.items())
    return table(("what", "meaning"), rows)


def _words(seconds: float) -> str:
    size, unit = next(one for one in _UNITS if seconds >= one[0])
    return f"{seconds / size:.3g} {unit}"
