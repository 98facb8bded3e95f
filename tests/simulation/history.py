"""A run's history: every attempt, what stands in the database at the end, and the settings between."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tests.simulation.account_model import Entry, Terms

#: A change of a setting whose answer was lost may still come about so long after; microseconds.
LATE = 1_500_000
FOREVER = 1 << 62


@dataclass(kw_only=True)
class Attempt:
    """One attempt of an operation."""

    name: str
    asked: dict[str, Any]
    began: int
    #: When the account was seen under its lock, by consumer.
    looks: dict[str, int] = field(default_factory=dict)
    begins: int | None = None
    ended: int = FOREVER
    #: ok | fail | unknown | crash.
    result: str = "unknown"
    answer: dict[str, Any] = field(default_factory=dict)


def attempts_of(lines: list[dict[str, Any]]) -> dict[str, Attempt]:
    """Return attempts by name."""
    found: dict[str, Attempt] = {}
    for line in sorted(lines, key=lambda line: line["event"] != "invoke"):
        name, event = line["attempt"], line["event"]
        if event == "invoke":
            asked = {k: v for k, v in line.items() if k not in {"event", "attempt", "t"}}
            found[name] = Attempt(name=name, asked=asked, began=line["t"])
        elif event == "look":
            found[name].looks[line["consumer"]] = line["at"]
        elif event == "begins":
            found[name].begins = found[name].begins or line["t"]
        else:
            found[name].ended, found[name].result = line["t"], line["result"]
            found[name].answer = line
    return found


@dataclass(frozen=True, kw_only=True)
class Transaction:
    """What was written at one moment to one account."""

    at: int
    entries: list[Entry]
    hold: str | None
    loan: str | None


@dataclass(kw_only=True)
class Final:
    """What stands in the database when everybody has ended."""

    #: By consumer: the columns of the account.
    accounts: dict[str, dict[str, Any]]
    #: By consumer, in the order of their numbers.
    entries: dict[str, list[dict[str, Any]]]
    holds: dict[str, dict[str, Any]]
    #: "hold/reference" -> principal outstanding.
    loans: dict[str, int]
    #: By consumer, the numbers and types in order.
    events: dict[str, list[tuple[int, str, str]]]
    received: set[str]
    #: By consumer: (at, as_of, seq, decision_id).
    decisions: dict[str, list[tuple[int, int, int, str]]]
    #: By consumer: (as_of, seq) of the power that stands.
    powers: dict[str, tuple[int, int]]


def transactions_of(rows: list[dict[str, Any]]) -> list[Transaction]:
    """Return an account's entries, those of one moment together."""
    found: list[Transaction] = []
    for row in rows:
        loan_kinds = {"payment_made", "loan_refunded"}
        of = row["loan"] if row["kind"] in loan_kinds else row["hold"]
        entry = Entry(row["kind"], of, row["amount"], row["held"], row["drawn"])
        if found and found[-1].at == row["at"]:
            found[-1].entries.append(entry)
            continue
        found.append(Transaction(at=row["at"], entries=[entry], hold=row["hold"], loan=row["loan"]))
    return found


@dataclass(kw_only=True)
class Settings:
    """What stood for one consumer at any moment; around a change several things may have stood."""

    #: (at, as_of, seq, what was decided), in the order of `at`.
    decisions: list[tuple[int, int, int, dict[str, Any]]]
    #: (from when perhaps, from when surely, as_of, limits).
    publications: list[tuple[int, int, int, dict[str, int]]]
    #: (from when perhaps, from when surely, cents).
    caps: list[tuple[int, int, int]]
    #: (from when perhaps, from when surely).
    blocks: list[tuple[int, int]]

    def at(self, moment: int) -> list[Terms]:
        """Return everything that may have stood at a moment; nearly always one thing."""
        made = [(as_of, seq, what) for at, as_of, seq, what in self.decisions if at < moment]
        now = max(made, key=lambda one: one[:2], default=None)
        sure = [(as_of, 0, lim) for _, hi, as_of, lim in self.publications if hi <= moment]
        maybe = [(as_of, 0, lim) for lo, hi, as_of, lim in self.publications if lo <= moment < hi]
        standing = [
            _newer(now, offline)
            # The last that was published, whatever it is as of: the pointer says so.
            for offline in [sure[-1] if sure else None, *maybe]
        ]
        caps: list[int | None] = [cents for lo, hi, cents in self.caps if lo <= moment < hi]
        caps.append(next((c for _, hi, c in reversed(self.caps) if hi <= moment), None))
        blocks = {
            any(hi <= moment for _, hi in self.blocks),
            any(lo <= moment for lo, _ in self.blocks),
        }
        return [
            Terms(limits=limits, tier=tier, own_cap=cap, is_blocked=is_blocked)
            for (limits, tier), cap, is_blocked in product(standing, caps, blocks)
        ]


def _newer(
    now: tuple[int, int, dict[str, Any]] | None, offline: tuple[int, int, dict[str, int]] | None
) -> tuple[dict[str, int] | None, str]:
    if now is not None and (offline is None or now[:2] > offline[:2]):
        return (now[2]["limits"] if now[2]["outcome"] == "approved" else None), now[2]["tier"]
    return (None, "A") if offline is None else (offline[2], "A")


def settings_of(attempts: dict[str, Attempt], final: Final) -> dict[str, Settings]:
    """Return the settings of every consumer."""
    by_kind: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts.values():
        by_kind[attempt.asked["kind"]].append(attempt)
    decided = {one.asked["decision"]: one.asked for one in by_kind["decide"]}
    found = {
        consumer: Settings(
            decisions=[(at, as_of, seq, decided[name]) for at, as_of, seq, name in rows],
            publications=[],
            caps=[],
            blocks=[],
        )
        for consumer, rows in final.decisions.items()
    }
    for one in sorted(by_kind["publish"], key=lambda one: one.began):
        surely = one.ended if one.result == "ok" else FOREVER
        for consumer, limits in one.asked["limits"].items():
            window = (one.begins or FOREVER, surely, one.asked["as_of"], limits)
            found[consumer].publications.append(window)
    for kind in ("cap", "block"):
        for one in sorted(by_kind[kind], key=lambda one: one.began):
            consumer = one.asked["consumer"]
            at = one.looks.get(consumer)
            # Known at the first try: exactly then. Otherwise somewhere between.
            is_exact = one.answer.get("tries") == 1 and at is not None
            surely = at if one.result == "ok" and at is not None else FOREVER
            perhaps = at if is_exact and at is not None else one.began
            if kind == "cap":
                found[consumer].caps.append((perhaps, surely, one.asked["cents"]))
            else:
                found[consumer].blocks.append((perhaps, surely))
    return found
