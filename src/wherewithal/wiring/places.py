"""Where the files that ship are found: the checkout that the program runs from, or the folder."""

from __future__ import annotations

from pathlib import Path

from wherewithal.vocabulary.errors import InputRefused, Problem

#: The policy that ships.
BUNDLE = "policies/everyday"
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


def needed(name: str) -> Path:
    """Return a file or folder that ships, as `shipped`.

    Errors: InputRefused if it is not at hand.
    """
    found = shipped(name)
    if found is None:
        message = "is not beside this program; run it from a checkout"
        raise InputRefused([Problem(code="missing_file", path=name, message=message)])
    return found
