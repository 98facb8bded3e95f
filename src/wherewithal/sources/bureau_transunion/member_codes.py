"""Member codes: who is who among subscribers."""

from __future__ import annotations

from collections.abc import Iterable

_SIGNIFICANT = 7


def member_key(code: str) -> str:
    """Return the seven characters that tell a subscriber from all others.

    A code has eight places. The first is `0` in entries and the industry letter in the header (the
    published report asks as `F4716628` and lists that inquiry as `04716628`), or is left out.

    >>> member_key("F4716628") == member_key("04716628") == member_key("4716628")
    True
    """
    return code.strip().upper()[-_SIGNIFICANT:].zfill(_SIGNIFICANT)


def member_keys(codes: Iterable[str]) -> frozenset[str]:
    """Return the keys of several codes.

    >>> sorted(member_keys({"F4716628", "8207115"}))
    ['4716628', '8207115']
    """
    return frozenset(member_key(code) for code in codes)
