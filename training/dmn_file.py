"""Write a scorecard as a DMN 1.5 model: one Collect-Sum table, one rule a bin."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from xml.sax.saxutils import escape

from training.characteristics import Characteristic
from training.fit import Scorecard

MODEL_NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
OWN_NAMESPACE = "https://wherewithal.example/everyday/scorecard"


def unary_tests(characteristic: Characteristic) -> list[str]:
    """Return the FEEL test of each bin, lowest first; together they cover every value but null.

    >>> from training.characteristics import CHARACTERISTICS
    >>> unary_tests(CHARACTERISTICS[0])
    ['<= 0', '1', '2', '3', '4', '[5..6]', '> 6']
    """
    if characteristic.words:
        return [", ".join(f'"{word}"' for word in words) for words in characteristic.words]
    cuts = characteristic.cuts
    between = [
        f"{high}" if high == low + 1 else f"[{low + 1}..{high}]" for low, high in pairwise(cuts)
    ]
    return [f"<= {cuts[0]}", *between, f"> {cuts[-1]}"]


def render_dmn(scorecard: Scorecard) -> str:
    """Return the model as XML text; the same scorecard always gives the same bytes."""
    return "\n".join(_lines(scorecard)) + "\n"


def _lines(scorecard: Scorecard) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<!-- Written by scripts/train_scorecard; docs/scorecard.md tells how. -->"
    yield f'<definitions xmlns="{MODEL_NAMESPACE}" namespace="{OWN_NAMESPACE}"'
    yield '    id="scorecard" name="Scorecard">'
    for part in scorecard.parts:
        name, type_ref = part.characteristic.attribute, part.characteristic.type_ref
        yield f'  <inputData id="input_{name}" name="{name}">'
        yield f'    <variable id="variable_{name}" name="{name}" typeRef="{type_ref}"/>'
        yield "  </inputData>"
    yield '  <decision id="points" name="Points">'
    yield '    <variable id="variable_points" name="Points" typeRef="number"/>'
    for part in scorecard.parts:
        name = part.characteristic.attribute
        yield f'    <informationRequirement id="requires_{name}">'
        yield f'      <requiredInput href="#input_{name}"/>'
        yield "    </informationRequirement>"
    yield '    <decisionTable id="table_points" hitPolicy="COLLECT" aggregation="SUM"'
    yield '        outputLabel="Points">'
    for part in scorecard.parts:
        name = part.characteristic.attribute
        label = escape(part.characteristic.label, {'"': "&quot;"})
        yield f'      <input id="clause_{name}" label="{label}">'
        yield f'        <inputExpression typeRef="{part.characteristic.type_ref}">'
        yield f"          <text>{name}</text>"
        yield "        </inputExpression>"
        yield "      </input>"
    yield '      <output id="clause_points" typeRef="number"/>'
    yield '      <annotation name="reason"/>'
    yield from _rules(scorecard)
    yield "    </decisionTable>"
    yield "  </decision>"
    yield "</definitions>"


def _rules(scorecard: Scorecard) -> Iterator[str]:
    attributes = [part.characteristic.attribute for part in scorecard.parts]
    yield from _rule("base", dict.fromkeys(attributes, "-"), scorecard.base, "")
    for part in scorecard.parts:
        name, reason = part.characteristic.attribute, part.characteristic.reason
        tests = [
            (test, b.points)
            for test, b in zip(unary_tests(part.characteristic), part.bins, strict=True)
        ]
        if part.characteristic.scores_null:
            tests.append(("null", part.null.points))
        for number, (test, points) in enumerate(tests, start=1):
            entries = {a: test if a == name else "-" for a in attributes}
            yield from _rule(f"{name}_{number}", entries, points, reason)


def _rule(key: str, entries: dict[str, str], points: int, reason: str) -> Iterator[str]:
    yield f'      <rule id="rule_{key}">'
    for name, test in entries.items():
        text = f"<text>{escape(test)}</text>"
        yield f'        <inputEntry id="entry_{key}__{name}">{text}</inputEntry>'
    yield f'        <outputEntry id="points_{key}"><text>{points}</text></outputEntry>'
    yield f"        <annotationEntry><text>{reason}</text></annotationEntry>"
    yield "      </rule>"
