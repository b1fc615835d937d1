"""Addresses and networks as people list them: 10.1.0.0/16, 2001:db8::/32."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from openworklist.domain.errors import SettingsError

Network = IPv4Network | IPv6Network


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks of a list with blanks or commas between; SettingsError if one is none."""
    try:
        return tuple(ip_network(each, strict=False) for each in text.replace(",", " ").split())
    except ValueError as error:
        raise SettingsError(
            "It is no list of addresses or networks, like 10.1.0.0/16 2001:db8::/32."
        ) from error


def is_listed(address: str, networks: Iterable[Network], *, is_local: bool = False) -> bool:
    """Whether an address is in one of the networks.

    A loopback address on the list stands for this machine: who is on it (`is_local`) may come from its other
    addresses.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return any(ip in network or (is_local and network.is_loopback) for network in networks)
