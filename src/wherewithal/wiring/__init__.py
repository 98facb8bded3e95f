"""Constructs adapters, one file a process; owns the console entry point."""
