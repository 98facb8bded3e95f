"""Wherewithal: what a person can spend, with which product, where, at what cost and why."""

__version__ = "0.1.0"
