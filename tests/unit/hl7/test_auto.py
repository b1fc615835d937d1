from pathlib import Path

import pytest

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
        (("ORC|NW", obr(f18="CT")), "classic"),
        (("ORC|NW", obr(f18="CT", f24="ROOM 1"), "ZDS|1.2.3"), "classic"),
        (("ORC|NW", "OBR", "ZDS|1.2.3"), "ihe"),
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
