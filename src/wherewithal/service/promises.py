"""What one bundle lets us promise: power by the house programs as of a day, and facts measured.

Compiled when it is first asked for; a process keeps one beside its bundle.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from wherewithal.qualify import contract
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.commitment import Measures
from wherewithal.qualify.exposure import Exposure, person_left
from wherewithal.qualify.merchants import ProgramBook, product_of
from wherewithal.qualify.person import person_inputs
from wherewithal.vocabulary.facts import FACTS, FactType
from wherewithal.vocabulary.program import ProductCode

if TYPE_CHECKING:
    from wherewithal.service.standing_products import ProductAnswers

#: Nothing is used at a merchant, and none has a share of its own: no merchant is named.
_NO_MERCHANT: Final = (0, 10_000)
_DATES: Final = tuple(fact.name for fact in FACTS if fact.type is FactType.DATE)
#: One for each bundle that a process serves, for as long as it does.
_KEPT: WeakKeyDictionary[ProductAnswers, Promises] = WeakKeyDictionary()


def promises_of(products: ProductAnswers) -> Promises:
    """Return what commitments are made and judged by, beside what answers under the same bundle.

    It measures facts by deciding, so it is kept apart from those answers: who asks without applying
    reaches nothing that decides.
    """
    if products not in _KEPT:
        _KEPT[products] = Promises(products.bundle)
    return _KEPT[products]


class Promises:
    """One bundle's word on amounts and facts; safe to share within one thread."""

    def __init__(self, bundle: PolicyBundle) -> None:
        """Keep the bundle; nothing is compiled yet."""
        self.bundle = bundle
        self._books: dict[date, ProgramBook] = {}

    @cached_property
    def measures(self) -> Measures:
        """Return what measures facts."""
        return Measures(self.bundle)

    def knows(self, pricing_tier: str | None) -> bool:
        """Return whether the bundle has the pricing tier; another one may have named it."""
        tiers = self.bundle.program.node(contract.PRICING_TIER).type.values or ()
        return pricing_tier in tiers

    def power_cents(
        self,
        product: ProductCode,
        standing: Mapping[str, Any],
        exposure: Exposure,
        *,
        on: date,
        as_of: date,
    ) -> int:
        """Return the largest basket of a product by its house program, in cents.

        `on` is the day of the exposure, `as_of` the day whose law and terms count.
        """
        begin = self.bundle.edition_begin(as_of)
        if begin not in self._books:
            self._books[begin] = ProgramBook(self.bundle, begin)
        function = self._books[begin].function(product_of(self.bundle, product).house_program)
        left = person_left(standing, exposure, catalogue=self.bundle.catalogue, on=on)
        power_cents: int = function(*person_inputs(left), *_NO_MERCHANT)[0]
        return power_cents


def facts_of(text: Mapping[str, Any]) -> dict[str, Any]:
    """Return every fact by name from what is kept of a decision; dates as dates."""
    facts = {fact.name: text.get(fact.name) for fact in FACTS}
    for name in _DATES:
        day = facts[name]
        if isinstance(day, str):
            facts[name] = date.fromisoformat(day)
    return facts
