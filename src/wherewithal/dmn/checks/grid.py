"""A table as boxes over the atoms of its inputs: exact questions about rows that it may meet.

A rule is a set of atoms an input; a set of rules is an int, a bit a rule. Whether some row is held
by none of a set of rules is found by splitting one input at a time; what was answered before is
not asked again. Questions are bounded: `TooLarge` is raised, and never a guess returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wherewithal.dmn.checks.axis import Axis

#: Steps of one table's questions; a step is an atom looked at, or a rule.
STEPS_MAX = 8_000_000

Box = tuple[int, ...]
#: One atom an input.
Row = tuple[int, ...]


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
        self._loose = [0] * len(axes)
        self._by_atom = [[0] * (axis.null_bit.bit_length()) for axis in axes]
        #: Rules by what they admit on an input: many rules share a cell.
        self._by_cell: list[dict[int, int]] = [{} for _ in axes]
        for number, rule in enumerate(self.rules):
            for place, atoms in enumerate(rule):
                cells = self._by_cell[place]
                cells[atoms] = cells.get(atoms, 0) | 1 << number
        for place, cells in enumerate(self._by_cell):
            for atoms, numbers in cells.items():
                if atoms == domain[place]:
                    self._loose[place] = numbers
                    continue
                self._pay(atoms.bit_count())
                for atom in _bits(atoms):
                    self._by_atom[place][atom] |= numbers
        self._meeting: list[dict[int, int]] = [{} for _ in axes]

    def _pay(self, steps: int) -> None:
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooLarge

    def is_possible(self, rule: int) -> bool:
        """Return whether some row of the domain matches a rule."""
        return all(self.rules[rule])

    def meeting(self, box: Box, rules: int) -> int:
        """Return which of the rules share a row with a box."""
        for place, atoms in enumerate(box):
            known = self._meeting[place]
            if atoms not in known:
                self._pay(atoms.bit_count())
                found = self._loose[place]
                for atom in _bits(atoms):
                    found |= self._by_atom[place][atom]
                known[atoms] = found
            rules &= known[atoms]
        return rules

    def shared(self, first: int, second: int) -> Row:
        """Return a row that two overlapping rules share."""
        pairs = zip(self.rules[first], self.rules[second], strict=True)
        return tuple(_lowest(a & b) for a, b in pairs)

    def uncovered(self, box: Box, rules: int) -> Row | None:
        """Return a row of the box that none of the rules holds, or None: they hold all of it.

        Errors: TooLarge.
        """
        if not all(box):
            return None
        rules = self.meeting(box, rules)
        loose = [self._covering(place, atoms, rules) for place, atoms in enumerate(box)]
        try:
            found = _Search(self, loose).run(tuple(range(len(box))), box, rules)
        except RecursionError:
            # An input is a level; a table of hundreds of inputs that all matter has too many.
            raise TooLarge from None
        return None if found is None else tuple(found[place] for place in range(len(box)))

    def _covering(self, place: int, atoms: int, rules: int) -> int:
        """Return which of the rules hold all of these atoms of an input."""
        found = self._loose[place]
        if atoms != self.domain[place]:
            cells = self._by_cell[place]
            self._pay(len(cells))
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
            for number in _bits(self.meeting(others, rules)):
                taken |= self.rules[number][place]
            box[place] = self.domain[place] & ~taken
        return tuple(box)

    def with_boxes(self, boxes: Sequence[Box]) -> Grid:
        """Return this grid with more boxes, after its rules."""
        more = Grid(self.axes, [*self.rules, *boxes], domain=self.domain)
        more.steps_left = self.steps_left
        return more

    def split(self, place: int, atoms: int, rules: int) -> dict[int, int]:
        """Return the atoms of an input by which of the rules are left there."""
        groups: dict[int, int] = {}
        loose, by_atom = self._loose[place], self._by_atom[place]
        self._pay(atoms.bit_count() + 1)
        for atom in _bits(atoms):
            left = rules & (by_atom[atom] | loose)
            groups[left] = groups.get(left, 0) | 1 << atom
        return groups


class _Search:
    """One question: which row of a box is held by no rule."""

    def __init__(self, grid: Grid, loose: Sequence[int]) -> None:
        self._grid = grid
        #: By input, the rules that test nothing there within the box.
        self._loose = loose
        self._covered: set[tuple[tuple[int, ...], int, Box]] = set()

    def run(self, free: tuple[int, ...], box: Box, rules: int) -> dict[int, int] | None:
        """Return an atom for each free input, or None if the rules hold all of the box."""
        if not rules:
            return {place: _lowest(box[place]) for place in free}
        whole = rules
        for place in free:
            whole &= self._loose[place]
        if whole:
            return None
        key = (free, rules, box)
        if key in self._covered:
            return None
        narrowed = self._narrowed(free, box, rules)
        found = None if narrowed is None else self._branch(free, *narrowed)
        if found is None:
            self._covered.add(key)
        return found

    def _narrowed(self, free: tuple[int, ...], box: Box, rules: int) -> tuple[Box, int] | None:
        """Take away what rules that test one input alone hold; None if nothing is left."""
        left = list(box)
        for place in free:
            alone = rules
            for other in free:
                if other != place:
                    alone &= self._loose[other]
            if alone:
                self._grid._pay(alone.bit_count())  # noqa: SLF001 - the two are one
                for number in _bits(alone):
                    left[place] &= ~self._grid.rules[number][place]
                rules &= ~alone
                if not left[place]:
                    return None
        return tuple(left), rules

    def _branch(self, free: tuple[int, ...], box: Box, rules: int) -> dict[int, int] | None:
        if not rules:
            return {place: _lowest(box[place]) for place in free}
        # The input that most rules test tells most of them apart.
        chosen = max(free, key=lambda place: (rules & ~self._loose[place]).bit_count())
        rest = tuple(place for place in free if place != chosen)
        groups = self._grid.split(chosen, box[chosen], rules)
        for left, atoms in sorted(groups.items(), key=lambda item: item[0].bit_count()):
            # What lies on inputs that are settled plays no part below.
            settled = tuple(0 if place == chosen else b for place, b in enumerate(box))
            found = self.run(rest, settled, left)
            if found is not None:
                found[chosen] = _lowest(atoms)
                return found
        return None


def bits(value: int) -> Iterator[int]:
    """Yield the places of the bits that are set, ascending."""
    return _bits(value)


def _bits(value: int) -> Iterator[int]:
    while value:
        low = value & -value
        yield low.bit_length() - 1
        value ^= low


def _lowest(value: int) -> int:
    return (value & -value).bit_length() - 1
