"""Opening a listener's sockets: IPv4 and IPv6, and a sentence that helps when a port is taken."""

from __future__ import annotations

import errno
import os
import socket
from typing import Final

from openworklist.domain.errors import ListenError

BACKLOG: Final = 1024
TLS_MARK: Final = " (TLS)"  # behind an address on which TLS alone is spoken
_ANYWHERE = frozenset({"", "*"})


def open_sockets(listener: str, host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of `host`; "" or "*" is every address of the machine.

    Port 0 takes a free one, the same for each address. ListenError names the listener, the address and what
    to do. Connections wait in the backlog until the server accepts them.
    """
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(listener, host, port):
            try:
                opened.append(_open(family, (address, port)))
            except OSError as error:
                if host in _ANYWHERE and family == socket.AF_INET6 and _has_no_ipv6(error):
                    continue
                raise ListenError(
                    f"The {listener} listener cannot open {show(address, port)}: {_reason(error)}.",
                    where=show(address, port),
                    hint=_way_out(error),
                ) from error
            port = opened[-1].getsockname()[1]
    except ListenError:
        for sock in opened:
            sock.close()
        raise
    return opened


def show(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _addresses(listener: str, host: str, port: int) -> list[tuple[int, str]]:
    if host in _ANYWHERE:
        return [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenError(
            f"The {listener} listener cannot be opened: nobody knows the host {host!r}.",
            where=host,
            hint="give an address of this machine, or none for all of them",
        ) from error
    return list(dict.fromkeys((int(family), str(address[0])) for family, _, _, _, address in found))


def _open(family: int, address: tuple[str, int]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":
            # Else a restart has to wait for the old connections; elsewhere the option would share the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        # Two sockets may be bound to one port, only one can listen: so this belongs here, not to the start.
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


def _has_no_ipv6(error: OSError) -> bool:
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program holds this port"
    if error.errno == errno.EACCES:
        return "ports below 1024 need special rights"
    if error.errno == errno.EADDRNOTAVAIL:
        return "this machine has no such address"
    return error.strerror or str(error)


def _way_out(error: OSError) -> str:
    if error.errno in (errno.EADDRINUSE, errno.EACCES):
        return (
            "stop that program or choose another port"
            if error.errno == errno.EADDRINUSE
            else "choose a higher port"
        )
    return "choose another address"
