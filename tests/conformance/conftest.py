"""The executor that a case runs on."""

from __future__ import annotations

import pytest

from tests.conformance.executors import EXECUTORS, Executor


@pytest.fixture(params=EXECUTORS, ids=lambda executor: executor.name)
def executor(request) -> Executor:
    """Return each executor in turn; the same cases must hold on all."""
    chosen: Executor = request.param
    return chosen
