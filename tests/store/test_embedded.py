from __future__ import annotations

import psycopg


def test_a_fresh_database_has_the_schema_and_no_rows(database):
    with psycopg.connect(database) as connection:
        assert connection.execute("select count(*) from consumer").fetchone() == (0,)
