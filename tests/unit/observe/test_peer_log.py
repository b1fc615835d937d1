import logging

import pytest

from openworklist.observe.peer_log import MINUTE, PeerLog

LOG = logging.getLogger("openworklist.test")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_flood_of_one_kind_is_cut_and_told_afterwards(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = PeerLog(LOG, clock=clock)
    for port in range(1000):
        log.write(logging.WARNING, "refused", f"10.0.0.1:{port}", reason="full")
    log.write(logging.WARNING, "refused", "10.0.0.2:7", reason="full")
    assert [vars(record)["peer"] for record in caplog.records] == [
        *(f"10.0.0.1:{port}" for port in range(5)),
        "10.0.0.2:7",
    ]
    clock.now = MINUTE
    log.write(logging.WARNING, "refused", "10.0.0.1:7", reason="full")
    *_, told, last = caplog.records
    assert (told.message, vars(told)["lines"]) == ("lines about peers were left out", 995)
    assert vars(last)["peer"] == "10.0.0.1:7"


def test_a_flood_of_many_kinds_is_cut_too(caplog: pytest.LogCaptureFixture) -> None:
    log = PeerLog(LOG, clock=Clock())
    for number in range(1000):
        log.write(logging.WARNING, "rejected", f"[2001:db8::{number:x}]:7", calling=f"AET{number}")
    assert len(caplog.records) == 200


def test_what_is_below_the_level_is_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    log = PeerLog(LOG, clock=clock)
    with caplog.at_level(logging.WARNING, LOG.name):
        for _ in range(300):
            log.write(logging.INFO, "timed out", "10.0.0.1:7")
        clock.now = MINUTE
        log.write(logging.WARNING, "refused", "10.0.0.1:7")
    assert [record.message for record in caplog.records] == ["refused"]
