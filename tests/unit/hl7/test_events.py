"""What messages are for, by MSH-9."""

import pytest

from openworklist.domain.errors import UnsupportedMessage
from openworklist.hl7.events import Event, Kind, find_event
from openworklist.hl7.message import parse


def find(kind: str, *lines: str) -> Event:
    return find_event(parse("\r".join((f"MSH|^~\\&|HIS||||||{kind}|1|P|2.5", *lines))))


@pytest.mark.parametrize("kind", ["ORM^O01", "OMG^O19^OMG_O19", "OMI^Z23", "ORM", "orm^o01"])
def test_orders_are_taken_with_any_trigger(kind: str) -> None:
    assert find(kind).kind is Kind.ORDER


@pytest.mark.parametrize("trigger", ["A01", "A04", "A05", "A08", "A31", "A40", "A47"])
def test_news_of_patients_are_taken(trigger: str) -> None:
    assert find(f"ADT^{trigger}^ADT_A01") == Event(Kind.PATIENT, trigger)


@pytest.mark.parametrize("trigger", ["S12", "S13", "S14", "S15", "S17", "S26"])
def test_appointments_are_taken(trigger: str) -> None:
    assert find(f"SIU^{trigger}^SIU_S12") == Event(Kind.APPOINTMENT, trigger)


@pytest.mark.parametrize("number", [n for n in range(1, 63) if n not in (1, 4, 5, 8, 31, 40, 47)])
def test_every_other_adt_is_ignored_with_a_reason(number: int) -> None:
    event = find(f"ADT^A{number:02}")
    assert event.kind is Kind.IGNORED
    assert event.reason.startswith(f"ADT^A{number:02} is ignored: ")
    assert event.reason.endswith(".")


@pytest.mark.parametrize(
    ("kind", "word"), [("ADT^A18", "A40"), ("ADT^A41", "visits"), ("ADT^Z99", "no orders")]
)
def test_the_reason_says_why(kind: str, word: str) -> None:
    assert word in find(kind).reason


def test_the_trigger_may_stand_in_evn_alone() -> None:
    assert find("ADT", "EVN|A08") == Event(Kind.PATIENT, "A08")
    assert find("ADT^A34", "EVN|A40").kind is Kind.IGNORED
    assert find("ADT").kind is Kind.IGNORED


@pytest.mark.parametrize("kind", ["ORU^R01", "BAR^P01", "", "XXX"])
def test_what_nobody_knows_is_refused(kind: str) -> None:
    with pytest.raises(UnsupportedMessage) as caught:
        find(kind)
    assert (caught.value.code, caught.value.where) == ("message.unsupported-type", "MSH-9")
