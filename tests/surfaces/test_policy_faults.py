"""One fault put into the shipped bundle: what `policy check` tells of it, and how it ends."""

from __future__ import annotations

import shutil

import pytest

UNUSED = '\n[[attribute]]\nname = "spare"\nmeaning = "nobody reads it"\nfeel = "own_days_late"\n'
IDLE = """<decision id="d_idle" name="Idle"><variable name="Idle"/>
<informationRequirement><requiredDecision href="#d_Tier"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression><text>Tier</text></inputExpression></input>
<output/><rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>
<rule><inputEntry><text>"A"</text></inputEntry><outputEntry><text>2</text></outputEntry></rule>
</decisionTable></decision>
"""


@pytest.mark.parametrize(
    "fault",
    [
        ("attributes.toml", None, UNUSED, {"unused_attribute"}),
        ("tiers.dmn", "</definitions>", IDLE + "</definitions>", {"unused_decision", "unreachable_rule"}),
    ],
    ids=["unused-attribute", "unused-decision"],
)  # fmt: skip
def test_a_fault_that_is_no_error_is_told_and_ends_with_0(command, repository, tmp_path, fault):
    name, before, after, expected = fault
    folder = tmp_path / "draft"
    shutil.copytree(repository / "policies/everyday", folder)
    text = (folder / name).read_text()
    (folder / name).write_text(text + after if before is None else text.replace(before, after))
    answer = command("policy", "check", folder, "--json")
    assert answer.json["schema"] == "wherewithal.policy-check/1"
    assert (answer.code, answer.json["errors"]) == (0, [])
    assert {one["code"] for one in answer.json["warnings"]} >= expected
