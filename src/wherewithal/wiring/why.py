"""Explaining: why a power changed, what would raise it, for the API and for the command."""

from __future__ import annotations

import time
from functools import partial

from wherewithal.qualify.powers_left import PowersLeft
from wherewithal.qualify.raises import RaiseFinder
from wherewithal.qualify.why_changed import Powers
from wherewithal.service.asking_rate import AskingRate
from wherewithal.service.explain_change import ExplainPorts, explain_change
from wherewithal.service.find_raises import RaisePorts, find_raises
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.sources.bundle_archive import load_archived
from wherewithal.store.account_then import AccountsThenInStore
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.pool import Pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.store.recorded import RecordedInStore
from wherewithal.surfaces.http.routes_why import WhyDoors
from wherewithal.wiring.code_build import code_build


def explain_ports(pool: Pool, products: ProductAnswers) -> ExplainPorts:
    """Return what explaining reaches for."""
    recorded = RecordedInStore(pool)
    replayer = Replayer(
        recorded=recorded,
        artefacts=ArtefactsInStore(pool),
        load_archived=lambda archive, digest: load_archived(archive, digest=digest),
        code_build=code_build(),
        held=[products.bundle],
    )
    return ExplainPorts(
        people=PeopleInStore(pool),
        recorded=recorded,
        accounts=AccountsThenInStore(pool),
        replayer=replayer,
        products=products,
        powers=Powers({}),
    )


def why_doors(pool: Pool, *, products: ProductAnswers) -> WhyDoors:
    """Return the doors of one process."""
    ports = explain_ports(pool, products)
    raises = RaisePorts(
        people=ports.people,
        recorded=ports.recorded,
        replayer=ports.replayer,
        products=products,
        finder=RaiseFinder(bundle=products.bundle),
        left=PowersLeft(products.bundle),
        rate=AskingRate(monotonic=time.monotonic),
    )
    return WhyDoors(
        changes=partial(explain_change, ports=ports), raises=partial(find_raises, ports=raises)
    )
