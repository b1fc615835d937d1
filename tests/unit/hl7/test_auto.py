from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.order import decide
from openworklist.domain.record import Value
from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset
from players.hospital import make_order

DATA = Path(__file__).parents[2] / "data/hl7"
AUTO = preset("auto")


def message(*segments: str, header: str = "MSH|^~\\&|RIS") -> str:
    return "\r".join((header, "PID|||1||Doe^Jane", *segments))


def obr(**fields: str) -> str:
    """An OBR with these fields: `f18="CT"`."""
    numbers = {int(name[1:]): text for name, text in fields.items()}
    return "|".join(["OBR", *(numbers.get(number, "") for number in range(1, max(numbers) + 1))])


def read(text: str) -> dict[str, Value]:
    (order,) = apply(parse(text), AUTO)
    return dict(order.values)


@pytest.mark.parametrize(
    ("segments", "family"),
    [
        (("ORC|NW", "OBR", "IPC|A1"), "steps"),
        (("ORC|NW", obr(f18="A1", f24="CT")), "ihe"),
        (("ORC|NW", obr(f19="R1", f24="CT")), "ihe"),
        (("ORC|NW", obr(f18="CT", f24="CT")), "classic"),
        (("ORC|NW", obr(f24="CT")), "auto"),
        (("ORC|NW", obr(f20="S1", f24="CT")), "ihe"),
        (("ORC|NW", obr(f18="CT", f19="R1", f24="CT")), "ihe"),
        (("ORC|NW", obr(f18="CT")), "classic"),
        (("ORC|NW", obr(f18="CT", f24="ROOM 1"), "ZDS|1.2.3"), "classic"),
        (("ORC|NW", "OBR", "ZDS|1.2.3"), "ihe"),
        (("ORC|NW", obr(f18="A1", f19="R1", f20="S1", f24="RAD")), "ihe"),
        (("ORC|NW", obr(f18="A1", f24="RAD")), "auto"),
        (("ORC|NW", obr(f21="CT")), "elsewhere"),
        (("ORC|CA", obr(f21="CT")), "elsewhere"),
        (("ORC|CA", "OBR"), "change"),
        (("ORC|XO",), "change"),
        (("ORC|NW", obr(f18="CT", f24="CT", f20="S1"), "IPC|A1", "ZDS|1.2.3"), "steps"),
        (("ORC|NW", "OBR"), "auto"),
    ],
)
def test_the_family_of_a_message_is_told_by_what_it_has(segments: tuple[str, ...], family: str) -> None:
    assert AUTO.choose(parse(message(*segments))).name == family


@pytest.mark.parametrize("place", [18, 19, 20, 21, 24])
def test_a_modality_is_found_in_any_of_the_usual_places(place: int) -> None:
    assert read(message("ORC|NW|1", obr(f4="P", **{f"f{place}": "mr"})))["modality"] == "MR"


def test_a_station_name_is_no_modality_and_a_modality_no_station() -> None:
    found = read(message("ORC|NW|1", obr(f18="CT", f21="CT01", f24="ROOM 1")))
    assert (found["modality"], found["scheduled_station_name"]) == ("CT", "ROOM 1")
    found = read(message("ORC|NW|1", obr(f21="CT")))
    assert found["modality"] == "CT"
    assert "scheduled_station_ae_title" not in found


def test_a_service_of_hl7_is_no_station_name() -> None:
    assert "scheduled_station_name" not in read(message("ORC|NW|1", obr(f18="CT", f24="RAD")))


def test_a_number_is_no_station() -> None:
    found = read(message("ORC|NW|1", obr(f18="A100", f21="4711", f24="CT")))
    assert "scheduled_station_ae_title" not in found


