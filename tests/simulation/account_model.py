"""A consumer's account, single-threaded, from the documents alone: it shares no code with the product.

Source: POLICY 5 (limit nodes), DESIGN 5 (the ledger), docs/holds.md. Money is integer cents, moments
are microseconds since 1970 by the database's clock. One operation after the other is asked; each
says what must be answered and exactly which entries the ledger must gain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

#: Shares are of so many.
WHOLE = 10_000
#: Products whose clearing is booked whatever is held.
CARD_RAILS = frozenset({"one_time_card", "card"})
#: How a till says that it does not go depends on what else is offered there.
NO = frozenset({"over_power", "not_available", "below_least", "between_plans", "plan_not_offered"})
#: Less than a dollar is captured only if it is all that is left.
CRUMB_CENTS = 100


class Entry(NamedTuple):
    """What one line of the ledger must say, of a hold or, once it is booked, of a loan."""

    kind: str
    of: str
    amount: int
    held: int
    drawn: int


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the documents leave to configuration."""

    #: How long power is reserved, by product, and after a capture in part; microseconds.
    lives: Mapping[str, int]
    rest: int
    #: The share of the total limit that a merchant may take; others may take all of it.
    shares: Mapping[str, int]
    #: Loans and active holds at once, by tier.
    plans_max: Mapping[str, int]
    newcomer_share: int = 6_000
    holds_at_merchant_max: int = 5


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What stands for the consumer at a moment, besides the account."""

    #: None: declined, or nothing stands.
    limits: Mapping[str, int] | None
    tier: str
    own_cap: int | None
    is_blocked: bool


@dataclass(kw_only=True)
class Hold:
    """A hold as it stands."""

    hold_id: str
    key: tuple[str, str]
    digest: str
    product: str
    plan: str
    basket: int
    held: int
    placed_at: int
    expires_at: int
    status: str = "held"
    captured: int = 0
    #: Basket cents by the reference of the capture.
    captures: dict[str, int] = field(default_factory=dict)


@dataclass(kw_only=True)
class Loan:
    """Principal that is owed; of plans with interest nothing is paid in the simulation."""

    loan: str
    merchant: str
    product: str
    plan: str
    basket: int
    owed: int
    refunded: int = 0
    #: What was done by (kind, reference): the amount.
    made: dict[tuple[str, str], int] = field(default_factory=dict)


class Verdict(NamedTuple):
    """What an operation must be answered with (one of these codes), and what it must write."""

    codes: frozenset[str]
    entries: list[Entry]


def lent(plan: str, basket: int) -> int:
    """Return what is lent of a basket: three of its four quarters, or all of it.

    >>> lent("pay_in_4", 40_003), lent("3m", 40_003)
    (30000, 40003)
    """
    return 3 * (basket // 4) if plan == "pay_in_4" else basket


@dataclass(kw_only=True)
class Account:
    """One consumer's account; operations come in the order in which they had the lock."""

    rules: Rules
    #: Bought before and paid on time, so that limits count whole.
    is_known: bool
    holds: dict[str, Hold] = field(default_factory=dict)
    loans: dict[str, Loan] = field(default_factory=dict)
    by_key: dict[tuple[str, str], Hold] = field(default_factory=dict)

    def active(self, at: int) -> list[Hold]:
        """Return holds that reserve power at a moment, whether or not others were swept."""
        return [one for one in self.holds.values() if one.status == "held" and one.expires_at > at]

    def held(self, at: int) -> int:
        """Return what is reserved at a moment."""
        return sum(one.held for one in self.active(at))

    @property
    def owed(self) -> int:
        """Return what was lent."""
        return sum(one.owed for one in self.loans.values())

    @property
    def open_loans(self) -> list[Loan]:
        """Return loans of which something is owed."""
        return [one for one in self.loans.values() if one.owed]

    def lapse(self, at: int) -> list[Entry]:
        """Write down every hold that is past its time."""
        past = [h for h in self.holds.values() if h.status == "held" and h.expires_at <= at]
        entries = [Entry("hold_expired", one.hold_id, one.held, -one.held, 0) for one in past]
        for one in past:
            one.status, one.held = "expired", 0
        return entries

    def refusal(self, asked: Mapping[str, Any], terms: Terms, at: int) -> frozenset[str]:
        """Return the codes that a purchase may be refused with; `ok` or none: it may be granted."""
        if terms.is_blocked or terms.limits is None:
            return frozenset({"not_available"})
        active = self.active(at)
        merchant = asked["merchant"]
        if sum(one.key[0] == merchant for one in active) >= self.rules.holds_at_merchant_max:
            return frozenset({"too_many_holds"})
        if len(active) + len(self.open_loans) >= self.rules.plans_max[terms.tier]:
            return frozenset({"not_available"})
        used = [(h.key[0], h.product, h.plan, h.held) for h in self.active(at)]
        used += [(one.merchant, one.product, one.plan, one.owed) for one in self.open_loans]
        cents = lent(asked["plan"], asked["basket"])
        room = self._room(asked, terms, terms.limits, used)
        if cents > room:
            return NO
        if asked["plan"] != "pay_in_4":
            return frozenset()
        # Payments of monthly plans weigh as well; the model knows only that none is above this. What was
        # refunded or paid makes a plan shorter and no payment smaller, so the whole basket counts.
        bought = [(h.plan, h.basket) for h in active]
        bought += [(loan.plan, loan.basket) for loan in self.open_loans]
        monthly = [(int(plan[:-1]), cents) for plan, cents in bought if plan != "pay_in_4"]
        weighs = sum(cents * 11 // (10 * months) + 100 for months, cents in monthly)
        short = sum(owed for _, _, plan, owed in used if plan == "pay_in_4")
        is_sure = cents <= terms.limits["capacity"] - short - weighs
        return frozenset() if is_sure else NO | {"ok"}

    def _room(
        self,
        asked: Mapping[str, Any],
        terms: Terms,
        limits: Mapping[str, int],
        used: list[tuple[str, str, str, int]],
    ) -> int:
        share = WHOLE if self.is_known else self.rules.newcomer_share
        total = limits["total"] * share // WHOLE
        rooms = [total - sum(cents for *_, cents in used)]
        if terms.own_cap is not None:
            rooms.append(terms.own_cap - sum(cents for *_, cents in used))
        merchant, product, plan = asked["merchant"], asked["product"], asked["plan"]
        part = total * self.rules.shares.get(merchant, WHOLE) // WHOLE
        rooms.append(part - sum(cents for at_m, _, _, cents in used if at_m == merchant))
        is_short = plan == "pay_in_4"
        family = limits["short_term" if is_short else "instalment"] * share // WHOLE
        rooms.append(family - sum(c for *_, p, c in used if (p == "pay_in_4") == is_short))
        if product in CARD_RAILS:
            own = limits[product] * share // WHOLE
            rooms.append(own - sum(c for _, p, _, c in used if p == product))
        if is_short:
            # Its three payments fall within one window of 30 days, wherever it was bought.
            rooms.append(limits["capacity"] - sum(c for *_, p, c in used if p == "pay_in_4"))
        return min(rooms)

    def place(self, asked: Mapping[str, Any], terms: Terms, at: int) -> Verdict:
        """Return what a request for a hold must come to; `grant` makes it so."""
        made = self.by_key.get((asked["merchant"], asked["reference"]))
        if made is not None:
            return Verdict(
                frozenset({"again" if made.digest == asked["digest"] else "reference_reused"}), []
            )
        codes = self.refusal(asked, terms, at)
        return Verdict(codes or frozenset({"ok"}), self.lapse(at))

    def grant(self, asked: Mapping[str, Any], hold_id: str, at: int) -> Entry:
        """Reserve what a purchase lends."""
        cents = lent(asked["plan"], asked["basket"])
        hold = Hold(
            hold_id=hold_id,
            key=(asked["merchant"], asked["reference"]),
            digest=asked["digest"],
            product=asked["product"],
            plan=asked["plan"],
            basket=asked["basket"],
            held=cents,
            placed_at=at,
            expires_at=at + self.rules.lives[asked["product"]],
        )
        self.holds[hold_id] = self.by_key[hold.key] = hold
        return Entry("hold_placed", hold_id, cents, cents, 0)

    def void(self, hold_id: str, at: int) -> Verdict:
        """Give back what is still held."""
        entries, hold = self.lapse(at), self.holds[hold_id]
        if hold.status == "voided":
            return Verdict(frozenset({"ok"}), entries)
        if hold.status != "held":
            return Verdict(frozenset({f"hold_{hold.status}"}), entries)
        entries.append(Entry("hold_voided", hold_id, hold.held, -hold.held, 0))
        hold.status, hold.held = "voided", 0
        return Verdict(frozenset({"ok"}), entries)

    def capture(self, asked: Mapping[str, Any], at: int) -> Verdict:
        """Book a loan for a part of a hold, or for all that is left of it."""
        entries, hold = self.lapse(at), self.holds[asked["hold"]]
        amount, reference = asked["amount"], asked["reference"]
        if reference in hold.captures:
            is_same = amount in {None, hold.captures[reference]}
            return Verdict(frozenset({"again" if is_same else "reference_reused"}), entries)
        is_card, has_ended = hold.product in CARD_RAILS, hold.status != "held"
        if has_ended and (not is_card or amount is None):
            return Verdict(frozenset({f"hold_{hold.status}"}), entries)
        left = 0 if has_ended else hold.basket - hold.captured
        amount = left if amount is None else amount
        if amount > left and not is_card:
            return Verdict(frozenset({"above_hold"}), entries)
        if amount < min(left, CRUMB_CENTS) or lent(hold.plan, amount) <= 0:
            return Verdict(frozenset({"too_small"}), entries)
        return Verdict(frozenset({"ok"}), entries + self._book(hold, asked, amount, left))

    def _book(self, hold: Hold, asked: Mapping[str, Any], amount: int, left: int) -> list[Entry]:
        principal = lent(hold.plan, amount)
        taken = min(hold.held, principal)
        hold.captures[asked["reference"]] = amount
        loan = f"{hold.hold_id}/{asked['reference']}"
        self.loans[loan] = Loan(
            loan=loan,
            merchant=hold.key[0],
            product=hold.product,
            plan=hold.plan,
            basket=amount,
            owed=principal,
        )
        entries = [
            Entry("loan_booked", hold.hold_id, principal, 0, principal),
            Entry("hold_captured", hold.hold_id, amount, -taken, 0),
        ]
        if hold.status != "held":
            return entries
        hold.captured += amount
        hold.held -= taken
        hold.expires_at = max(hold.expires_at, hold.placed_at + self.rules.rest)
        if asked["is_last"] or amount >= left:
            if hold.held:
                entries.append(Entry("hold_released", hold.hold_id, hold.held, -hold.held, 0))
            hold.status, hold.held = "captured", 0
        return entries

    def pay(self, asked: Mapping[str, Any], at: int) -> Verdict:
        """Take a payment on a loan without interest."""
        loan, cents = self.loans[asked["loan"]], asked["amount"]
        before = loan.made.get(("pay", asked["reference"]))
        if before is not None:
            return Verdict(frozenset({"again" if before == cents else "loan_reference_reused"}), [])
        entries = self.lapse(at)
        if not loan.owed:
            return Verdict(frozenset({"loan_ended"}), entries)
        if cents > loan.owed:
            return Verdict(frozenset({"above_owed"}), entries)
        loan.owed -= cents
        loan.made["pay", asked["reference"]] = cents
        entries.append(Entry("payment_made", loan.loan, cents, 0, -cents))
        return Verdict(frozenset({"ok"}), entries)

    def refund(self, asked: Mapping[str, Any], at: int) -> Verdict:
        """Give goods back: what is owed falls, and what it does not cover is the person's."""
        loan, cents = self.loans[asked["loan"]], asked["amount"]
        before = loan.made.get(("refund", asked["reference"]))
        if before is not None:
            return Verdict(frozenset({"again" if before == cents else "loan_reference_reused"}), [])
        entries = self.lapse(at)
        if cents > loan.basket - loan.refunded:
            return Verdict(frozenset({"above_basket"}), entries)
        lowered = min(cents, loan.owed)
        loan.owed -= lowered
        loan.refunded += cents
        loan.made["refund", asked["reference"]] = cents
        entries.append(Entry("loan_refunded", loan.loan, cents, 0, -lowered))
        return Verdict(frozenset({"ok"}), entries)
