"""Explaining: why a power changed, what would raise it, for the API and for the command."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from uuid import UUID

from wherewithal.qualify.plans import Plans
from wherewithal.qualify.powers_left import PowersLeft
from wherewithal.qualify.raises import RaiseFinder
from wherewithal.qualify.why_changed import Powers
from wherewithal.service.asking_rate import AskingRate
from wherewithal.service.explain_change import ExplainPorts, explain_change
from wherewithal.service.find_raises import RaisePorts, find_raises
from wherewithal.service.replay_decisions import Replayer
from wherewithal.service.standing_products import ProductAnswers
from wherewithal.service.why_answers import ChangeAnswer
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.bundle_archive import load_archived
from wherewithal.store.account_then import AccountsThenInStore
from wherewithal.store.artefacts import ArtefactsInStore
from wherewithal.store.migrate import check_migrated
from wherewithal.store.pool import Pool, open_pool
from wherewithal.store.powers import PeopleInStore
from wherewithal.store.recorded import RecordedInStore
from wherewithal.surfaces.http.routes_why import WhyDoors
from wherewithal.vocabulary.errors import InputRefused, Problem
from wherewithal.wiring.code_build import code_build
from wherewithal.wiring.database import open_database
from wherewithal.wiring.places import BUNDLE, needed
from wherewithal.wiring.service_settings import settings_at_start


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


async def explain_decisions(
    data: Path | None, since: str, until: str | None, consumer_id: UUID | None
) -> ChangeAnswer:
    """Return why a power is another than by a decision, from the database that keeps it.

    Errors: InputRefused if there are no such decisions of one person, or none that may be told.
    """
    settings = settings_at_start(os.environ, data=data)
    bundle = load_bundle(needed(BUNDLE))
    with open_database(settings) as dsn:
        async with open_pool(dsn, max_size=2) as pool:
            async with pool.connection() as connection:
                await check_migrated(connection)
            ports = explain_ports(pool, ProductAnswers(bundle, Plans(bundle)))
            found = await ports.recorded.find(since, consumer_id=consumer_id, rows_max=2)
            people = {one.consumer_id for one in found}
            if len(people) > 1:
                message = "several people have a decision of this name; say whose by --consumer"
                raise InputRefused([Problem(code="whose", path="SINCE", message=message)])
            answer = None
            if people:
                answer = await explain_change(people.pop(), since=since, until=until, ports=ports)
    if answer is None:
        message = (
            "one person has no such decisions here; of an offline run only those are told that"
            " were a yes"
        )
        raise InputRefused([Problem(code="unknown_decision", path="SINCE", message=message)])
    return answer


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
