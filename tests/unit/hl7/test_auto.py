from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.players.hospital import make_order

from openworklist.domain.order import Order
from openworklist.domain.record import Value
from openworklist.hl7.explain import explain
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset

AUTO, CLASSIC, IHE = preset("auto"), preset("classic"), preset("ihe")
ROOT = Path(__file__).parents[3]
MANUAL = ROOT / "tests/data/hl7/manual"
UID = "1.2.840.1.99"


def obr(**fields: str) -> str:
    """An OBR by the numbers of its fields, as _18."""
    numbers = {int(name[1:]): text for name, text in fields.items()}
    return "|".join(("OBR", *(numbers.get(number, "") for number in range(1, max(numbers, default=1) + 1))))


def read(*lines: str) -> Order:
    (order,) = apply(parse("\r".join(("MSH|^~\\&|HIS", *lines))), AUTO)
    return order


def check(order: Order, values: Mapping[str, Value]) -> None:
    """It has these values, whatever else."""
    assert {name: order.values.get(name) for name in values} == values


def places(*lines: str) -> dict[str, str]:
    """Where each value of the only order is from."""
    (order,) = explain(parse("\r".join(("MSH|^~\\&|HIS", *lines))), AUTO).orders
    return {each.attribute.name: each.origin for each in order.attributes if each.value}


@pytest.mark.parametrize(
    ("lines", "family"),
    [
        ((obr(_18="CT", _24="MR", _19="1"), "ZDS|1.2", "IPC|A1"), "steps"),
        ((obr(_18="A1"), "ZDS|1.2"), "ihe"),
        ((obr(_18="A1", _24="CT"),), "ihe"),
        ((obr(_19="R1", _24="CT"),), "ihe"),
        ((obr(_20="S1", _24="CT"),), "ihe"),
        ((obr(_18="CT", _19="R1", _24="CT"),), "ihe"),
        ((obr(_18="CT"),), "classic"),
        # A modality is no accession number: what IHE would have in OBR-18 is not there.
        ((obr(_18="CT", _24="CT"),), "classic"),
        ((obr(_18="CT", _24="CT ROOM 1"), "ZDS|1.2"), "classic"),
        ((obr(_24="CT"),), ""),
        ((obr(_18="A1", _24="ROOM"),), ""),
        ((obr(_21="CT"),), ""),
        (("ORC|CA|1",), ""),
    ],
)
def test_the_family_of_a_message(lines: tuple[str, ...], family: str) -> None:
    assert explain(parse("\r".join(("MSH|^~\\&|HIS", "ORC|NW", *lines))), AUTO).variant == family


def test_an_ihe_order_has_its_values_where_ihe_has_them() -> None:
    """Also where a classic place holds something else."""
    lines = (
        "ORC|NW|P1|F1||SC||^^^20260316101500^^S||||||||20260101",
        obr(_4="P^Head^L^X^Head step^L", _18="A1", _19="RP1", _20="SPS1", _21="CT9", _24="MR", _27="^^^^^R"),
        f"ZDS|{UID}^100^Application^DICOM",
    )
    check(
        read(*lines),
        {
            "accession_number": "A1",
            "requested_procedure_id": "RP1",
            "scheduled_procedure_step_id": "SPS1",
            "modality": "MR",
            "scheduled_procedure_step_start_date": "20260316",
            "scheduled_procedure_step_start_time": "101500",
            "requested_procedure_priority": "STAT",
            "study_instance_uid": UID,
            "scheduled_procedure_step_description": "Head step",
        },
    )
    # IHE has no AE title in an ORM: the classic place, which looks like one.
    assert places(*lines)["scheduled_station_ae_title"] == "OBR-21.1"
    assert "scheduled_station_name" not in read(*lines).values


