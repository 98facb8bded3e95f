"""Every table that holds a person's data leads its keys with consumer_id.

So a store that is sharded by consumer needs no other schema, and no key can tie two persons together.
"""

from __future__ import annotations

import psycopg
import pytest

CONSUMER = "consumer_id"
#: Where a person is found by something else, and why the row cannot lead with their id.
FINDS_A_PERSON = {
    "identity_key": "blind index to consumer: who asks does not know the consumer yet",
    "consumer_reference": "the lender's number to consumer: as above",
    "hold_reference": "the merchant's own number to a hold: who asks again may not know whose it is",
    "loan_reference": "a loan to its consumer: who pays or refunds it may not know whose it is",
    "idempotency": "claimed under a credential before the body is read; holds no data of a person",
}
#: What is not of a person, and what it is of.
NOT_OF_A_PERSON = {
    "credential": "a service that calls us",
    "generation": "an offline run",
    "current_generation": "a portfolio: which run is read",
    "merchant": "a merchant",
    "program": "a merchant's terms",
    "directory_version": "the merchants as a whole",
    "bundle_artefact": "a policy bundle",
    "facts_catalogue": "a program's catalogue of facts",
    "webhook_endpoint": "a service that is told of events",
    "schema_migration": "the database itself",
}
#: The job queue's own tables: jobs carry ids alone.
QUEUE = "procrastinate_"

TABLES = """
select c.relname, exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = %s and not a.attisdropped)
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""
#: Table, name of the key or index, its first column, and for a reference the first column there.
KEYS = """
select t.relname, i.relname, a.attname, a.attname
from pg_index x
join pg_class i on i.oid = x.indexrelid
join pg_class t on t.oid = x.indrelid
left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
where t.relnamespace = 'public'::regnamespace and (x.indisunique or x.indisprimary)
union all
select t.relname, k.conname, a.attname, b.attname
from pg_constraint k
join pg_class t on t.oid = k.conrelid
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
join pg_attribute b on b.attrelid = k.confrelid and b.attnum = k.confkey[1]
where t.relnamespace = 'public'::regnamespace and k.contype = 'f'
order by 1, 2
"""
WITHOUT_PRIMARY_KEY = """
select t.relname from pg_class t
where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
  and not exists (select from pg_index x where x.indrelid = t.oid and x.indisprimary)
"""


def is_excepted(table: str) -> bool:
    return table in FINDS_A_PERSON or table in NOT_OF_A_PERSON or table.startswith(QUEUE)


def stray_keys(connection) -> list[tuple[str, str]]:
    """Return each key of a person's table, or of an unknown one, that does not lead by consumer."""
    return [
        (table, key)
        for table, key, here, there in connection.execute(KEYS)
        if not is_excepted(table) and (here, there) != (CONSUMER, CONSUMER)
    ]


@pytest.fixture
def catalogue(own_database):
    with psycopg.connect(own_database) as connection:
        yield connection


def test_every_key_of_a_persons_table_leads_with_the_consumer(catalogue):
    assert stray_keys(catalogue) == []
    # That it looks at something: each person's table has a key at least.
    tables = [table for table, _ in catalogue.execute(TABLES, [CONSUMER]) if not is_excepted(table)]
    keyed = {table for table, *_ in catalogue.execute(KEYS)}
    assert set(tables) <= keyed
    assert len(tables) >= 8


def test_every_table_has_a_primary_key(catalogue):
    assert catalogue.execute(WITHOUT_PRIMARY_KEY).fetchall() == []


def test_every_exception_is_there_and_is_what_it_says(catalogue):
    has_consumer = dict(catalogue.execute(TABLES, [CONSUMER]).fetchall())
    assert {name for name in FINDS_A_PERSON if not has_consumer[name]} == set()
    assert {name for name in NOT_OF_A_PERSON if has_consumer[name]} == set()


def test_what_is_not_of_a_person_refers_to_none(catalogue):
    query = """
    select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
    where contype = 'f' and conrelid::regclass::text = any(%s)
    """
    names = list(NOT_OF_A_PERSON)
    referred = {there for _, there in catalogue.execute(query, [names])}
    assert referred <= NOT_OF_A_PERSON.keys()


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("create table x (id int primary key, consumer_id uuid)", "x_pkey"),
        (
            "create table x (consumer_id uuid, a int, unique (a, consumer_id))",
            "x_a_consumer_id_key",
        ),
        ("create table x (consumer_id uuid primary key, c text references credential)", "x_c_fkey"),
        (
            """create table x (consumer_id uuid, s bigint,
               foreign key (s, consumer_id) references decision (seq, consumer_id))""",
            "x_s_consumer_id_fkey",
        ),
        ("create table x (consumer_id uuid); create unique index i on x (lower('a'))", "i"),
    ],
)
def test_a_key_that_leads_otherwise_is_found(catalogue, statement, key):
    catalogue.execute("alter table decision add unique (seq, consumer_id)")
    catalogue.execute(statement)
    assert ("x", key) in stray_keys(catalogue)
