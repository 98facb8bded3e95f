"""Answers spoilt at random, seeded: never an exception, never an approval that garbage caused.

Five hundred in each run, five thousand with `scripts/test -m nightly`.
"""

import random
import re
import tracemalloc

import pytest

from docs.tables.personas import decision_of
from tests.sources.bureau_talk import ON, ROOT
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bureau_simulator import PERSONAS_BY_NAME
from wherewithal.sources.bureau_simulator.persona_answers import good_file
from wherewithal.sources.bureau_simulator.tu4_writer import write_report
from wherewithal.sources.bureau_transunion import TransUnionReader
from wherewithal.vocabulary.outcome import Outcome

PRIME, OTHER = PERSONAS_BY_NAME["prime"], PERSONAS_BY_NAME["thin"]
GOOD = write_report(good_file(PRIME.identity, ON))
END = GOOD.rindex(b"</creditBureau>")
READER = TransUnionReader(own_member_codes=frozenset())
COUNTS = [pytest.param(500, id="500"), pytest.param(5_000, id="5000", marks=pytest.mark.nightly)]


@pytest.fixture(scope="module")
def bundle():
    return load_bundle(ROOT / "policies/everyday")


def outcome_of(raw, bundle, *, asked=PRIME):
    read = READER.read(raw, identity=asked.identity, stated=asked.stated, on=ON)
    return decision_of(read, bundle).outcome


def spot(chance, text=GOOD):
    return chance.randrange(len(text))


def cut(chance):
    return GOOD[: chance.randrange(END)]


def noise(chance):
    return chance.randbytes(chance.randrange(20_000))


def not_utf8(chance):
    at = spot(chance)
    return GOOD[:at] + bytes([chance.randrange(0xF8, 0x100)]) + GOOD[at:]


def without_a_mark(chance):
    marks = [found.start() for found in re.finditer(rb"[<>]", GOOD[:END])]
    at = chance.choice(marks)
    return GOOD[:at] + GOOD[at + 1 :]


def control_character(chance):
    at = spot(chance)
    return GOOD[:at] + bytes([chance.choice([0, 1, 7, 11, 27])]) + GOOD[at:]


def tag_that_differs(chance):
    names = list(re.finditer(rb"</([a-zA-Z]+)>", GOOD[:END]))
    found = chance.choice(names)
    return GOOD[: found.start(1)] + b"x" + GOOD[found.start(1) :]


def entity(chance):
    return GOOD.replace(b"<document>", b"&e%d;<document>" % chance.randrange(9), 1)


def other_format(chance):
    return chance.choice(
        [b'{"report": null}', b"\x1f\x8b\x08" + GOOD, GOOD.decode().encode("utf-16"), b"a,b\n1,2\n"]
    )


#: Each of these is damage that no reader may take for a report.
GARBAGE = (
    *(cut, noise, not_utf8, without_a_mark, control_character),
    *(tag_that_differs, entity, other_format),
)


def bits(chance):
    spoilt = bytearray(GOOD)
    for _ in range(chance.randrange(1, 9)):
        spoilt[spot(chance)] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def span_gone(chance):
    start = spot(chance)
    return GOOD[:start] + GOOD[start + chance.randrange(1, 400) :]


def span_twice(chance):
    start = spot(chance)
    end = start + chance.randrange(1, 400)
    return GOOD[:end] + GOOD[start:end] + GOOD[end:]


def digits(chance):
    return re.sub(rb"[0-9]", lambda found: b"%d" % chance.randrange(10) if chance.random() < 0.02 else found[0], GOOD)  # fmt: skip


def elements_mixed(chance):
    lines = GOOD.splitlines(keepends=True)
    first, second = sorted(chance.sample(range(2, len(lines) - 1), 2))
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


#: These may leave a report that is still whole, with other values: what it then comes to is fine.
DAMAGE = (bits, span_gone, span_twice, digits, elements_mixed)


def test_the_report_is_good_before_it_is_spoilt(bundle):
    assert outcome_of(GOOD, bundle) is Outcome.APPROVED


@pytest.mark.parametrize("count", COUNTS)
def test_garbage_is_never_decided_on(count, bundle):
    for seed in range(count):
        chance = random.Random(seed)
        raw = chance.choice(GARBAGE)(chance)
        assert outcome_of(raw, bundle) is Outcome.MALFORMED, seed


@pytest.mark.parametrize("count", COUNTS)
def test_damage_never_raises_and_never_makes_it_somebody_elses_report(count, bundle):
    for seed in range(count):
        chance = random.Random(seed)
        raw = chance.choice(DAMAGE)(chance)
        assert outcome_of(raw, bundle) in Outcome, seed
        for_other = outcome_of(raw, bundle, asked=OTHER)
        assert for_other not in (Outcome.APPROVED, Outcome.DECLINED, Outcome.STEP_UP), seed


#: Leaves of which the reader takes no number or day, so that any text does.
UNREAD = {
    *("number", "fileNumber", "first", "last", "unparsed", "city", "zipCode", "rank"),
    *("transactionTimeStamp", "paymentFrequency"),
}
LEAVES = {
    found[1].decode(): found for found in re.finditer(rb"<(\w+)[^>]*>([^<\s][^<]*)</\1>", GOOD)
}


@pytest.mark.parametrize("value", ["-1", "1000000000000", "2099-01-01", "NaN", "1e400", "<x/>"])
@pytest.mark.parametrize(
    "name",
    [name for name, found in LEAVES.items() if re.match(rb"[+-]?[0-9]+", found[2]) and name not in UNREAD],
)  # fmt: skip
def test_one_impossible_value_in_any_number_or_day_is_caught(name, value, bundle):
    found = LEAVES[name]
    raw = GOOD[: found.start(2)] + value.encode() + GOOD[found.end(2) :]
    is_code = name in ("code", "accountRating", "memberCode", "text", "version")
    outcome = outcome_of(raw, bundle)
    if is_code and outcome is Outcome.APPROVED:
        assert re.fullmatch(r"[0-9A-Za-z]+", value)  # a code that nobody knows is no number
    else:
        assert outcome in (Outcome.MALFORMED, Outcome.IMPLAUSIBLE, Outcome.UNKNOWN_SCHEMA_VERSION, Outcome.IDENTITY_MISMATCH)  # fmt: skip


def test_a_flood_of_bad_answers_leaves_no_memory_behind(bundle):
    chance = random.Random(5)
    outcome_of(GOOD, bundle)
    tracemalloc.start()
    for _ in range(100):
        outcome_of(chance.choice(GARBAGE)(chance), bundle)
    kept_bytes, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept_bytes < 2_000_000
    assert peak_bytes < 20_000_000
