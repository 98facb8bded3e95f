"""Bytes of unknown honesty: whatever comes in, a report or a typed failure comes out."""

import random
import time
from pathlib import Path

import pytest

from wherewithal.sources.bureau_transunion import facts_of, parse_report, read_transunion
from wherewithal.sources.bureau_transunion.document import BYTES_MAX
from wherewithal.vocabulary.outcome import Failure, Outcome

EXAMPLES = Path(__file__).parents[2] / "examples" / "bureau"
PUBLISHED = (EXAMPLES / "transunion_tu4_creditReportResponse.xml").read_bytes()
TEXT = PUBLISHED.decode()
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
ROOT = '<creditBureau xmlns="http://www.transunion.com/namespace">'
#: Everything in the published file that tells who its test subject is.
PERSONAL = ("ROBERT", "UPHOLD", "666484418", "PERRY", "27366", "48066", "1956-08-01", "EMPLOYER")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def failure_of(data):
    with pytest.raises(Failure) as caught:
        facts_of(parse_report(data, own_member_codes=frozenset()), stated=None)
    return caught.value


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n\t",
        b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        b"<html><body>502 Bad Gateway</body></html>",
        b'{"error": "unauthorised"}',
        b"\x1f\x8b\x08\x00garbage",
        b"\x00" * 100,
        b"<creditBureau/>",
        f"{ROOT}</creditBureau>".encode(),
        f"{ROOT}<document>request</document></creditBureau>".encode(),
        TEXT.encode("utf-16"),
        TEXT.replace("UPHOLD", "UPHÖLD").encode("latin-1"),
        TEXT.replace('encoding="UTF-8"', 'encoding="UTF-7"').encode(),
        TEXT.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode(),
        TEXT.replace("www.transunion.com", "www.example.com").encode(),
        TEXT.replace("<code>07000</code>", "<error><code>1</code></error>", 1).encode(),
        TEXT.replace("regularHit", "error").encode(),
        TEXT.replace("regularHit", "maybeHit").encode(),
        TEXT.replace("fileOnly", "maybe").encode(),
        TEXT.replace("<ssnMatchIndicator>fileOnly</ssnMatchIndicator>", "").encode(),
        TEXT.replace("2022-01-27T18:04:10.487-06:00", "yesterday").encode(),
        TEXT.replace("<version>2.33</version>", "").encode(),
        TEXT.replace("000016015", "sixteen").encode(),
        TEXT.replace("000016015", "<b>1</b>").encode(),
        TEXT.replace("<minor>false", "<minor>perhaps").encode(),
        TEXT.replace("2020-02-06", "02/06/2020").encode(),
        TEXT.replace("</subjectRecord>", "</subjectRecord><subjectRecord/>").encode(),
        TEXT.replace("<currentBalance>", "<currentBalance>1</currentBalance><currentBalance>").encode(),
        (EXAMPLES / "transunion_tu4_modelReportResponse.xml").read_bytes(),
    ],
)  # fmt: skip
def test_malformed(data):
    assert failure_of(data).outcome is Outcome.MALFORMED


def test_a_file_that_lists_less_than_it_counts_is_malformed():
    start, end = TEXT.index("<trade>"), TEXT.index("</trade>") + len("</trade>")
    failure = failure_of((TEXT[:start] + TEXT[end:]).encode())
    assert failure.cause == "the summary counts 32 of trade, the file lists 31"


@pytest.mark.parametrize(
    "declared",
    [
        f"<!DOCTYPE b [<!ENTITY l0 'lol'>{LAUGHS}]>",
        "<!DOCTYPE b [<!ENTITY l9 SYSTEM 'file:///etc/passwd'>]>",
        "<!doctype b SYSTEM 'http://127.0.0.1:9/evil.dtd'>",
        "<!DOCTYPE creditBureau>",
    ],
)
def test_declarations_are_refused_before_anything_is_parsed(declared):
    text = TEXT.replace(PROLOG, PROLOG + declared).replace("ROBERT", "&l9;")
    failure = failure_of(text.encode())
    assert failure.outcome is Outcome.MALFORMED
    assert "document type" in failure.cause


def test_deep_nesting_is_refused():
    for depth in (41, 200, 30_000):
        data = f"{ROOT}{'<a>' * depth}{'</a>' * depth}</creditBureau>"
        assert failure_of(data.encode()).outcome is Outcome.MALFORMED


