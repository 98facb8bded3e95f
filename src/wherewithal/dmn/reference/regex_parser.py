"""Parses patterns into a program for the matcher.

Source: XQuery 1.0 and XPath 2.0 Functions and Operators, 7.6.1, over XML Schema part 2, appendix F.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from wherewithal.dmn.reference.regex_characters import (
    CharacterSet,
    between,
    escaped_character,
    escaped_set,
    negated,
    one_of,
    property_set,
)
from wherewithal.dmn.reference.values import FeelNull

PATTERN_LENGTH_MAX = 5_000
PROGRAM_LENGTH_MAX = 20_000
NESTING_MAX = 50


def without_space(pattern: str) -> str:
    """Return the pattern without white space, save inside character classes (flag x)."""
    kept: list[str] = []
    depth = 0
    is_escaped = False
    for character in pattern:
        if not is_escaped:
            depth += (character == "[") - (character == "]" and depth > 0)
        if depth or character not in " \t\n\r":
            kept.append(character)
            is_escaped = character == "\\" and not is_escaped
    return "".join(kept)


class Op(Enum):
    """What a step of the program does."""

    CHARACTER = "character"
    SPLIT = "split"
    JUMP = "jump"
    SAVE = "save"
    LINE_START = "line start"
    LINE_END = "line end"
    SAME_AGAIN = "same again"
    DONE = "done"


@dataclass(slots=True)
class Step:
    """One step; targets are positions in the program."""

    op: Op
    test: CharacterSet | None = None
    first: int = 0
    second: int = 0


@dataclass(slots=True, kw_only=True)
class PatternParser:
    """Reads a pattern from left to right and writes its program."""

    pattern: str
    flags: str
    position: int = 0
    groups: int = 0
    program: list[Step] = field(default_factory=list)
    closed_groups: set[int] = field(default_factory=set)
    has_back_reference: bool = False
    _nesting: int = 0

    def parse(self) -> list[Step]:
        """Return the program of the whole pattern; FeelNull if it is no pattern."""
        if "x" in self.flags and "q" not in self.flags:
            self.pattern = without_space(self.pattern)
        if len(self.pattern) > PATTERN_LENGTH_MAX:
            raise FeelNull(f"a pattern may have {PATTERN_LENGTH_MAX} characters")
        if "q" in self.flags:
            for character in self.pattern:
                self._emit_set(self._literal(character))
        else:
            self._alternatives()
            if self.position < len(self.pattern):
                raise FeelNull("the pattern has a ')' too many")
        self._emit(Step(Op.DONE))
        return self.program

    def _emit(self, step: Step) -> int:
        if len(self.program) >= PROGRAM_LENGTH_MAX:
            raise FeelNull("the pattern is too large when its repetitions are written out")
        self.program.append(step)
        return len(self.program) - 1

    def _emit_set(self, test: CharacterSet) -> None:
        self._emit(Step(Op.CHARACTER, test))

    def _peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def _take(self) -> str:
        character = self.pattern[self.position : self.position + 1]
        if not character:
            raise FeelNull("the pattern ends too early")
        self.position += 1
        return character

    def _alternatives(self) -> None:
        self._nesting += 1
        if self._nesting > NESTING_MAX:
            raise FeelNull(f"the pattern nests deeper than {NESTING_MAX} brackets")
        start = len(self.program)
        ends: list[int] = []
        self._sequence()
        while self._peek() == "|":
            self.position += 1
            self._insert(start, Step(Op.SPLIT))
            ends.append(self._emit(Step(Op.JUMP)))
            self.program[start].first = start + 1
            self.program[start].second = len(self.program)
            start = len(self.program)
            self._sequence()
        for end in ends:
            self.program[end].first = len(self.program)
        self._nesting -= 1

    def _insert(self, at: int, step: Step) -> None:
        """Insert a step; targets behind it move by one. All of them lie in this branch."""
        self._emit(step)
        self.program.insert(at, self.program.pop())
        for later in self.program[at + 1 :]:
            if later.op in (Op.SPLIT, Op.JUMP):
                later.first += later.first >= at
                later.second += later.second >= at

    def _sequence(self) -> None:
        while self._peek() not in ("", "|", ")"):
            self._piece()

    def _piece(self) -> None:
        start = len(self.program)
        self._atom()
        bounds = self._quantifier()
        if bounds is None:
            return
        least, most, lazy = bounds
        body = self.program[start:]
        del self.program[start:]
        if most is not None and most < least:
            raise FeelNull("a repetition's bounds are in the wrong order")
        for _ in range(least):
            self._copy(body, start)
        if most is None:
            split = self._emit(Step(Op.SPLIT))
            self._copy(body, start)
            self._emit(Step(Op.JUMP, first=split))
            self._aim(split, split + 1, len(self.program), lazy=lazy)
            return
        splits: list[int] = []
        for _ in range(most - least):
            splits.append(self._emit(Step(Op.SPLIT)))
            self._copy(body, start)
        for split in splits:
            self._aim(split, split + 1, len(self.program), lazy=lazy)

    def _aim(self, split: int, inside: int, outside: int, *, lazy: bool) -> None:
        self.program[split].first = outside if lazy else inside
        self.program[split].second = inside if lazy else outside

    def _copy(self, body: list[Step], start: int) -> None:
        shift = len(self.program) - start
        for step in body:
            if step.op in (Op.SPLIT, Op.JUMP):
                self._emit(Step(step.op, None, step.first + shift, step.second + shift))
            else:
                self._emit(Step(step.op, step.test, step.first, step.second))

    def _quantifier(self) -> tuple[int, int | None, bool] | None:
        found: tuple[int, int | None]
        match self._peek():
            case "*":
                found = (0, None)
            case "+":
                found = (1, None)
            case "?":
                found = (0, 1)
            case "{":
                found = self._counts()
            case _:
                return None
        self.position += 1
        lazy = self._peek() == "?"
        self.position += lazy
        return (*found, lazy)

    def _counts(self) -> tuple[int, int | None]:
        end = self.pattern.find("}", self.position)
        low, comma, high = self.pattern[self.position + 1 : end].partition(",")
        is_count = low.isascii() and low.isdigit() and len(low) < 6
        if end < 0 or not is_count or (high and not (high.isascii() and high.isdigit())):
            raise FeelNull("a repetition is written as {2}, {2,} or {2,5}")
        self.position = end
        if not comma:
            return int(low), int(low)
        return int(low), int(high[:6]) if high else None

    def _atom(self) -> None:
        character = self._take()
        match character:
            case "(":
                self._group()
            case ".":
                any_character = one_of("") if "s" in self.flags else one_of("\n\r")
                self._emit_set(negated(any_character))
            case "[":
                self._emit_set(self._character_class())
            case "\\":
                self._escape()
            case "^":
                self._emit(Step(Op.LINE_START))
            case "$":
                self._emit(Step(Op.LINE_END))
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise FeelNull(f"the pattern has a '{character}' out of place; escape it")
            case _:
                self._emit_set(self._literal(character))

    def _group(self) -> None:
        captures = not self.pattern.startswith("?:", self.position)
        if captures:
            self.groups += 1
            number = self.groups
            self._emit(Step(Op.SAVE, first=2 * number))
        else:
            self.position += 2
            number = 0
        self._alternatives()
        if self._take() != ")":
            raise FeelNull("the pattern lacks a ')'")
        if captures:
            self._emit(Step(Op.SAVE, first=2 * number + 1))
            self.closed_groups.add(number)

    def _escape(self) -> None:
        letter = self._take()
        if letter.isdigit() and letter != "0" and letter.isascii():
            number = int(letter)
            while (
                (digit := self.pattern[self.position : self.position + 1]).isdigit()
                and digit.isascii()
                and number * 10 + int(digit) <= self.groups
            ):
                number = number * 10 + int(digit)
                self.position += 1
            if number not in self.closed_groups:
                raise FeelNull(f"the pattern refers to group {number} before it is closed")
            self.has_back_reference = True
            self._emit(Step(Op.SAME_AGAIN, first=number))
            return
        self._emit_set(self._escaped(letter))

    def _escaped(self, letter: str) -> CharacterSet:
        found = escaped_set(letter)
        if found is not None:
            return found
        if letter in "pP":
            end = self.pattern.find("}", self.position)
            if not self.pattern.startswith("{", self.position) or end < 0:
                raise FeelNull("a category is written as \\p{Lu}")
            named = property_set(self.pattern[self.position + 1 : end])
            self.position = end + 1
            return named if letter == "p" else negated(named)
        return self._literal(escaped_character(letter))

    def _literal(self, character: str) -> CharacterSet:
        return self._folded(one_of(character))

    def _folded(self, found: CharacterSet) -> CharacterSet:
        """Return the set in both cases where case does not count."""
        if "i" not in self.flags:
            return found
        return lambda character: any(
            len(variant) == 1 and found(variant)
            for variant in (character, character.lower(), character.upper())
        )

    def _character_class(self) -> CharacterSet:
        """Parse from behind `[` to `]`, with ranges and one subtraction."""
        is_negated = self.pattern.startswith("^", self.position)
        self.position += is_negated
        members: list[CharacterSet] = []
        removed: CharacterSet | None = None
        while True:
            character = self._take()
            if character == "]" and members:
                break
            if character == "-" and self.pattern.startswith("[", self.position) and members:
                self.position += 1
                removed = self._character_class()
                if self._take() != "]":
                    raise FeelNull("a subtraction must end its character class")
                break
            members.append(self._member(character))
        return _combined(members, removed, is_negated=is_negated)

    def _member(self, character: str) -> CharacterSet:
        if character in "[]":
            raise FeelNull(f"a '{character}' in a character class must be escaped")
        if character == "\\":
            letter = self._take()
            if letter in "pP" or escaped_set(letter) is not None:
                return self._escaped(letter)
            character = escaped_character(letter)
        following = self.pattern[self.position : self.position + 2]
        if following[:1] != "-" or following[1:] in ("]", "[", ""):
            return self._literal(character)
        self.position += 1
        high = self._take()
        if high == "\\":
            high = escaped_character(self._take())
        if high < character:
            raise FeelNull("a range of characters is in the wrong order")
        return self._folded(between(character, high))


def _combined(
    members: list[CharacterSet], removed: CharacterSet | None, *, is_negated: bool
) -> Callable[[str], bool]:
    def found(character: str) -> bool:
        inside = any(member(character) for member in members)
        return inside is not is_negated and not (removed is not None and removed(character))

    return found
