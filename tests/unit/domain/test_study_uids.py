"""The list of scanners that see the Study Instance UIDs made here, and their root."""

import pytest

from openworklist.domain.errors import NotFound, SettingsError
from openworklist.domain.record import Record
from openworklist.domain.study_uids import StudyUids, from_document, to_document


def test_the_list_is_inserted_into_edited_and_deleted_from() -> None:
    rule = StudyUids().with_title("CT01").with_title(" MR01 ").with_changed("CT01", "CT02")
    assert rule.ae_titles == ("CT02", "MR01")
    assert rule.without_title("CT02").ae_titles == ("MR01",)
    assert from_document(to_document(rule)) == rule


def test_what_is_on_it_twice_or_not_at_all_is_refused() -> None:
    rule = StudyUids(ae_titles=("CT01", "CT02"))
    for change in (lambda: rule.with_title("CT01 "), lambda: rule.with_changed("CT01", "CT02")):
        with pytest.raises(SettingsError, match="already"):
            change()
    for change in (lambda: rule.without_title("XX"), lambda: rule.with_changed("XX", "YY")):
        with pytest.raises(NotFound):
            change()


@pytest.mark.parametrize("root", ["2.25", "1.2.300.0.7230010.3.1.3", "0.39", "1.0"])
def test_roots(root: str) -> None:
    assert StudyUids().with_root(root).root == root


@pytest.mark.parametrize(
    "root", ["", "2", "1.02", "3.1", "1.40", "1.2.", "1..2", "a.b", "1.2.3.4.5.6.7.8.9.10.11.12"]
)
def test_what_is_no_root_is_refused(root: str) -> None:
    with pytest.raises(SettingsError, match="is no UID root"):
        StudyUids().with_root(root)


def test_a_record_shows_its_uid_if_one_of_its_scanners_is_on_the_list() -> None:
    rule = StudyUids(is_for_all=False, ae_titles=("CT01",))
    made = {"study_instance_uid": "2.25.1"}
    assert rule.is_shown(Record({"scheduled_station_ae_title": "CT02\\CT01"}, completed=made))
    assert not rule.is_shown(Record({"scheduled_station_ae_title": "CT02"}, completed=made))
    assert rule.is_shown(Record({**made, "scheduled_station_ae_title": "CT02"}))
    assert StudyUids(ae_titles=("CT01",)).is_shown(Record({}, completed=made))
