"""Every case of the DMN TCK that fits the profile: compiled, it means what the reference means."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from wherewithal.dmn.model import Model
from wherewithal.dmn.reader import read_models
from wherewithal.dmn.reference.conversion import text_of
from wherewithal.dmn.reference.engine import evaluate
from wherewithal.dmn.tck import _NOW, TckFile, _value_of
from wherewithal.sources.tck_folder import read_tck_folder
from wherewithal.surfaces.cli.dmn_profile import run_profile

#: As many of the results as these fit the profile; it may only grow.
INSIDE_MIN = 390


def cases_of(file: TckFile) -> Iterator[tuple[list[Model], dict[str, Any], str]]:
    """Yield models (the tested one last), inputs and the decision for each result of a file."""
    root = etree.fromstring(file.cases)
    models, _ = read_models(file.models)
    name = (root.findtext("{*}modelName") or "").strip()
    models.sort(key=lambda model: model.file == name)
    for case in root.iterfind("{*}testCase"):
        given = {
            " ".join((node.get("name") or "").split()): _value_of(node)
            for node in case.iterfind("{*}inputNode")
        }
        is_plain = not case.get("invocableName") and case.find("{*}inputNode[@namespace]") is None
        for node in case.iterfind("{*}resultNode") if is_plain else ():
            yield models, given, " ".join((node.get("name") or "").split())


def as_json(value: Any) -> Any:
    """Return a FEEL value as a JSON file holds it, numbers exact."""
    match value:
        case None | bool() | str() | Decimal():
            return value
        case list():
            return [as_json(item) for item in value]
        case dict():
            return {key: as_json(item) for key, item in value.items()}
    return str(value) if hasattr(value, "isoformat") else text_of(value)


@pytest.mark.parametrize("executor", ["scalar", "columnar"])
def test_what_fits_the_profile_means_what_the_reference_means(tck_home, executor):
    inside, differing = 0, []
    for file in read_tck_folder(tck_home):
        for models, given, name in cases_of(file):
            inputs = {key: as_json(value) for key, value in given.items()}
            found, _ = run_profile(models, inputs, decisions=[name], executor=executor)
            if name in found:
                inside += 1
                meant = evaluate(models, name, given, now=_NOW, namespace=models[-1].namespace)
                if as_json(found[name]) != as_json(meant.value):
                    differing.append((file.folder, name, found[name], meant.value))
    assert differing == []
    assert inside >= INSIDE_MIN
