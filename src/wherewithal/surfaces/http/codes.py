"""Codes: every kind of problem that the API answers with, and every code of a single mistake.

Both are stable: a client may branch on them. `docs/api.md` lists them, and a test keeps it so.
"""

from __future__ import annotations

from dataclasses import dataclass

from wherewithal.service.hold_refusals import REFUSALS
from wherewithal.service.issue_commitment import COMMITMENT_REFUSALS
from wherewithal.service.loan_refusals import LOAN_REFUSALS

URN = "urn:wherewithal:problem:"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemType:
    """A kind of problem: what `type`, `status` and `title` of an answer say."""

    name: str
    status: int
    title: str
    #: What to do, for who reads the table.
    meaning: str

    @property
    def urn(self) -> str:
        """Return what `type` says."""
        return f"{URN}{self.name}"


def _type(status: int, name: str, title: str, meaning: str) -> ProblemType:
    return ProblemType(name=name, status=status, title=title, meaning=meaning)


_TYPES = (
    _type(400, "bad-request", "The request cannot be read", "mend the HTTP request itself"),
    _type(
        400,
        "malformed-body",
        "The body is not JSON that we read",
        "`errors` says where; nothing was done",
    ),
    _type(
        401,
        "unauthorized",
        "A valid credential is needed",
        "send `Authorization: Bearer` with a service key or a consumer token that is valid now",
    ),
    _type(
        403,
        "forbidden",
        "The credential may not do this",
        "the route needs a scope that the credential lacks; `detail` names it",
    ),
    _type(
        404,
        "not-found",
        "There is nothing here",
        "no such route or thing, or not yours: the answer is the same",
    ),
    _type(405, "method-not-allowed", "Another method is needed", "`Allow` names the methods"),
    _type(406, "not-acceptable", "We answer in JSON", "accept `application/json`"),
    _type(408, "request-timeout", "The request came too slowly", "send it whole within 10 seconds"),
    _type(
        409,
        "request-in-progress",
        "This request is being worked on",
        "ask again with the same key after `Retry-After` seconds",
    ),
    _type(
        409,
        "directory-changed",
        "The list of merchants has changed",
        "begin again with the first page",
    ),
    _type(409, "conflict", "It cannot be done just now", "ask again after `Retry-After` seconds"),
    _type(413, "body-too-large", "The body is too large", "send at most 65,536 bytes"),
    _type(
        415,
        "unsupported-media-type",
        "The body is of another type",
        "send `application/json` in UTF-8, not compressed",
    ),
    _type(
        422,
        "invalid-request",
        "The request needs another look",
        "`errors` lists every mistake; nothing was done, and a key that was sent may be used again",
    ),
    _type(
        422,
        "consent-refused",
        "The consent does not allow it",
        "the consent is unknown, expired, revoked or used up: ask the person for a new one",
    ),
    _type(
        422,
        "key-reused",
        "The key stands for another request",
        "choose a new `Idempotency-Key` for a new request",
    ),
    _type(
        422,
        "ambiguous-identity",
        "We cannot tell who this is",
        "what was said fits a person whom we know only in part; a person has to look at it",
    ),
    _type(
        422,
        "hold-refused",
        "The hold cannot do this",
        "`errors` has the one code that says why; nothing was reserved, owed or given back",
    ),
    _type(
        422,
        "commitment-refused",
        "Nothing can be promised",
        "`errors` has the one code that says why; nothing was changed",
    ),
    _type(
        422,
        "loan-refused",
        "This cannot be recorded of the loan",
        "`errors` has the one code that says why; nothing was recorded",
    ),
    _type(
        429,
        "too-many-requests",
        "Too much was asked for at once",
        "`errors` says which; ask again after `Retry-After` seconds",
    ),
    _type(431, "headers-too-large", "The header is too large", "send at most 32,768 bytes of it"),
    _type(
        500,
        "internal-error",
        "We made a mistake",
        "tell us `instance`; ask again with the same key, and nothing is done twice",
    ),
    _type(
        503,
        "unavailable",
        "Something that we need does not answer",
        "nothing is lost: ask again with the same key after `Retry-After` seconds",
    ),
    _type(
        503,
        "overloaded",
        "There is too much to do",
        "nothing was begun: ask again after `Retry-After` seconds",
    ),
    _type(
        503,
        "timed-out",
        "It took too long",
        "ask again with the same key: it returns what was done, or does it",
    ),
)

