"""What a newcomer has to tell others: the addresses of this server, as they are open just now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from openworklist.services.ports import ListenerStatus

HL7: Final = "HL7"
DICOM: Final = "DICOM"
_SECURED: Final = " (TLS)"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a listener is reached. `is_local`: by programs on this machine alone."""

    host: str
    port: int
    is_secured: bool = False
    is_local: bool = False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Directions:
    """`hl7` is for those who send orders, `dicom` and `ae_title` for scanners; empty: switched off."""

    hl7: tuple[Endpoint, ...]
    dicom: tuple[Endpoint, ...]
    ae_title: str


def find_directions(statuses: Iterable[ListenerStatus], ae_title: str, machine: Iterable[str]) -> Directions:
    """From how the listeners are; `machine` are the addresses by which others reach it (`find_addresses`).

    Those that others can reach come first.
    """
    addresses = {status.name: status.addresses for status in statuses}
    own = tuple(machine)
    return Directions(
        _find_endpoints(addresses.get(HL7, ()), own), _find_endpoints(addresses.get(DICOM, ()), own), ae_title
    )


def find_own(statuses: Iterable[ListenerStatus], name: str) -> Endpoint | None:
    """Where a program on this machine reaches a listener without TLS; None if it is switched off."""
    for status in statuses:
        if status.name == name:
            plain = (_parse(each) for each in status.addresses if not each.endswith(_SECURED))
            for host, port in plain:
                return Endpoint(_to_loopback(host), port, is_local=True)
    return None


def _find_endpoints(addresses: Iterable[str], machine: tuple[str, ...]) -> tuple[Endpoint, ...]:
    found = [endpoint for address in addresses for endpoint in _expand(address, machine)]
    return tuple(sorted(dict.fromkeys(found), key=lambda each: (each.is_local, each.is_secured)))


def _expand(address: str, machine: tuple[str, ...]) -> Iterator[Endpoint]:
    """An address that stands for all of its family is each of those that the machine has."""
    is_secured = address.endswith(_SECURED)
    host, port = _parse(address.removesuffix(_SECURED))
    bound = ip_address(host)
    if not bound.is_unspecified:
        yield Endpoint(host, port, is_secured, bound.is_loopback)
        return
    same = [each for each in machine if ip_address(each).version == bound.version]
    for each in same:
        yield Endpoint(each, port, is_secured)
    if not machine and bound.version == 4:
        yield Endpoint(_to_loopback(host), port, is_secured, is_local=True)


def _parse(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def _to_loopback(host: str) -> str:
    bound = ip_address(host)
    if not bound.is_unspecified:
        return host
    return "127.0.0.1" if bound.version == 4 else "::1"
