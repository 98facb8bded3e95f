"""Promises that are no account's own: nothing stale, nothing unheard, blocks that stay, true reads."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.simulation.checker import Finding, Snapshot
from tests.simulation.history import Attempt, Final, Settings

_EVENT_OF = {
    "hold_placed": "hold.placed",
    "hold_captured": "hold.captured",
    "hold_voided": "hold.voided",
    "hold_expired": "hold.expired",
    "payment_made": "loan.paid",
    "loan_refunded": "loan.refunded",
}


def stale(
    attempts: dict[str, Attempt],
    final: Final,
    settings: dict[str, Settings],
    counts: Counter[str],
) -> list[Finding]:
    """Return where an older decision took the place of a newer one, or one was lost."""
    found: list[Finding] = []
    for consumer, rows in final.decisions.items():
        newest = max((as_of, seq) for _, as_of, seq, _ in rows)
        if final.powers[consumer] != newest:
            found.append(
                Finding("stale", f"{consumer[:8]}: {final.powers[consumer]}, not {newest}")
            )
        before = (0, 0)
        for _, as_of, seq, _ in rows:
            counts["decisions that came late"] += (as_of, seq) < before
            before = max(before, (as_of, seq))
    written = {name for rows in final.decisions.values() for *_, name in rows}
    last: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    reads = [one for one in attempts.values() if one.asked["kind"] == "read"]
    for one in sorted(reads, key=lambda one: one.began):
        if one.result != "ok":
            continue
        reader = (one.asked["reader"], one.asked["consumer"])
        seen = (one.answer["as_of"], one.answer["seq"])
        if seen < last[reader]:
            found.append(Finding("stale", f"{reader} read {seen} after {last[reader]}"))
        last[reader] = max(last[reader], seen)
        counts["publications seen by a reader"] += one.answer["tempo"] == "offline"
    for one in attempts.values():
        is_told = one.asked["kind"] == "decide" and one.result == "ok"
        if is_told and one.asked["decision"] not in written:
            found.append(Finding("lost", f"decision {one.asked['decision']}"))
    for consumer, setting in settings.items():
        is_blocked = bool(final.accounts[consumer]["blocks"])
        if any(hi < 1 << 62 for _, hi in setting.blocks) and not is_blocked:
            found.append(Finding("block", f"{consumer[:8]}: a block is gone"))
    return found


def events(final: Final) -> list[Finding]:
    """Return events that are missing, out of order, untold, or of what never was."""
    found: list[Finding] = []
    for consumer, stands in final.accounts.items():
        told = final.events.get(consumer, [])
        numbers = [number for number, *_ in told]
        if numbers != list(range(1, stands["event_seq"] + 1)):
            found.append(Finding("events", f"{consumer[:8]}: the numbers have holes"))
        kinds = Counter(row["kind"] for row in final.entries.get(consumer, []))
        types = Counter(kind for _, kind, _ in told)
        for kind, type_ in _EVENT_OF.items():
            if kinds[kind] != types[type_]:
                what = f"{kinds[kind]} entries of {kind}, {types[type_]} events"
                found.append(Finding("events", f"{consumer[:8]}: {what}"))
        unheard = [number for number, _, event_id in told if event_id not in final.received]
        if unheard:
            found.append(Finding("events", f"{consumer[:8]}: never received: {unheard[:9]}"))
    return found


def reads(attempts: dict[str, Attempt], snapshots: dict[str, list[Snapshot]]) -> list[Finding]:
    """Return reads that showed what was not so: lost writes, or power that had not come back.

    What was acknowledged before a read began must be in it; what was seen under the lock after the
    read cannot be. Holds count until their time, whoever swept.
    """
    found: list[Finding] = []
    for one in attempts.values():
        if one.asked["kind"] != "read" or one.result != "ok":
            continue
        at, states = one.answer["at"], snapshots[one.asked["consumer"]]
        known = [number for number, state in enumerate(states) if state.told < one.began]
        first = max(known, default=0)
        possible = [state for state in states[first:] if state.at <= at]
        seen = (one.answer["held"], one.answer["drawn"])
        if seen not in {(_held(state, at), state.owed) for state in possible}:
            what = f"{one.asked['consumer'][:8]}: held and drawn {seen} were read at {at}"
            found.append(Finding("read", what))
    return found


def _held(state: Snapshot, at: int) -> int:
    return sum(cents for cents, expires_at in state.holds if expires_at > at)