def test_an_accession_number_is_none_of_the_words_that_stand_in_its_place() -> None:
    found = read(message("ORC|NW|A1", obr(f18="ROUTINE", f19="R1", f24="CT")))
    assert found["accession_number"] == "A1"


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (("ORC|NW|1|||||||||||||202603161015", "OBR|1"), ("20260316", "101500")),
        (("ORC|NW|1|||||^^^20260316101500", "OBR|1"), ("20260316", "101500")),
        (("ORC|NW|1", "TQ1|||||||20260316101500", "OBR|1"), ("20260316", "101500")),
        (("ORC|NW|1", obr(f36="20260316101500")), ("20260316", "101500")),
        (("ORC|NW|1", obr(f7="20260316101500")), ("20260316", "101500")),
        # The time is of the same place as the date, also where that has none.
        (("ORC|NW|1|||||||||||||20260316", obr(f36="20260317101500")), ("20260316", None)),
    ],
)
def test_the_start_is_found(segments: tuple[str, ...], expected: tuple[str, str | None]) -> None:
    found = read(message(*segments))
    date, time = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"
    assert (found.get(date), found.get(time)) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("12345^Smith^John", "Smith^John"),
        ("A77^Smith", "Smith"),
        ("WELBY", "WELBY"),
        ("^Smith^John", "Smith^John"),
    ],
)
def test_a_physician_with_an_id_is_read_as_a_name(field: str, expected: str) -> None:
    assert read(message("ORC|NW|1", obr(f16=field, f18="CT")))["requesting_physician"] == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [("1234&Tech&Tina", "Tech^Tina"), ("T12^Tech^Tina", "Tech^Tina"), ("TECHNICIAN", "TECHNICIAN")],
)
def test_a_technician_with_an_id_is_read_as_a_name(field: str, expected: str) -> None:
    found = read(message("ORC|NW|1", obr(f18="CT", f34=field)))
    assert found["scheduled_performing_physician_name"] == expected


IHE = message(
    "ORC|NW|P100^OP|F100^OF||SC||^^^202603161000",
    obr(f2="P100^OP", f3="F100^OF", f4="P1^MR head^ERL", f18="XR100", f19="RP1", f20="SPS1", f24="MR"),
    "ZDS|1.2.3",
)
CLASSIC = message("ORC|NW|A100|||||||||||||202603161000", obr(f4="P1^MR head", f18="MR", f21="MR01"))


@pytest.mark.parametrize("new", [IHE, CLASSIC], ids=["ihe", "classic"])
@pytest.mark.parametrize(
    ("control", "status", "action"),
    [("CA", "CA", "cancel"), ("DC", "", "discontinue"), ("XO", "CM", "complete"), ("HD", "", "hold")],
)
@pytest.mark.parametrize("with_request", [True, False])
def test_what_ends_an_order_finds_it_by_its_order_numbers(
    new: str, control: str, status: str, action: str, with_request: bool
) -> None:
    (order,) = apply(parse(new), AUTO)
    (created,) = decide(order, (), uid_root="2.25")
    assert created.record is not None
    numbers = ["A100", ""] if new is CLASSIC else ["P100^OP", "F100^OF"]
    lines = ["|".join(("ORC", control, *numbers, "", status))]
    if with_request:
        lines.append(obr(f2=numbers[0], f3=numbers[1], f4="P1^MR head"))
    (end,) = apply(parse(message(*lines)), AUTO)
    (change,) = decide(end, (replace(created.record, id=1),), uid_root="2.25")
    assert change.action == action


def test_a_sparse_change_of_an_order_keeps_its_accession_number() -> None:
    (order,) = apply(parse(IHE), AUTO)
    (created,) = decide(order, (), uid_root="2.25")
    assert created.record is not None
    text = message("ORC|XO|P100^OP|F100^OF||SC||^^^202603171000", obr(f2="P100^OP", f3="F100^OF"))
    (moved,) = apply(parse(text), AUTO)
    (change,) = decide(moved, (replace(created.record, id=1),), uid_root="2.25")
    assert change.action == "update"
    assert change.record is not None
    values = change.record.values
    assert (values["accession_number"], values["scheduled_procedure_step_start_date"]) == (
        "XR100", "20260317",
    )  # fmt: skip


@pytest.mark.parametrize("sample", ["rebuilt-obr18", "rebuilt-obr21"])
def test_both_systems_of_the_manual_are_right(sample: str) -> None:
    found = read(decode((DATA / f"manual/{sample}.hl7").read_bytes()).text)
    expected = {
        "rebuilt-obr18": ("7007", "CT", "20190315", "095000", "CTAWP73120", "54847"),
        "rebuilt-obr21": ("1", "CT", "20051230", "161352", None, "2005-9999"),
    }[sample]
    names = (
        "patient_id", "modality", "scheduled_procedure_step_start_date",
        "scheduled_procedure_step_start_time", "scheduled_station_ae_title", "accession_number",
    )  # fmt: skip
    assert tuple(found.get(name) for name in names) == expected