def test_a_flood_of_tags_or_attributes_is_refused_in_time():
    start = time.monotonic()
    tags = f"{ROOT}{'<a/>' * 1_900_000}</creditBureau>"
    names = " ".join(f"a{number}=''" for number in range(300_000))
    attributes = f"{ROOT}<a {names}/></creditBureau>"
    for data in (tags, attributes):
        assert failure_of(data.encode()).outcome is Outcome.MALFORMED
    assert time.monotonic() - start < 10


def test_a_hundred_megabytes_are_refused_without_being_read(tmp_path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as file:
        file.write(PUBLISHED)
        file.truncate(100_000_000)
    start = time.monotonic()
    [row] = read_transunion(path, stated=None).to_dicts()
    assert (row["failure"], row["as_of"]) == ("malformed", None)
    assert row["failure_cause"] == f"the answer is larger than {BYTES_MAX:,} bytes"
    assert time.monotonic() - start < 2


def test_truncated_anywhere_is_malformed_and_nothing_else():
    end = PUBLISHED.rindex(b"</creditBureau>")
    cuts = sorted({end * n // 250 for n in range(250)} | set(range(end - 50, end)))
    outcomes = [failure_of(PUBLISHED[:cut]).outcome for cut in cuts]
    assert len(outcomes) == 300
    assert set(outcomes) == {Outcome.MALFORMED}


def mutated(random_, text):
    """Return the text with one to four small wounds: lost, doubled, swapped or foreign pieces."""
    for _ in range(random_.randint(1, 4)):
        at, other = random_.randrange(len(text)), random_.randrange(len(text))
        size = random_.choice((1, 2, 10, 300))
        piece = text[other : other + size]
        foreign = random_.choice(("-", "9" * 12, "2099-02-30", "é", "&#0;", "<trade/>", "]]>", "x"))
        how = random_.randrange(4)
        text = text[:at] + ("", piece, foreign, text[at : at + size] * 2)[how] + text[at + size :]
    return text


def values_wounded(random_, text):
    """Return the text with up to three values replaced, so that the tree stays whole."""
    pieces = text.split(">")
    for _ in range(random_.randint(1, 3)):
        at = random_.randrange(len(pieces))
        value, tag, rest = pieces[at].partition("</")
        if tag:
            words = (
                "",
                "-1",
                "0",
                "9" * 9,
                "9" * 30,
                "2099-01-01",
                "2021-02-30",
                "true",
                "ROBERT",
                "٣",
            )
            pieces[at] = random_.choice((*words, value * 2, value[::-1])) + tag + rest  # fmt: skip
    return ">".join(pieces)


@pytest.mark.parametrize("wound", [mutated, values_wounded])
def test_mutations_give_a_report_or_a_failure_without_personal_data(wound):
    seed = 20_220_127
    random_ = random.Random(seed)
    seen = dict.fromkeys((None, *Outcome), 0)
    for number in range(400):
        data = wound(random_, TEXT).encode()
        try:
            report = parse_report(data, own_member_codes=frozenset())
            facts_of(report, stated=None)
            seen[None] += 1
        except Failure as failure:
            seen[failure.outcome] += 1
            said = f"{failure} {failure.__cause__}"
            assert not any(word in said for word in PERSONAL), (seed, number)
    # The sweep means something only if it reaches both ends.
    assert seen[None] > 20, seen
    assert seen[Outcome.MALFORMED] > 20, seen


@pytest.mark.parametrize(
    "place",
    ["07000", "F4716628", "regularHit", "fileOnly", "revolving<", "000016015", "2020-02-06",
     "individual", "MIN<", "monthly<", "CLO<", "+667", "2.33", "11111111111111111111<"],
)  # fmt: skip
@pytest.mark.parametrize("canary", ["ROBERT UPHOLD", "666-48-4418", "666484418"])
def test_a_canary_in_any_place_is_never_quoted(place, canary):
    assert place in TEXT
    data = TEXT.replace(place, canary + ("<" if place.endswith("<") else ""), 1).encode()
    try:
        report = parse_report(data, own_member_codes=frozenset())
        said = repr(report) + str(report)
    except Failure as failure:
        said = f"{failure} {failure.cause} {failure!r} {failure.__cause__} {failure.__context__}"
    assert "UPHOLD" not in said
    assert "4418" not in said
