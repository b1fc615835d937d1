"""The form of a record: what nobody touched is no edit, what two people wrote is shown to the second."""

from collections.abc import Iterable

import pytest

from openworklist.domain.record import Record
from openworklist.ui.record_form import (
    PARTS,
    SCRIPTS,
    WAS,
    Field,
    FieldGroup,
    fill_form,
    find_changes,
    join_name,
    make_form,
    read_texts,
    split_name,
)


def fields_of(groups: Iterable[FieldGroup]) -> dict[str, Field]:
    return {field.name: field for group in groups for field in group.fields}


def send(groups: Iterable[FieldGroup], **typed: str) -> dict[str, str]:
    """What a browser sends of a form in which somebody typed this."""
    given: dict[str, str] = {}
    for name, field in fields_of(groups).items():
        given[WAS + name] = field.was
        if field.kind == "name":
            for script, texts in zip(SCRIPTS, split_name(typed.get(name, field.text)), strict=True):
                given |= {f"{name}.{script}.{part}": text for part, text in zip(PARTS, texts, strict=True)}
        else:
            given[name] = typed.get(name, field.text)
    return given


@pytest.mark.parametrize(
    "name",
    [
        "DOE^JANE",
        "DOE^JANE^^^",
        "DOE ^ JANE",
        "DOE^JANE^A^B^C^more",
        "=山田^太郎",
        "A=B=C=D",
        "Ni  Mo^X",
        "^^^",
    ],
)
def test_what_nobody_touched_is_no_edit(name: str) -> None:
    record = Record(
        {
            "patient_name": name,
            "patient_id": " P1 ",
            "scheduled_procedure_step_start_date": "20260314",
            "scheduled_procedure_step_start_time": "101500",
            "patient_birth_date": "1951",
        }
    )
    assert find_changes(*read_texts(send(make_form(record)))) == {}


def test_only_what_was_typed_is_an_edit() -> None:
    record = Record({"patient_name": "DOE^JANE^^", "patient_id": "P1"})
    given = send(make_form(record), patient_name="ROE^JANE", medical_alerts="Latex")
    assert find_changes(*read_texts(given)) == {"patient_name": "ROE^JANE", "medical_alerts": "Latex"}


def test_signs_of_names_are_no_letters_of_them() -> None:
    assert join_name([["O^Neil", "J=ane", "", "", ""], ["", ""], [""]]) == "O Neil^J ane"


def test_who_comes_second_sees_both_and_the_rest_as_it_is_now() -> None:
    first = make_form(Record({"patient_id": "P1", "modality": "CT", "allergies": "none"}))
    texts, was = read_texts(send(first, modality="MR"))
    now = make_form(Record({"patient_id": "P1", "modality": "US", "allergies": "Latex"}))
    filled = fields_of(fill_form(now, texts, was))
    assert (filled["modality"].text, filled["modality"].now) == ("MR", "US")
    assert (filled["allergies"].text, filled["allergies"].now) == ("Latex", "")
