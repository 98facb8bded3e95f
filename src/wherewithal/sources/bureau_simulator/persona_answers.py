"""What the bureau answers for each persona: a credit file with one thing changed, or spoilt."""

from __future__ import annotations

import gzip
from datetime import date, timedelta

from msgspec.structs import replace

from wherewithal.sources.bureau_simulator.credit_file import CreditFile, FiledRecord, FiledTrade
from wherewithal.sources.bureau_simulator.tu4_writer import write_error, write_report
from wherewithal.sources.bureau_transunion.months import months_before
from wherewithal.vocabulary.consumer import Address, Identity

_SOMEBODY_ELSE = Identity(
    given_name="Quentin",
    family_name="Other",
    date_of_birth=date(1971, 3, 9),
    ssn="999029999",
    address=Address(street="9 Other Street", city="Salem", state="OR", postal_code="97301"),
)
_LAUGHS = 9
#: Beyond what any client reads.
_HUGE_BYTES = 11_000_000


def good_file(identity: Identity, day: date) -> CreditFile:
    """Return a file of eight trades, the oldest of twelve years, paid as agreed and little used."""
    cards = [
        FiledTrade(
            portfolio_type="revolving",
            account_type="CC",
            industry_code="B",
            opened_on=months_before(day, months),
            effective_on=day,
            balance=400,
            limit=5_000,
            payment=25,
            pattern="1" * 24,
        )
        for months in (144, 120, 96, 60)
    ]
    car = FiledTrade(
        portfolio_type="installment",
        account_type="AU",
        industry_code="F",
        opened_on=months_before(day, 30),
        effective_on=day,
        balance=6_400,
        payment=210,
        pattern="1" * 24,
    )
    paid = [
        replace(car, balance=0, closed_on=months_before(day, months), payment=None)
        for months in (3, 6, 9)
    ]
    return CreditFile(
        identity=identity,
        reported_on=day,
        trades=(*cards, car, *paid),
        score=748,
        score_factors=("05", "14"),
    )


def good(identity: Identity, day: date) -> bytes:
    """Answer with a good file."""
    return write_report(good_file(identity, day))


def bankrupt(identity: Identity, day: date) -> bytes:
    """Answer with a bankruptcy of twelve months ago."""
    record = FiledRecord(record_type="7X", filed_on=months_before(day, 12))
    return write_report(replace(good_file(identity, day), public_records=(record,), score=541))


def thin(identity: Identity, day: date) -> bytes:
    """Answer with a file of one trade."""
    file = good_file(identity, day)
    trade = replace(file.trades[0], opened_on=months_before(day, 6), pattern="111111")
    return write_report(replace(file, trades=(trade,), score=None, score_factors=()))


def no_hit(identity: Identity, day: date) -> bytes:
    """Answer that there is no file."""
    file = CreditFile(identity=identity, reported_on=day, hit="regularNoHit", ssn_match="noHit")
    return write_report(file)


def frozen(identity: Identity, day: date) -> bytes:
    """Answer that the file is frozen, without entries."""
    return write_report(CreditFile(identity=identity, reported_on=day, is_frozen=True))


def minor(identity: Identity, day: date) -> bytes:
    """Answer that the file is a minor's."""
    return write_report(CreditFile(identity=identity, reported_on=day, is_minor=True))


def suppressed(identity: Identity, day: date) -> bytes:
    """Answer that the file is held back."""
    return write_report(CreditFile(identity=identity, reported_on=day, is_suppressed=True))


def deceased(identity: Identity, day: date) -> bytes:
    """Answer with the alert that the number is of a person who has died."""
    return write_report(replace(good_file(identity, day), alert_codes=("4001",)))


def fraud_alert(identity: Identity, day: date) -> bytes:
    """Answer with an initial fraud alert."""
    return write_report(replace(good_file(identity, day), alert_codes=("9005",)))


def extended_alert(identity: Identity, day: date) -> bytes:
    """Answer with an extended fraud alert."""
    return write_report(replace(good_file(identity, day), alert_codes=("9006",)))


def active_duty(identity: Identity, day: date) -> bytes:
    """Answer with an active-duty alert."""
    return write_report(replace(good_file(identity, day), alert_codes=("9004",)))


def disputed(identity: Identity, day: date) -> bytes:
    """Answer that an entry is disputed."""
    return write_report(replace(good_file(identity, day), is_disputed=True))


def mismatch(identity: Identity, day: date) -> bytes:
    """Answer that the number differs from the file's."""
    return write_report(replace(good_file(identity, day), ssn_match="noMatch"))


def wrong_person(_identity: Identity, day: date) -> bytes:
    """Answer with somebody else's file, as if it were the right one."""
    return write_report(good_file(_SOMEBODY_ELSE, day))


def implausible(identity: Identity, day: date) -> bytes:
    """Answer with a score that no model gives."""
    return write_report(replace(good_file(identity, day), score=9999))


def future(identity: Identity, day: date) -> bytes:
    """Answer with a report of three days ahead."""
    return write_report(good_file(identity, day + timedelta(days=3)))


def stale(identity: Identity, day: date) -> bytes:
    """Answer with a report of 45 days ago."""
    return write_report(good_file(identity, day - timedelta(days=45)))


def new_schema(identity: Identity, day: date) -> bytes:
    """Answer in a version that no reader knows."""
    return write_report(replace(good_file(identity, day), version="9.01"))


def error_body(_identity: Identity, day: date) -> bytes:
    """Answer with the bureau's own form of an error."""
    return write_error(reported_on=day, code="901", description="SYSTEM TEMPORARILY UNAVAILABLE")


def html(_identity: Identity, _day: date) -> bytes:
    """Answer with the page of a proxy on the way."""
    return b"<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1></body></html>"


def truncated(identity: Identity, day: date) -> bytes:
    """Answer with the first two thirds of a good file."""
    whole = good(identity, day)
    return whole[: 2 * len(whole) // 3]


def wrong_charset(identity: Identity, day: date) -> bytes:
    """Answer in Latin-1 under a declaration of UTF-8."""
    text = good(identity, day).decode()
    return text.replace("PERSONA STREET", "PERSONA STRAßE").encode("latin-1")


def entities(identity: Identity, day: date) -> bytes:
    """Answer with entities, each ten of the one before."""
    laughs = "".join(
        f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, _LAUGHS + 1)
    )
    head, body = good(identity, day).decode().split("\n", 1)
    declared = f'<!DOCTYPE creditBureau [<!ENTITY l0 "lol">{laughs}]>'
    return f"{head}\n{declared}\n{body.replace('07000', f'&l{_LAUGHS};', 1)}".encode()


def compressed(identity: Identity, day: date) -> bytes:
    """Answer with a good file in gzip; its time stamp left out, so that bytes are repeatable."""
    return gzip.compress(good(identity, day), mtime=0)


def empty(_identity: Identity, _day: date) -> bytes:
    """Answer with nothing."""
    return b""


def huge(identity: Identity, day: date) -> bytes:
    """Answer with a good file and megabytes of white space after it."""
    return good(identity, day).ljust(_HUGE_BYTES)
