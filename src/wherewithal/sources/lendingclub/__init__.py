"""LendingClub's public loan file: bytes to rows of text, and rows to facts."""

from wherewithal.sources.lendingclub.facts import read_lendingclub

__all__ = ["read_lendingclub"]
