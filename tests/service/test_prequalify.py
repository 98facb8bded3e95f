"""One person asked about, end to end: a real Postgres, a real simulator, the everyday policy."""

from __future__ import annotations

import msgspec
import pytest

from tests.service.desk import at_desk, inquiry_of, read
from tests.sources.bureau_talk import own, simulator
from wherewithal.service.errors import AmbiguousIdentity, ConsentRefused, TooMany
from wherewithal.service.inquiry import ConsentScope, GivenConsent, NewConsent, Reference
from wherewithal.service.own_reasons import reason_answer
from wherewithal.vocabulary.stated import Stated

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def simulated():
    with simulator() as server:
        yield server


@pytest.fixture
def bureau(simulated):
    own(simulated, "DELETE", "requests")
    return simulated.url


def pulls(simulated):
    return {
        name: count["inquiries"] for name, count in own(simulated, "GET", "requests").json().items()
    }


def test_who_is_prime_is_prequalified_for_every_product(database, bureau):
    async def work(desk):
        answer = await desk.tell(inquiry_of("prime"))
        found = [(one.product, one.status.value, one.power_cents) for one in answer.products]
        assert found == [
            ("pay_in_4", "available", 80_000),
            # 60 % of what was decided: what holds at the till for somebody's first purchase.
            ("monthly", "available", 600_000),
            ("one_time_card", "available", 150_000),
            ("card", "available", 300_000),
        ]
        assert (answer.status, answer.outcome, answer.claim) == (
            "decided",
            "approved",
            "prequalified",
        )
        assert [one.code for one in answer.lowered_by] == ["P_FIRST"]
        assert (answer.power_total_cents, answer.is_repeat, answer.pending) == (
            600_000,
            False,
            (),
        )
        assert await desk.rows("select outcome, total_cents, seq from power") == [
            ("approved", 1_000_000, 1)
        ]

    at_desk(database, bureau, work)


@pytest.mark.parametrize(
    ("persona", "told", "notices"),
    [
        ("declined", ("declined", ["R21a"], []), ["declined"]),
        ("no-hit", ("no_hit", ["F_NO_HIT"], []), ["no_file"]),
        ("frozen", ("frozen", ["F_FROZEN"], []), ["incomplete"]),
        ("minor", ("minor", ["F_MINOR"], []), ["incomplete"]),
        ("deceased", ("deceased", ["F_DECEASED"], []), ["incomplete"]),
        ("fraud-alert", ("step_up", ["U_FRAUD_ALERT"], ["proof_of_identity"]), ["incomplete"]),
        ("wrong-person", ("identity_mismatch", ["F_MISMATCH"], []), ["incomplete"]),
        ("truncated", ("malformed", ["F_MALFORMED"], []), []),
    ],
)
def test_what_no_yes_comes_to(database, bureau, persona, told, notices):
    async def work(desk):
        answer = await desk.tell(inquiry_of(persona))
        codes, asked_for = (
            [one.code for one in answer.reasons],
            [one.what for one in answer.pending],
        )
        assert (answer.outcome, codes, asked_for) == told
        rows = await desk.rows("select kind from notice_case order by 1")
        assert [kind for (kind,) in rows] == notices
        assert await desk.count("power") == (1 if answer.outcome == "declined" else 0)

    at_desk(database, bureau, work)


def test_a_live_decision_is_returned_and_the_bureau_asked_once(database, bureau, simulated):
    async def work(desk):
        first = await desk.tell(inquiry_of())
        desk.clock.forward(hours=23)
        second = await desk.tell(inquiry_of())
        assert (second.is_repeat, second.decision_id) == (True, first.decision_id)
        assert second.products == first.products
        assert second.prequalification_id != first.prequalification_id
        assert pulls(simulated) == {"prime": 1}
        assert await desk.rows("select decision_seq from prequalification") == [(1,), (1,)]

    at_desk(database, bureau, work)


def test_other_income_decides_anew_on_the_same_report(database, bureau, simulated):
    async def work(desk):
        await desk.tell(inquiry_of())
        poorer = replace(inquiry_of().stated, income_cents=3_000_000)
        answer = await desk.tell(inquiry_of(stated=poorer, requested_amount_cents=1_000_000))
        assert (answer.is_repeat, answer.outcome) == (False, "approved")
        assert (answer.power_total_cents or 0) < 1_000_000
        assert pulls(simulated) == {"prime": 1}
        kinds = await desk.rows("select kind, bureau, product from notice_case order by 1")
        assert ("lower_amount", "transunion", None) in kinds

    at_desk(database, bureau, work)


def test_an_expired_product_decides_anew_without_a_pull(database, bureau, simulated):
    async def work(desk):
        await desk.tell(inquiry_of())
        desk.clock.forward(days=2)
        answer = await desk.tell(inquiry_of())
        assert (answer.is_repeat, answer.as_of.isoformat()) == (False, "2026-03-04")
        assert pulls(simulated) == {"prime": 1}

    at_desk(database, bureau, work)


