"""The commands of examples/README.md, each as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "examples/README.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line)
    for line in re.findall(r"^\.venv/bin/wherewithal (.+)$", PAGE, re.MULTILINE)
    # This one needs a database; test_publish.py runs it.
    if not line.startswith("merchants")
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:4]))
def test_a_command_of_the_page_works(command, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(ROOT)
    answer = command(
        *(str(tmp_path / "out") if word == "out/people" else word for word in arguments)
    )
    assert (answer.code, answer.errors if answer.code else []) == (0, [])
    assert answer.json


def test_both_forms_of_the_facts_are_the_same_people(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    found = []
    for form in ("json", "parquet"):
        file = f"examples/facts/people.{form}"
        answers = [command("decide", "--source", form, file, "--row", row).json for row in range(3)]
        found.append([(one["outcome"], one["power_total_cents"]) for one in answers])
    assert found[0] == found[1]
    assert found[0] == [("approved", 1_000_000), ("approved", 14_000), ("incomplete", None)]
