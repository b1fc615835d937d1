"""A failure is remembered for a while; then one tries, and the others do not wait for it."""

import pytest

from openworklist.domain.errors import PeerError
from openworklist.services.breaker import Breaker
from players.people import Watch

PAUSE = 10_000_000


def fail(breaker: Breaker, *, silent: bool = True) -> None:
    with breaker.trying(lambda _: silent):
        raise PeerError("It does not answer.", where="there", hint="wait", code="archive.slow")


def test_a_failure_is_remembered_until_the_pause_is_over() -> None:
    watch = Watch()
    breaker = Breaker(pause=PAUSE, clock=watch)
    with pytest.raises(PeerError):
        fail(breaker)
    watch.go(PAUSE - 1)
    with pytest.raises(PeerError) as caught, breaker.trying(lambda _: True):
        raise AssertionError("asked")
    assert (caught.value.where, caught.value.code) == ("there", "archive.slow")
    watch.go(1)
    with breaker.trying(lambda _: True):
        pass
    with breaker.trying(lambda _: True):
        pass


def test_after_the_pause_one_tries() -> None:
    watch = Watch()
    breaker = Breaker(pause=PAUSE, clock=watch)
    with pytest.raises(PeerError):
        fail(breaker)
    watch.go(PAUSE)
    with breaker.trying(lambda _: True), pytest.raises(PeerError), breaker.trying(lambda _: True):
        raise AssertionError("asked beside the one who tries")
    with breaker.trying(lambda _: True):
        pass


def test_who_refuses_is_there() -> None:
    breaker = Breaker()
    with pytest.raises(PeerError):
        fail(breaker, silent=False)
    with breaker.trying(lambda _: True):
        pass
