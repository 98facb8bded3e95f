"""Context functions and entries, case by case.

Source: DMN 1.5, table 81 and 10.3.2.6.
"""

from __future__ import annotations

import pytest

from tests.dmn.feel_cases import assert_case, cases

CASES = r"""
# get value, get entries
get value({a: 1}, "a") => 1
get value({a: 1}, "b") => null
get value({a: 1}, null) => null
get value(null, "a") => null
get value([{a: 1}], "a") => 1
get value(m: {a: 1}, key: "a") => 1
get value({a: {b: 1}}, ["a", "b"]) => null
get value(context: {a: 1}, key: "a") => null
get entries({a: 1, b: null}) => [{"key": "a", "value": 1}, {"key": "b", "value": null}]
get entries({}) => []
get entries(null) => null
get entries(m: {a: 1}) => [{"key": "a", "value": 1}]
get entries([{a: 1}]) => [{"key": "a", "value": 1}]

# context
context([{key: "a", value: 1}]) => {"a": 1}
context({key: "a", value: 1}) => {"a": 1}
context([]) => {}
context(null) => null
context([{key: "a", value: null}]) => {"a": null}
context([{key: null, value: 1}]) => null
context([{key: 1, value: 1}]) => null
context([{key: "a", value: 1}, {key: "a", value: 2}]) => null
context([{key: "a"}]) => null
context([1]) => null
context([null]) => null
context(entries: [{key: "a", value: 1}]) => {"a": 1}

# context merge
context merge([{x: 1}, {y: 2}]) => {"x": 1, "y": 2}
context merge([{x: 1, y: 0}, {y: 2}]) => {"x": 1, "y": 2}
context merge([]) => {}
context merge(null) => null
context merge([{x: 1}, null]) => null
context merge({x: 1}) => {"x": 1}
context merge({x: 1}, {y: 2}) => null
context merge(contexts: [{x: 1}]) => {"x": 1}

# context put: a path is calls inside each other
context put({x:1, y:0, z:0}, "y", 2) => {"x": 1, "y": 2, "z": 0}
context put({x:1}, "", 2) => {"x": 1, "": 2}
context put([{x:1}], "y", 2) => {"x": 1, "y": 2}
context put({x:1}, ["y","z"], 2) => {"x": 1, "y": null}
context put({x:1}, ["x","z"], 2) => {"x": null}
context put({x:1}, null, 2) => null
context put({x:1}, [null], 2) => null
context put({x:1}, "y", null) => {"x": 1, "y": null}
context put(null, "y", 2) => null
context put(context: {x:1}, keys: ["y"], value: 2) => {"x": 1, "y": 2}
context put(context: {x:1}, key: "y", value: 2) => {"x": 1, "y": 2}

# entries
{a: 1}.a => 1
{a: 1}.b => null
[{a: 1}, {b: 2}].a => [1, null]
[{a: 1}, 5].a => [1, null]
null.a => null
"a".length => null
"""


@pytest.mark.parametrize("case", cases(CASES))
def test_contexts(case):
    assert_case(case)
