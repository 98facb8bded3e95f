"""Runners take a chunk of work from a path in to a path out."""
