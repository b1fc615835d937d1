from typing import Any

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.charset import from_dicom
from openworklist.domain.errors import MessageError
from openworklist.hl7 import measures
from openworklist.hl7.explain import Explained, Explanation, Notice, Outcome, explain
from openworklist.hl7.message import parse
from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import Profile, preset
from openworklist.hl7.rule import Rule, Source, read_condition

CLASSIC = preset("classic")


def tell(profile: Profile, *lines: str) -> Explanation:
    return explain(parse("\r".join(("MSH|^~\\&|HIS", *lines))), profile, charset=from_dicom("ISO_IR 100"))


def make(name: str, *sources: str | Source, **more: Any) -> Profile:
    made = (each if isinstance(each, Source) else Source(parse_path(each)) for each in sources)
    return Profile("mine", (Rule(BY_NAME[name], tuple(made), **more),))


def tell_one(profile: Profile, *lines: str) -> Explained:
    """Of the only order the only attribute."""
    (order,) = tell(profile, *lines).orders
    (attribute,) = order.attributes
    return attribute


def looks(explained: Explained) -> list[tuple[str, str, str, str]]:
    return [(look.place, look.held, look.outcome.value, look.reason) for look in explained.looks]


def notices(profile: Profile, *lines: str) -> list[Notice]:
    """The serious ones of the only order, of what was sent."""
    (order,) = tell(profile, *lines).orders
    return [each for each in order.notices if each.is_serious and each.kind != "missing"]


def test_a_value_has_its_place_and_a_later_one_is_not_tried() -> None:
    found = tell_one(make("accession_number", "OBR-18.1", "ORC-2.1"), "ORC|NW|1", "OBR|1" + "|" * 17 + "A1^X")
    assert (found.value, found.origin) == ("A1", "OBR-18.1")
    assert looks(found) == [
        ("OBR-18.1", "A1", "taken", ""),
        ("ORC-2.1", "1", "not tried", "an earlier place had a value"),
    ]


def test_what_was_passed_over_says_why() -> None:
    found = tell_one(
        make(
            "modality",
            "OBR-3",
            "ZDS-1",
            "OBR-2.2",
            "OBR-4.3",
            Source(parse_path("OBR-5"), "modality"),
            "OBR-6",
            table={"XR": "CR", "MR": "MR", "ROOM": "ROOM"},
        ),
        "OBR|1|A^||x^y^c-t|room|xr",
    )
    assert (found.value, found.origin) == ("CR", "OBR-6")
    assert looks(found) == [
        ("OBR-3", "", "empty", "is empty"),
        ("ZDS-1", "", "empty", "there is no ZDS"),
        ("OBR-2.2", "", "empty", "is empty"),
        ("OBR-4.3", "c-t", "refused", "is not in the value table: left out"),
        ("OBR-5", "room", "refused", "does not look like modality"),
        ("OBR-6", "xr", "taken", ""),
    ]


def test_each_order_is_told_with_the_places_of_its_own_segments() -> None:
    lines = ("ORC|NW|1", "OBR|1|||P", "ORC|NW|2", "OBR|2|||Q", "ORC|NW|3", "OBR|3|||Q")
    found = tell(make("requested_procedure_id", "OBR-4.1"), *lines)
    assert [each.attributes[0].origin for each in found.orders] == ["OBR[1]-4.1", "OBR[2]-4.1", "OBR[3]-4.1"]


def test_a_field_that_two_orders_have_alike_is_told_for_each() -> None:
    profile = make("accession_number", "OBR-18", "OBR-3")
    found = tell(profile, "ORC|NW", "OBR|1||F", "ORC|NW", "OBR|2||F" + "|" * 15 + "A")
    assert [each.attributes[0].origin for each in found.orders] == ["OBR[1]-3", "OBR[2]-18"]
    assert looks(found.orders[1].attributes[0])[1][2] == "not tried"


def test_two_quotes_are_told() -> None:
    found = tell_one(make("modality", "OBR-4", "OBR-5"), 'OBR|1|||""|CT')
    assert (found.value, found.origin, found.is_deleted) == ("", "OBR-4", True)
    assert [look.outcome for look in found.looks] == [Outcome.DELETES, Outcome.UNTRIED]
    found = tell_one(make("patient_name", "PID-5"), 'PID|||||""^""', "ORC|NW")
    assert (found.origin, found.is_deleted) == ("PID-5", True)


def test_a_value_may_settle_that_there_is_none() -> None:
    found = tell_one(make("patient_sex", "PID-8", "PID-9"), "PID" + "|" * 8 + "U|M", "ORC|NW")
    assert (found.value, found.origin) == ("", "PID-8")
    assert looks(found)[0] == ("PID-8", "U", "taken", "says that there is no value")


def test_constants_and_defaults_are_their_own_origin() -> None:
    assert tell_one(make("modality", constant="CT"), "OBR|1").origin == "constant"
    found = tell_one(make("modality", "OBR-4", default="OT"), "OBR|1")
    assert (found.value, found.origin) == ("OT", "default")
    assert tell_one(make("modality", "OBR-4", default="OT"), "OBR|1|||CT").origin == "OBR-4"


