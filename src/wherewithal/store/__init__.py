"""Postgres: our own small server, migrations, a pool, and what reads and writes the tables."""
