"""The gate by rules: each verdict, the strongest of several, and files that say nothing sound."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from wherewithal.service.inquiry import Channel, Purpose
from wherewithal.service.ports import GateQuestion
from wherewithal.sources.bureau_simulator.personas import PERSONAS_BY_NAME
from wherewithal.sources.identity_rules import load_identity_rules
from wherewithal.vocabulary.errors import SourceRefused


def question(ssn="123456789", inquiries_24h=0):
    identity = PERSONAS_BY_NAME["prime"].identity
    return GateQuestion(
        identity=msgspec.structs.replace(identity, ssn=ssn),
        channel=Channel.APP,
        purpose=Purpose.PREQUALIFICATION,
        inquiries_24h=inquiries_24h,
        pulls_30d=0,
    )


@pytest.mark.parametrize(
    ("asked", "with_samples", "verdict", "codes"),
    [
        (question(), False, "clear", ()),
        (question("666121234"), False, "refuse", ("ssn_never_issued",)),
        (question("950121234"), False, "refuse", ("ssn_never_issued",)),
        (question("950121234"), True, "clear", ()),
        (question(inquiries_24h=19), False, "clear", ()),
        (question(inquiries_24h=20), False, "step_up", ("many_inquiries_24h",)),
        (
            question(inquiries_24h=100),
            False,
            "refuse",
            ("many_inquiries_24h", "too_many_inquiries_24h"),
        ),
    ],
)
def test_the_rules_that_ship(repository, asked, with_samples, verdict, codes):
    path = repository / "policies" / "identity" / "rules.toml"
    gate = load_identity_rules(path, with_samples=with_samples)
    answer = asyncio.run(gate.check(asked))
    assert (answer.verdict.value, answer.codes) == (verdict, codes)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rule = 3", ["unreadable_rules"]),
        ("[[rule]", ["unreadable_rules"]),
        ('[[rule]]\ncode = "a"\nverdict = "shrug"\n', ["unreadable_rules"]),
        ('[[rule]]\ncode = "a"\nverdict = "clear"\n', ["not_a_verdict", "empty_rule"]),
        (
            '[[rule]]\ncode = "a"\nverdict = "refuse"\nssn_areas = ["66"]\n',
            ["not_an_area"],
        ),
    ],
)
def test_a_file_that_says_nothing_sound_is_refused(tmp_path, text, codes):
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(SourceRefused) as refused:
        load_identity_rules(path, with_samples=False)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SourceRefused):
        load_identity_rules(tmp_path / "none.toml", with_samples=False)
