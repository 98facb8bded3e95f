"""The statements of prequalifying, on the oldest and the newest Postgres that we know."""

from __future__ import annotations

import asyncio
import logging
import random

import msgspec
import psycopg
import pytest

from tests.service.desk import at_desk, inquiry_of
from tests.sources.bureau_talk import simulator
from wherewithal.service.finish_prequalification import finish_prequalification
from wherewithal.service.inquiry import Reference
from wherewithal.vocabulary.consumer import Address, Identity

replace = msgspec.structs.replace
SSN, NAME, STREET = "999010001", "Canarius", "77 Canary Quay"


@pytest.fixture(scope="module")
def bureau():
    with simulator() as server:
        yield server.url


def test_every_statement_runs_on_both_versions(own_database, bureau):
    async def work(desk):
        reference = Reference(portfolio="cards", reference="A-17")
        assert (await desk.tell(inquiry_of(reference=reference))).outcome == "approved"
        assert (await desk.tell(inquiry_of())).is_repeat
        richer = replace(inquiry_of().stated, income_cents=9_000_000)
        renamed = replace(inquiry_of().identity, given_name="PAULA B.")
        assert not (await desk.tell(inquiry_of(stated=richer, identity=renamed))).is_repeat
        assert (await desk.tell(inquiry_of("declined"))).outcome == "declined"
        waiting = await desk.ask(inquiry_of("slow"))
        assert waiting.status == 202
        assert await finish_prequalification(
            consumer_id=waiting.consumer_id,
            prequalification_id=waiting.prequalification_id,
            ports=desk.ports,
        )
        assert await desk.rows("select outcome, count(*) from decision group by 1 order by 1") == [
            ("approved", 3),
            ("declined", 1),
        ]
        assert await desk.ledger.purge_keys(rows_max=5) == 0

    at_desk(own_database, bureau, work)


def test_only_the_claim_does_not_wait_for_the_disk(database, bureau):
    async def work(desk):
        before = await desk.rows("show synchronous_commit")
        await desk.tell(inquiry_of())
        assert (before, await desk.rows("show synchronous_commit")) == ([("on",)], [("on",)])

    at_desk(database, bureau, work, pool_size=1)


def test_the_newest_power_stays_however_clocks_differ(database, bureau):
    """Hosts whose clocks differ decide in turn; the newest (as_of, seq) is what stands."""
    drawn = random.Random(11)

    async def work(desk):
        await desk.tell(inquiry_of())
        start = desk.clock.at
        for step in range(24):
            desk.clock.at = start
            desk.clock.forward(seconds=drawn.randrange(-20, 20))
            income = 3_000_000 + 10_000 * step
            await desk.tell(inquiry_of(stated=replace(inquiry_of().stated, income_cents=income)))
        newest = await desk.rows(
            "select decided_at, seq from decision order by decided_at desc, seq desc limit 1"
        )
        assert await desk.rows("select as_of, seq from power") == newest
        assert newest[0][1] < 25, "the last writer would be the newest too: nothing was shown"

    at_desk(database, bureau, work)


def test_a_pull_without_a_live_consent_cannot_be_recorded(database, bureau):
    async def work(desk):
        await desk.tell(inquiry_of("frozen"))
        pull = (
            "insert into report (consumer_id, inquiry_id, consent_id, purpose, consent_expires_at,"
            " bureau, asked_at, status) select consumer_id, gen_random_uuid(), {consent}, purpose,"
            " {expires_at}, 'b', {asked_at}, 'asked' from consent"
        )
        known = {"consent": "consent_id", "expires_at": "expires_at", "asked_at": "given_at"}
        for changed, name in (
            ({}, "report_consent_is_unused"),
            ({"asked_at": "expires_at"}, "report_consent_is_unused"),
            ({"consent": "gen_random_uuid()"}, "report_consent_is_live"),
        ):
            with pytest.raises(psycopg.errors.IntegrityError) as refused:
                await desk.rows(pull.format(**{**known, **changed}))
            assert refused.value.diag.constraint_name == name
        await desk.rows("update consent set scope = 'standing'")
        with pytest.raises(psycopg.errors.CheckViolation):
            await desk.rows(pull.format(**{**known, "asked_at": "expires_at"}))
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            await desk.rows(pull.format(**{**known, "expires_at": "expires_at + interval '1d'"}))

    at_desk(database, bureau, work)


def test_nothing_that_names_a_person_is_stored_or_logged_in_the_clear(database, bureau, caplog):
    caplog.set_level(logging.DEBUG)
    born = inquiry_of().identity.date_of_birth
    address = Address(street=STREET, city="Canaria", state="OH", postal_code="43215")
    identity = Identity(
        given_name=NAME, family_name="Prime", date_of_birth=born, ssn=SSN, address=address
    )
    shown: list[str] = []

    async def work(desk):
        for one in (identity, identity, replace(identity, ssn="999018881")):
            result = await asyncio.gather(
                desk.ask(inquiry_of(identity=one)), return_exceptions=True
            )
            shown.extend([repr(result), str(result[0]), repr(inquiry_of(identity=one))])
        tables = await desk.rows(
            "select table_name from information_schema.tables where table_schema = 'public'"
        )
        for (table,) in tables:
            rows = await desk.rows(f'select t::text from "{table}" t')  # noqa: S608 - a catalogue's
            shown.extend(row for (row,) in rows)

    at_desk(database, bureau, work)
    text = "\n".join([*shown, caplog.text]).lower()
    assert len(text) > 5_000
    for canary in (SSN, NAME, STREET, "canaria", born.isoformat()):
        assert canary.lower() not in text
        assert canary.encode().hex() not in text
