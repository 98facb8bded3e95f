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


def test_the_examples_of_appendix_j_are_worked_out_as_there(command, monkeypatch):
    monkeypatch.chdir(ROOT)
    answers = command("lending", "apr", "examples/lending/appendix_j.json").json
    assert [(one["id"], round(one["apr_pct"], 2)) for one in answers] == [
        ("(c)(1)(i)", 9.69),
        ("(c)(1)(ii)", 11.82),
        ("(c)(1)(iii)", 10.34),
        ("(c)(1)(iv)", 8.97),
        ("(c)(1)(v)", 14.96),
        ("(c)(2)(i)", 10.08),
        ("(c)(2)(ii)", 28.50),
        ("(c)(3)(i)", 10.50),
        ("(c)(3)(ii)", 12.22),
        ("(c)(4)(i)", 10.90),
        ("(c)(4)(ii)", 7.30),
        ("(c)(5)(i)", 11.45),
        ("(c)(5)(ii)", 8.80),
        ("(c)(5)(iii)", 8.76),
        ("(c)(5)(iv)", 11.36),
        ("(c)(6)(i)", 12.00),
        ("(c)(6)(ii)", 10.22),
        ("(c)(7)(i)", 10.25),
    ]