def test_each_ipc_is_a_step_of_its_own_place() -> None:
    first, second = apply(
        parse(
            "MSH|^~\\&|HIS\rORC|NW|P1\rTQ1|||||||20260316101500||S\rOBR|1|||P^Head\r"
            f"IPC|A1^HIS|RP1|{UID}|S1|CT|PR^Native^L|ROOM 1|EAST|CT1\rIPC|A1|RP1|{UID}||MR||||MR1"
        ),
        AUTO,
    )
    assert first.values["scheduled_procedure_step_id"] == "S1"
    assert first.values["scheduled_station_ae_title"] == "CT1"
    assert second.values["scheduled_station_ae_title"] == "MR1"
    assert second.values["modality"] == "MR"
    # Both share the OBR, so its code tells neither from the other.
    assert "scheduled_procedure_step_id" not in second.values


@pytest.mark.parametrize(
    ("lines", "name", "place"),
    [
        ((obr(_21="CT"),), "modality", "OBR-21.1"),
        ((obr(_20="CT"),), "modality", "OBR-20.1"),
        ((obr(_19="CT"),), "modality", "OBR-19.1"),
        ((obr(_24="CT"),), "modality", "OBR-24.1"),
        ((obr(_18="A1", _21="US"), f"ZDS|{UID}"), "modality", "OBR-21.1"),
        ((obr(_2="B-1", _3="F-1"),), "accession_number", "OBR-3.1"),
        ((obr(_2="B-1"),), "accession_number", "OBR-2.1"),
        ((obr(_18="CT", _3="7"),), "accession_number", "OBR-3.1"),
        ((obr(_18="A-1", _3="7"),), "accession_number", "OBR-18.1"),
        ((obr(_1="1"), "ZDS|1.2"), "accession_number", "ORC-2.1"),
        ((obr(_18="CT", _6="20260316"),), "scheduled_procedure_step_start_date", "OBR-6.1"),
        ((obr(_18="CT", _36="20260316", _6="20260317"),), "scheduled_procedure_step_start_date", "OBR-36.1"),
        ((obr(_18="CT"), "TQ1|||||||20260316"), "scheduled_procedure_step_start_date", "TQ1-7.1"),
        ((obr(_18="CT", _5="S"),), "requested_procedure_priority", "OBR-5.1"),
        ((obr(_18="CT", _27="^^^^^S"),), "requested_procedure_priority", "OBR-27.6"),
        (
            (obr(_18="CT"), "OBX|1|ST|110180^Study Instance UID^DCM||" + UID),
            "study_instance_uid",
            "OBX-5.1",
        ),
        ((obr(_24="CT", _19="R1", _21="CT1"),), "scheduled_station_ae_title", "OBR-21.1"),
    ],
)
def test_what_the_family_lacks_is_looked_for_elsewhere(lines: tuple[str, ...], name: str, place: str) -> None:
    number = "77-1" if place == "ORC-2.1" else ""
    assert places(f"ORC|NW|{number}", *lines).get(name) == place


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ((obr(_18="A1", _24="CT", _21="CT ROOM"),), "scheduled_station_ae_title"),
        ((obr(_21="CT"),), "scheduled_station_ae_title"),
        ((obr(_24="RAD"),), "scheduled_station_name"),
        ((obr(_21="XR"),), "modality"),
        ((obr(_18="CT", _24="CT"),), "scheduled_station_name"),
        ((obr(_18="CT", _27="1"),), "requested_procedure_priority"),
        ((obr(_18="NAME"),), "accession_number"),
        ((obr(_18="CT", _3="MR"),), "accession_number"),
        ((obr(_18="CT", _7="soon"),), "scheduled_procedure_step_start_date"),
        ((obr(_18="CT"), "OBX|1|ST|110180^Study Instance UID^DCM||none"), "study_instance_uid"),
    ],
)
def test_what_does_not_look_right_is_not_taken(lines: tuple[str, ...], name: str) -> None:
    assert name not in read("ORC|NW", *lines).values


def test_where_nothing_decides_the_place_that_has_the_hour_comes_first() -> None:
    orc = "ORC|NW|A-1|||||^^^20260316||||||||20260317"
    found = read(orc, obr(_27="^^^202603161200"))
    assert found.values["scheduled_procedure_step_start_date"] == "20260316"
    assert found.values["scheduled_procedure_step_start_time"] == "120000"
    assert read(orc).values["scheduled_procedure_step_start_date"] == "20260317"


