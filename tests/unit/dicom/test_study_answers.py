"""What archives answer to searches, the odd ones too."""

from typing import Any

import pytest

from openworklist.dicom.study_answers import (
    find_uid,
    is_of_study,
    list_tags,
    to_instance,
    to_series,
    to_study,
)
from openworklist.domain.study_attributes import StudyLevel


def answer(**elements: list[Any]) -> dict[str, Any]:
    return {tag.removeprefix("t"): {"vr": "XX", "Value": values} for tag, values in elements.items()}


def test_a_study_with_names_in_three_groups() -> None:
    name = {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}
    given = answer(
        t0020000D=["1.2"],
        t00100010=[name],
        t00100020=[" P1 "],
        t00080061=["MR", "CT", "CT"],
        t00201206=[2],
        t00201208=["17"],
    )
    found = to_study(given, "PACS")
    assert found.values["patient_name"] == "Yamada^Tarou=山田^太郎=やまだ^たろう"
    assert found.values["patient_id"] == "P1"
    assert found.values["study_description"] == ""
    assert (found.uid, found.modalities, found.series, found.instances, found.source) == (
        "1.2", ("CT", "MR"), 2, 17, "PACS",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([5], "5"),
        ([5.0], "5"),
        ([1.5], "1.5"),
        (["5", None, "6"], "5\\\\6"),
        ([True], ""),
        ([["x"]], ""),
        ([{"Alphabetic": 5}], ""),
        ([{"Ideographic": "x"}], "=x"),
        (["a\0b"], "ab"),
        ("no list", ""),
        (["x" * 20_000], "x" * 10_240),
    ],
)
def test_values_however_they_are_written(values: Any, text: str) -> None:
    assert to_instance({"00200013": {"Value": values}}, "1.2").values["instance_number"] == text


@pytest.mark.parametrize("element", [None, 5, [], {}, {"Value": None}, {"vr": "IS"}])
def test_elements_that_say_nothing(element: Any) -> None:
    found = to_series({"0020000E": {"Value": ["1.3"]}, "00201209": element}, "1.2")
    assert (found.study_uid, found.uid, found.instances) == ("1.2", "1.3", 0)


@pytest.mark.parametrize("uid", ["", "../..", "1.2\\1.3", "1.2/3", "x", "1" * 65])
def test_what_is_no_uid_names_nothing(uid: str) -> None:
    assert find_uid(answer(t0020000D=[uid]), StudyLevel.STUDY) == ""


def test_a_transfer_syntax_is_known_if_there_is_one() -> None:
    assert to_instance(answer(t00083002=["1.2.840.10008.1.2"]), "1.2").transfer_syntax == "1.2.840.10008.1.2"
    assert to_instance(answer(t00083002=["1.2.840.10008.1.2", "1.3"]), "1.2").transfer_syntax == ""
    assert to_instance({}, "1.2").transfer_syntax == ""


def test_an_answer_is_about_the_study_that_was_asked_for_unless_it_says_another() -> None:
    assert is_of_study({}, "1.2")
    assert is_of_study(answer(t0020000D=["1.2"]), "1.2")
    assert not is_of_study(answer(t0020000D=["1.3"]), "1.2")


def test_what_is_asked_for_are_tags() -> None:
    for level in StudyLevel:
        assert all(len(each) == 8 and int(each, 16) for each in list_tags(level))
