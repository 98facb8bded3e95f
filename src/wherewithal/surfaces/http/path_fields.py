"""The parameters that stand in paths, once for all routes."""

from __future__ import annotations

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
PORTFOLIO = Field(
    kind=Text(
        characters_max=64,
        form=r"[A-Za-z0-9][A-Za-z0-9._\-]*",
        code="not_an_id",
        described="letters, digits, dots, hyphens, underscores; at most 64",
    ),
    meaning="the portfolio, as it was published",
    is_required=True,
    example="members",
)
REFERENCE = Field(
    kind=Text(
        characters_max=64,
        form=r"[A-Za-z0-9][A-Za-z0-9._\-]*",
        code="not_an_id",
        described="letters, digits, dots, hyphens, underscores; at most 64",
    ),
    meaning="the lender's own number for the person: the applicant_id of the published run",
    is_required=True,
    example="1017",
)
MERCHANT_ID = Field(
    kind=Text(
        characters_max=64,
        form=r"[A-Za-z0-9][A-Za-z0-9._\-]*",
        code="not_an_id",
        described="letters, digits, dots, hyphens, underscores; at most 64",
    ),
    meaning="the merchant",
    is_required=True,
    example="lantern-and-loom",
)
