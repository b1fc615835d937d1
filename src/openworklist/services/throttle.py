"""Keeps guessers of passwords waiting, by the name they guess at and by the address they come from.

It counts in the database: neither a restart nor another server on it lets a guesser begin anew.
"""

from __future__ import annotations

from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from openworklist.domain.errors import Throttled
from openworklist.domain.user import fold_name
from openworklist.store.connection import Connection
from openworklist.store.guesses import Guesses, expire_guesses, find_guesses, save_guesses

_SECOND: Final = 1_000_000
_FORGOTTEN: Final = 3_600 * _SECOND  # after the last wrong password


class Limit(NamedTuple):
    """So many wrong passwords cost nothing; each further one doubles the pause, up to the longest."""

    free: int
    longest: int  # seconds

    def pause(self, failures: int) -> int:
        """Seconds after so many wrong passwords."""
        if failures < self.free:
            return 0
        return min(1 << min(failures - self.free, 32), self.longest)


# A name is never kept waiting for long: whoever guesses at it would lock its owner out. An address may be.
NAME: Final = Limit(5, 60)
ADDRESS: Final = Limit(20, 900)


class Attempt(NamedTuple):
    """What an attempt to log in counts for: keys and their limits."""

    limits: dict[str, Limit]
    name_key: str


def to_attempt(name: str, peer: str, apart: str) -> Attempt:
    """`apart` is something that only the user has, like a session or the address of one: attempts with it are
    counted apart, so that a stranger who guesses at the name keeps its owner from nothing.
    """
    key = _to_name_key(f"{fold_name(name)}\0{apart}" if apart else fold_name(name))
    limits = {key: NAME}
    if peer:
        limits[f"address:{to_network(peer)}"] = ADDRESS
    return Attempt(limits, key)


def begin_attempt(connection: Connection, attempt: Attempt, now: int) -> None:
    """Count an attempt as failed before it is looked at, since many may come at once.

    Throttled if it comes too early; then it does not count.
    """
    expire_guesses(connection, now - _FORGOTTEN)
    counted = []
    for key, limit in sorted(attempt.limits.items()):
        connection.lock(f"guesses {key}")
        found = find_guesses(connection, key)
        # A clock that was set back must not make the pause longer than it is.
        if 0 < found.free_at - now <= limit.longest * _SECOND:
            raise Throttled(-(-(found.free_at - now) // _SECOND))
        failures = found.failures + 1
        counted.append(Guesses(key, failures, now, now + limit.pause(failures) * _SECOND))
    for each in counted:
        save_guesses(connection, each)


def end_attempt(connection: Connection, attempt: Attempt) -> None:
    """The password was right: the name begins anew, the address gets back what this attempt counted.

    It gets no more: who has a password of their own may still guess at others.
    """
    for key in sorted(attempt.limits):
        connection.lock(f"guesses {key}")
        found = find_guesses(connection, key)
        failures = 0 if key == attempt.name_key else found.failures - 1
        save_guesses(connection, found._replace(failures=failures, free_at=0))


def forget_guesses(connection: Connection, name: str) -> None:
    """Let a user in again at once, with a new password."""
    key = _to_name_key(fold_name(name))
    connection.lock(f"guesses {key}")
    save_guesses(connection, Guesses(key))


def find_strangers(connection: Connection, name: str, now: int) -> Guesses:
    """The wrong passwords for a name that are not forgotten yet, but for those at its owner's own places."""
    found = find_guesses(connection, _to_name_key(fold_name(name)))
    return found if now - found.last_at < _FORGOTTEN else Guesses(found.key)


def _to_name_key(text: str) -> str:
    return f"name:{sha256(text.encode('utf_8', 'surrogatepass')).hexdigest()}"


def to_network(peer: str) -> str:
    """Who has one IPv6 address has all of its /64."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)
