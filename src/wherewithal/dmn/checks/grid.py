"""A table as boxes over the atoms of its inputs: exact questions about rows that it may meet.

A rule is a set of atoms an input; a set of rules is an int, a bit a rule. Questions are bounded:
`TooLarge` is raised, and never a guess returned.
"""

from __future__ import annotations

from collections.abc import Sequence

from wherewithal.dmn.checks.axis import Axis
from wherewithal.dmn.checks.covering import PART_MAX, Box, Part, Row, Search, bits, lowest, runs

#: Steps of one check's questions; a step is an atom looked at, or a rule.
STEPS_MAX = 8_000_000
#: Atoms that are joined, so that a wide range is not walked atom by atom.
_BLOCK = 64


class TooLarge(Exception):
    """A question about a table took more steps than are allowed."""


class Grid:
    """The rules of a table as boxes."""

    def __init__(self, axes: Sequence[Axis], rules: Sequence[Box], *, domain: Box) -> None:
        """Index the rules by what they admit; `domain` are the rows that may come.

        Errors: TooLarge.
        """
        self.axes = axes
        self.rules = [
            tuple(atoms & whole for atoms, whole in zip(rule, domain, strict=True))
            for rule in rules
        ]
        self.domain = domain
        self.steps_left = STEPS_MAX
        #: The rules that some row of the domain matches.
        self.possible = 0
        self._index()

    def _index(self) -> None:
        self.possible = sum(1 << number for number, rule in enumerate(self.rules) if all(rule))
        self._loose = [0] * len(self.axes)
        #: Rules by what they admit on an input: many rules share a cell.
        self._by_cell: list[dict[int, int]] = [{} for _ in self.axes]
        for number, rule in enumerate(self.rules):
            for place, atoms in enumerate(rule):
                cells = self._by_cell[place]
                cells[atoms] = cells.get(atoms, 0) | 1 << number
        self._by_atom = [self._swept(place) for place in range(len(self.axes))]
        self._by_block: list[dict[int, int]] = [{} for _ in self.axes]
        self._meeting: list[dict[int, int]] = [{} for _ in self.axes]

    def _swept(self, place: int) -> list[int]:
        """Return the rules that hold each atom of an input, by a sweep over where cells begin."""
        turns = [0] * (self.axes[place].null_bit.bit_length() + 1)
        for atoms, numbers in self._by_cell[place].items():
            if atoms == self.domain[place]:
                self._loose[place] = numbers
                continue
            for first, after in runs(atoms):
                self.pay(1)
                turns[first] ^= numbers
                turns[after] ^= numbers
        self.pay(len(turns))
        held, found = 0, []
        for turn in turns[:-1]:
            held ^= turn
            found.append(held)
        return found

    def pay(self, steps: int) -> None:
        """Take away from the steps that are allowed.

        Errors: TooLarge.
        """
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooLarge

    def is_possible(self, rule: int) -> bool:
        """Return whether some row of the domain matches a rule."""
        return all(self.rules[rule])

    def meeting(self, box: Box, rules: int) -> int:
        """Return which of the rules share a row with a box."""
        rules &= self.possible
        for place, atoms in enumerate(box):
            if not rules:
                return 0
            if atoms == self.domain[place]:
                continue
            known = self._meeting[place]
            if atoms not in known:
                known[atoms] = self._loose[place] | self._held(place, atoms)
            rules &= known[atoms]
        return rules

    def _held(self, place: int, atoms: int) -> int:
        by_atom, found = self._by_atom[place], 0
        for first, after in runs(atoms):
            at = first
            while at < after:
                whole = at % _BLOCK == 0 and at + _BLOCK <= after
                found |= self._block(place, at) if whole else by_atom[at]
                self.pay(1)
                at += _BLOCK if whole else 1
        return found

    def _block(self, place: int, first: int) -> int:
        known = self._by_block[place]
        if first not in known:
            found = 0
            for held in self._by_atom[place][first : first + _BLOCK]:
                found |= held
            self.pay(_BLOCK)
            known[first] = found
        return known[first]

    def shared(self, first: int, second: int) -> Row:
        """Return a row that two overlapping rules share."""
        pairs = zip(self.rules[first], self.rules[second], strict=True)
        return tuple(lowest(a & b) for a, b in pairs)

    def uncovered(self, box: Box, rules: int) -> Row | None:
        """Return a row of the box that none of the rules holds, or None: they hold all of it.

        Errors: TooLarge.
        """
        if not all(box):
            return None
        rules = self.meeting(box, rules)
        if not rules:
            return tuple(map(lowest, box))
        try:
            if rules.bit_count() <= PART_MAX:
                boxes = [self.rules[number] for number in bits(rules)]
                found = Part(boxes, box, pay=self.pay).uncovered()
            else:
                loose = [self._covering(place, atoms, rules) for place, atoms in enumerate(box)]
                found = Search(self, loose).run(tuple(range(len(box))), box, rules)
        except RecursionError:
            # An input is a level; a table of hundreds of inputs that all matter has too many.
            raise TooLarge from None
        return None if found is None else tuple(found[place] for place in range(len(box)))

    def _covering(self, place: int, atoms: int, rules: int) -> int:
        """Return which of the rules hold all of these atoms of an input."""
        found = self._loose[place]
        if atoms != self.domain[place]:
            cells = self._by_cell[place]
            self.pay(len(cells))
            for cell, numbers in cells.items():
                if not atoms & ~cell:
                    found |= numbers
        return found & rules

    def widened(self, row: Row, rules: int) -> Box:
        """Return a box around a row that none of the rules meets, as large as one pass makes it."""
        box = [1 << atom for atom in row]
        for place in range(len(box)):
            others = tuple(self.domain[place] if p == place else b for p, b in enumerate(box))
            taken = 0
            for number in bits(self.meeting(others, rules)):
                taken |= self.rules[number][place]
            box[place] = self.domain[place] & ~taken
        return tuple(box)

    def copied(self) -> Grid:
        """Return a grid of its own with the same rules, that boxes may be added to."""
        return Grid(self.axes, self.rules, domain=self.domain)

    def add(self, box: Box) -> None:
        """Add a box of the domain, after the rules."""
        number = 1 << len(self.rules)
        self.rules.append(box)
        self.possible |= number
        self._by_block = [{} for _ in self.axes]
        self._meeting = [{} for _ in self.axes]
        for place, atoms in enumerate(box):
            cells = self._by_cell[place]
            cells[atoms] = cells.get(atoms, 0) | number
            if atoms == self.domain[place]:
                self._loose[place] |= number
                continue
            self.pay(atoms.bit_count())
            for atom in bits(atoms):
                self._by_atom[place][atom] |= number

    def split(self, place: int, atoms: int, rules: int) -> dict[int, int]:
        """Return the atoms of an input by which of the rules are left there."""
        groups: dict[int, int] = {}
        loose, by_atom = self._loose[place], self._by_atom[place]
        self.pay(atoms.bit_count() + 1)
        for atom in bits(atoms):
            left = rules & (by_atom[atom] | loose)
            groups[left] = groups.get(left, 0) | 1 << atom
        return groups
