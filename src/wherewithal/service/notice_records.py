"""Notice cases as they are kept."""

from __future__ import annotations

from datetime import date

import msgspec


class NoticeCase(msgspec.Struct, frozen=True, kw_only=True):
    """A duty that a communicated decision opened; sending it comes later."""

    #: declined | product_declined | lower_amount | incomplete | no_file | counteroffer |
    #: not_honoured.
    kind: str
    #: Sections of law that ask for the notice.
    regimes: tuple[str, ...]
    product: str | None
    reasons: tuple[str, ...]
    bureau: str | None
    score: int | None
    score_model: str | None
    score_factors: tuple[str, ...]
    #: The last day, in the calendar zone.
    due_on: date
