"""Identifiers that DICOM has no room for, where a site refuses them: told with their place."""

import pytest

from openworklist.domain.errors import OrderError
from openworklist.hl7.charset import decode
from openworklist.hl7.contents import read_contents
from openworklist.hl7.events import find_event
from openworklist.hl7.long_identifiers import check_lengths
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset

LONG = "N" * 17
ORDER = (
    "MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|C1|P|2.3.1\r"
    "PID|||{patient}^^^HOSP||Doe^Jane\rORC|{control}|{accession}|||||||||||||20260314101500\r"
    "OBR||||RP1^CT Head||||||||||||||CT|||{station}\r"
    "ORC|NW|A2|||||||||||||20260314111500\rOBR||||{second}^CT Neck||||||||||||||CT|||CT01\r"
)
ADT = "MSH|^~\\&|ADT|HOSPITAL|OW|RAD|20260314110000||ADT^A08|A1|P|2.3.1\rPID|||{patient}^^^HOSP||Doe^Jane\r"
SHORT = {"patient": "P1", "accession": "A1", "station": "CT01", "second": "RP2", "control": "NW"}


def check(text: str, **values: str) -> None:
    message = parse(decode(text.format(**{**SHORT, **values}).encode(), "8859/1").text)
    kind = find_event(message).kind
    profile = preset("classic")
    contents = read_contents(message, kind, profile, zone=None, codec="utf_8", received_at=0)
    check_lengths(message, contents, profile, zone=None, codec="utf_8")


@pytest.mark.parametrize(
    ("values", "where", "sentence"),
    [
        ({"accession": LONG}, "ORC[1]-2.1", "Accession number has more than 16 letters"),
        ({"patient": "P" * 65}, "PID-3.1", "Patient ID has more than 64 letters"),
        ({"station": LONG}, "OBR[1]-21.1", "Scheduled station AE title has more than 16"),
        ({"second": LONG}, "OBR[2]-4.1", "has more than 16 letters"),
    ],
)
def test_the_place_is_told(values: dict[str, str], where: str, sentence: str) -> None:
    with pytest.raises(OrderError, match=sentence) as caught:
        check(ORDER, **values)
    assert (caught.value.where, caught.value.code) == (where, "order.identifier-too-long")


@pytest.mark.parametrize(
    "values", [{}, {"patient": "P" * 64, "accession": "N" * 16}, {"accession": LONG, "control": "CA"}]
)
def test_what_fits_and_what_only_ends_an_order_is_taken(values: dict[str, str]) -> None:
    check(ORDER, **values)


def test_a_patient_with_a_long_id_is_no_news() -> None:
    check(ADT, patient="P" * 64)
    with pytest.raises(OrderError, match="Patient ID") as caught:
        check(ADT, patient="P" * 65)
    assert caught.value.where == "PID-3.1"
