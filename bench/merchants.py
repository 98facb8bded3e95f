"""The list of all merchants for one person: own time per page, over a directory of any size.

No HTTP and no database: what is measured is the answer itself. Every query is another random person
of the loan file, somewhere in the country, with another search, filter or order.
"""

from __future__ import annotations

import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl

from bench.population import LOANS
from tests.qualify.merchant_lists import Lists
from wherewithal.qualify.baskets import basket_at
from wherewithal.qualify.browse import browse, cursor_after
from wherewithal.qualify.bundle import PolicyBundle
from wherewithal.qualify.decide_frame import decide_frame
from wherewithal.qualify.merchant_index import MerchantIndex, merchant_index
from wherewithal.qualify.merchant_query import Order, Query
from wherewithal.qualify.merchants import ANSWER
from wherewithal.qualify.shelf import Shelf, answers_at_merchant, shelf_of
from wherewithal.sources.bundle import load_bundle
from wherewithal.sources.catalogue import load_mcc_codes
from wherewithal.sources.generated_directory import GeneratedDirectory, generated_directory
from wherewithal.sources.lendingclub import read_lendingclub
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.merchant import Directory, Merchant

SEED = 20_814
ON = date(2026, 3, 2)
#: Persons whose whole list is also worked out merchant by merchant, and queries for each.
BRUTE_PERSONS = 2
BRUTE_QUERIES = 6
BATCH = 1_000
Person = dict[str, Any]
Ask = Callable[[Person], object]


