"""Service keys that are asked for: what one may carry, and for whom it speaks."""

from __future__ import annotations

import pytest

from wherewithal.surfaces.cli.service import AskedKey
from wherewithal.surfaces.http.tokens import MERCHANT_SCOPES, Scope
from wherewithal.vocabulary.errors import InputRefused
from wherewithal.wiring.service_keys import check_key


def codes(asked: AskedKey) -> list[str]:
    with pytest.raises(InputRefused) as refused:
        check_key(asked)
    return [problem.code for problem in refused.value.problems]


def test_every_mistake_of_a_key_is_told_at_once():
    asked = AskedKey(name=" ", scopes=["holdz", "explain"], days=0, merchant_id="a\nb")
    assert codes(asked) == [
        "unknown_scope",
        "scope_not_merchants",
        "not_a_name",
        "out_of_range",
        "not_a_merchant_id",
    ]


@pytest.mark.parametrize("scope", sorted(set(Scope) - MERCHANT_SCOPES))
def test_a_merchants_key_carries_nothing_that_tells_of_a_person(scope):
    assert codes(AskedKey(name="till", scopes=[scope], merchant_id="m")) == ["scope_not_merchants"]
    check_key(AskedKey(name="till", scopes=[scope]))


def test_a_merchants_key_may_hold():
    check_key(AskedKey(name="till", scopes=sorted(MERCHANT_SCOPES), merchant_id="m"))
    assert Scope.HOLDS in MERCHANT_SCOPES
    assert not MERCHANT_SCOPES & {Scope.READ, Scope.EXPLAIN, Scope.PREQUALIFY, Scope.TOKENS}
