"""`wherewithal decide --trace`: what the policy's tables saw, and which rules matched."""

from __future__ import annotations


def test_a_trace_shows_the_rules_that_the_answer_names(command, loans):
    person = ("decide", "--source", "lendingclub", loans, "--row", "3")
    plain, traced = command(*person).json, command(*person, "--trace").json
    trace = traced.pop("trace")
    assert traced == plain
    assert trace["schema"] == "wherewithal.trace/1"
    matched = {
        step["name"]: [rule["number"] for one in step["steps"] for rule in one["rules"]]
        for step in trace["steps"]
    }
    assert {name: [rule["rule"] for rule in rules] for name, rules in plain["matched"].items()} == {
        name: matched[name] for name in plain["matched"]
    }
