"""The ports of the settings: free, held by our server, or by whom."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from openworklist.domain.errors import PeerError
from openworklist.services.doctor.case import Case, Port
from openworklist.services.doctor.finding import Finding, Level
from openworklist.services.doctor.holders import Holder, command_for, find_holders
from openworklist.services.doctor.probes import PROBES

_LOCK: Final = "openworklist.lock"  # of the data folder; holds the number of the server's process
_PRIVILEGED: Final = 1024
_ANYWHERE: Final = frozenset({"", "*"})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def check_ports(case: Case) -> Iterator[Finding]:
    """A finding for each listener."""
    server = _find_server(case.data)
    for port in case.ports:
        yield _check(case, port, server)


def _check(case: Case, port: Port, server: int | None) -> Finding:
    name = f"{port.listener} port"
    if not port.number:
        return Finding(name, Level.OK, "It is switched off (0).")
    trouble = _try_to_open(port)
    if trouble is None:
        return _free(name, port, server)
    if trouble.errno == errno.EADDRINUSE or (os.name == "nt" and trouble.errno == errno.EACCES):
        return _taken(case, name, port, server)
    return _unusable(name, port, trouble)


def _free(name: str, port: Port, server: int | None) -> Finding:
    if server is not None:
        return Finding(
            name,
            Level.WARNING,
            f"The server of this data folder runs (process {server}), but does not hold port {port.number}.",
            f"it was started with other settings: call the doctor with the same, or with {port.setting}",
        )
    return Finding(name, Level.OK, f"Port {port.number} is free: the server can open it.")


def _taken(case: Case, name: str, port: Port, server: int | None) -> Finding:
    holders = find_holders(port.number)
    known = [holder for holder in holders or () if holder.pid is not None]
    details = _details(holders)
    foreign = [holder for holder in known if not holder.is_openworklist and holder.pid != server]
    if foreign:
        return Finding(
            name,
            Level.PROBLEM,
            f"Port {port.number} is held by {foreign[0].describe()}.",
            f"stop that program, or choose another port with {port.setting}",
            details,
        )
    others = [holder for holder in known if holder.pid != server]
    if others:
        return Finding(
            name,
            Level.PROBLEM,
            f"Port {port.number} is held by another OpenWorklist, {others[0].describe()}.",
            f"name its data folder with --data, stop it, or choose another port with {port.setting}",
            details,
        )
    return _ask(case, name, port, known, details)


def _ask(
    case: Case, name: str, port: Port, known: list[Holder], details: tuple[tuple[str, str], ...]
) -> Finding:
    """Of the port that our server holds, or somebody who cannot be seen."""
    try:
        took = PROBES[port.listener](case, port)
    except PeerError as error:
        return _silent(name, port, known, details, error)
    who = known[0].describe() if known else "an OpenWorklist server"
    if known:
        who += f" on {', '.join(dict.fromkeys(holder.address for holder in known))}"
    details = (("answered in", f"{took * 1000:.1f} ms"), *details)
    if port.host in _LOOPBACK:
        return Finding(
            name,
            Level.WARNING,
            f"Port {port.number} is held by {who} and answers; only this machine can reach it.",
            "start the server without --host and its like, so that others can connect",
            details,
        )
    sentence = f"Port {port.number} is held by {who} and answers in {took * 1000:.1f} ms."
    return Finding(name, Level.OK, sentence, "", details)


def _silent(
    name: str, port: Port, known: list[Holder], details: tuple[tuple[str, str], ...], error: PeerError
) -> Finding:
    if not known:
        return Finding(
            name,
            Level.PROBLEM,
            f"Port {port.number} is held by another program.",
            f"{command_for(port.number)} shows which; stop it, or choose another port with {port.setting}",
            details,
        )
    if port.is_restricted:
        return Finding(
            name,
            Level.WARNING,
            f"Port {port.number} is held by {known[0].describe()} and turns this machine away.",
            f"{port.listener.split()[0].lower()}_allowed names those who may connect;"
            " this machine's address is not needed there",
            details,
        )
    return Finding(
        name,
        Level.PROBLEM,
        f"Port {port.number} is held by {known[0].describe()}. {error.sentence}",
        error.hint or "look at the server's log, and restart it",
        details,
    )


def _unusable(name: str, port: Port, trouble: OSError) -> Finding:
    if trouble.errno == errno.EACCES:
        sentence = f"Port {port.number} cannot be opened by this user."
        hint = f"choose a port above {_PRIVILEGED - 1} with {port.setting}"
        if port.number < _PRIVILEGED:
            sentence = f"Port {port.number} is below {_PRIVILEGED}, and this user may not open it."
        return Finding(name, Level.PROBLEM, sentence, hint)
    if trouble.errno == errno.EADDRNOTAVAIL or isinstance(trouble, socket.gaierror):
        return Finding(
            name,
            Level.PROBLEM,
            f"This machine has no address {port.host}.",
            "leave the host empty for every address of this machine, or give one that it has",
        )
    return Finding(
        name, Level.PROBLEM, f"Port {port.number} cannot be opened: {trouble.strerror or trouble}."
    )


def _details(holders: tuple[Holder, ...] | None) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if holders:
        found.append(("listens on", " ".join(dict.fromkeys(holder.address for holder in holders))))
        found += dict.fromkeys(
            ("command", " ".join(holder.arguments)[:300]) for holder in holders if holder.arguments
        )
    return tuple(found)


def _find_server(data: Path) -> int | None:
    """The process that has the data folder, if it still runs: its lock is not touched."""
    try:
        pid = int((data / _LOCK).read_text("ascii"))
    except (OSError, ValueError):
        return None
    return pid if _is_running(pid) else None


def _is_running(pid: int) -> bool:
    line = Path(f"/proc/{pid}/cmdline")
    try:
        return b"openworklist" in line.read_bytes()
    except OSError:
        return False


def _try_to_open(port: Port) -> OSError | None:
    """Why the server could not open the port just now; it is let go at once, and never listened on."""
    try:
        for family, address in _addresses(port):
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                if os.name == "posix":
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((address, port.number))
    except OSError as error:
        is_missing_ipv6 = port.host in _ANYWHERE and error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)
        return None if is_missing_ipv6 else error
    return None


def _addresses(port: Port) -> list[tuple[int, str]]:
    if port.host in _ANYWHERE:
        return [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")]
    found = socket.getaddrinfo(port.host, port.number, type=socket.SOCK_STREAM)
    return list(dict.fromkeys((int(family), str(address[0])) for family, _, _, _, address in found))
