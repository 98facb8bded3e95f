"""Benchmarks: each against a peer or a floor in the same run, outputs compared."""
