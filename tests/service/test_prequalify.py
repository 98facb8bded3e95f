"""One person asked about, end to end: a real Postgres, a real simulator, the everyday policy."""

from __future__ import annotations

import pytest

from tests.service.desk import at_desk, inquiry_of
from tests.sources.bureau_talk import simulator


@pytest.fixture(scope="module")
def bureau():
    with simulator() as server:
        yield server.url


def test_who_is_prime_is_prequalified_for_every_product(database, bureau):
    async def work(desk):
        answer = await desk.tell(inquiry_of("prime"))
        print(answer)
        assert (answer.status, answer.outcome, answer.claim) == (
            "decided",
            "approved",
            "prequalified",
        )

    at_desk(database, bureau, work)
