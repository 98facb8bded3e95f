"""What has no exact form is named with its place, all at once, and no model is written."""

from __future__ import annotations

import json

import pytest

from tests.dmn.jdm_pairs import expressions, graph, node, table
from wherewithal.dmn.jdm.importer import import_jdm


def said(jdm, **options):
    imported = import_jdm(json.dumps(jdm).encode(), name="m", **options)
    return imported.xml is not None, [
        f"{one.severity.value} {one.place}: {one.message}" for one in imported.diagnostics
    ]


CELLS = [
    ("-", "zen cannot read '-', and its rule never matched; leave the cell empty, or delete it"),
    ("> 'a'", "`> 'a'`: zen cannot order texts, so this never matches; FEEL can"),
    ("not 5", "`not 5`: zen cannot test 'not ...' in a column; write '!= x' or 'not in [...]'"),
    ("len($) > 2", ("`len($) > 2`: len(...) has no exact FEEL form: it counts bytes; write string"
     " length(...), or count(...) of a list")),
    ("> d('2025-01-31')", ("`> d('2025-01-31')`: d(...) has no exact FEEL form: zen's dates have a"
     " time and a zone; declare the input as a date and use date(...)")),
    ("$ % 2 == 0", "`$ % 2 == 0`: '%' of a negative number differs from FEEL's modulo(a, b)"),
    ("some($, # > 1)", ("`some($, # > 1)`: '#' stands for items of a list: use FEEL's for, some or"
     " every")),
    ("1 != true", "`1 != true`: values of two kinds are unequal in zen and null in FEEL"),
    ("`x`", "``x``: a template text has no FEEL form; join its parts with +"),
    ("$nodes.a.b", "`$nodes.a.b`: '$nodes' reads other nodes; read the field by its own name"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "message"), CELLS, ids=[cell for cell, _ in CELLS])
def test_a_cell_that_does_not_map(cell, message):
    is_written, found = said(graph(table("T", {"x": ["> 1", cell], "=y": ["1", "2"]})))
    assert found == [f"error node 'T', input 1 ('x'), rule 2: {message}"]
    assert not is_written


def test_all_at_once():
    jdm = graph(
        node("F", "functionNode", "return 1"),
        expressions("E", {"a": "b % 2", "if": "1", "c": "sum([])"}, executionMode="loop"),
        node("S", "decisionNode", {"key": "other.json"}),
    )
    is_written, found = said(jdm)
    assert not is_written
    assert found == [
        (
            "error node 'F': functionNode: JavaScript has no DMN form; write what it computes in FEEL,"
            " or import with its results left as inputs (--leave-functions-open)"
        ),
        "error node 'E': loops over a list; write for ... in ... return ... in FEEL",
        (
            "error node 'E', expression 1 ('a'): `b % 2`: '%' of a negative number differs from FEEL's"
            " modulo(a, b)"
        ),
        "error node 'E', expression 2: the key 'if' holds no name of FEEL; rename the field",
        "error node 'E', expression 3 ('c'): `sum([])`: sum([]) of nothing differs from FEEL",
        (
            "error node 'S': decisionNode: calls another file; import that file too, and join the"
            " models by name"
        ),
        "error the output: nothing is written by the time that the graph ends",
    ]


def test_a_function_may_be_left_open():
    jdm = graph(node("F", "functionNode", "return {a: 1}"), expressions("E", {"b": "a + 1"}))
    is_written, found = said(jdm, leave_functions_open=True)
    assert is_written
    assert found == [
        "warning node 'F': is not translated; what is read behind it is an input of the model"
    ]


def test_nodes_that_write_the_same_field_at_once():
    jdm = graph(
        expressions("A", {"x": "1"}),
        expressions("B", {"x": "2"}),
        edges=[("in", "A"), ("in", "B"), ("A", "out"), ("B", "out")],
    )
    is_written, found = said(jdm)
    assert not is_written
    assert found == [
        (
            "error node 'out': 'x' comes with different values from several nodes at once; let one node"
            " write it"
        )
    ]


def test_a_field_that_is_used_as_two_types():
    is_written, found = said(graph(expressions("E", {"a": "x > 1", "b": "x == 'one'"})))
    assert not is_written
    assert found == ["error input 'x': is used as number and as string; use it as one"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "is no JSON, or JSON that nests too deep"),
        (b"[" * 100_000, "is no JSON, or JSON that nests too deep"),
        (b'{"nodes": []}', "expected a JSON object with 'nodes' and 'edges'"),
        (
            b'{"blocks": []}',
            "a policy of blocks is another format; export its decision graph (JDM)",
        ),
        (b'{"nodes": [1], "edges": []}', "has no 'id'"),
    ],
    ids=["no JSON", "deep JSON", "no edges", "blocks", "no node"],
)
def test_a_file_that_is_no_graph(data, message):
    imported = import_jdm(data, name="m")
    assert imported.xml is None
    assert [one.message for one in imported.diagnostics] == [message]


def test_a_text_that_nests_too_deep_is_refused():
    is_written, found = said(graph(expressions("E", {"a": "(" * 500 + "1" + ")" * 500})))
    assert not is_written
    assert found[0].endswith("nests too deep")
