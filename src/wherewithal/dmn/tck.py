"""Runs DMN TCK folders: each test case is SUCCESS only if every result node agrees.

The cases' format is the TCK's own XML; results are rows of its CSV: folder, test file, case,
SUCCESS, ERROR or IGNORED, and what differed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_models
from wherewithal.dmn.reader_xml import Element, line_of
from wherewithal.dmn.reference.compare import equal
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.reference.evaluator import EXTERNAL_CODE, EXTERNAL_MESSAGE
from wherewithal.dmn.reference.temporal_text import (
    read_date,
    read_datetime,
    read_duration,
    read_time,
)
from wherewithal.dmn.reference.values import FeelNull, Function

SUCCESS, ERROR, IGNORED = "SUCCESS", "ERROR", "IGNORED"
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
#: Numbers of the cases are written with fewer digits than FEEL has.
_TOLERANCE = Decimal("1e-8")
_DETAIL_MAX = 300
#: What now() gives: cases may ask for its type, none can ask for its value.
_NOW = read_datetime("2026-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class TckFile:
    """One file of test cases, with the models beside it."""

    #: Level and folder, `compliance-level-2/0004-simpletable-U`.
    folder: str
    test_file: str
    cases: bytes
    #: By file name.
    models: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class TckRow:
    """One test case and what became of it."""

    folder: str
    test_file: str
    case: str
    outcome: str
    detail: str = ""


def run_tck(files: Iterable[TckFile]) -> Iterator[TckRow]:
    """Yield a row for each test case, in the order of the files."""
    for file in files:
        yield from _run_file(file)


def csv_line(row: TckRow) -> str:
    """Return a row in the TCK's CSV format."""
    cells = (row.folder, row.test_file, row.case, row.outcome, row.detail)
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def summary_line(rows: Iterable[TckRow]) -> str:
    """Return `N passed, M failed, K skipped`."""
    counts = {SUCCESS: 0, ERROR: 0, IGNORED: 0}
    for row in rows:
        counts[row.outcome] += 1
    return f"{counts[SUCCESS]} passed, {counts[ERROR]} failed, {counts[IGNORED]} skipped"


def _run_file(file: TckFile) -> Iterator[TckRow]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        root = etree.fromstring(file.cases, parser)
    except etree.XMLSyntaxError:
        detail = "the file of test cases is not well-formed XML"
        yield TckRow(
            folder=file.folder, test_file=file.test_file, case="", outcome=ERROR, detail=detail
        )
        return
    models, _ = read_models(file.models)
    model_name = (root.findtext("{*}modelName") or "").strip()
    main = [model for model in models if model.file == model_name]
    ordered = [model for model in models if model.file != model_name] + main
    namespace = main[0].namespace if main else None
    for case in root.iterfind("{*}testCase"):
        outcome, detail = _run_case(case, ordered, namespace)
        yield TckRow(
            folder=file.folder,
            test_file=file.test_file,
            case=case.get("id") or f"line {line_of(case)}",
            outcome=outcome,
            detail=" ".join(detail.split())[:_DETAIL_MAX],
        )


def _run_case(case: Element, models: Sequence[Model], namespace: str | None) -> tuple[str, str]:
    inputs = {
        _input_key(node, models, namespace): _value_of(node)
        for node in case.iterfind("{*}inputNode")
    }
    wrong: list[str] = []
    for node in case.iterfind("{*}resultNode"):
        name = " ".join((node.get("name") or "").split())
        expected_node = node.find("{*}expected")
        expected = None if expected_node is None else _value_of(expected_node)
        invocable = case.get("invocableName")
        found = evaluate(models, invocable or name, inputs, now=_NOW, namespace=namespace)
        value = found.value
        if invocable and name in _outputs_of(models, invocable) and isinstance(value, dict):
            value = value.get(name)
        if agrees(value, expected):
            continue
        if any(diagnostic.code == EXTERNAL_CODE for diagnostic in found.diagnostics):
            return IGNORED, f"{name}: {EXTERNAL_MESSAGE}"
        notes = "; ".join(diagnostic.message for diagnostic in found.diagnostics[:3])
        wrong.append(f"{name}: got {_shown(value)}, expected {_shown(expected)} ({notes})")
    return (ERROR, " | ".join(wrong)) if wrong else (SUCCESS, "")


def _input_key(node: Element, models: Sequence[Model], namespace: str | None) -> str:
    """Return an input's name; that of an imported one, `B.amount`, by its model's namespace."""
    name = " ".join((node.get("name") or "").split())
    if node.get("namespace"):
        return f"{node.get('namespace')}#{name}"
    main = next((model for model in models if model.namespace == namespace), None)
    if main is None or any(name == data.name for data in main.inputs):
        return name
    for item in main.imports:
        local = name.removeprefix(f"{item.name}.")
        if item.name and local != name:
            return f"{item.namespace}#{local}"
    return name


def _outputs_of(models: Sequence[Model], service: str) -> tuple[str, ...]:
    """Return the decisions whose values a service gives by name: none, if it gives but one."""
    found = [
        tuple(name.rpartition(".")[2] for name in item.outputs)
        for model in models
        for item in model.services
        if item.name == service and len(item.outputs) > 1
    ]
    return found[-1] if found else ()


def _shown(value: Any) -> str:
    return "null" if value is None else text_of(value)


def agrees(found: Any, expected: Any) -> bool:
    """Return whether a value is what a case expects; numbers within 1e-8 of their size."""
    if isinstance(found, Decimal) and isinstance(expected, Decimal):
        return abs(found - expected) <= _TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(
            agrees(one, other) for one, other in zip(found, expected, strict=True)
        )
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            agrees(value, expected[key]) for key, value in found.items()
        )
    return not isinstance(found, Function) and equal(found, expected) is True


def _value_of(node: Element) -> Any:
    """Return the value that an input, a component, an item or an expected result holds."""
    value = node.find("{*}value")
    if value is not None:
        return _simple_value(value)
    items = node.find("{*}list")
    if items is not None:
        if items.get(f"{_XSI}nil") in ("true", "1"):
            return None
        return [_value_of(item) for item in items.iterfind("{*}item")]
    components = node.findall("{*}component")
    if components:
        return {
            " ".join((component.get("name") or "").split()): _value_of(component)
            for component in components
        }
    return None


def _simple_value(value: Element) -> Any:
    if value.get(f"{_XSI}nil") in ("true", "1"):
        return None
    text = value.text or ""
    kind = (value.get(f"{_XSI}type") or "string").rpartition(":")[2]
    try:
        match kind:
            case "string" | "normalizedString" | "token" | "anyURI" | "QName" | "anySimpleType":
                return text
            case "boolean":
                return text.strip() in ("true", "1")
            case "date":
                return read_date(text.strip())
            case "time":
                return read_time(text.strip())
            case "dateTime" | "dateTimeStamp":
                return read_datetime(text.strip())
            case "duration" | "dayTimeDuration" | "yearMonthDuration":
                return read_duration(text.strip())
            case _:
                number = Decimal(text.strip())
                # FEEL has null for XML's NaN and infinity (DMN 1.5, 10.3.2.3.1).
                return number if number.is_finite() else None
    except (FeelNull, InvalidOperation):
        return text
