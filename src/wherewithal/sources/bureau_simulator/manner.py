"""Manners: how the simulator behaves towards a request, beside what it answers."""

from __future__ import annotations

from enum import Enum

import msgspec


class Manner(Enum):
    """How an answer is delivered."""

    PROMPT = "prompt"
    #: Whole, after `slow_s`.
    SLOW = "slow"
    #: One byte each `drip_s`.
    DRIPPING = "dripping"
    #: Headers, and then nothing for `hang_s`.
    HANGING = "hanging"
    #: Nothing at all for `hang_s`.
    SILENT = "silent"
    #: The connection is reset in the middle of the body.
    RESETTING = "resetting"
    #: As above on the first attempt of an inquiry; the next is answered.
    FLAKY = "flaky"
    #: Status 500 with a page of HTML.
    REFUSING = "refusing"
    #: Status 307 to another address.
    REDIRECTING = "redirecting"


class Mode(Enum):
    """What the whole simulator does, by its own switch; for tests of outages."""

    UP = "up"
    #: Every connection that asks for a report is reset.
    DOWN = "down"
    #: Every request for a report gets status 503.
    FAILING = "failing"
    #: No request for a report is answered.
    HANGING = "hanging"


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How long slow manners take, in seconds."""

    slow_s: float = 3.0
    drip_s: float = 1.0
    #: A connection that waits for nothing is let go after this.
    hang_s: float = 60.0