def test_date_and_time_are_from_the_same_place() -> None:
    found = read("ORC|NW||||||||||||||20260317", obr(_18="CT", _6="202603161200"))
    assert found.values["scheduled_procedure_step_start_date"] == "20260317"
    assert "scheduled_procedure_step_start_time" not in found.values


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("WELBY", "WELBY"),
        ("WELBY^MARCUS", "WELBY"),  # the manual: the first component
        ("17^WELBY^MARCUS", "WELBY^MARCUS"),
        ("D17^WELBY", "WELBY"),
        ("^WELBY^MARCUS^^^DR", "WELBY^MARCUS^^DR"),
    ],
)
def test_a_physician_is_read_with_an_id_and_without(field: str, name: str) -> None:
    assert read("ORC|NW", obr(_16=field, _18="CT")).values["requesting_physician"] == name


def test_two_senders_with_the_modality_in_different_places() -> None:
    """The two messages of the manual, with the fields that print lost put back."""
    (first,) = apply(parse((MANUAL / "rebuilt-obr18.hl7").read_text("utf-8")), AUTO)
    (second,) = apply(parse((MANUAL / "rebuilt-obr21.hl7").read_text("utf-8")), AUTO)
    check(
        first,
        {
            "patient_id": "7007",
            "modality": "CT",
            "scheduled_station_ae_title": "CTAWP73120",
            "scheduled_station_name": "CT ROOM 1",
            "accession_number": "54847",
            "scheduled_procedure_step_start_date": "20190315",
            "scheduled_procedure_step_start_time": "095000",
            "requested_procedure_id": "21100",
            "study_instance_uid": "1.2.300.0.7230010.3.1.3.54847",
        },
    )
    check(
        second,
        {
            "patient_id": "1",
            "modality": "CT",
            "accession_number": "2005-9999",
            "scheduled_procedure_step_start_date": "20051230",
            "scheduled_procedure_step_start_time": "161352",
            "requested_procedure_id": "1234",
        },
    )
    assert "scheduled_station_ae_title" not in second.values


def of_classic(raw: bytes) -> tuple[Order, Order]:
    message = parse(raw.decode())
    (classic,), (auto,) = apply(message, CLASSIC), apply(message, AUTO)
    return classic, auto


words = st.text("ABCXYZabc019 .-", min_size=1, max_size=12).filter(str.strip)


@given(number=st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True), name=words, comment=words)
def test_a_classic_order_is_read_as_classic_reads_it(number: str, name: str, comment: str) -> None:
    classic, auto = of_classic(make_order(number, f"{name}^Jane", comment=comment))
    check(auto, classic.values)
    assert auto.warnings == classic.warnings


@pytest.mark.parametrize("path", ["examples/order.hl7", "tests/data/hl7/manual/rebuilt-obr18.hl7"])
def test_so_are_the_classic_messages_of_this_repository(path: str) -> None:
    classic, auto = of_classic((ROOT / path).read_bytes())
    check(auto, classic.values)


@given(
    fields=st.fixed_dictionaries(
        {f"_{number}": words for number in (4, 21, 30, 31, 34, 44)} | {"_18": st.sampled_from(["CT", "mr"])}
    ),
    orc=st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True),
    start=st.datetimes(datetime(1900, 1, 1)),
)
def test_no_value_of_the_classic_places_is_changed(fields: dict[str, str], orc: str, start: datetime) -> None:
    line = obr(**fields, _27="R", _24="STATION 1")
    raw = (
        f"MSH|^~\\&|RIS\rPID|||1\rORC|NW|{orc}|||||^^^20000101||||||||{start:%Y%m%d%H%M%S}\r{line}\rZDS|{UID}"
    )
    classic, auto = of_classic(raw.encode())
    check(auto, classic.values)
