"""Lists of merchants by brute force: every merchant asked one by one, sorted by plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.merchant_names import folded, words_of
from wherewithal.qualify.merchant_query import Order, Query
from wherewithal.qualify.merchants import Answer, ProgramBook, merchant_answers
from wherewithal.qualify.offers import offer_for
from wherewithal.vocabulary.merchant import Directory, Merchant
from wherewithal.vocabulary.program import PlanCode


class Lists:
    """Answers one by one, and what an offer for each would cost."""

    def __init__(self, bundle: PolicyBundle, directory: Directory, on: date) -> None:
        self.directory, self.on = directory, on
        self.book = ProgramBook(bundle, on)
        houses = [product.house_program for product in bundle.catalogue.products]
        self.programs = {one.program_id: one for one in (*houses, *directory.programs)}
        self.products = {product.code: product for product in bundle.catalogue.products}
        self._tables: dict[str, Any] = {}
        self._aprs: dict[Any, tuple[int, int]] = {}
        self._last: tuple[Any, dict[str, list[Answer]]] = (None, {})

    def answers(self, person: Mapping[str, Any]) -> dict[str, list[Answer]]:
        if self._last[0] is person:
            return self._last[1]
        found: dict[str, list[Answer]] = {}
        used_at = person.get("used_at", {})
        for answer in merchant_answers(person, self.directory, self.book, used_at=used_at):
            found.setdefault(answer.merchant_id, []).append(answer)
        self._last = (person, found)
        return found

    def rates(self, answer: Answer, person: Mapping[str, Any]) -> tuple[int, int] | None:
        """Return note rate and APR of the offer for a power; None without power."""
        if answer.plan is None:
            return None
        place = (person["pricing_tier"], person["state"])
        key = (answer.program_id, answer.plan, answer.power_cents, *place)
        if key not in self._aprs:
            program = self.programs[answer.program_id or ""]
            if program.program_id not in self._tables:
                table = self.book.pricer.table(program, self.products[program.product])
                self._tables[program.program_id] = table
            offer = offer_for(
                self._tables[program.program_id],
                plan=PlanCode(answer.plan),
                basket_cents=answer.power_cents,
                pricing_tier=person["pricing_tier"],
                state=person["state"],
                start_on=self.on,
            )
            assert offer is not None
            self._aprs[key] = (offer.note_rate_bps, offer.apr_bps)
        return self._aprs[key]

    def rows(self, person: Mapping[str, Any], query: Query) -> list[tuple[str, int, int | None]]:
        """Return key, power and APR of every merchant that a query finds, in its order."""
        answers = self.answers(person)
        keyed = []
        for merchant in self.directory.merchants:
            if not _is_named(merchant, query) or (query.mccs and merchant.mcc not in query.mccs):
                continue
            found = [
                (one.power_cents, apr)
                for one in answers[merchant.merchant_id]
                if not query.products or one.product in query.products
                for apr in [(self.rates(one, person) or (0, None))[1]]
                if _is_found(one.power_cents, apr, query)
            ]
            if found:
                power, apr = max(found, key=lambda one: (one[0], -(one[1] or 0)))
                place = (folded(merchant.name), merchant.name, merchant.merchant_id)
                by = {
                    Order.POWER: -power,
                    Order.NAME: 0,
                    Order.APR: 10**6 if apr is None else apr,
                }
                keyed.append(((by[query.order], place), (merchant.merchant_id, power, apr)))
        return [row for _, row in sorted(keyed)]


def _is_named(merchant: Merchant, query: Query) -> bool:
    own = words_of(merchant.name)
    wanted: Sequence[str] = words_of(query.name) if query.name else ()
    return all(any(word.startswith(one) for word in own) for one in wanted)


def _is_found(power: int, apr: int | None, query: Query) -> bool:
    if power < (query.power_min_cents or 0):
        return False
    return query.apr_max_bps is None or (apr is not None and apr <= query.apr_max_bps)
