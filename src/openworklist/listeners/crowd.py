"""Who is connected to a listener, by address, so that nobody keeps the others out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final, Generic, TypeVar

from openworklist.domain.networks import Network, is_listed

__all__ = ["Crowd", "Network", "find_group", "is_allowed"]

Guest = TypeVar("Guest")

_PREFIX: Final = 64  # bits of an IPv6 address that one machine has all of (RFC 7381 2.4.2)


class Crowd(Generic[Guest]):
    """Guests in the order of their coming. One that has shown what it came for is proven."""

    def __init__(self) -> None:
        self._groups: dict[Guest, str] = {}
        self._unproven: dict[str, dict[Guest, None]] = {}
        self._counts: Counter[str] = Counter()
        self.unproven = 0

    def __len__(self) -> int:
        return len(self._groups)

    def count(self, group: str) -> int:
        return self._counts[group]

    def enter(self, guest: Guest, group: str) -> None:
        self._groups[guest] = group
        self._counts[group] += 1
        self._unproven.setdefault(group, {})[guest] = None
        self.unproven += 1

    def prove(self, guest: Guest) -> None:
        group = self._groups.get(guest)
        waiting = None if group is None else self._unproven.get(group)
        if group is None or waiting is None or guest not in waiting:
            return
        del waiting[guest]
        self.unproven -= 1
        if not waiting:
            del self._unproven[group]

    def leave(self, guest: Guest) -> None:
        """Nothing if it has left before."""
        self.prove(guest)
        group = self._groups.pop(guest, None)
        if group is not None:
            take_from(self._counts, group)

    def find_least_worthy(self) -> Guest | None:
        """The oldest of those that are not proven, of the address that has the most of them.

        Who floods a port pushes out its own connections, not those of a scanner that is about to ask.
        """
        if not self._unproven:
            return None
        largest = max(self._unproven, key=lambda group: len(self._unproven[group]))
        return next(iter(self._unproven[largest]))


def take_from(counts: Counter[str], key: str) -> None:
    """Count one less, and forget who has none: strangers come by the thousand."""
    counts[key] -= 1
    if not counts[key]:
        del counts[key]


def find_group(address: str) -> str:
    """What counts as one peer: an IPv4 address, the /64 of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return f"{int(ip) >> (128 - _PREFIX):x}"


def is_allowed(address: str, networks: Sequence[Network]) -> bool:
    """Whether an address is in one of the networks; every address is in none at all."""
    return not networks or is_listed(address, networks)
