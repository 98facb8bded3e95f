"""Where the files that ship are found: the checkout that the program runs from, or the folder."""

from __future__ import annotations

from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[3]


def shipped(name: str) -> Path | None:
    """Return a file or folder that ships, such as `policies/everyday`; None if it is not at hand.

    The checkout of this very program comes first, so that the folder one stands in does not change
    a decision; then the folder one stands in, for a program that was installed without its data.
    """
    for base in (_CHECKOUT, Path.cwd()):
        if (base / name).exists():
            return base / name
    return None
