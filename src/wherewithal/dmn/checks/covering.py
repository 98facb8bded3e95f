"""Whether some rows of a box are held by no rule: one input at a time, few rules at a time.

Rules that test one input alone are taken away first; then one input is split into the pieces that
the rules tell apart, and a state that was seen before is not asked again. Where few rules are left
they are numbered anew, so that a table of 10,000 rules costs what its parts cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

Box = tuple[int, ...]
#: One atom an input.
Row = tuple[int, ...]

#: Of so many rules a part is made, and looked at by itself.
PART_MAX = 200


class Rules(Protocol):
    """Rules by number, as boxes."""

    @property
    def rules(self) -> Sequence[Box]:
        """Return the boxes."""

    def split(self, place: int, atoms: int, rules: int) -> dict[int, int]:
        """Return the atoms of an input by which of the rules are left there."""

    def pay(self, steps: int) -> None:
        """Take away from the steps that are allowed; raise TooLarge below none."""


class Part:
    """Some rules of a table, clipped to a box over some of its inputs, and numbered anew."""

    def __init__(self, rules: Sequence[Box], box: Box, *, pay: Callable[[int], None]) -> None:
        """Clip the rules to the box; `pay` is told what every step costs."""
        self.rules = [tuple(a & b for a, b in zip(rule, box, strict=True)) for rule in rules]
        self.pay = pay
        self._box = box
        self._loose = [0] * len(box)
        self._cells: list[dict[int, int]] = [{} for _ in box]
        self.pay(len(self.rules) * len(box))
        for number, rule in enumerate(self.rules):
            for place, atoms in enumerate(rule):
                if atoms == box[place]:
                    self._loose[place] |= 1 << number
                else:
                    cells = self._cells[place]
                    cells[atoms] = cells.get(atoms, 0) | 1 << number

    def split(self, place: int, atoms: int, rules: int) -> dict[int, int]:
        """Return the atoms of an input by which of the rules are left there."""
        groups = {rules & self._loose[place]: atoms}
        for cell, numbers in self._cells[place].items():
            if held := numbers & rules:
                self.pay(len(groups))
                groups = _refined(groups, cell, held)
        return groups

    def uncovered(self) -> dict[int, int] | None:
        """Return an atom for each input that no rule holds, or None.

        Errors: TooLarge.
        """
        if self._box in self.rules:
            return None
        places = tuple(range(len(self._box)))
        return Search(self, self._loose).run(places, self._box, (1 << len(self.rules)) - 1)


def _refined(groups: Mapping[int, int], cell: int, held: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for numbers, atoms in groups.items():
        if inside := atoms & cell:
            found[numbers | held] = found.get(numbers | held, 0) | inside
        if outside := atoms & ~cell:
            found[numbers] = found.get(numbers, 0) | outside
    return found


class Search:
    """One question: which row of a box is held by no rule."""

    def __init__(self, table: Rules, loose: Sequence[int]) -> None:
        """Look among a table's rules; `loose` are by input those that test nothing in the box."""
        self._table = table
        self._loose = loose
        self._is_part = isinstance(table, Part)
        self._covered: set[tuple[tuple[int, ...], int, Box]] = set()

    def run(self, free: tuple[int, ...], box: Box, rules: int) -> dict[int, int] | None:
        """Return an atom for each free input, or None if the rules hold all of the box."""
        if not rules:
            return {place: lowest(box[place]) for place in free}
        whole = rules
        for place in free:
            whole &= self._loose[place]
        if whole:
            return None
        key = (free, rules, box)
        if key in self._covered:
            return None
        if not self._is_part and rules.bit_count() <= PART_MAX:
            found = self._in_part(free, box, rules)
        else:
            narrowed = self._narrowed(free, box, rules)
            found = None if narrowed is None else self._branch(free, *narrowed)
        if found is None:
            self._covered.add(key)
        return found

    def _in_part(self, free: tuple[int, ...], box: Box, rules: int) -> dict[int, int] | None:
        boxes = [tuple(self._table.rules[n][place] for place in free) for n in bits(rules)]
        part = Part(boxes, tuple(box[place] for place in free), pay=self._table.pay)
        found = part.uncovered()
        return None if found is None else {free[place]: atom for place, atom in found.items()}

    def _narrowed(self, free: tuple[int, ...], box: Box, rules: int) -> tuple[Box, int] | None:
        """Take away what rules that test one input alone hold; None if nothing is left."""
        left = list(box)
        for place in free:
            alone = rules
            for other in free:
                if other != place:
                    alone &= self._loose[other]
            if alone:
                self._table.pay(alone.bit_count())
                for number in bits(alone):
                    left[place] &= ~self._table.rules[number][place]
                rules &= ~alone
                if not left[place]:
                    return None
        return tuple(left), rules

    def _branch(self, free: tuple[int, ...], box: Box, rules: int) -> dict[int, int] | None:
        if not rules:
            return {place: lowest(box[place]) for place in free}
        # The input that most rules test tells most of them apart.
        chosen = max(free, key=lambda place: (rules & ~self._loose[place]).bit_count())
        rest = tuple(place for place in free if place != chosen)
        groups = self._table.split(chosen, box[chosen], rules)
        for left, atoms in sorted(groups.items(), key=lambda item: item[0].bit_count()):
            # What lies on inputs that are settled plays no part below.
            settled = tuple(0 if place == chosen else b for place, b in enumerate(box))
            found = self.run(rest, settled, left)
            if found is not None:
                found[chosen] = lowest(atoms)
                return found
        return None


def bits(value: int) -> Iterator[int]:
    """Yield the places of the bits that are set, ascending."""
    while value:
        low = value & -value
        yield low.bit_length() - 1
        value ^= low


def runs(value: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of bits that are set: the first place, and the one after the last."""
    at = 0
    while value:
        skipped = (value & -value).bit_length() - 1
        value >>= skipped
        length = (~value & (value + 1)).bit_length() - 1
        at += skipped
        yield at, at + length
        at += length
        value >>= length


def lowest(value: int) -> int:
    """Return the place of the lowest bit."""
    return (value & -value).bit_length() - 1
