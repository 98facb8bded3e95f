"""`wherewithal dmn import` as its users see it."""

from __future__ import annotations

import json

from tests.dmn.jdm_pairs import graph, table

GRADE = table("Grade", {"score": ["> 700", ""], "=grade": ['"A"', '"B"']})


def test_a_graph_becomes_a_model_that_runs(command, tmp_path):
    source, model, inputs = (tmp_path / name for name in ("g.json", "g.dmn", "in.json"))
    source.write_text(json.dumps(graph(GRADE)))
    inputs.write_text('{"score": 701}')
    answer = command("dmn", "import", source, "--out", model)
    assert (answer.code, answer.out) == (0, "g.dmn was written.\n")
    ran = command("dmn", "run", model, "--inputs", inputs, "--decision", "Result")
    assert ran.json["decisions"] == {"Result": {"grade": "A"}}


def test_what_does_not_map_is_told_and_nothing_is_written(command, tmp_path):
    source, model = tmp_path / "g.json", tmp_path / "g.dmn"
    source.write_text(json.dumps(graph(table("T", {"x": ["-"], "=y": ["a % 2"]}))))
    answer = command("dmn", "import", source, "--out", model)
    assert (answer.code, model.exists()) == (1, False)
    assert answer.out.splitlines() == [
        (
            "error: node 'T', input 1 ('x'), rule 1: zen cannot read '-', and its rule never matched;"
            " leave the cell empty, or delete it"
        ),
        (
            "error: node 'T', output 1 ('y'), rule 1: `a % 2`: '%' of a negative number differs from"
            " FEEL's modulo(a, b)"
        ),
        "g.dmn was not written.",
    ]


def test_a_file_that_is_there_is_kept(command, tmp_path):
    source, model = tmp_path / "g.json", tmp_path / "g.dmn"
    source.write_text(json.dumps(graph(GRADE)))
    model.write_text("mine")
    answer = command("dmn", "import", source, "--out", model)
    assert (answer.code, model.read_text()) == (2, "mine")
    assert answer.errors == [
        "--out: File exists; name a new file in a folder that is there [not_written]"
    ]
