"""Checks a run's history against the model, one consumer after the other, in linear time.

The number of a ledger entry was given under the consumer's lock, so it is the order in which things
happened; the moment that was read under that lock must agree with it, and with the clocks of those
who asked. Every attempt is put to the model at its place in that order, and must have been answered
and written down as the model says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from tests.simulation.account_model import Account, Entry, Rules, Terms, Verdict
from tests.simulation.history import Attempt, Final, Settings, Transaction, transactions_of

#: Clocks are read before and after; microseconds.
EPSILON = 1_000
_OPERATIONS = {"place", "capture", "void", "pay", "refund", "sweep"}


class Finding(NamedTuple):
    """A promise that was not kept."""

    promise: str
    what: str


class Snapshot(NamedTuple):
    """An account after one transaction."""

    at: int
    #: Of those who were told.
    told: int
    holds: list[tuple[int, int]]
    owed: int


@dataclass(kw_only=True)
class ConsumerCheck:
    """The check of one consumer."""

    consumer: str
    account: Account
    settings: Settings
    final: Final
    counts: Counter[str]
    findings: list[Finding] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    #: The bytes that a reference was answered with.
    bodies: dict[str, str] = field(default_factory=dict)

    def find(self, promise: str, what: str) -> None:
        """Note what was not kept."""
        self.findings.append(Finding(promise, f"{self.consumer[:8]}: {what}"))

    def run(self, attempts: list[Attempt]) -> None:
        """Put every attempt to the model in the order of the lock."""
        rows = self.final.entries.get(self.consumer, [])
        written = transactions_of(rows)
        self._order(rows, written)
        by_at = {one.at: one for one in written}
        if self.findings:
            return
        self.snapshots.append(Snapshot(0, 0, [], 0))
        seen = set()
        looks = [(one.looks[self.consumer], one) for one in attempts if self.consumer in one.looks]
        for at, attempt in sorted(looks, key=lambda look: look[0]):
            seen.add(at)
            if not attempt.began - EPSILON <= at <= attempt.ended + EPSILON:
                self.find("order", f"{attempt.name} saw the account at a moment not its own")
            try:
                self._step(attempt, at, by_at.get(at))
            except KeyError as error:
                self.find("from_nowhere", f"{attempt.name}: there is no {error}")
            if self.findings:
                return
        for one in written:
            if one.at not in seen:
                self.find("from_nowhere", f"nobody asked for {one.entries}")
        self._end()

    def _order(self, rows: list[dict[str, Any]], written: list[Transaction]) -> None:
        numbers = [row["seq"] for row in rows]
        if numbers != list(range(1, len(rows) + 1)):
            self.find("order", "the numbers of the entries have holes")
        if self.final.accounts[self.consumer]["ledger_seq"] != len(rows):
            self.find("sums", "the account counts other entries than there are")
        for before, after in pairwise(written):
            if before.at >= after.at:
                self.find("order", f"an entry of {after.at} stands after one of {before.at}")

    def _step(self, attempt: Attempt, at: int, wrote: Transaction | None) -> None:
        actual = sorted(wrote.entries) if wrote else []
        if attempt.result == "crash":
            self.find("crash", f"{attempt.name}: {attempt.answer['code']}")
            return
        is_known = attempt.result in {"ok", "fail"} and attempt.asked["kind"] != "sweep"
        if not is_known and not actual:
            self.counts["unknown, not applied"] += attempt.asked["kind"] != "sweep"
            return
        if not is_known and attempt.asked["kind"] != "sweep":
            self.counts["unknown, applied"] += 1
        terms = self.settings.at(at)
        used = self.account.held(at) + self.account.owed
        verdict = self._verdict(attempt, at, wrote, terms)
        self._answered(attempt, verdict, terms, at)
        expected = sorted(verdict.entries)
        if attempt.asked.get("is_foreign") and not actual:
            return
        if expected != actual:
            promise = "lost" if is_known and not actual else "wrong_effect"
            self.find(promise, f"{attempt.name} {attempt.asked}: {actual}, not {expected}")
            return
        self._count(attempt, verdict, terms, used)
        if actual:
            told = attempt.ended if attempt.result in {"ok", "fail"} else 1 << 62
            holds = [
                (one.held, one.expires_at)
                for one in self.account.holds.values()
                if one.status == "held"
            ]
            self.snapshots.append(Snapshot(at, told, holds, self.account.owed))

    def _verdict(
        self, attempt: Attempt, at: int, wrote: Transaction | None, terms: list[Terms]
    ) -> Verdict:
        asked, account = attempt.asked, self.account
        match asked["kind"]:
            case "sweep":
                return Verdict(frozenset({"ok"}), account.lapse(at))
            case "capture":
                return account.capture(asked, at)
            case "void":
                return account.void(asked["hold"], at)
            case "pay":
                return account.pay(asked, at)
            case "refund":
                return account.refund(asked, at)
        if asked.get("is_foreign"):
            return Verdict(frozenset({"reference_reused"}), account.lapse(at) if wrote else [])
        verdicts = [account.place(asked, one, at) for one in terms]
        codes = frozenset[str]().union(*(one.codes for one in verdicts))
        # The first has written down what had expired; the others found nothing more.
        entries = verdicts[0].entries
        granted = [one for one in (wrote.entries if wrote else []) if one.kind == "hold_placed"]
        if granted and "again" not in codes:
            row = self.final.holds[granted[0].of]
            if (row["merchant"], row["reference"]) != (asked["merchant"], asked["reference"]):
                self.find("from_nowhere", f"{attempt.name}: a hold of another reference")
            entries = [*entries, account.grant(asked, granted[0].of, at)]
            if "ok" not in codes:
                blocked = all(one.is_blocked for one in terms)
                promise = "block" if blocked else "over_limit"
                self.find(promise, f"{attempt.name} {asked} was granted at {at} of {terms}")
        elif attempt.result == "ok" and "ok" in codes:
            hold = Entry("hold_placed", attempt.answer["hold"], 0, 0, 0)
            entries = [*entries, hold]
        return Verdict(codes, entries)

    def _answered(self, attempt: Attempt, verdict: Verdict, terms: list[Terms], at: int) -> None:
        codes, asked = verdict.codes, attempt.asked
        if attempt.result == "fail" and attempt.answer["code"] not in codes:
            promise = "false_refusal" if codes == {"ok"} else "wrong_answer"
            room = terms if asked["kind"] == "place" else ""
            what = f"{attempt.name} {asked} was answered {attempt.answer['code']}"
            self.find(promise, f"{what} at {at}, not {sorted(codes)} {room}")
        if attempt.result != "ok":
            return
        if asked["kind"] != "sweep" and not codes & {"ok", "again"}:
            promise = "over_limit" if asked["kind"] == "place" else "wrong_answer"
            self.find(promise, f"{attempt.name} {asked} was done, not {sorted(codes)}")
        if attempt.answer.get("is_new") is True and "again" in codes:
            self.find("double_effect", f"{attempt.name} {asked} was done again")
        if "bytes" in attempt.answer:
            body = self.bodies.setdefault(attempt.answer["hold"], attempt.answer["bytes"])
            if body != attempt.answer["bytes"]:
                self.find("wrong_answer", f"{attempt.name}: other bytes than before")

    def _count(self, attempt: Attempt, verdict: Verdict, terms: list[Terms], used: int) -> None:
        counts, asked, code = self.counts, attempt.asked, attempt.answer.get("code")
        kinds = Counter(one.kind for one in verdict.entries)
        for kind, number in kinds.items():
            counts[kind] += number
        if asked["kind"] != "sweep":
            counts["expired under the lock"] += kinds["hold_expired"]
        counts["asked again, answered the same"] += verdict.codes == {"again"}
        if code:
            counts[f"refused: {code}"] += 1
        if asked["kind"] == "capture" and kinds["loan_booked"]:
            late = self.account.holds[asked["hold"]].status == "expired"
            counts["cleared after the end, on card rails"] += late
        if asked["kind"] == "place":
            limits = terms[0].limits
            counts["asked under a publication"] += len(terms) > 1
            counts["asked where a decision fell below what is used"] += bool(
                limits and limits["total"] < used
            )
            counts["refused for a block"] += terms[0].is_blocked and code is not None

    def _end(self) -> None:
        account = self.account
        stands = self.final.accounts[self.consumer]
        written = sum(one.held for one in account.holds.values() if one.status == "held")
        rows = self.final.entries.get(self.consumer, [])
        sums = (sum(row["held"] for row in rows), sum(row["drawn"] for row in rows))
        found = (stands["held"], stands["drawn"])
        if not found == sums == (written, account.owed):
            self.find("sums", f"account {found}, entries {sums}, model {(written, account.owed)}")
        for one in account.holds.values():
            row = self.final.holds[one.hold_id]
            if (row["status"], row["held"], row["captured"]) != (
                one.status,
                one.held,
                one.captured,
            ):
                self.find("sums", f"hold {row} is not {one}")
        for loan in account.loans.values():
            if self.final.loans.get(loan.loan) != loan.owed:
                self.find("sums", f"loan {self.final.loans.get(loan.loan)} is not {loan}")


def check_consumers(
    attempts: dict[str, Attempt],
    final: Final,
    settings: dict[str, Settings],
    *,
    known: dict[str, bool],
    rules: Rules,
    counts: Counter[str],
) -> tuple[list[Finding], dict[str, list[Snapshot]]]:
    """Return what was not kept, and every account as it was after each transaction."""
    asked = [one for one in attempts.values() if one.asked["kind"] in _OPERATIONS]
    findings: list[Finding] = []
    snapshots = {}
    for consumer, is_known in known.items():
        check = ConsumerCheck(
            consumer=consumer,
            account=Account(rules=rules, is_known=is_known),
            settings=settings[consumer],
            final=final,
            counts=counts,
        )
        check.run(asked)
        findings += check.findings
        snapshots[consumer] = check.snapshots
    return findings, snapshots
