import random
from datetime import datetime

import pytest

from openworklist.hl7.profile import preset
from openworklist.services.configuration import using
from openworklist.services.reading import Arrival, Reader, Source
from openworklist.services.simulate import Hospital

NOW = datetime(2026, 3, 14, 8, 0, 0)
READER = Reader(using(preset("classic")))


def orders(seed: int, number: int, run: str = "R") -> list[bytes]:
    hospital = Hospital(random.Random(seed), run)
    return [hospital.next_order(NOW) for _ in range(number)]


def read(raw: bytes) -> Arrival:
    return READER.read(raw, Source("mllp"), 0)


def test_the_same_seed_gives_the_same_orders() -> None:
    assert orders(7, 50) == orders(7, 50)
    assert orders(7, 50) != orders(8, 50)


def test_no_number_is_given_twice_nor_again_in_another_run() -> None:
    numbers = [read(raw).control_id for run in ("R", "S") for raw in orders(7, 200, run)]
    assert len(set(numbers)) == 400


def test_every_order_is_one_that_scanners_can_use() -> None:
    for raw in orders(7, 300):
        arrival = read(raw)
        assert arrival.error is None
        assert arrival.warnings == ()
        (order,) = arrival.orders
        assert order.warnings == ()
        for name in (
            "patient_id", "patient_name", "accession_number", "requested_procedure_id", "modality",
            "scheduled_station_ae_title", "scheduled_procedure_step_start_date", "patient_birth_date",
            "scheduled_procedure_step_start_time", "requested_procedure_description", "patient_sex",
        ):  # fmt: skip
            assert order.values.get(name), (name, raw)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("JÜRGEN", "MÜLLER^JÜRGEN"),
        ("ПЁТР", "ИВАНОВ^ПЁТР"),
        ("أحمد", "الحسيني^أحمد"),
        ("שרון", "כהן^שרון"),
        ("山田", "YAMADA^TAROU=山田^太郎"),
        ("张", "ZHANG^WEI=张^伟"),
    ],
)
def test_names_come_in_many_scripts_each_in_its_character_set(name: str, form: str) -> None:
    hospital = Hospital(random.Random(7), "R")
    for _ in range(2_000):
        (order,) = read(hospital.next_order(NOW)).orders
        found = str(order.values["patient_name"])
        if name in found:
            assert found == form
            return
    raise AssertionError(f"{name} never came")
