"""`wherewithal commitment`: verified offline, and how promises were kept as text, JSON, picture."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from wherewithal.service.commitment_document import (
    CommitmentSigner,
    canonical_json,
    signing_key,
)
from wherewithal.service.commitment_records import CountedAttempts
from wherewithal.service.read_commitments import honour_rate
from wherewithal.surfaces.cli.app import run
from wherewithal.surfaces.cli.commitment import honour_table
from wherewithal.surfaces.cli.honour_plot import honour_plot
from wherewithal.wiring.command import app_of, ports

SIGNER = CommitmentSigner([signing_key(b"k" * 32)])
DOCUMENT = {"commitment_id": "c", "product": "pay_in_4", "amount_cents": 66_600}


@pytest.fixture
def files(tmp_path):
    """Return the files of a commitment and of the keys."""
    commitment, jwks = tmp_path / "commitment.json", tmp_path / "jwks.json"
    signature = SIGNER.sign(canonical_json(DOCUMENT))
    commitment.write_text(json.dumps({"document": DOCUMENT, "signature": signature, "more": 1}))
    jwks.write_text(json.dumps(SIGNER.public_jwks()))
    return commitment, jwks


def verify(commitment, jwks) -> int:
    return run(app_of(ports()), ["commitment", "verify", str(commitment), "--jwks", str(jwks)])


def test_a_commitment_is_verified_from_two_files(files, capsys):
    assert verify(*files) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["is_valid"], said["kid"], said["amount_cents"]) == (True, SIGNER.kid, 66_600)


def test_a_tampered_one_ends_with_1_and_repeats_nothing_of_it(files, capsys):
    commitment, jwks = files
    commitment.write_text(commitment.read_text().replace("66600", "66700"))
    assert verify(commitment, jwks) == 1
    assert json.loads(capsys.readouterr().out) == {
        "is_valid": False,
        "kid": SIGNER.kid,
        "problem": "bad_signature",
    }


@pytest.mark.parametrize("text", ["[]", "{}", '{"document": 3, "signature": "s"}', "{"])
def test_a_file_that_is_no_commitment_ends_with_2(files, capsys, text):
    commitment, jwks = files
    commitment.write_text(text)
    assert verify(commitment, jwks) == 2
    assert capsys.readouterr().out == ""


def counted(week: int, **given: Any) -> CountedAttempts:
    known: dict[str, Any] = {
        "product": "pay_in_4",
        "merchant_id": "lantern-and-loom",
        "week": date(2026, 11, week),
        "is_honoured": True,
        "is_same_facts": False,
        "cause": None,
        "attempts": 1,
    }
    return CountedAttempts(**(known | given))


COUNTS = [
    counted(9, attempts=95),
    counted(9, attempts=3, is_honoured=False, is_same_facts=True, cause="C_DELINQUENCY"),
    counted(9, attempts=2, is_honoured=False, cause="merchant_terms"),
    counted(16, attempts=4, is_same_facts=True),
]


def test_rates_are_by_week_and_in_all_rounded_down():
    found = honour_rate(COUNTS, weeks=8, time_zone="UTC")
    assert [(one.attempts, one.honour_rate_bps, one.same_facts_rate_bps) for one in found.rows] == [
        (100, 9_500, 0),
        (4, 10_000, 10_000),
    ]
    # 99 of 104; 4 of 7 on the same facts.
    assert (found.honour_rate_bps, found.same_facts_rate_bps) == (9_519, 5_714)
    assert found.causes == {"C_DELINQUENCY": 3, "merchant_terms": 2}
    assert honour_table(found).splitlines()[-1].split() == [
        *("all", "104", "95.19%", "57.14%", "C_DELINQUENCY", "3,", "merchant_terms", "2")
    ]


def test_nothing_tried_is_no_rate():
    found = honour_rate([], weeks=8, time_zone="UTC")
    assert (found.attempts, found.honour_rate_bps, found.rows) == (0, None, ())
    assert "<polyline" in honour_plot(found)


def test_the_picture_is_the_same_bytes_for_the_same_numbers():
    found = honour_rate(COUNTS, weeks=8, time_zone="UTC")
    picture = honour_plot(found)
    assert picture == honour_plot(found)
    assert picture.count("<circle") == 4
    assert "2026-11-09" in picture
