"""Who comes with a token: its study, or nothing; what is guessed is slowed, and all of it noted."""

from __future__ import annotations

import threading
from typing import Final, NamedTuple

from openworklist.domain.errors import NotFound, TooManyGuesses
from openworklist.services.clock import Clock, read_clock
from openworklist.services.folded_trail import FoldedTrail
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.throttle import Limit, to_network

USE: Final = "study-token.use"
GUESS: Final = "study-token.guess"
_ACTOR: Final = "token"
_SECOND: Final = 1_000_000
_FORGOTTEN: Final = 3_600 * _SECOND  # after the last wrong token
_LIMIT: Final = Limit(20, 900)  # of wrong tokens of one address
_MOST: Final = 10_000  # addresses that are remembered


def make_unknown() -> NotFound:
    """What is said of a token that opens nothing, whatever the reason."""
    return NotFound(
        "This link opens no study.",
        hint="ask for a new one: it may have been withdrawn, or the study deleted",
        code="study-token.unknown",
    )


class _Guesses(NamedTuple):
    failures: int
    last_at: int
    free_at: int


class TokenGate:
    """Right tokens are always heard, of whatever address: who has one shares it with guessers now and then.

    That helps no guesser, since there are 62^64 tokens. Wrong ones are counted in memory, by address: a guess
    must cost the server little. For any thread.
    """

    def __init__(self, tokens: StudyTokens, trail: FoldedTrail, *, clock: Clock = read_clock) -> None:
        self._tokens = tokens
        self._trail = trail
        self._clock = clock
        self._lock = threading.Lock()
        self._guesses: dict[str, _Guesses] = {}

    def open(self, token: str, peer: str) -> str:
        """The UID of the study that a token opens; the token itself is noted nowhere.

        NotFound if it opens none, TooManyGuesses if too many from that address did not.
        """
        uid = self._tokens.find_study(token)
        if uid is not None:
            self._trail.note(_ACTOR, USE, peer, subject="study", subject_id=uid)
            return uid
        self._trail.count(_ACTOR, GUESS, peer)
        if pause := self._count(to_network(peer)):
            raise TooManyGuesses(pause)
        raise make_unknown()

    def _count(self, network: str) -> int:
        """Count a wrong token; the seconds until the next one is heard, 0 if this one was."""
        now = self._clock()
        with self._lock:
            found = self._guesses.get(network, _Guesses(0, 0, 0))
            if now - found.last_at >= _FORGOTTEN:
                found = _Guesses(0, 0, 0)
            # A clock that was set back must not make the pause longer than it is.
            if 0 < found.free_at - now <= _LIMIT.longest * _SECOND:
                return -(-(found.free_at - now) // _SECOND)
            count = found.failures + 1
            self._make_room(network, now)
            self._guesses[network] = _Guesses(count, now, now + _LIMIT.pause(count) * _SECOND)
        return 0

    def _make_room(self, network: str, now: int) -> None:
        if network in self._guesses or len(self._guesses) < _MOST:
            return
        old = [key for key, each in self._guesses.items() if now - each.last_at >= _FORGOTTEN]
        for key in old or [min(self._guesses, key=lambda key: self._guesses[key].last_at)]:
            del self._guesses[key]