TYPES = {problem_type.name: problem_type for problem_type in _TYPES}

#: The code of one mistake, and what it means. Those of the body as a whole first.
CODES = {
    "empty_body": "there is no body",
    "not_utf8": "the body is not UTF-8",
    "malformed_json": "the body is not a JSON document",
    "too_deep": "objects and lists stand more than 16 deep in each other",
    "too_many_keys": "there are more than 200 keys",
    "duplicate_key": "an object has the same key twice",
    "nul_character": "a text holds U+0000",
    "lone_surrogate": "a text holds half of a character, such as `\\ud800` alone",
    "non_finite_number": "NaN, an infinity, or a number beyond all bounds such as 1e400",
    "number_too_long": "a number has more than 40 characters",
    "too_large": "the body has more than 65,536 bytes",
    # Of one field, parameter or header.
    "missing_field": "a field is required and not there",
    "unknown_field": "there is no such field; a close one is in `hint`",
    "wrong_type": "text where an object is expected, and the like",
    "not_an_integer": 'whole numbers only: not `1.0`, `1e2`, `true` or `"100"`',
    "out_of_range": "a number outside of the range that `expected` names",
    "not_a_boolean": "neither true nor false",
    "unknown_word": "not one of the words that `expected` lists",
    "unknown_home_ownership": "not one of the words that `expected` lists",
    "empty_text": "a text without a character that can be seen",
    "text_too_long": "a text beyond its bound",
    "text_malformed": "a text that has not the form that `expected` describes",
    "unwritable_text": "a control character, a line break or half a character",
    "no_letter": "a name without a letter",
    "not_an_ssn": "nine digits 0-9, without hyphens",
    "ssn_never_issued": "a number that the Social Security Administration does not issue",
    "not_a_date": "not a day of the calendar, such as February 30",
    "date_in_future": "a day that has not come yet",
    "age_out_of_range": "a date of birth more than 120 years ago",
    "unknown_state": "not a USPS code of a state",
    "unknown_plan": "no plan of ours; `expected` lists all",
    "unknown_currency": "not USD, the only currency",
    "not_a_postal_code": "five digits 0-9, or nine with a hyphen",
    "not_an_id": "not a UUID in lower case with hyphens, or not an id of ours",
    "not_a_moment": "not a moment with its zone, such as 2026-11-20T09:30:00Z",
    "moment_past": "a moment that is past already",
    "not_a_digest": "not a SHA-256 in 64 hexadecimal digits",
    "unknown_parameter": "there is no such query parameter; a close one is in `hint`",
    "repeated_parameter": "a query parameter that may stand once stands twice",
    "malformed_query": "the query string is not percent-encoded UTF-8",
    "malformed_path": "a part of the path is not percent-encoded UTF-8",
    "missing_header": "a header is required and not there",
    "repeated_header": "a header that may stand once stands twice",
    "malformed_header": "a header has not the form that `expected` describes",
    # What only a use case can know.
    "unknown_consent": "this person gave no such consent",
    "consent_purpose": "the consent is for another purpose",
    "consent_expired": "the consent has ended",
    "consent_revoked": "the consent was taken back",
    "consent_used": "the consent was for one report, and that was made",
    "key_reused": "the key was used for another request",
    "ambiguous_identity": "the person may be one whom we know, or not",
    "pull_budget_spent": "this person's report was asked for too often in 30 days",
    "unknown_product": "no product of ours",
    "unusable_name": "nothing is left of the name to search for",
    "cursor_malformed": "not a cursor of ours",
    "cursor_of_another_query": "the cursor was given for another query or person",
    "asking": "too many questions about one person, or by one caller",
    "holds_at_merchant": "this merchant has as many active holds as it may have",
    # Why nothing is promised.
    **{code: message for code, (_, message) in COMMITMENT_REFUSALS.items()},
    # Why a hold is not placed, captured or voided.
    **{code: message for code, (_, message) in REFUSALS.items()},
    # Why a payment, a refund or a charge-off is not recorded.
    **{code: message for code, (_, message) in LOAN_REFUSALS.items()},
    # Endpoints of webhooks.
    "url_not_taken": "the URL of an endpoint is none that we send to",
    "another_merchant": "the key speaks for another merchant",
    "too_many_endpoints": "as many endpoints are enabled as there may be",
    "one_of": "not exactly one of the fields that `expected` names",
}
