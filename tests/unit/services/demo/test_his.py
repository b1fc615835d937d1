"""What the hospital systems of the demo send can be read, but for what is meant to fail."""

import unicodedata
from datetime import date, datetime, timedelta

from openworklist.domain.record import Status
from openworklist.hl7.profile import preset
from openworklist.services.configuration import using
from openworklist.services.demo.his import Ward, tell_plan
from openworklist.services.demo.hospital import Fate, plan
from openworklist.services.demo.patients import PATIENTS, SCRIPTS
from openworklist.services.reading import Arrival, Reader, Source

DAY = date(2026, 3, 14)
READER = Reader(using(preset("classic")))


def read(raw: bytes) -> Arrival:
    return READER.read(raw, Source("mllp"), 0)


def test_a_day_is_told_the_same_again_and_another_one_otherwise() -> None:
    assert [*tell_plan(DAY)] == [*tell_plan(DAY)]
    ids = {read(raw).control_id for day in (DAY, DAY + timedelta(days=1)) for raw in tell_plan(day)}
    assert len(ids) == 2 * len([*tell_plan(DAY)])


def test_one_message_cannot_be_read_and_one_has_no_patient() -> None:
    arrivals = [read(raw) for raw in tell_plan(DAY)]
    assert [arrival.message_type for arrival in arrivals if arrival.error] == ["ORU^R01"]
    orders = [order for arrival in arrivals for order in arrival.orders]
    assert sum(not order.values.get("patient_id") for order in orders) == 1
    assert all(arrival.warnings == () for arrival in arrivals)
    assert all(order.warnings == () for order in orders)


def test_exams_are_around_today_with_every_fate_and_modality() -> None:
    exams = [*plan(DAY)]
    assert 55 <= len(exams) <= 65
    assert {each.fate for each in exams} == set(Fate)
    assert {each.exam.modality for each in exams} == {"CT", "MR", "US", "XA", "MG", "CR", "NM"}
    assert {(each.exam.start.date() - DAY).days for each in exams} == {-2, -1, 0, 1}
    assert len({each.exam.accession for each in exams}) == len(exams)
    planned = {each.fate for each in exams if each.exam.start.date() > DAY}
    assert planned == {Fate.PLANNED, Fate.HELD}
    assert len(Status) == 6  # each is the fate of some exam: tests/server/test_demo.py sees them


def test_mammographies_are_of_women() -> None:
    assert {each.patient.sex for each in plan(DAY) if each.exam.modality == "MG"} == {"F"}
    ward, now = Ward(1), datetime(2026, 3, 14, 8)
    orders = [order for _ in range(500) for order in read(ward.next_message(now)).orders]
    assert {order.values["patient_sex"] for order in orders if order.values.get("modality") == "MG"} == {"F"}


def test_names_are_in_ten_scripts() -> None:
    assert len(SCRIPTS) == 10
    letters = {
        unicodedata.name(letter).split()[0]
        for patient in PATIENTS
        for letter in patient.name
        if letter.isalpha()
    }
    assert letters >= {
        "LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "THAI", "CJK", "HIRAGANA", "HANGUL"
    }  # fmt: skip
    assert len({patient.number for patient in PATIENTS}) == len(PATIENTS) == 40


def test_what_follows_is_the_same_for_the_same_seed_and_can_be_read() -> None:
    now = datetime(2026, 3, 14, 9, 0, 0)
    moments = [now + timedelta(seconds=20 * number) for number in range(60)]
    one, other = Ward(7), Ward(7)
    sent = [one.next_message(moment) for moment in moments]
    assert sent == [other.next_message(moment) for moment in moments]
    arrivals = [read(raw) for raw in sent]
    assert not any(arrival.error for arrival in arrivals)
    assert len({arrival.control_id for arrival in arrivals}) == 60
    patients = [order.values.get("patient_id") for arrival in arrivals for order in arrival.orders]
    assert patients.count(None) + patients.count("") == 6  # one of ten
    assert {arrival.message_type for arrival in arrivals} == {"ORM^O01", "ADT^A08"}
