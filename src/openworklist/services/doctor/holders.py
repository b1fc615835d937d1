"""Which program listens on a port: read from Linux's /proc; other systems have a command that tells."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openworklist.services.doctor.bytewords import printable_name

_PROC: Final = Path("/proc")
_LISTENING: Final = "0A"  # TCP_LISTEN of include/net/tcp_states.h
_TABLES: Final = (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6))
_COMMANDS: Final = {
    "win32": 'netstat -ano -p tcp | find "{port}" shows its number (PID), tasklist | find "PID" its name',
    "darwin": "sudo lsof -nP -iTCP:{port} -sTCP:LISTEN",
    "linux": "sudo ss -ltnp 'sport = :{port}'",
}
_OTHERWISE: Final = "netstat -an"


@dataclass(frozen=True, slots=True)
class Holder:
    """A socket that listens; `pid` and `arguments` are known of programs that this user may look at."""

    address: str
    pid: int | None = None
    program: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def is_openworklist(self) -> bool:
        """Whether it is `openworklist serve`, by what it was called with."""
        names = {Path(each).name.removesuffix(".exe") for each in self.arguments}
        return "serve" in names and "openworklist" in names

    def describe(self) -> str:
        """Like `nginx (process 812)`."""
        if self.pid is None:
            return "a program of another user"
        return f"{self.program} (process {self.pid})"


def find_holders(port: int) -> tuple[Holder, ...] | None:
    """Those that listen on a TCP port; None on a system that does not tell."""
    if not (_PROC / "net/tcp").exists():
        return None
    listening = dict(_read_listening(port))
    owners = dict(_find_owners(set(listening)))
    return tuple(
        _describe(address, owners.get(inode)) for inode, address in sorted(listening.items(), key=_by_address)
    )


def command_for(port: int) -> str:
    """What a person types to see who holds a port."""
    return _COMMANDS.get(sys.platform, _OTHERWISE).format(port=port)


def _by_address(item: tuple[str, str]) -> str:
    return item[1]


def _read_listening(port: int) -> Iterator[tuple[str, str]]:
    """Inode and address of each socket that listens on the port."""
    for table, family in _TABLES:
        try:
            lines = (_PROC / "net" / table).read_text("ascii").splitlines()[1:]
        except OSError:  # no IPv6 here
            continue
        for line in lines:
            fields = line.split()
            address, _, number = fields[1].partition(":")
            if fields[3] == _LISTENING and int(number, 16) == port:
                yield fields[9], _to_address(address, family)


def _to_address(text: str, family: socket.AddressFamily) -> str:
    """The kernel prints an address as 32-bit words in the machine's own byte order."""
    words = (int(text[place : place + 8], 16) for place in range(0, len(text), 8))
    return socket.inet_ntop(family, b"".join(struct.pack("=I", word) for word in words))


def _find_owners(inodes: set[str]) -> Iterator[tuple[str, int]]:
    """Which process has which of these sockets open."""
    wanted = {f"socket:[{inode}]": inode for inode in inodes}
    for process in _PROC.iterdir() if wanted else ():
        if not process.name.isdigit():
            continue
        try:
            for file in (process / "fd").iterdir():
                inode = wanted.get(os.readlink(file))
                if inode is not None:
                    yield inode, int(process.name)
        except OSError:  # it has ended, or is none of this user's
            continue


def _describe(address: str, pid: int | None) -> Holder:
    if pid is None:
        return Holder(address)
    try:
        line = (_PROC / str(pid) / "cmdline").read_bytes()
        name = (_PROC / str(pid) / "comm").read_bytes()
    except OSError:  # it has just ended
        return Holder(address, pid)
    arguments = tuple(printable_name(part) for part in line.split(b"\0") if part)
    return Holder(address, pid, printable_name(name.rstrip(b"\n")), arguments)
