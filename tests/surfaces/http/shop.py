"""A shop over a socket: people who were told what they can spend, and merchants with keys."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import psycopg

from tests.surfaces.http.bodies import GOOD
from tests.surfaces.http.serving import Served
from wherewithal.surfaces.cli.service import AskedKey
from wherewithal.wiring.service_keys import add_key

MERCHANT = "lantern-and-loom"
#: Copies of a person, who can spend the same and owes nothing.
_TWIN = """
with twin as (insert into consumer (consumer_id) values (%(twin)s)),
power_of as (
    insert into power
    select (jsonb_populate_record(p, jsonb_build_object('consumer_id', %(twin)s))).*
      from power p where consumer_id = %(person)s),
decision_of as (
    insert into decision
    select (jsonb_populate_record(p, jsonb_build_object('consumer_id', %(twin)s))).*
      from decision p where consumer_id = %(person)s),
consent_of as (
    insert into consent
    select (jsonb_populate_record(p, jsonb_build_object('consumer_id', %(twin)s))).*
      from consent p where consumer_id = %(person)s)
insert into prequalification
select (jsonb_populate_record(p, jsonb_build_object('consumer_id', %(twin)s))).*
  from prequalification p where consumer_id = %(person)s
returning prequalification_id::text
"""


@dataclass(frozen=True, kw_only=True)
class Shop:
    """One person at one merchant."""

    api: Served
    consumer_id: str
    prequalification_id: str
    #: None: the key with every scope.
    key: str = ""
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def place(self, **given: Any) -> httpx.Response:
        """Ask to hold a basket of $100 in four payments, unless it is said otherwise."""
        body = {
            "consumer_id": self.consumer_id,
            "prequalification_id": self.prequalification_id,
            "merchant_id": MERCHANT,
            "reference": f"{self.consumer_id[:8]}-{next(self.numbers)}",
            "product": "pay_in_4",
            "plan": "pay_in_4",
            "basket_cents": 10_000,
        } | given
        return self.api.ask("POST", "/v1/holds", key=self.key, json=body)

    def held(self, **given: Any) -> str:
        """Hold a basket; return the id."""
        placed = self.place(**given)
        assert placed.status_code == 201, placed.text
        return str(placed.json()["hold_id"])

    def capture(self, hold_id: str, **given: Any) -> httpx.Response:
        """Capture a hold; all of it, unless it is said otherwise."""
        body = {"reference": f"c-{next(self.numbers)}"} | given
        return self.api.ask("POST", f"/v1/holds/{hold_id}/capture", key=self.key, json=body)

    def void(self, hold_id: str) -> httpx.Response:
        """Give a hold back."""
        return self.api.ask("POST", f"/v1/holds/{hold_id}/void", key=self.key)

    def read(self, hold_id: str) -> httpx.Response:
        """Read a hold."""
        return self.api.ask("GET", f"/v1/holds/{hold_id}", key=self.key)

    def power(self) -> dict[str, Any]:
        """Return what the person can spend now."""
        path = f"/v1/consumers/{self.consumer_id}/spending-power"
        found: dict[str, Any] = self.api.ask("GET", path).json()
        return found

    def account(self) -> tuple[int, int, int]:
        """Return what is held and owed in cents, and how many entries the ledger has."""
        asked = "select held_cents, drawn_cents, ledger_seq from consumer where consumer_id = %s"
        [row] = sql(self.api, asked, self.consumer_id)
        return row

    def expire(self, hold_id: str, *, microseconds: int = 1) -> None:
        """Move a hold's time back, so that it ended so long ago."""
        sql(
            self.api,
            "update hold set placed_at = clock_timestamp() - interval '1 hour', expires_at ="
            " clock_timestamp() - %s * interval '1 microsecond' where hold_id = %s returning 1",
            *(microseconds, hold_id),
        )


def sql(api: Served, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Run one statement in the API's database and return its rows."""
    with psycopg.connect(api.dsn, autocommit=True) as connection:
        return connection.execute(statement, values).fetchall()


def shop_for_somebody(api: Served) -> Shop:
    """Return a shop in which somebody buys who has not bought before."""
    asked = api.ask(
        "POST", "/v1/prequalifications", headers={"idempotency-key": "shop"}, json=GOOD
    ).json()
    twin = str(uuid4())
    with psycopg.connect(api.dsn, autocommit=True) as connection:
        given = {"twin": twin, "person": asked["consumer_id"]}
        row = connection.execute(_TWIN, given).fetchone()
    assert row is not None
    return Shop(api=api, consumer_id=twin, prequalification_id=row[0])


def merchant_key(api: Served, merchant_id: str, *scopes: str) -> str:
    """Return a new service key that speaks for one merchant."""
    asked = AskedKey(name=merchant_id, scopes=scopes or ("holds",), merchant_id=merchant_id)
    return asyncio.run(add_key(api.dsn, asked))
