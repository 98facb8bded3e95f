r"""Matches XPath patterns in bounded time.

Python's `re` speaks another dialect (no class subtraction, no `\i`, no categories) and can take
exponential time on a hostile pattern. This matcher tries alternatives in order, like `re`, but
never visits a state twice: its work is at most the length of the program times that of the text.
With a back-reference a state includes the groups, so there a budget of steps bounds the work.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wherewithal.dmn.reference.regex_parser import Op, PatternParser, Step
from wherewithal.dmn.reference.runtime import Runtime
from wherewithal.dmn.reference.values import FeelNull, LimitExceeded

_FLAGS = frozenset("smixq")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Where a pattern was found; `groups` are bounds, -1 where a group took no part."""

    start: int
    end: int
    groups: tuple[int, ...]

    def group(self, number: int, text: str) -> str:
        """Return the text of a group; an empty one if it took no part."""
        if number == 0:
            return text[self.start : self.end]
        low, high = self.groups[2 * number], self.groups[2 * number + 1]
        return text[low:high] if 0 <= low <= high else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A compiled pattern."""

    program: tuple[Step, ...]
    groups: int
    has_back_reference: bool
    flags: str

    def search(self, text: str, start: int, runtime: Runtime) -> Match | None:
        """Return the leftmost match at or after `start`.

        Errors: LimitExceeded when the work passes the bound of the runtime.
        """
        visited: set[object] = set()
        budget = runtime.limits.regex_steps_max
        for begin in range(start, len(text) + 1):
            if self.has_back_reference:
                visited.clear()
            found, used = self._match_at(text, begin, visited, budget)
            budget -= used
            if budget <= 0:
                raise LimitExceeded(
                    f"matching a pattern takes more than {runtime.limits.regex_steps_max} steps"
                )
            if found is not None:
                return found
        return None

    def _match_at(
        self, text: str, begin: int, visited: set[object], budget: int
    ) -> tuple[Match | None, int]:
        unset = (-1,) * (2 * self.groups + 2)
        stack: list[tuple[int, int, tuple[int, ...]]] = [(0, begin, unset)]
        used = 0
        while stack and used < budget:
            counter, position, saved = stack.pop()
            while used < budget:
                used += 1
                state = (
                    (counter, position, saved) if self.has_back_reference else (counter, position)
                )
                if state in visited:
                    break
                visited.add(state)
                step = self.program[counter]
                if step.op is Op.DONE:
                    return Match(start=begin, end=position, groups=saved), used
                if step.op is Op.SPLIT:
                    stack.append((step.second, position, saved))
                    counter = step.first
                    continue
                if step.op is Op.JUMP:
                    counter = step.first
                    continue
                if step.op is Op.SAVE:
                    saved = (*saved[: step.first], position, *saved[step.first + 1 :])
                    counter += 1
                    continue
                following = self._advance(step, text, position, saved)
                if following < 0:
                    break
                counter, position = counter + 1, following
        return None, used

    def _advance(self, step: Step, text: str, position: int, saved: tuple[int, ...]) -> int:
        """Return the position after a step that looks at the text; -1 if it does not hold."""
        if step.op is Op.CHARACTER:
            holds = position < len(text) and step.test is not None and step.test(text[position])
            return position + 1 if holds else -1
        if step.op is Op.LINE_START:
            at_line = "m" in self.flags and position > 0 and text[position - 1] == "\n"
            return position if position == 0 or at_line else -1
        if step.op is Op.LINE_END:
            at_line = "m" in self.flags and text[position : position + 1] == "\n"
            return position if position == len(text) or at_line else -1
        low, high = saved[2 * step.first], saved[2 * step.first + 1]
        again = text[low:high] if 0 <= low <= high else ""
        there = text[position : position + len(again)]
        if "i" in self.flags:
            again, there = again.casefold(), there.casefold()
        return position + len(again) if there == again else -1

    def expand(self, replacement: str, match: Match, text: str) -> str:
        """Return the replacement with `$n` filled in; FeelNull if it is malformed."""
        if "q" in self.flags:
            return replacement
        pieces: list[str] = []
        position = 0
        while position < len(replacement):
            character = replacement[position]
            position += 1
            if character == "\\":
                escaped = replacement[position : position + 1]
                if escaped not in ("\\", "$"):
                    raise FeelNull("in a replacement only \\\\ and \\$ may be escaped")
                pieces.append(escaped)
                position += 1
            elif character == "$":
                number, position = self._group_number(replacement, position)
                pieces.append(match.group(number, text) if number <= self.groups else "")
            else:
                pieces.append(character)
        return "".join(pieces)

    def _group_number(self, replacement: str, position: int) -> tuple[int, int]:
        digits = replacement[position : position + 1]
        if not (digits.isdigit() and digits.isascii()):
            raise FeelNull("in a replacement '$' is followed by the number of a group")
        position += 1
        while (
            (digit := replacement[position : position + 1]).isdigit()
            and digit.isascii()
            and int(digits + digit) <= self.groups
        ):
            digits += digit
            position += 1
        return int(digits), position


@lru_cache(maxsize=256)
def compile_pattern(pattern: str, flags: str) -> Pattern:
    """Return the compiled pattern; FeelNull if pattern or flags are malformed."""
    if unknown := set(flags) - _FLAGS:
        raise FeelNull(f"unknown flag '{min(unknown)}'; known: s, m, i, x, q")
    parser = PatternParser(pattern=pattern, flags=flags)
    program = parser.parse()
    return Pattern(
        program=tuple(program),
        groups=parser.groups,
        has_back_reference=parser.has_back_reference,
        flags=flags,
    )
