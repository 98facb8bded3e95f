"""The bodies of endpoints and replays: decoded JSON to what is asked, or all its mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wherewithal.service.events import EventType
from wherewithal.service.webhook_records import NewEndpoint, Replay
from wherewithal.service.webhook_urls import URL_CHARACTERS_MAX
from wherewithal.surfaces.http.fields import Field, Fields, read_object
from wherewithal.surfaces.http.kinds import Boolean, Id, Moment, Text, Word, Words, Wrong
from wherewithal.surfaces.http.operation import Call
from wherewithal.surfaces.http.path_fields import MERCHANT_ID
from wherewithal.surfaces.http.problem import Refused

IDS_MAX = 100


@dataclass(frozen=True, slots=True)
class Ids:
    """A list of ids, each once."""

    @property
    def schema(self) -> dict[str, Any]:
        """Return its schema."""
        return {
            "type": "array",
            "items": Id().schema,
            "minItems": 1,
            "maxItems": IDS_MAX,
            "uniqueItems": True,
        }

    def read(self, value: object) -> Any:
        """Return them, or why not."""
        expected = f"a list of 1 to {IDS_MAX} ids, each once"
        if not isinstance(value, list) or not 1 <= len(value) <= IDS_MAX:
            return Wrong(code="wrong_type", expected=expected)
        read = [Id().read(one) for one in value]
        if any(isinstance(one, Wrong) for one in read) or len(set(read)) < len(read):
            return Wrong(code="not_an_id", expected=expected)
        return tuple(read)

    def of_text(self, text: str) -> object:
        """Return a list of one."""
        return [text]


ENDPOINT: Fields = {
    "url": Field(
        kind=Text(
            characters_max=URL_CHARACTERS_MAX,
            form=r"https?://[\x21-\x7e]+",
            code="url_not_taken",
            described="a URL such as https://shop.example/webhooks",
        ),
        meaning="where events are sent: https on a public name, port 443 or 8443",
        is_required=True,
        example="https://shop.example/wherewithal",
    ),
    "types": Field(
        kind=Words(word=Word.of(EventType)),
        meaning="the types of events to hear of; by itself all, new ones too",
        example=["hold.placed", "hold.captured"],
    ),
    "merchant_id": Field(
        kind=MERCHANT_ID.kind,
        meaning="the one merchant to hear of; by itself all, or the one that the key speaks for",
        example="lantern-and-loom",
    ),
}
REPLAY: Fields = {
    "since": Field(
        kind=Moment(),
        meaning="all events from this moment on, those of a time when it was disabled too",
        example="2026-11-20T00:00:00Z",
    ),
    "event_ids": Field(kind=Ids(), meaning="these events, where they were sent before"),
    "dead": Field(kind=Boolean(), meaning="true: all that were given up", example=True),
}
ENDPOINT_ID = Field(
    kind=Id(),
    meaning="the endpoint",
    is_required=True,
    example="5f0c9d0e-7f6d-4a57-9a40-7f0a3d1c2b19",
)


def read_endpoint(call: Call) -> NewEndpoint:
    """Return the endpoint that is asked for. Errors: Refused with every mistake."""
    values = _read(call, ENDPOINT)
    types = tuple(sorted(values.pop("types", ())))
    return NewEndpoint(**values, types=types)


def read_replay(call: Call) -> Replay:
    """Return what is wanted again. Errors: Refused with every mistake."""
    values = _read(call, REPLAY)
    return Replay(
        since=values.get("since"),
        event_ids=values.get("event_ids", ()),
        is_of_dead=values.get("dead", False),
    )


def _read(call: Call, fields: Fields) -> dict[str, Any]:
    values, mistakes = read_object(call.data, path="$", fields=fields)
    if mistakes := [*call.mistakes, *mistakes]:
        raise Refused("invalid-request", mistakes=mistakes)
    return values
