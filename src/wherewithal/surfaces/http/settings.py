"""Settings: every bound of the HTTP surface, each with a value that suits one small machine."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

#: What a request may be at most; said in the OpenAPI document too.
BODY_BYTES_MAX = 65_536
JSON_DEPTH_MAX = 16
JSON_KEYS_MAX = 200
#: Seconds that `Prefer: wait=N` may ask for.
WAIT_S_MAX = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """Bounds and choices of one API process; wiring makes it."""

    #: The zone in which days of the calendar are counted: what today is for a date of birth.
    calendar_zone: ZoneInfo
    #: Lets numbers through that are never issued; sample people have those. Never in production.
    allow_test_ssns: bool = False
    #: A whole body has to arrive within this, and the header before it within the other.
    body_deadline_s: float = 10.0
    header_deadline_s: float = 10.0
    header_bytes_max: int = 32_768
    #: From the header to the last byte of the answer, what `Prefer: wait` asks for not counted.
    request_deadline_s: float = 20.0
    #: How many requests of a kind are worked on at once; beyond them the answer is 503 at once.
    asks_in_flight_max: int = 64
    #: Of what merchants do with holds: there is room for them when everybody asks.
    holds_in_flight_max: int = 64
    reads_in_flight_max: int = 256
    waits_in_flight_max: int = 256
    #: How long a found credential is believed: a revocation is seen within this.
    credential_cache_s: float = 5.0
    #: Life of a consumer's token.
    token_life_s: int = 600
    #: How long readiness says no before connections are refused, and how long work may then finish.
    drain_notice_s: float = 0.0
    drain_s: float = 30.0
