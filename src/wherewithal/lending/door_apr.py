"""The door `wherewithal lending apr`: transactions as JSON data in, their APRs out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np

from wherewithal.lending.annuity import PRINCIPAL_CENTS_MAX
from wherewithal.lending.apr_by_dates import Flow
from wherewithal.lending.dated_aprs import REFUSALS, dated_aprs, series_of
from wherewithal.lending.day_columns import Series
from wherewithal.vocabulary.errors import InputRefused, Problem

_KEYS: Final = ("id", "advances", "payments")
_FLOW_KEYS: Final = ("date", "amount_cents")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Ten times finer than the answer's stated accuracy.
_PLACES: Final = 7


def apr_json(data: object) -> list[dict[str, Any]]:
    """Return the APR and unit-period of each transaction, in order.

    `data` is `[{"id", "advances": [{"date", "amount_cents"}], "payments": [...]}]`. `apr_pct` is
    percent a year to 7 decimals. Where a transaction is well formed and has no APR of 0 or more,
    `apr_pct` and `unit_period` are null and `problem` says why; the others are answered.
    Errors: InputRefused with every entry that is not of that form; then none is answered.
    Source: 12 CFR 1026, appendix J.
    """
    problems: list[Problem] = []
    if not isinstance(data, list):
        problems.append(_problem("not_a_list", "$", "expected a list of transactions"))
        raise InputRefused(problems)
    read = [
        _transaction(one, path=f"$[{place}]", problems=problems) for place, one in enumerate(data)
    ]
    if problems:
        raise InputRefused(problems)
    return _answers(read) if read else []


def _answers(read: list[tuple[Any, list[Flow], list[Flow]]]) -> list[dict[str, Any]]:
    found = dated_aprs(
        advances=_series([advances for _, advances, _ in read]),
        payments=_series([payments for _, _, payments in read]),
    )
    answers: list[dict[str, Any]] = []
    for place, (name, _, _) in enumerate(read):
        refusal = REFUSALS[found.refusal[place]]
        if refusal is not None:
            answer = {"apr_pct": None, "unit_period": None, "problem": refusal.value}
        else:
            percent = round(float(found.apr_pct[place]), _PLACES)
            answer = {"apr_pct": percent, "unit_period": str(found.units.at(place))}
        answers.append({"id": name, **answer})
    return answers


def _series(flows: list[list[Flow]]) -> Series:
    return series_of(
        on=np.array([flow.on for some in flows for flow in some], "datetime64[D]"),
        amount_cents=np.array([flow.amount_cents for some in flows for flow in some], np.int64),
        offsets=np.cumsum([0, *map(len, flows)]),
    )


def _transaction(
    data: Any, *, path: str, problems: list[Problem]
) -> tuple[Any, list[Flow], list[Flow]]:
    """Return the transaction, or note what is wrong and return one that is then not used."""
    if not _is_object(data, _KEYS, path=path, problems=problems):
        return None, [], []
    name = data["id"]
    if isinstance(name, bool) or not isinstance(name, str | int):
        problems.append(_problem("not_an_id", f"{path}.id", "expected text or a whole number"))
    return (
        name,
        _flows(data["advances"], path=f"{path}.advances", problems=problems),
        _flows(data["payments"], path=f"{path}.payments", problems=problems),
    )


def _flows(data: object, *, path: str, problems: list[Problem]) -> list[Flow]:
    if not isinstance(data, list) or not data:
        message = 'expected a list of at least one {"date", "amount_cents"}'
        problems.append(_problem("not_a_list", path, message))
        return []
    found = []
    for place, one in enumerate(data):
        where = f"{path}[{place}]"
        if not _is_object(one, _FLOW_KEYS, path=where, problems=problems):
            continue
        day, amount = _day(one["date"]), one["amount_cents"]
        if day is None:
            message = "expected a day of the calendar such as 2025-01-31"
            problems.append(_problem("not_a_date", f"{where}.date", message))
        if type(amount) is not int or not 1 <= amount <= PRINCIPAL_CENTS_MAX:
            message = f"expected whole cents, 1 to {PRINCIPAL_CENTS_MAX:,}"
            problems.append(_problem("not_an_amount", f"{where}.amount_cents", message))
        elif day is not None:
            found.append(Flow(on=day, amount_cents=amount))
    return found


def _is_object(data: Any, keys: tuple[str, ...], *, path: str, problems: list[Problem]) -> bool:
    """Return whether `data` has just these keys; note what is wrong if it has not."""
    if isinstance(data, Mapping) and set(data) == set(keys):
        return True
    message = f"expected an object with {', '.join(keys)} and nothing else"
    problems.append(_problem("not_an_object", path, message))
    return False


def _day(data: object) -> date | None:
    if not isinstance(data, str) or not _DATE.fullmatch(data):
        return None
    try:
        return date.fromisoformat(data)
    except ValueError:
        return None


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code=code, path=path, message=message)
