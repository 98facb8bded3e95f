"""The name of this program's code, as it is recorded with every decision.

The version, and a digest of the sources of the pure rooms: whatever decides is in them. It is
recorded and never hashed into a decision's name (docs/decisions/0009, 0028).
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from wherewithal import __version__

_ROOMS = ("vocabulary", "lending", "dmn", "qualify")
_DIGITS = 12


@cache
def code_build() -> str:
    """Return the name, such as `0.1.0+3f2a91c07d55`."""
    package = Path(__file__).resolve().parents[1]
    whole = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((package / room).rglob("*.py")):
            name = path.relative_to(package).as_posix()
            whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return f"{__version__}+{whole.hexdigest()[:_DIGITS]}"
