"""Merchants' clients: each asks, and asks again with the same reference where it heard nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.simulation.journal import Journal
from tests.simulation.world import MERCHANTS, PLANS, Consumer
from wherewithal.service.capture_hold import CaptureRequest, capture_hold
from wherewithal.service.change_loan import LoanRequest, record_payment, record_refund
from wherewithal.service.errors import Unavailable
from wherewithal.service.hold_refusals import HoldRefused
from wherewithal.service.ledger_records import HoldRequest
from wherewithal.service.loan_refusals import LoanRefused
from wherewithal.service.place_hold import HoldPorts, place_hold
from wherewithal.service.void_hold import void_hold
from wherewithal.vocabulary.program import PlanCode, ProductCode

#: How often an operation whose outcome is unknown is asked again.
TRIES = 6


@dataclass(kw_only=True)
class Client:
    """One client with its own chance; several share what they know of holds."""

    name: str
    chance: random.Random
    people: list[Consumer]
    ports: HoldPorts
    journal: Journal
    #: Requests for holds that were answered, with the hold's number.
    placed: list[dict[str, Any]]
    #: Captures that were answered, with the loan's number.
    captured: list[dict[str, Any]]
    numbers: int = 0

    async def run(self, until: float) -> None:
        """Work until a moment of the wall clock."""
        while time.time() < until:
            await self.step()
            await asyncio.sleep(self.chance.uniform(0, 0.01))

    async def step(self) -> None:
        """Do one thing."""
        draw = self.chance.random()
        if draw < 0.46 or not self.placed:
            await self.insist(self.new_purchase())
            if self.placed and self.chance.random() < 0.4:
                await self.insist(self.new_capture())
        elif draw < 0.52:
            # Twice at once, by the same reference.
            asked = self.new_purchase()
            await asyncio.gather(self.insist(asked), self.insist(dict(asked)))
        elif draw < 0.60:
            await self.again()
        elif draw < 0.78:
            await self.insist(self.new_capture())
        elif draw < 0.92 and self.captured:
            await self.loans()
        else:
            hold = self.chance.choice(self.placed[-12:])
            await self.insist({"kind": "void", "consumer": hold["consumer"], "hold": hold["hold"]})

    def new_purchase(self) -> dict[str, Any]:
        """Return a request for a hold."""
        chance, self.numbers = self.chance, self.numbers + 1
        one = chance.choice(self.people)
        merchant = chance.choice(list(MERCHANTS))
        product = chance.choice(MERCHANTS[merchant])
        plan = chance.choice(PLANS[product])
        least = 4_000 if plan == "pay_in_4" else 15_000
        asked = {
            "kind": "place",
            "consumer": str(one.consumer_id),
            "prequalification": str(one.prequalification_id),
            "merchant": merchant,
            "reference": f"{self.name}-{self.numbers}",
            "product": product,
            "plan": plan,
            "basket": least + chance.randrange(0, 30_000, 7),
        }
        asked["digest"] = hashlib.sha256(json.dumps(asked).encode()).hexdigest()
        return asked

    def new_capture(self) -> dict[str, Any]:
        """Return a capture: all, a part, above what is held, or of a hold that may have ended."""
        chance, self.numbers = self.chance, self.numbers + 1
        hold = chance.choice(self.placed[-3:])
        share = chance.choice([None, None, 0.3, 0.5, 1.0, 1.2, 0.001])
        return {
            "kind": "capture",
            "consumer": hold["consumer"],
            "hold": hold["hold"],
            "reference": f"{self.name}-{self.numbers}",
            "amount": None if share is None else max(1, int(hold["basket"] * share)),
            "is_last": chance.random() < 0.5,
        }

    async def again(self) -> None:
        """Ask an old request again, or another one under its reference, or for somebody else."""
        asked = dict(self.chance.choice(self.placed))
        asked.pop("hold")
        draw = self.chance.random()
        if draw < 0.3:
            asked["digest"] = hashlib.sha256(asked["digest"].encode()).hexdigest()
        elif draw < 0.5:
            others = [one for one in self.people if str(one.consumer_id) != asked["consumer"]]
            other = self.chance.choice(others)
            asked["consumer"] = str(other.consumer_id)
            asked["prequalification"] = str(other.prequalification_id)
            asked["is_foreign"] = True
        await self.attempt(asked)

    async def insist(self, asked: dict[str, Any]) -> None:
        """Ask until there is an answer, a bounded number of times."""
        for number in range(TRIES):
            if await self.attempt(asked):
                return
            await asyncio.sleep(min(0.4, self.chance.uniform(0.01, 0.1) * 2**number))

    async def attempt(self, asked: dict[str, Any]) -> bool:
        """Ask once, and return whether the outcome is known."""
        attempt = self.journal.invoke(**asked)
        try:
            answer = await self._ask(asked)
        except (HoldRefused, LoanRefused) as refused:
            self.journal.write("end", attempt, result="fail", code=refused.code)
        except Unavailable:
            self.journal.write("end", attempt, result="unknown")
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the checker must hear of it
            self.journal.write("end", attempt, result="crash", code=type(error).__name__)
        else:
            self.journal.write("end", attempt, result="ok", **answer)
        return True

    async def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["kind"] == "place":
            return await self._place(asked)
        if asked["kind"] == "void":
            hold = UUID(asked["hold"])
            await void_hold(hold, merchant_id=None, ledger=self.ports.ledger)
            return {}
        if asked["kind"] in {"pay", "refund"}:
            return await self._loan(asked)
        request = CaptureRequest(
            hold_id=UUID(asked["hold"]),
            reference=asked["reference"],
            amount_cents=asked["amount"],
            is_last=asked["is_last"],
        )
        answer = await capture_hold(
            request, merchant_id=None, ledger=self.ports.ledger, loan_id=uuid4()
        )
        self.captured.append({**asked, "loan_id": answer.loan_id, "cents": answer.amount_cents})
        return {"loan": answer.loan_id, "is_over": answer.is_over_limit}

    async def loans(self) -> None:
        """Pay a loan, give goods back, or ask for an old capture again."""
        chance, self.numbers = self.chance, self.numbers + 1
        booked = chance.choice(self.captured[-8:])
        again = {name: booked[name] for name in ("kind", "consumer", "hold", "reference", "amount")}
        draw = chance.random()
        if draw < 0.2:
            await self.attempt({**again, "is_last": booked["is_last"]})
            return
        plan = next(one["plan"] for one in self.placed if one["hold"] == booked["hold"])
        asked = {
            "kind": "pay" if plan == "pay_in_4" and draw < 0.85 else "refund",
            "consumer": booked["consumer"],
            "loan": f"{booked['hold']}/{booked['reference']}",
            "loan_id": booked["loan_id"],
            "reference": f"{self.name}-{self.numbers % 20}",
            "amount": max(1, int(booked["cents"] * chance.choice([0.2, 0.5, 0.75, 1.0, 1.1]))),
        }
        await self.insist(asked)
        if chance.random() < 0.3:
            await self.attempt(asked)

    async def _loan(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = LoanRequest(
            loan_id=UUID(asked["loan_id"]),
            reference=asked["reference"],
            amount_cents=asked["amount"],
        )
        ledger = self.ports.ledger
        if asked["kind"] == "pay":
            _, is_new = await record_payment(request, ledger=ledger)
        else:
            _, is_new = await record_refund(request, merchant_id=None, ledger=ledger)
        return {"is_new": is_new}

    async def _place(self, asked: dict[str, Any]) -> dict[str, Any]:
        request = HoldRequest(
            consumer_id=UUID(asked["consumer"]),
            prequalification_id=UUID(asked["prequalification"]),
            merchant_id=asked["merchant"],
            reference=asked["reference"],
            product=ProductCode(asked["product"]),
            plan=PlanCode(asked["plan"]),
            basket_cents=asked["basket"],
        )
        body, is_new = await place_hold(
            request,
            credential_id="till",
            request_digest=bytes.fromhex(asked["digest"]),
            ports=self.ports,
        )
        hold = json.loads(body)["hold_id"]
        known = {**asked, "hold": hold}
        if is_new:
            self.placed.append(known)
        return {"hold": hold, "is_new": is_new, "bytes": hashlib.sha256(body).hexdigest()}