@pytest.mark.parametrize(
    "raw", [make_order("1"), (DATA.parents[2] / "examples/order.hl7").read_bytes(),
            (DATA / "manual/rebuilt-obr18.hl7").read_bytes()], ids=["hospital", "example", "manual"]
)  # fmt: skip
def test_what_the_classic_mapping_reads_is_read_the_same(raw: bytes) -> None:
    text = decode(raw).text
    (classic,) = apply(parse(text), preset("classic"))
    found = read(text)
    assert {name: found.get(name) for name in classic.values} == dict(classic.values)


UID = "1.2.840.1.99"


@pytest.mark.parametrize(
    ("segments", "name", "expected"),
    [
        ((obr(f18="A1", f21="US"), f"ZDS|{UID}"), "modality", "US"),
        ((obr(f2="B-1", f3="F-1"),), "accession_number", "F-1"),
        ((obr(f2="B-1"),), "accession_number", "B-1"),
        ((obr(f18="A-1", f3="7"),), "accession_number", "A-1"),
        ((obr(f18="CT", f3="7"),), "accession_number", "7"),
        ((obr(f18="CT", f5="S"),), "requested_procedure_priority", "STAT"),
        ((obr(f18="CT", f27="^^^^^S"),), "requested_procedure_priority", "STAT"),
        ((obr(f18="CT", f6="20260316"),), "scheduled_procedure_step_start_date", "20260316"),
        ((obr(f18="CT"), f"OBX|1|ST|110180^Study Instance UID^DCM||{UID}"), "study_instance_uid", UID),
        ((obr(f24="CT", f19="R1", f21="CT1"),), "scheduled_station_ae_title", "CT1"),
        ((obr(f24="CT", f19="R1", f4="P^Head"),), "scheduled_procedure_step_id", "P"),
    ],
)
def test_what_the_family_lacks_is_looked_for_elsewhere(
    segments: tuple[str, ...], name: str, expected: str
) -> None:
    assert read(message("ORC|NW", *segments)).get(name) == expected


@pytest.mark.parametrize(
    ("segments", "name"),
    [
        ((obr(f18="A1", f24="CT", f21="CT ROOM"),), "scheduled_station_ae_title"),
        ((obr(f24="RAD"),), "scheduled_station_name"),
        ((obr(f24="P"),), "scheduled_station_name"),
        ((obr(f18="CT", f24="CT"),), "scheduled_station_name"),
        ((obr(f21="XR"),), "modality"),
        ((obr(f18="CT", f27="1"),), "requested_procedure_priority"),
        ((obr(f18="CT", f3="MR"),), "accession_number"),
        ((obr(f18="CT", f7="soon"),), "scheduled_procedure_step_start_date"),
        ((obr(f18="CT"), "OBX|1|ST|110180^Study Instance UID^DCM||none"), "study_instance_uid"),
        # Two IPC may share an OBR, so its code tells neither from the other.
        ((obr(f4="P", f20="S"), "IPC|A1"), "scheduled_procedure_step_id"),
    ],
)
def test_what_does_not_look_right_is_not_taken(segments: tuple[str, ...], name: str) -> None:
    assert name not in read(message("ORC|NW", *segments))


words = st.text("ABCXYZabc019 .-", min_size=2, max_size=12).filter(lambda text: len(text.strip()) > 1)


@given(
    fields=st.fixed_dictionaries(
        {f"f{number}": words for number in (4, 16, 21, 30, 31, 34, 44)}
        | {"f18": st.sampled_from(["CT", "mr"]), "f27": st.sampled_from("SRA")}
    ),
    number=st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True),
    start=st.datetimes(datetime(1900, 1, 1)),
)
def test_no_value_of_the_classic_places_is_changed(
    fields: dict[str, str], number: str, start: datetime
) -> None:
    orc = f"ORC|NW|{number}|||||^^^20000101||||||||{start:%Y%m%d%H%M%S}"
    text = message(orc, obr(**fields, f24="STATION 1"), f"ZDS|{UID}")
    (classic,) = apply(parse(text), preset("classic"))
    found = read(text)
    assert {name: found.get(name) for name in classic.values} == dict(classic.values)