@pytest.mark.parametrize(
    ("changed", "is_repeat"),
    [
        ({"income_cents": 20_000_000}, True),
        ({"income_cents": 20_000_000, "income_verified": True}, False),
        ({"state": "MI"}, False),
    ],
)
def test_a_decline_stands_until_a_material_fact_changes(database, bureau, changed, is_repeat):
    async def work(desk):
        await desk.tell(inquiry_of("declined"))
        desk.clock.forward(days=20)
        stated = replace(inquiry_of("declined").stated, **changed)
        answer = await desk.tell(inquiry_of("declined", stated=stated))
        assert (answer.outcome, answer.is_repeat) == ("declined", is_repeat)

    at_desk(database, bureau, work)


def test_a_failure_does_not_stand_and_the_budget_of_pulls_does(database, bureau, simulated):
    async def work(desk):
        for _ in range(4):
            assert (await desk.tell(inquiry_of("frozen"))).outcome == "frozen"
        with pytest.raises(TooMany) as spent:
            await desk.tell(inquiry_of("frozen"))
        assert (spent.value.code, spent.value.retry_after_s) == ("pull_budget_spent", 30 * 86_400)
        assert pulls(simulated) == {"frozen": 4}
        assert await desk.count("idempotency") == 4

    at_desk(database, bureau, work)


def test_who_is_too_young_is_answered_before_any_pull(database, bureau, simulated):
    async def work(desk):
        desk.clock.at = desk.clock.at.replace(year=2026, month=3, day=2, hour=4)
        day = {  # 17 years and 364 days in New York, where it is still March 1
            "date_of_birth": desk.clock.at.date().replace(year=2008)
        }
        young = replace(inquiry_of().identity, **day)
        answer = await desk.tell(inquiry_of(identity=young))
        assert (answer.outcome, answer.reasons[0].code) == ("minor", "L_AGE")
        assert "a greater age" in answer.wording
        assert "credit file" not in answer.wording
        assert answer.calendar_time_zone == "America/New_York"
        desk.clock.forward(hours=1)
        assert (await desk.tell(inquiry_of(identity=young))).outcome != "minor"
        assert sum(pulls(simulated).values()) == 1

    at_desk(database, bureau, work)


def test_a_block_is_sticky_and_does_not_say_what_it_is(database, bureau, simulated):
    async def work(desk):
        await desk.tell(inquiry_of("deceased"))
        assert await desk.rows("select blocks_credit from consumer") == [(["deceased"],)]
        answer = await desk.tell(inquiry_of("deceased"))
        assert answer.outcome == "refused_identity"
        assert answer.reasons == (reason_answer("G_REVIEW", desk.ports.bundle),)
        assert "deceased" not in str(msgspec.json.encode(answer.reasons))
        assert pulls(simulated) == {"deceased": 1}

    at_desk(database, bureau, work)


def test_a_late_bureau_is_waited_for_with_the_same_inquiry(database, bureau):
    async def work(desk):
        answered = await desk.ask(inquiry_of("slow"), key="k")
        answer = read(answered)
        assert (answered.status, answer.status, answer.outcome) == (202, "pending", None)
        assert [one.what for one in answer.pending] == ["bureau_report"]
        assert desk.deferred == [(answered.consumer_id, answered.prequalification_id)]
        assert (await desk.ask(inquiry_of("slow"), key="k")).body == answered.body
        assert await desk.count("decision") == 0
        assert desk.outcomes == ["pending"]

    at_desk(database, bureau, work)


def test_a_typed_failure_leaves_the_earlier_power_alone(database, bureau):
    async def work(desk):
        first = await desk.tell(inquiry_of())
        desk.clock.forward(days=2)
        await desk.tell(inquiry_of(stated=Stated(state="OH")))
        assert await desk.rows("select decision_id from power") == [(first.decision_id,)]
        assert await desk.rows("select outcome from decision order by seq") == [
            ("approved",),
            ("incomplete",),
        ]

    at_desk(database, bureau, work)


def test_one_person_is_one_consumer_however_they_write(database, bureau):
    async def work(desk):
        identity = inquiry_of().identity
        moved = replace(identity.address, postal_code="48226-1234", city="Detroit", state="MI")
        spellings = [
            replace(identity, given_name="PAULA ANN"),
            replace(identity, family_name="prime, Jr."),
            replace(identity, address=moved, family_name="Prime-Núñez"),
        ]
        answers = [await desk.tell(inquiry_of(identity=one)) for one in [identity, *spellings]]
        assert len({answer.consumer_id for answer in answers}) == 1
        assert await desk.count("identity_key") == 3

    at_desk(database, bureau, work)