def test_notes_come_from_several_places() -> None:
    found = tell_one(
        make("requested_procedure_comments", "NTE-3"), "ORC|NW", "OBR|1", "NTE|1||a", "NTE|2", "NTE|3||b"
    )
    assert (found.value, found.origin) == ("a\r\nb", "NTE[1]-3, NTE[3]-3")


def test_segments_are_looked_at_where_a_condition_says() -> None:
    source = Source(parse_path("OBX-5"), where=read_condition("OBX-3.2", "Body Weight"))
    profile = make("patient_weight", source)
    lines = ("OBR|1", "OBX|1||1^Height||180", "OBX|2||2^Body weight||much", "OBX|3||2^Body weight||80")
    found = tell_one(profile, *lines, "OBX|4||2^Body weight||81")
    assert found.origin == "OBX[3]-5"
    assert [each[::2] for each in looks(found)] == [
        ("OBX[2]-5", "refused"),
        ("OBX[3]-5", "taken"),
        ("OBX[4]-5", "not tried"),
    ]
    found = tell_one(profile, "OBR|1", "OBX|1||1^Height||180")
    assert looks(found) == [("OBX-5", "", "empty", 'no OBX has OBX-3.2 = "Body Weight"')]


def test_a_unit_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    in_kg = {"kg": lambda number: number, "g": lambda number: f"{float(number) / 1000:g}"}
    made = {"patient_weight": lambda number, unit: in_kg[unit](number) if unit in in_kg else None}
    monkeypatch.setattr("openworklist.hl7.plan.MEASURES", {**measures.MEASURES, **made})
    source = Source(parse_path("OBX-5"), where=read_condition("OBX-3", "W"))
    lines = ("OBR|1", "OBX|1||W||12|stone", "OBX|2||W||80000|g^gram")
    found = tell_one(make("patient_weight", source), *lines)
    assert (found.value, found.origin) == ("80", "OBX[2]-5")
    assert looks(found)[0] == ("OBX[1]-5", "12", "refused", "is no measure in a unit that is known: left out")
    (notice,) = notices(make("patient_weight", source), *lines)
    assert (notice.kind, notice.where) == ("unit", "OBX[1]-5")


@pytest.mark.parametrize(
    ("profile", "line", "kind", "where", "sentence"),
    [
        (make("patient_birth_date", "OBR-4"), "soon", "date", "OBR-4", "is not a date."),
        (make("patient_sex", "OBR-4"), "X", "code", "OBR-4", "is not a value that Patient sex knows: left"),
        (
            make("modality", "OBR-4"),
            "c/t",
            "code",
            "OBR-4",
            "is not a code that Modality can hold: left out.",
        ),
        (make("accession_number", "OBR-4.1"), "A" * 17, "too long", "OBR-4.1", "has more than 16 letters"),
        (
            make("patient_name", "OBR-4"),
            "Škoda",
            "letters lost",
            "OBR-4",
            "has a letter that Latin 1 has not.",
        ),
        (make("study_instance_uid", "OBR-4"), "1.x", "value", "OBR-4", "is not a valid UID: left out."),
        (
            make("accession_number", "OBR-4"),
            "\\Q\\",
            "value",
            "OBR-4",
            "An escape sequence that nobody knows",
        ),
    ],
)
def test_what_is_odd_has_a_kind_and_a_place(
    profile: Profile, line: str, kind: str, where: str, sentence: str
) -> None:
    notice = notices(profile, f"OBR|1|||{line}")[0]
    assert (notice.kind, notice.where) == (kind, where)
    assert notice.sentence.startswith(sentence)


def test_what_is_missing_names_where_it_could_have_stood() -> None:
    (order,) = tell(CLASSIC, "ORC|NW", "OBR|1" + "|" * 17 + "c/t").orders
    missing = {each.name: each.where for each in order.notices if each.kind == "missing"}
    assert missing["modality"] == "OBR-18.1"
    assert missing["patient_id"] == "PID-3.1"
    assert {each.kind for each in order.notices if not each.is_serious} == {"completed", "empty"}


def test_it_says_which_rules_were_chosen_and_why() -> None:
    found = tell(preset("ihe"), "ORC|NW", "OBR|1", "IPC|a", "IPC|b")
    assert (found.profile, found.variant, found.reason) == ("ihe", "ihe_omi", ("IPC",))
    assert len(found.orders) == 2
    found = tell(preset("ihe"), "ORC|NW", "OBR|1")
    assert (found.profile, found.variant, found.reason) == ("ihe", "", ())


def test_a_message_without_orders_has_none_and_one_that_is_unclear_is_refused() -> None:
    assert tell(CLASSIC, "PID|||1").orders == ()
    with pytest.raises(MessageError):
        tell(CLASSIC, "PID|||1", "PID|||2", "ORC|NW")
