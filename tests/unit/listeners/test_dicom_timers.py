import pytest

from openworklist.dicom.association import Association
from openworklist.dicom.negotiation import Negotiator, Policy
from openworklist.listeners.dicom import DicomLimits
from openworklist.listeners.dicom_timers import TimeOut, Timers

LIMITS = DicomLimits(artim=30, idle_timeout=600, pdu_timeout=20, write_timeout=10)


def make_timers(*, is_open: bool = False) -> tuple[Timers, Association]:
    association = Association(Negotiator(Policy({})))
    if is_open:
        association.connection_opened()
    timers = Timers(association, 1000)
    timers.note_artim(1000)
    return timers, association


@pytest.mark.parametrize(("seconds", "passed"), [(600, None), (601, TimeOut.IDLE)])
def test_who_is_silent(seconds: float, passed: TimeOut | None) -> None:
    timers, _ = make_timers()
    assert timers.find_passed(1000 + seconds, LIMITS, waits_for_us=False) is passed
    assert timers.find_passed(1000 + seconds, LIMITS, waits_for_us=True) is None
    assert timers.find_passed(1000 + seconds, DicomLimits(idle_timeout=0), waits_for_us=False) is None


@pytest.mark.parametrize(("seconds", "passed"), [(30, None), (31, TimeOut.ARTIM)])
def test_who_asks_for_no_association(seconds: float, passed: TimeOut | None) -> None:
    timers, _ = make_timers(is_open=True)
    assert timers.find_passed(1000 + seconds, LIMITS, waits_for_us=True) is passed


def test_who_does_not_read_comes_before_all_else() -> None:
    timers, _ = make_timers(is_open=True)
    timers.stalled_since = 1030
    assert timers.find_passed(1035, LIMITS, waits_for_us=True) is None
    assert timers.find_passed(1041, LIMITS, waits_for_us=True) is TimeOut.WRITE


def test_a_pdu_that_does_not_end() -> None:
    timers, association = make_timers(is_open=True)
    association.receive(b"\1\0\0\0\1\0")
    association.artim = 0
    timers.note_taken()
    assert timers.find_passed(1020, LIMITS, waits_for_us=False) is None
    assert timers.find_passed(1021, LIMITS, waits_for_us=False) is TimeOut.PDU
    timers.note_reading_again(1100)
    assert timers.find_passed(1120, LIMITS, waits_for_us=False) is None
