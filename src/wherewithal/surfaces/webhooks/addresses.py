"""Where a name leads: only public addresses are connected to, and the one that was checked is used.

The name is resolved by us, all its addresses are checked, and the connection is made to a checked
address itself. So a name server that answers otherwise a moment later (rebinding) changes nothing.
"""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: The part of IPv6 that is given out for the public internet.
_GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
#: What Python may count as global: 6to4 and its relays, protocol assignments, documentation.
_ALSO_REFUSED: Final = tuple(
    map(ipaddress.ip_network, ("2002::/16", "3fff::/20", "192.88.99.0/24", "192.0.0.0/24"))
)


def is_public(address: Address) -> bool:
    """Return whether an address is of the public internet and one machine's alone.

    Private, shared, loopback, link-local (cloud metadata among it), multicast, reserved,
    documentation and benchmarking ranges are not, nor is IPv4 in the clothes of IPv6.
    """
    if address.is_multicast or not address.is_global:
        return False
    if any(address in network for network in _ALSO_REFUSED):
        return False
    return address.version == 4 or address in _GLOBAL_UNICAST


def fit_addresses(texts: tuple[str, ...], *, is_loopback: bool) -> tuple[str, ...]:
    """Return the addresses that may be connected to; none where a single one may not be.

    `is_loopback`: the name is this machine's, and must lead here.
    """
    try:
        addresses = tuple(ipaddress.ip_address(text) for text in texts)
    except ValueError:  # with a zone, such as fe80::1%eth0, it is link-local
        return ()
    are_fit = all(one.is_loopback if is_loopback else is_public(one) for one in addresses)
    return tuple(map(str, addresses)) if are_fit else ()
