"""The simulated world: its people, merchants and times, and how a seed chooses among them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec

from tests.simulation.account_model import Rules
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_index import merchants_frame
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.catalogue import load_directory, load_mcc_codes
from wherewithal.store.directory import DirectoryInStore
from wherewithal.store.pool import Pool

ROOT: Final = Path(__file__).resolve().parents[2]
PORTFOLIO: Final = "simulated"
#: What each sells. The second deals in jewellery: a high-risk category.
MERCHANTS: Final = {
    "plumbline-hardware": ("pay_in_4", "monthly", "one_time_card", "card"),
    "gilded-wren-jewellers": ("pay_in_4", "monthly", "one_time_card"),
    "harbour-tailoring": ("pay_in_4", "card"),
}
PLANS: Final = {
    "pay_in_4": ("pay_in_4",),
    "monthly": ("3m", "6m"),
    "one_time_card": ("pay_in_4", "3m"),
    "card": ("3m", "pay_in_4"),
}
#: Days become fractions of a second; loans and holds may be more at once than in the real bundle, or
#: an account would be full after a few captures.
RULES: Final = Rules(
    lives={"pay_in_4": 500_000, "monthly": 900_000, "one_time_card": 250_000, "card": 700_000},
    rest=1_100_000,
    shares={"gilded-wren-jewellers": 3_000},
    plans_max={"A": 14, "C": 8},
)
STATE: Final = "TX"


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A simulated person."""

    consumer_id: UUID
    prequalification_id: UUID
    is_known: bool


def sim_bundle() -> PolicyBundle:
    """Return the bundle that ships, with room for more plans at once."""
    bundle = load_bundle(ROOT / "policies" / "everyday")
    catalogue = bundle.catalogue
    limits = msgspec.structs.replace(
        catalogue.exposure_limits, open_plans_max=dict(RULES.plans_max)
    )
    return replace(bundle, catalogue=msgspec.structs.replace(catalogue, exposure_limits=limits))


def limits_of(chance: random.Random) -> dict[str, int]:
    """Return what a decision assigns, in cents: some tight, some wide."""
    total = chance.choice([20_000, 60_000, 100_000, 150_000, 250_000, 400_000])
    return {
        "total": total,
        "instalment": chance.choice([total, total // 2, total // 5 * 2]),
        "short_term": chance.choice([total, total // 2, total // 4]),
        "card": chance.choice([total, total // 2, total // 3]),
        "one_time_card": chance.choice([total // 2, total // 4]),
        "capacity": chance.choice([10_000_000, 10_000_000, total // 3]),
    }


def standing_json(limits: dict[str, int], tier: str) -> str:
    """Return what a decision leaves to compute power from."""
    standing = {
        "pricing_tier": tier,
        **{f"limit_{name}_cents": limits[name] for name in limits if name != "capacity"},
        "capacity_cents": 10_000_000,
        "small_ticket_capacity_cents": limits["capacity"],
        "state": STATE,
    }
    return msgspec.json.encode(standing).decode()


async def load_merchants(pool: Pool) -> None:
    """Write the catalogue of merchants that ships with the examples."""
    examples = ROOT / "examples"
    codes = load_mcc_codes(examples / "mcc" / "mcc_codes.csv")
    directory = load_directory(
        examples / "merchants.csv", examples / "programs.csv", mcc_codes=codes
    )
    frame = merchants_frame(directory)
    await DirectoryInStore(pool).replace_directory(frame, directory.programs)


async def add_people(pool: Pool, chance: random.Random, count: int) -> list[Consumer]:
    """Add people who were asked about, half of them known for long."""
    people = [
        Consumer(
            consumer_id=UUID(int=chance.getrandbits(128), version=4),
            prequalification_id=uuid4(),
            is_known=number % 2 == 0,
        )
        for number in range(count)
    ]
    async with pool.transaction() as connection:
        for number, one in enumerate(people):
            for statement in _PERSON:
                await connection.execute(statement, _values(one, number))
    return people


def _values(one: Consumer, number: int) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "consumer": one.consumer_id,
        "prequalification": one.prequalification_id,
        "since": now.date() - timedelta(days=400) if one.is_known else None,
        "paid": 3 if one.is_known else 0,
        "now": now,
        "later": now + timedelta(days=1),
        "portfolio": PORTFOLIO,
        "reference": f"person-{number}",
    }


_PERSON: Final = (
    """insert into consumer (consumer_id, first_booked_on, on_time_payments)
       values (%(consumer)s, %(since)s, %(paid)s)""",
    """insert into consumer_reference values (%(portfolio)s, %(reference)s, %(consumer)s)""",
    """insert into consent (consumer_id, consent_id, scope, purpose, text_version, text_sha256,
           channel, credential_id, given_at, expires_at)
       values (%(consumer)s, %(prequalification)s, 'once', 'p', 'v', sha256('t'), 'app', 'c',
           %(now)s, %(later)s)""",
    """insert into prequalification (consumer_id, prequalification_id, consent_id, credential_id,
           purpose, channel, stated, asked_at, status, decided_at, first_status, first_response,
           response)
       values (%(consumer)s, %(prequalification)s, %(prequalification)s, 'c', 'p', 'app', '{}',
           %(now)s, 'decided', %(now)s, 200, '', '')""",
)
