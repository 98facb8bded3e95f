"""Whether law rows overlap, and whether they fill the ground that they promise to cover."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations, pairwise, product

import msgspec

from wherewithal.vocabulary.errors import Problem
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.law import LawRow
from wherewithal.vocabulary.program import ProductCode

#: Half-open ranges of amount, term and day (as an ordinal).
Box = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
_FOREVER = date.max.toordinal()


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The ground that rows must fill in every state, from a day on."""

    place: str
    originator: str
    products: tuple[ProductCode, ...]
    #: Both inclusive, as in a row.
    amounts_cents: tuple[int, int]
    terms_months: tuple[int, int]
    date_from: date

    @property
    def box(self) -> Box:
        """Return the ranges."""
        amounts, terms = self.amounts_cents, self.terms_months
        days = (self.date_from.toordinal(), _FOREVER)
        return ((amounts[0], amounts[1] + 1), (terms[0], terms[1] + 1), days)


def _box(row: LawRow) -> Box:
    return (
        (row.amount_min_cents, row.amount_max_cents + 1),
        (row.term_min_months, row.term_max_months + 1),
        (row.date_from.toordinal(), row.date_to.toordinal() if row.date_to else _FOREVER),
    )


def overlaps(rows: Sequence[LawRow], places: Sequence[str]) -> Iterator[Problem]:
    """Yield each pair of rows that hold for the same case, at the later one."""
    placed = list(zip(rows, places, strict=True))
    for (first, first_place), (second, second_place) in combinations(placed, 2):
        states = [state for state in second.states if state in first.states]
        products = [word for word in second.products if word in first.products]
        ranges = [
            (max(a[0], b[0]), min(a[1], b[1]))
            for a, b in zip(_box(first), _box(second), strict=True)
        ]
        meets = all(low < high for low, high in ranges)
        if first.originator != second.originator or not (states and products and meets):
            continue
        amount, term, day = (low for low, _ in ranges)
        case = f"{products[0]} in {states[0]}, {amount:,} cents over {term} months"
        yield Problem(
            code="law_overlap",
            path=second_place,
            message=f"row '{second.row_id}' overlaps row '{first.row_id}' at {first_place}: both"
            f" hold for {case} on {date.fromordinal(day)}; narrow one of them",
        )


def gaps(rows: Sequence[LawRow], coverages: Sequence[Coverage]) -> Iterator[Problem]:
    """Yield each part of the ground that no row fills, with its states."""
    for coverage in coverages:
        for word in coverage.products:
            missing: dict[Box, list[str]] = {}
            of_product = [
                row
                for row in rows
                if row.originator == coverage.originator and word in row.products
            ]
            for state in STATES:
                boxes = [_box(row) for row in of_product if state in row.states]
                for cell in _uncovered(coverage.box, boxes):
                    missing.setdefault(cell, []).append(state)
            for cell, states in missing.items():
                yield _gap(coverage, word, cell, states)


def _gap(coverage: Coverage, word: ProductCode, cell: Box, states: Sequence[str]) -> Problem:
    (amount_from, amount_to), (term_from, term_to), (day_from, day_to) = cell
    until = "" if day_to == _FOREVER else f" until {date.fromordinal(day_to)}"
    return Problem(
        code="law_incomplete",
        path=coverage.place,
        message=f"no row for {coverage.originator}, {word}, {amount_from:,} to {amount_to - 1:,}"
        f" cents, {term_from} to {term_to - 1} months, from {date.fromordinal(day_from)}{until},"
        f" in {' '.join(states)}; a no needs a row too, with is_allowed = false",
    )


def _uncovered(ground: Box, boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield the cells of `ground` that no box covers; cells are cut where any box begins or ends.

    >>> list(_uncovered(((0, 10), (1, 2), (0, 9)), [((0, 4), (1, 3), (0, 9))]))
    [((4, 10), (1, 2), (0, 9))]
    """
    axes = [
        _pieces(ground[axis], sorted({edge for box in boxes for edge in box[axis]}))
        for axis in range(3)
    ]
    for amounts, terms, days in product(*axes):
        if not any(
            _inside(amounts, box[0]) and _inside(terms, box[1]) and _inside(days, box[2])
            for box in boxes
        ):
            yield (amounts, terms, days)


def _pieces(whole: tuple[int, int], edges: Sequence[int]) -> list[tuple[int, int]]:
    """Return `whole` cut at the edges inside it.

    >>> _pieces((0, 10), [-3, 0, 4, 12])
    [(0, 4), (4, 10)]
    """
    inner = edges[bisect_left(edges, whole[0] + 1) : bisect_left(edges, whole[1])]
    return list(pairwise((whole[0], *inner, whole[1])))


def _inside(piece: tuple[int, int], whole: tuple[int, int]) -> bool:
    return whole[0] <= piece[0] and piece[1] <= whole[1]
