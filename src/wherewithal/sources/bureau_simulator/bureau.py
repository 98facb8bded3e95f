"""The simulated bureau itself: whom it knows, what it answers, what it would bill.

No socket is here: `app` speaks HTTP, this decides. A person is found by their number alone, as a
sloppy bureau would: who asks with another name gets the file all the same, and has to notice.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from wherewithal.sources.bureau_simulator import published
from wherewithal.sources.bureau_simulator.asking import Asked
from wherewithal.sources.bureau_simulator.loan_file import file_of_row
from wherewithal.sources.bureau_simulator.loan_people import LoanPeople
from wherewithal.sources.bureau_simulator.manner import Manner, Mode
from wherewithal.sources.bureau_simulator.persona_answers import no_hit
from wherewithal.sources.bureau_simulator.personas import (
    PERSONAS_BY_NAME,
    PERSONAS_BY_SSN,
    Persona,
)
from wherewithal.sources.bureau_simulator.tu4_writer import write_report
from wherewithal.vocabulary.consumer import Identity
from wherewithal.vocabulary.stated import Stated

#: The bureau's day begins and ends here.
ZONE = ZoneInfo("America/New_York")
#: Inquiry ids remembered to know a repeated one; the oldest are forgotten.
INQUIRIES_MAX = 200_000
UNKNOWN_PERSON = "unknown"
_ROW = "row-"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What to send, and how."""

    content: bytes
    manner: Manner


class SimulatedBureau:
    """State of one simulator; everything in it is made up."""

    def __init__(
        self,
        *,
        published_report: bytes,
        people: LoanPeople | None,
        clock: Callable[[], datetime],
        is_redated: bool,
    ) -> None:
        """Take the published answer, the people of a loan file, and the clock (aware moments).

        `is_redated` moves every report to today; without it the published one and those of the loan
        file keep their own days.
        """
        self.mode = Mode.UP
        self._published = published_report
        self._people = people
        self._clock = clock
        self._is_redated = is_redated
        self._attempts: Counter[str] = Counter()
        self._inquiries: Counter[str] = Counter()
        self._known_ids: OrderedDict[tuple[str, str], None] = OrderedDict()

    def today(self) -> date:
        """Return the day in New York."""
        return self._clock().astimezone(ZONE).date()

    def note_attempt(self, asked: Asked) -> None:
        """Count an attempt that was not served: the bureau is down."""
        self._attempts[self._key(asked.ssn)] += 1

    def reply(self, asked: Asked) -> Reply:
        """Return what to answer, and count it.

        An inquiry id that is known for this person is the same inquiry: it is billed once.
        """
        key = self._key(asked.ssn)
        self._attempts[key] += 1
        is_new = asked.inquiry_id is None or (key, asked.inquiry_id) not in self._known_ids
        if is_new:
            self._inquiries[key] += 1
        if asked.inquiry_id is not None:
            self._known_ids[key, asked.inquiry_id] = None
            if len(self._known_ids) > INQUIRIES_MAX:
                self._known_ids.popitem(last=False)
        persona = PERSONAS_BY_SSN.get(asked.ssn)
        manner = Manner.PROMPT if persona is None else persona.manner
        if manner is Manner.FLAKY:
            manner = Manner.RESETTING if is_new else Manner.PROMPT
        found = self.document(key)
        return Reply(content=self._no_file() if found is None else found, manner=manner)

    def document(self, key: str) -> bytes | None:
        """Return the bytes that a request of today gets: of a persona, or of `row-17`."""
        persona = PERSONAS_BY_NAME.get(key)
        if persona is not None:
            return self._of_persona(persona)
        row = self._row(key)
        return None if row is None else self._of_row(row)

    def person(self, key: str) -> tuple[Identity, Stated] | None:
        """Return who a key stands for and what they state; None if nobody."""
        persona = PERSONAS_BY_NAME.get(key)
        if persona is not None:
            return persona.identity, persona.stated
        row = self._row(key)
        if row is None or self._people is None:
            return None
        return self._people.identity(row), self._people.stated(row)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return attempts and inquiries by key; a key is a persona, a row or `unknown`."""
        return {
            key: {"attempts": attempts, "inquiries": self._inquiries[key]}
            for key, attempts in sorted(self._attempts.items())
        }

    def forget_counts(self) -> None:
        """Start counting anew; inquiry ids stay known."""
        self._attempts.clear()
        self._inquiries.clear()

    def _key(self, ssn: str) -> str:
        persona = PERSONAS_BY_SSN.get(ssn)
        if persona is not None:
            return persona.name
        row = None if self._people is None else self._people.row_of(ssn)
        return UNKNOWN_PERSON if row is None else f"{_ROW}{row}"

    def _row(self, key: str) -> int | None:
        digits = key.removeprefix(_ROW)
        if self._people is None or digits == key or not (digits.isascii() and digits.isdigit()):
            return None
        row = int(digits) if len(digits) <= 9 else len(self._people)
        return row if row < len(self._people) else None

    def _of_persona(self, persona: Persona) -> bytes:
        if persona.answer is not None:
            return persona.answer(persona.identity, self.today())
        if not self._is_redated:
            return self._published
        return published.moved_to(self._published, self.today())

    def _of_row(self, row: int) -> bytes | None:
        """Return the file of a row; one of which nothing of the bureau's is known has none."""
        facts = None if self._people is None else self._people.facts(row)
        if facts is None or self._people is None:
            return None
        day = self.today() if self._is_redated else facts["as_of"]
        return write_report(file_of_row(facts, self._people.identity(row), reported_on=day))

    def _no_file(self) -> bytes:
        return no_hit(PERSONAS_BY_NAME["no-hit"].identity, self.today())
