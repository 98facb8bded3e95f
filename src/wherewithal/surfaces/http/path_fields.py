"""The parameters that stand in paths, once for all routes; bodies use some of them too."""

from __future__ import annotations

from dataclasses import replace

from wherewithal.surfaces.http.fields import Field
from wherewithal.surfaces.http.kinds import Id, Text

CONSUMER_ID = Field(
    kind=Id(),
    meaning="the person, as an answer named them",
    is_required=True,
    example="7b1b1a3e-5a52-4a0b-9a6a-3d6f0d3f6c11",
)
PREQUALIFICATION_ID = Field(
    kind=Id(),
    meaning="the prequalification",
    is_required=True,
    example="0d0f3c55-0a0e-4f0e-8a39-52f3f8f2a7b4",
)
CONSENT_ID = Field(
    kind=Id(),
    meaning="the consent",
    is_required=True,
    example="0d0f3c55-0a0e-4f0e-8a39-52f3f8f2a7b4",
)
LOAN_ID = Field(
    kind=Id(),
    meaning="the loan",
    is_required=True,
    example="4f0c2b7e-2f0a-4c54-8c4e-8a2c4a1f6e77",
)
HOLD_ID = Field(
    kind=Id(),
    meaning="the hold",
    is_required=True,
    example="c8a0f6d2-6a58-4f7c-b7a5-0a8f6f1b2d39",
)
COMMITMENT_ID = Field(
    kind=Id(),
    meaning="the commitment",
    is_required=True,
    example="b5b7a0a9-2f4e-4a53-9c3a-7a2f1d7b8e10",
)
DECISION_ID = Field(
    kind=Text(
        characters_max=32,
        form=r"[0-9a-f]{32}",
        code="not_an_id",
        described="32 hexadecimal digits in lower case",
    ),
    meaning="the decision, as a prequalification named it",
    is_required=True,
    example="5f3d1a0c9b8e7f6a5d4c3b2a19080706",
)
_NAME = Text(
    characters_max=64,
    form=r"[A-Za-z0-9][A-Za-z0-9._\-]*",
    described="letters, digits, dots, hyphens, underscores; at most 64",
)
PORTFOLIO = Field(
    kind=_NAME,
    meaning="one of your portfolios, as it was published",
    is_required=True,
    example="members",
)
#: Of a body and of a path alike. It is the lender's text, not ours: whatever names a row of a run
#: that can be published (64 characters of any kind) or stood in an inquiry can be looked up.
REFERENCE = Field(
    kind=Text(characters_max=100),
    meaning="your own number for the person there: the `applicant_id` of a published run",
    is_required=True,
    example="C-000123",
)
MERCHANT_ID = Field(
    kind=replace(_NAME, code="not_an_id"),
    meaning="the merchant",
    is_required=True,
    example="lantern-and-loom",
)