def measure(*, merchants: int, programs: int, queries: int) -> dict[str, object]:
    """Return start-up, memory, time by kind of query, and how many answers agree."""
    bundle = load_bundle(Path("policies/everyday"))
    codes = load_mcc_codes(Path("examples/mcc/mcc_codes.csv"))
    directory = generated_directory(
        merchants=merchants,
        programs=programs,
        chance=np.random.default_rng(SEED),
        mccs=sorted(codes),
        originators=sorted({row.originator for row in bundle.law.rows}),
        as_of=ON,
    )
    people = _people(bundle)
    index = merchant_index(directory.merchants, directory.programs, bundle=bundle, on=ON)
    found: dict[str, object] = {
        "benchmark": "merchants",
        "merchants": merchants,
        "programs": programs,
        **_alone(directory),
        **_changes(index, directory),
    }
    # What lives as long as the process is no work for the collector of cycles: a server does this.
    gc.collect()
    gc.freeze()
    # Graphs are compiled for the legs that a cell has: once a start, not once a person.
    for person in people[:600]:
        shelf_of(index, person)
    worst = 0.0
    for kind, ask in _kinds(index, sorted(codes)).items():
        both = _timed(ask, people[1_000 : 1_000 + queries])
        times, cpu = sorted(one for one, _ in both), sorted(one for _, one in both)
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        found[f"{kind}_p50_ms"], found[f"{kind}_p99_ms"] = p50, p99
        found[f"{kind}_max_ms"] = times[-1]
        found[f"{kind}_cpu_p99_ms"] = cpu[len(cpu) * 99 // 100]
        if kind != "one_merchant" and not kind.startswith("basket"):
            worst = max(worst, p99)
    found["worst_page_p99_ms"] = worst
    found["aim_p99_ms"] = 5.0
    found |= _agreement(bundle, index, directory, people)
    return found


def _people(bundle: PolicyBundle) -> list[Person]:
    """Return decided borrowers, moved about the country; some have part of their limits in use."""
    facts = read_lendingclub(LOANS)
    decided = decide_frame(facts, bundle).drop("state", strict=False).with_columns(facts["state"])
    rows = decided.filter(pl.col("tier").is_not_null()).sample(fraction=1, seed=1, shuffle=True)
    chance = random.Random(SEED)
    people = rows.head(6_000).to_dicts()
    for person in people:
        person["state"] = chance.choice(STATES)
        if chance.random() < 0.3:
            used = chance.randrange(0, 300_000)
            for name in [name for name in person if name.startswith("limit_")]:
                person[name] = max(0, person[name] - used)
    return people


def _kinds(index: MerchantIndex, mccs: list[str]) -> dict[str, Ask]:
    """Return the kinds of question; each draws its own filters from a seed."""
    chance = random.Random(SEED)
    words = index.names.words

    def page(**fixed: Any) -> Ask:
        def ask(person: Person) -> object:
            given = {name: one() if callable(one) else one for name, one in fixed.items()}
            return browse(_shelf(index, person), Query(**given))

        return ask

    def prefix() -> str:
        word = chance.choice(words)
        return word[: chance.randint(1, len(word))]

    def two() -> str:
        return f"{prefix()} {prefix()}"

    places = [chance.randrange(index.count) for _ in range(64)]

    def after(order: Order) -> list[str]:
        return [cursor_after(index, Query(order=order), place) for place in places]

    by_power, by_name = after(Order.POWER), after(Order.NAME)
    return {
        "first_page_by_power": page(),
        "first_page_by_apr": page(order=Order.APR),
        "search_one_word": page(name=prefix),
        "search_two_words": page(name=two, order=lambda: chance.choice(list(Order))),
        "category_and_least_amount": page(
            mccs=lambda: tuple(chance.sample(mccs, chance.randint(1, 40))),
            power_min_cents=lambda: chance.choice([5_000, 50_000, 200_000, 500_000]),
        ),
        "least_amount_by_name": page(
            power_min_cents=lambda: chance.choice([5_000, 50_000, 200_000, 500_000]),
            order=Order.NAME,
        ),
        "most_apr": page(apr_max_bps=lambda: chance.choice([0, 999, 1_499, 2_000])),
        "deep_page_by_power": page(cursor=lambda: chance.choice(by_power)),
        "deep_page_by_name": page(
            cursor=lambda: chance.choice(by_name), order=Order.NAME, page_size=100
        ),
        "one_merchant": lambda person: answers_at_merchant(
            index, person, chance.randrange(index.count)
        ),
        "basket": lambda person: basket_at(
            index,
            person,
            chance.randrange(index.count),
            basket_cents=chance.randrange(5_000, 400_000),
        ),
        "basket_of_one_product": lambda person: basket_at(
            index,
            person,
            chance.randrange(index.count),
            basket_cents=chance.randrange(5_000, 400_000),
            products=(chance.choice(index.products).product.code,),
        ),
    }


def _shelf(index: MerchantIndex, person: Person) -> Shelf:
    shelf = shelf_of(index, person)
    if shelf is None:
        raise ValueError("only decided persons are asked about")
    return shelf


def _timed(ask: Ask, people: list[Person]) -> list[tuple[float, float]]:
    """Return milliseconds of own time, one a person: by the clock, and of the processor."""
    times: list[tuple[float, float]] = []
    for person in people:
        begin, begin_cpu = time.perf_counter(), time.thread_time()
        ask(person)
        cpu = time.thread_time() - begin_cpu
        times.append(((time.perf_counter() - begin) * 1_000, cpu * 1_000))
    return times


def _changes(index: MerchantIndex, directory: GeneratedDirectory) -> dict[str, object]:
    """Return how long changes of one program take: of its amounts, and of what it excludes."""
    found: dict[str, object] = {}
    programs = list(directory.programs)
    place = len(programs) // 2
    for name, change in (
        ("amounts", {"basket_max_cents": programs[place].basket_max_cents + 100}),
        ("exclusions", {"mcc_exclusions": ("5812", "5999")}),
    ):
        programs[place] = msgspec.structs.replace(programs[place], **change)
        begin = time.perf_counter()
        index.with_programs(programs)
        found[f"change_of_{name}_seconds"] = time.perf_counter() - begin
    return found


def _agreement(
    bundle: PolicyBundle, index: MerchantIndex, made: GeneratedDirectory, people: list[Person]
) -> dict[str, object]:
    """Compare answers and pages with every merchant asked one by one."""
    merchants = tuple(
        Merchant(**{**row, "program_ids": tuple(row["program_ids"])})
        for row in made.merchants.iter_rows(named=True)
    )
    lists = Lists(bundle, Directory(merchants=merchants, programs=made.programs), ON)
    chance = random.Random(SEED + 1)
    answers = same_answers = pages = same_pages = 0
    fields = ("product", "program_id", *ANSWER)
    for person in people[:BRUTE_PERSONS]:
        shelf = _shelf(index, person)
        expected = lists.answers(person)
        positions = [place for one in expected if (place := index.position(one)) is not None]
        wholes = iter(expected.values())
        for first in range(0, len(positions), BATCH):
            found = shelf.answers_at(positions[first : first + BATCH])
            for have, wanted in zip(found, wholes, strict=False):
                answers += len(wanted)
                same_answers += sum(
                    all(getattr(one, name) == getattr(other, name) for name in fields)
                    for one, other in zip(have, wanted, strict=True)
                )
        for _ in range(BRUTE_QUERIES):
            query = _any_query(index, chance)
            rows = lists.rows(person, query)
            page = browse(shelf, query)
            shown = [(row.merchant_id, row.power_cents, row.apr_bps) for row in page.rows]
            pages += 1
            same_pages += shown == rows[: query.page_size] and page.total == len(rows)
    return {
        "answers_compared": answers,
        "answers_agreed": same_answers,
        "pages_compared": pages,
        "pages_agreed": same_pages,
    }


def _any_query(index: MerchantIndex, chance: random.Random) -> Query:
    word = chance.choice(index.names.words)
    return Query(
        name=chance.choice([None, word, word[:2]]),
        mccs=chance.choice([(), tuple(chance.sample(index.names.mccs, 20))]),
        power_min_cents=chance.choice([None, 50_000, 300_000]),
        apr_max_bps=chance.choice([None, None, 1_499]),
        order=chance.choice(list(Order)),
        page_size=chance.choice([20, 100]),
    )


def _alone(directory: GeneratedDirectory) -> dict[str, object]:
    """Return start-up seconds and memory of a process that makes the index and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        merchants, programs = Path(folder) / "merchants.parquet", Path(folder) / "programs.json"
        directory.merchants.write_parquet(merchants)
        programs.write_bytes(msgspec.json.encode(directory.programs))
        command = [sys.executable, "-m", "bench.merchants_child", str(merchants), str(programs)]
        done = subprocess.run(  # noqa: S603 - our own child, with paths that we made
            [*command, ON.isoformat()], check=True, capture_output=True, text=True, timeout=300
        )
    found: dict[str, object] = json.loads(done.stdout)
    return found
