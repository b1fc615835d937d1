"""The addresses by which others reach this machine."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Final

from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level

# Of the documentation ranges (RFC 5737, RFC 3849): the route there starts at the address others see, and
# connecting a UDP socket sends nothing.
_FAR: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def check_network(case: Case) -> Iterator[Finding]:
    """The addresses of this machine, and how a person sees whether a firewall is between."""
    addresses = find_addresses()
    details = tuple(("address", address) for address in addresses)
    if not addresses:
        yield Finding(
            "network",
            Level.WARNING,
            "This machine has no address by which others could reach it.",
            "connect it to the network; until then only programs on it can use the server",
        )
        return
    port = case.hl7.number or case.dicom.number or case.web.number
    yield Finding(
        "network",
        Level.OK,
        f"Senders and scanners reach this machine at {', '.join(addresses)}.",
        f"if they do not, a firewall is between: try `nc -vz {addresses[0]} {port}` from there,"
        f" or `Test-NetConnection {addresses[0]} -Port {port}` on Windows",
        details,
    )


def find_addresses() -> tuple[str, ...]:
    """The addresses that this machine's connections to others start from, IPv4 first."""
    found: list[str] = []
    for family, far in _FAR:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.connect((far, 9))
                found.append(str(sock.getsockname()[0]))
        except OSError:  # no way there: no such network
            continue
    return tuple(address for address in found if not address.startswith(("127.", "::1")))
