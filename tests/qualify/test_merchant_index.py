"""The index of merchants against every merchant asked one by one, field by field."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from tests.qualify.merchant_lists import Lists
from wherewithal.qualify import merchant_order
from wherewithal.qualify.browse import browse
from wherewithal.qualify.merchant_index import merchant_index, merchants_frame
from wherewithal.qualify.merchant_query import Order, Query
from wherewithal.qualify.merchants import ANSWER
from wherewithal.qualify.shelf import Shelf, shelf_of
from wherewithal.sources.generated_directory import generated_directory
from wherewithal.vocabulary.errors import CursorRefused, DomainError
from wherewithal.vocabulary.facts import STATES
from wherewithal.vocabulary.merchant import Directory, Merchant
from wherewithal.vocabulary.product import ProductCode
from wherewithal.vocabulary.program import Program

ON = date(2026, 3, 2)
DAYS = (date(2010, 12, 1), date(2022, 2, 1), ON)
PRODUCTS = tuple(ProductCode)


@pytest.fixture(scope="module")
def people(borrowers, decisions, generated, directory) -> list[dict[str, Any]]:
    """Return decided borrowers of every tier, moved about the states.

    Every third has bought at two to five merchants, of the sample or of the generated ones.
    """
    whole = decisions.drop("state", strict=False).with_columns(borrowers["state"])
    chosen = [whole.filter(pl.col("tier") == tier).sample(12, seed=3) for tier in "ABCDEX"]
    rows: list[dict[str, Any]] = pl.concat(chosen).to_dicts()
    chance = random.Random(11)
    for row in rows:
        row["state"] = chance.choice([*STATES, "VT", "AR", "HI", "ME"])
        if chance.random() < 0.3:
            shops = [one.merchant_id for made in (generated, directory) for one in made.merchants]
            shops = chance.sample([*shops, *shops[-40:] * 30], chance.randrange(2, 6))
            row["used_at"] = {shop: chance.randrange(0, 90_000) for shop in shops}
            row["merchant_base_cents"] = row["limit_total_cents"]
            for name in [name for name in row if name.startswith("limit_")]:
                row[name] = max(0, row[name] - sum(row["used_at"].values()))
    return rows


@pytest.fixture(scope="module")
def generated() -> Directory:
    made = generated_directory(
        merchants=2_000,
        programs=120,
        chance=np.random.default_rng(5),
        mccs=["5712", "5944", "4829", "5812", "7995", "5921", "5651"],
        originators=("cedar-bank", "wherewithal-credit-nv"),
        as_of=ON,
    )
    merchants = tuple(
        Merchant(**{**row, "program_ids": tuple(row["program_ids"])})
        for row in made.merchants.to_dicts()
    )
    return Directory(merchants=merchants, programs=made.programs)


@pytest.fixture(scope="module")
def index(bundle, generated):
    return merchant_index(merchants_frame(generated), generated.programs, bundle=bundle, on=ON)


@pytest.fixture(scope="module")
def lists(bundle, generated) -> Lists:
    return Lists(bundle, generated, ON)


def _shelf(index, person) -> Shelf:
    shelf = shelf_of(index, person, used_at=person.get("used_at", {}))
    assert shelf is not None
    return shelf


def _assert_same_answers(index, lists, person):
    shelf = _shelf(index, person)
    expected = lists.answers(person)
    positions = [index.position(merchant) for merchant in expected]
    for one, many in zip(shelf.answers_at(positions), expected.values(), strict=True):
        for have, want in zip(one, many, strict=True):
            fields = ("product", "program_id", *ANSWER)
            assert [getattr(have, name) for name in fields] == [
                getattr(want, name) for name in fields
            ]
            rates = lists.rates(want, person)
            assert (have.offered_rate_bps, have.apr_bps) == (rates or (None, None))


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_sample_merchants_answer_as_one_by_one(on, bundle, directory, people):
    index = merchant_index(merchants_frame(directory), directory.programs, bundle=bundle, on=on)
    lists = Lists(bundle, directory, on)
    for person in people:
        _assert_same_answers(index, lists, person)


def test_thousands_of_merchants_answer_as_one_by_one(index, lists, people):
    for person in people[::14]:
        _assert_same_answers(index, lists, person)


def _queries(seed: int) -> list[Query]:
    chance = random.Random(seed)
    return [
        Query(
            name=chance.choice([None, None, "C", "café", "sons", "wine no", "ærø", "s b", "zz"]),
            mccs=chance.choice([(), (), ("5712",), ("5944", "7995"), ("0000",)]),
            products=chance.choice(
                [(), (), (ProductCode.MONTHLY,), (ProductCode.PAY_IN_4, ProductCode.CARD)]
            ),
            power_min_cents=chance.choice([None, None, 1, 50_000, 300_000]),
            apr_max_bps=chance.choice([None, None, 0, 1_000, 2_000]),
            order=chance.choice(list(Order)),
            page_size=chance.choice([1, 7, 50, 100]),
        )
        for _ in range(40)
    ]


def test_pages_are_those_of_a_sorted_list_of_all(index, lists, people):
    for number, query in enumerate(_queries(1)):
        person = people[number % len(people)]
        shelf, expected = _shelf(index, person), lists.rows(person, query)
        rows: list[tuple[str, int, int | None]] = []
        page = browse(shelf, query)
        for _ in range(3):
            assert page.total == len(expected), query
            rows += [(row.merchant_id, row.power_cents, row.apr_bps) for row in page.rows]
            if page.next_cursor is None:
                break
            page = browse(shelf, msgspec.structs.replace(query, cursor=page.next_cursor))
        assert rows == expected[: len(rows)], query
        assert page.next_cursor is not None or len(rows) == len(expected), query


@pytest.mark.parametrize(("few", "block"), [(1, 1), (30, 4), (400, 64), (4_096, 512)])
def test_the_nearest_merchants_are_those_of_a_list_whose_classes_are_all_ranked(
    few, block, index, people, monkeypatch
):
    """The same walk through the list, however little of it is ranked at a time."""

    def pages(shelf, query, **constants):
        for name, value in constants.items():
            monkeypatch.setattr(merchant_order, name, value)
        cursor, found = None, []
        for _ in range(3):
            page = browse(shelf, msgspec.structs.replace(query, cursor=cursor))
            found.append(page)
            cursor = page.next_cursor
        return found

    walks = random.Random(few)
    for person in walks.sample(people, 12):
        shelf = _shelf(index, person)
        query = Query(
            order=walks.choice([Order.POWER, Order.POWER, Order.APR]),
            products=walks.choice([(), (), (ProductCode.PAY_IN_4,)]),
            page_size=walks.choice([5, 100]),
        )
        expected = pages(shelf, query, _FEW=0, _WALKED_MAX=0)
        nearest = pages(shelf, query, _FEW=few, _FIRST_BLOCK=block, _WALKED_MAX=block * 64)
        assert nearest == expected


def test_merchants_with_something_in_use_stand_where_they_belong(index, lists, people, generated):
    """Many of them on one page, found and not, on every side of the cursor."""
    chance = random.Random(8)
    for query in _queries(4)[::4]:
        person = dict(chance.choice(people))
        shops = chance.sample([one.merchant_id for one in generated.merchants], 300)
        person["used_at"] = {shop: chance.choice([1, 40_000, 10**7]) for shop in shops}
        person.setdefault("merchant_base_cents", person["limit_total_cents"])
        shelf, expected, cursor = _shelf(index, person), lists.rows(person, query), None
        rows: list[tuple[str, int, int | None]] = []
        while len(rows) < 5 * query.page_size:
            page = browse(shelf, msgspec.structs.replace(query, cursor=cursor))
            assert page.total == len(expected), query
            rows += [(row.merchant_id, row.power_cents, row.apr_bps) for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert rows == expected[: len(rows)], query
        assert cursor is not None or len(rows) == len(expected), query


def test_a_whole_list_has_every_merchant_once(index, people):
    for order in Order:
        shelf, cursor, seen = _shelf(index, people[0]), None, []
        while True:
            page = browse(shelf, Query(order=order, page_size=100, cursor=cursor))
            seen += [row.merchant_id for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == index.count


def test_a_person_who_was_not_decided_has_no_shelf(index, people):
    assert shelf_of(index, {**people[0], "outcome": "incomplete"}) is None


def test_a_change_of_programs_is_an_index_made_anew(index, generated, bundle, people):
    chance = random.Random(2)
    changes = (
        {"is_paused": True},
        {"mcc_exclusions": ("5812",)},
        {"basket_max_cents": 77_700},
        {"states": ("CA", "NY")},
    )
    programs = list(generated.programs)
    for change in changes:
        place = chance.randrange(len(programs))
        programs[place] = msgspec.structs.replace(programs[place], **change)
    changed = index.with_programs(programs)
    anew = merchant_index(merchants_frame(generated), programs, bundle=bundle, on=ON)
    for person in people[::15]:
        positions = list(range(0, index.count, 3))
        assert _shelf(changed, person).answers_at(positions) == _shelf(anew, person).answers_at(
            positions
        )
    assert changed.merchants_version == anew.merchants_version == index.merchants_version


def test_what_does_not_change_is_shared(index, generated):
    programs = [
        msgspec.structs.replace(generated.programs[0], is_paused=True),
        *generated.programs[1:],
    ]
    changed = index.with_programs(programs)
    assert changed.classes is index.classes
    assert changed.names is index.names
    shared = [
        old.prices is new.prices for old, new in zip(index.products, changed.products, strict=True)
    ]
    assert shared == [False, True, True, True]


def test_a_merchant_that_names_no_program_there_is_refused(index, generated):
    with pytest.raises(DomainError, match="name 1 programs that are not there: pay-in-4-0000"):
        index.with_programs(generated.programs[1:])


def test_unknown_merchants_have_no_position(index):
    assert [index.position(name) for name in ("", "nobody", "m0000000 ")] == [None, None, None]
    assert index.merchant_ids[index.position("m0000042")] == "m0000042"


def test_cursors_hold_nothing_of_the_person_and_survive_another_person(index, people):
    query = Query(order=Order.NAME, page_size=10)
    cursors = {browse(_shelf(index, person), query).next_cursor for person in people[:20]}
    assert len(cursors) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"page_size": 9}, None),
        ({"context": "other"}, "directory_changed"),
        ({"asked": "other"}, "cursor_of_another_query"),
        ({"asked": "other", "context": "other"}, "cursor_of_another_query"),
    ],
)
def test_a_cursor_belongs_to_who_asks_and_to_one_state(index, people, change, code):
    shelf, query = _shelf(index, people[0]), Query(page_size=5, context="c", asked="a")
    cursor = browse(shelf, query).next_cursor
    again = msgspec.structs.replace(query, cursor=cursor, **change)
    if code is None:
        assert browse(shelf, again).rows
        return
    with pytest.raises(CursorRefused) as refused:
        browse(shelf, again)
    assert refused.value.code == code


def test_a_cursor_has_one_spelling(index, people):
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="
    for size in (1, 5, 100):
        query = Query(page_size=size)
        cursor = browse(_shelf(index, people[0]), query).next_cursor
        assert cursor is not None
        others = {cursor[:-1] + last for last in alphabet} | {cursor + "=", cursor + "=="}
        for other in others - {cursor}:
            again = msgspec.structs.replace(query, cursor=other)
            try:
                rows = browse(_shelf(index, people[0]), again).rows
            except CursorRefused:
                continue
            # Another place of the same list, and not another spelling of the same place.
            assert (
                rows
                != browse(
                    _shelf(index, people[0]), msgspec.structs.replace(query, cursor=cursor)
                ).rows
            )


@pytest.mark.parametrize("cursor", ["", "x", "%%%", "ü", "AAAA", "k6Nh", "kwECAw"])
def test_a_cursor_that_is_none_is_refused(index, people, cursor):
    with pytest.raises(CursorRefused) as refused:
        browse(_shelf(index, people[0]), Query(cursor=cursor))
    assert refused.value.code == "cursor_malformed"


def test_a_cursor_of_another_query_or_directory_is_refused(index, bundle, directory, people):
    shelf = _shelf(index, people[0])
    cursor = browse(shelf, Query(page_size=5)).next_cursor
    with pytest.raises(CursorRefused) as refused:
        browse(shelf, Query(page_size=5, name="c", cursor=cursor))
    assert refused.value.code == "cursor_of_another_query"
    other = merchant_index(merchants_frame(directory), directory.programs, bundle=bundle, on=ON)
    with pytest.raises(CursorRefused) as refused:
        browse(_shelf(other, people[0]), Query(page_size=5, cursor=cursor))
    assert refused.value.code == "directory_changed"


@pytest.mark.parametrize(
    "query",
    [
        Query(page_size=0),
        Query(page_size=101),
        Query(power_min_cents=-1),
        Query(apr_max_bps=-1),
        Query(name=""),
        Query(name="&"),
        Query(name="x" * 121),
        Query(name="a b c d e f g h i"),
    ],
)
def test_a_query_outside_its_domain_is_refused(index, people, query):
    with pytest.raises(DomainError):
        browse(_shelf(index, people[0]), query)


def test_an_empty_directory_has_an_empty_list(bundle, people):
    none = merchants_frame(Directory(merchants=(), programs=()))
    index = merchant_index(none, [], bundle=bundle, on=ON)
    for order in Order:
        page = browse(_shelf(index, people[0]), Query(order=order))
        assert (page.rows, page.total, page.next_cursor) == ((), 0, None)


def test_the_same_seed_gives_the_same_directory():
    one, same, other = (
        generated_directory(
            chance=np.random.default_rng(seed),
            merchants=50,
            programs=20,
            mccs=["5712"],
            originators=["cedar-bank"],
            as_of=ON,
        )
        for seed in (1, 1, 2)
    )
    assert one.merchants.equals(same.merchants)
    assert one.programs == same.programs
    assert not one.merchants.equals(other.merchants)
    assert all(isinstance(program, Program) for program in one.programs)