def test_who_may_be_somebody_else_is_not_guessed_at(database, bureau):
    async def work(desk):
        identity = inquiry_of().identity
        await desk.tell(inquiry_of())
        for other in (
            replace(identity, ssn="999018888"),
            replace(identity, date_of_birth=identity.date_of_birth.replace(year=1970)),
        ):
            with pytest.raises(AmbiguousIdentity) as refused:
                await desk.tell(inquiry_of(identity=other))
            assert identity.ssn not in str(refused.value)
        assert (await desk.count("consumer"), await desk.count("idempotency")) == (1, 1)

    at_desk(database, bureau, work)


def test_the_lenders_number_names_the_consumer(database, bureau):
    async def work(desk):
        known = Reference(portfolio="cards", reference="A-17")
        first = await desk.tell(inquiry_of(reference=known))
        assert await desk.rows("select reference, consumer_id::text from consumer_reference") == [
            ("A-17", first.consumer_id)
        ]
        with pytest.raises(AmbiguousIdentity):
            await desk.tell(inquiry_of("declined", reference=known))

    at_desk(database, bureau, work)


def test_the_bureaus_answer_is_kept_sealed_as_it_came(database, bureau, simulated):
    async def work(desk):
        answered = await desk.ask(inquiry_of("thin"))
        row = await desk.rows(
            "select data_key, r.sealed, flags from report r join consumer using (consumer_id)"
        )
        opened = desk.ledger._sealer.open(
            row[0][0],
            consumer_id=str(answered.consumer_id),
            field="report",
            sealed=row[0][1],
        )
        assert opened == own(simulated, "GET", "document/thin").content
        assert row[0][2] == ["thin"]

    at_desk(database, bureau, work)


def test_a_row_of_a_portfolio_is_named_by_the_first_inquiry_about_it(database, bureau):
    async def work(desk):
        await desk.rows(
            "with added as (insert into consumer (consumer_id) values (gen_random_uuid())"
            " returning consumer_id) insert into consumer_reference"
            " select 'cards', 'A-17', consumer_id from added"
        )
        known = Reference(portfolio="cards", reference="A-17")
        first = await desk.tell(inquiry_of(reference=known))
        second = await desk.tell(inquiry_of())
        assert (second.consumer_id, second.is_repeat) == (first.consumer_id, True)
        assert (
            await desk.count("consumer", "data_key is not null"),
            await desk.count("consumer"),
        ) == (1, 1)

    at_desk(database, bureau, work)


def given(answer):
    return GivenConsent(consent_id=answer.prequalification_id)


def test_a_standing_consent_is_used_again_until_it_is_revoked(database, bureau, simulated):
    async def work(desk):
        standing = NewConsent(scope=ConsentScope.STANDING, text_version="1", text_sha256=b"t" * 32)
        first = await desk.tell(inquiry_of("frozen", consent=standing))
        assert (await desk.tell(inquiry_of("frozen", consent=given(first)))).outcome == "frozen"
        await desk.rows("update consent set revoked_at = now()")
        with pytest.raises(ConsentRefused) as refused:
            await desk.tell(inquiry_of("frozen", consent=given(first)))
        assert [(one.code, one.path) for one in refused.value.problems] == [
            ("consent_revoked", "$.consent")
        ]
        assert pulls(simulated) == {"frozen": 2}

    at_desk(database, bureau, work)


def test_a_consent_that_does_not_allow_it_is_refused(database, bureau):
    async def work(desk):
        once = await desk.tell(inquiry_of("frozen"))
        past = NewConsent(
            scope=ConsentScope.ONCE,
            text_version="1",
            text_sha256=b"t" * 32,
            expires_at=desk.clock.at.replace(year=2020),
        )
        for consent, code in (
            (past, "consent_expired"),
            (GivenConsent(consent_id="00000000-0000-4000-8000-000000000000"), "unknown_consent"),
            (GivenConsent(consent_id="no id"), "unknown_consent"),
            (given(once), "consent_used"),
        ):
            with pytest.raises(ConsentRefused) as refused:
                await desk.tell(inquiry_of("frozen", consent=consent))
            assert [one.code for one in refused.value.problems] == [code]
        desk.clock.forward(days=31)
        with pytest.raises(ConsentRefused) as refused:
            await desk.tell(inquiry_of("frozen", consent=given(once)))
        assert [one.code for one in refused.value.problems] == ["consent_expired"]
        assert await desk.count("idempotency") == 1

    at_desk(database, bureau, work)


def test_a_revoked_consent_ends_the_reuse_of_its_report(database, bureau, simulated):
    async def work(desk):
        await desk.tell(inquiry_of())
        await desk.rows("update consent set revoked_at = now()")
        desk.clock.forward(days=2)
        assert (await desk.tell(inquiry_of())).outcome == "approved"
        assert pulls(simulated) == {"prime": 2}

    at_desk(database, bureau, work)
