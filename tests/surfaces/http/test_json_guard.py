"""The guard before parsing: what gets through, what does not, and that it takes linear time."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wherewithal.surfaces.http.codes import CODES
from wherewithal.surfaces.http.json_guard import read_json
from wherewithal.surfaces.http.problem import Refused


def mistakes(body: bytes) -> list[tuple[str, str]]:
    """Return path and code of all that is wrong."""
    with pytest.raises(Refused) as refused:
        read_json(body, names={"a", "b"})
    assert refused.value.problem_type == "malformed-body"
    return [(mistake.path, mistake.code) for mistake in refused.value.mistakes]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", [("$", "empty_body")]),
        (b" \n", [("$", "empty_body")]),
        (b'{"a": "\xff"}', [("$", "not_utf8")]),
        (b"{", [("$", "malformed_json")]),
        (b'{"a": 1,}', [("$", "malformed_json")]),
        (b"{'a': 1}", [("$", "malformed_json")]),
        (b'{"a": 01}', [("$", "malformed_json")]),
        (b'{"a": "\x00"}', [("$", "malformed_json")]),
        (b"\xef\xbb\xbf{}", [("$", "malformed_json")]),
        (b"[" * 10_000, [("$", "too_deep")]),
        (b'{"a":' * 10_000, [("$", "too_deep")]),
        (b'{"a": 1, "a": 2}', [("$.a", "duplicate_key")]),
        (b'{"a": {"b": 1, "\\u0062": 2}}', [("$.a.b", "duplicate_key")]),
        (b'{"Jane Doe": 1, "Jane Doe": 2}', [("$.(unknown field)", "duplicate_key")]),
        (b'{"a": {"paula_prime": NaN}}', [("$.a.(unknown field)", "non_finite_number")]),
        (b'{"a": "x\\u0000y"}', [("$.a", "nul_character")]),
        (b'{"a": "\\ud800"}', [("$.a", "lone_surrogate")]),
        (b'{"a": ["\\udc00\\ud800"]}', [("$.a[]", "lone_surrogate")]),
        (
            b'{"a": NaN, "b": -Infinity}',
            [("$.a", "non_finite_number"), ("$.b", "non_finite_number")],
        ),
        (b'{"a": 1e400}', [("$.a", "non_finite_number")]),
        (b'{"a": ' + b"9" * 41 + b"}", [("$.a", "number_too_long")]),
        (b"{%s}" % b",".join(b'"k%d":1' % n for n in range(201)), [("$", "too_many_keys")]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_refuses(body, expected):
    assert mistakes(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": "\\ud83d\\ude00 \\\\u0000 \\\\ud800"}', {"a": "😀 \\u0000 \\ud800"}),
        (b'{"a": {"x": 1}, "b": {"x": 1}}', {"a": {"x": 1}, "b": {"x": 1}}),
        (b'[{"x": 1}, {"x": 1}]', [{"x": 1}, {"x": 1}]),
        (b'{"a": 9223372036854775808, "b": 1.0}', {"a": 2**63, "b": 1.0}),
        (b'{"a": "NaN 1e400 {[", "b": "\\"{"}', {"a": "NaN 1e400 {[", "b": '"{'}),
        (b"[" * 16 + b"]" * 16, [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_lets_through(body, expected):
    assert read_json(body) == expected


def test_all_mistakes_are_told_and_each_code_is_in_the_table():
    body = b'{"a": 1, "a": NaN, "b": "\\u0000", "c": "\\ud800"}'
    found = mistakes(body)
    assert [code for _, code in found] == [
        "duplicate_key",
        "non_finite_number",
        "nul_character",
        "lone_surrogate",
    ]
    assert {code for _, code in found} <= CODES.keys()


@pytest.mark.parametrize(
    "unit",
    [b'"' + b"\\" * 2, b'{"', b"[", b'\\"', b'"a",', b"1e", b"\\u0000", b'"\\ud800"', b"-", b" "],
)
def test_64_kilobytes_of_anything_take_no_time(unit):
    body = (unit * 65_536)[:65_536]
    began_s = time.perf_counter()
    with pytest.raises(Refused):
        read_json(body)
    assert time.perf_counter() - began_s < 0.5  # about 10 ms on an idle machine


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.text(max_size=8).filter(lambda text: "\0" not in text),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text('ab"\\{é', max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values, st.booleans())
@settings(max_examples=200)
def test_what_is_json_and_within_bounds_is_read_as_the_standard_library_reads_it(value, ascii_):
    body = json.dumps(value, ensure_ascii=ascii_).encode()
    assert read_json(body) == json.loads(body)


@given(st.binary(max_size=60) | st.text('{}[]",:\\u0d8e1.-N ', max_size=60).map(str.encode))
@settings(max_examples=300)
def test_whatever_comes_is_read_or_refused(body):
    try:
        read_json(body)
    except Refused as refused:
        assert refused.mistakes  # noqa: PT017 - either is right, nothing else is
