"""What the settings of a scanner make of its questions, and how records look to it."""

from collections.abc import Iterable
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.options import Options
from openworklist.domain.query import (
    Condition,
    Interval,
    Offered,
    PersonName,
    Range,
    Single,
    Unassigned,
    matches,
)
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.scanner import Scanner
from openworklist.domain.serving import _MOMENTS, PLAIN, Rule, Served, Serving, View, make_serving, serve
from openworklist.domain.study_uids import StudyUids

DATE, TIME = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"
STATION, MODALITY = "scheduled_station_ae_title", "modality"
TODAY = "20260314"
ATHENS = ZoneInfo("Europe/Athens")


def make_record(**values: Value) -> Record:
    return Record({"patient_id": "P1", MODALITY: "CT", DATE: TODAY, TIME: "1015", **values})


def ask(
    *conditions: Condition, serving: Serving, view: View = PLAIN, has_empty_station: bool = False
) -> Served:
    return serve(conditions, serving, view, has_empty_station=has_empty_station, find_today=lambda: TODAY)


def shown(served: Served, records: Iterable[Record]) -> list[Value]:
    found = [record for record in records if matches(record, served.query)]
    return [record.get("patient_id") for record in found if served.is_shown(served.view.see(record))]


def test_the_calling_title_takes_the_place_of_an_empty_station() -> None:
    served = ask(serving=Serving("CT01", without_station="none"), has_empty_station=True)
    assert served.query.conditions == (Single(STATION, "CT01"),)
    assert served.rules == {Single(STATION, "CT01"): Rule.CALLING_AE}


def test_it_does_not_where_the_site_or_the_scanner_does_not_want_it() -> None:
    options = Options(use_calling_ae=False)
    for scanner in (None, Scanner("CT01", is_confirmed=True)):
        serving = make_serving(scanner, "CT01", options, StudyUids())
        assert ask(serving=serving, has_empty_station=True).query.conditions == ()
    wants_it = make_serving(
        Scanner("CT01", use_calling_ae=True, is_confirmed=True), "CT01", options, StudyUids()
    )
    assert ask(serving=wants_it, has_empty_station=True).query.conditions


def test_a_question_without_the_key_is_left_as_it_is() -> None:
    assert ask(serving=Serving("CT01")).query.conditions == ()


def test_what_has_no_station_is_offered_by_modality() -> None:
    records = [
        make_record(patient_id="own", scheduled_station_ae_title="CT01"),
        make_record(patient_id="second of two", scheduled_station_ae_title="CT02\\CT01"),
        make_record(patient_id="another's", scheduled_station_ae_title="CT02"),
        make_record(patient_id="CT"),
        make_record(patient_id="MR", modality="MR"),
        make_record(patient_id="unknown", modality=""),
    ]
    own = ["own", "second of two"]

    def find(serving: Serving, *conditions: Condition) -> list[Value]:
        return shown(ask(*conditions, serving=serving, has_empty_station=True), records)

    known = Serving("CT01", modalities=("CT",))
    assert find(known) == [*own, "CT", "unknown"]
    assert find(known, Single(MODALITY, "CT")) == [*own, "CT"]
    assert find(known, Single(MODALITY, "MR")) == []
    unknown = Serving("CT01")
    assert find(unknown) == [*own, "CT", "MR", "unknown"]
    assert find(unknown, Single(MODALITY, "MR")) == ["MR"]
    assert find(Serving("CT01", modalities=("CT",), without_station="all")) == [*own, "CT", "MR", "unknown"]
    assert find(Serving("CT01", modalities=("CT",), without_station="none")) == own


def test_a_scanner_that_asks_for_its_own_title_is_offered_them_too_but_nobody_else() -> None:
    offered = Offered("CT01", (Unassigned(None),))
    served = ask(Single(STATION, "CT01"), serving=Serving("CT01"))
    assert served.query.conditions == (offered,)
    assert served.rules == {offered: Rule.WITHOUT_STATION}
    asked = Single(STATION, "CT01")
    assert ask(asked, serving=Serving("CT02")).query.conditions == (asked,)


def test_a_window_of_days_counts_only_where_the_question_has_no_date() -> None:
    serving = Serving("CT01", window=(1, 7))
    added = Range(DATE, "20260313", "20260321")
    assert ask(serving=serving).rules == {added: Rule.DAY_WINDOW}
    for dated in (Range(DATE, "20260101", ""), Interval("20260101", "", "", "")):
        assert ask(dated, serving=serving).query.conditions == (dated,)


def test_statuses_are_those_of_the_scanner_before_those_of_the_site() -> None:
    options = Options(shown_statuses="SCHEDULED, COMPLETED")
    scanner = Scanner("CT01", shown_statuses=("ON HOLD",), is_confirmed=True)
    assert make_serving(None, "CT01", options, StudyUids()).statuses == {Status.SCHEDULED, Status.COMPLETED}
    assert make_serving(scanner, "CT01", options, StudyUids()).statuses == {Status.ON_HOLD}


def test_a_scanner_that_nobody_has_confirmed_is_refused_if_the_site_wants_so() -> None:
    def is_refused(scanner: Scanner | None, unknown_scanners: str) -> bool:
        return make_serving(
            scanner, "CT01", Options(unknown_scanners=unknown_scanners), StudyUids()
        ).is_refused

    seen, confirmed = Scanner("CT01"), Scanner("CT01", is_confirmed=True)
    assert [is_refused(each, "serve") for each in (None, seen, confirmed)] == [False] * 3
    assert [is_refused(each, "refuse") for each in (None, seen, confirmed)] == [True, True, False]
    assert is_refused(Scanner("CT01", is_confirmed=True, is_refused=True), "serve")


def test_a_uid_made_here_is_hidden_from_scanners_that_are_not_on_the_list() -> None:
    rule = StudyUids(is_for_all=False, ae_titles=("CT01",))
    made = Record({"patient_id": "made"}, completed={"study_instance_uid": "2.25.1"})
    given = Record({"patient_id": "given", "study_instance_uid": "2.25.1"})
    asked = Single("study_instance_uid", "2.25.1")
    for title, found in (("CT01", ["made", "given"]), ("CT02", ["given"])):
        view = make_serving(None, title, Options(), rule).make_view(UTC)
        served = ask(asked, serving=Serving(title), view=view)
        assert shown(served, [made, given]) == found
        assert (view.see(made).get("study_instance_uid") == "2.25.1") is (title == "CT01")
        assert view.see(given).get("study_instance_uid") == "2.25.1"


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([Range(DATE, "20260315", "20260315")], ["late"]),
        ([Range(DATE, "20260314", "20260314")], ["noon", "untimed"]),
        ([Range(DATE, "20260314", "20260315")], ["noon", "late", "untimed"]),
        ([Interval("20260314", "140000", "20260315", "005959.999999")], ["noon", "late"]),
        ([Range(DATE, "20260315", "20260315"), Range(TIME, "003000", "003059.999999")], ["late"]),
        ([Range(TIME, "143000", "143059.999999")], ["noon"]),
        ([PersonName("patient_name", "Doe*"), Range(DATE, "20260315", "")], []),
    ],
)
def test_days_and_times_are_those_of_the_scanners_clock(
    conditions: list[Condition], found: list[str]
) -> None:
    records = [
        make_record(patient_id="noon", scheduled_procedure_step_start_time="1230"),
        make_record(patient_id="late", scheduled_procedure_step_start_time="2230"),
        make_record(patient_id="untimed", scheduled_procedure_step_start_time=""),
    ]
    view = Serving("CT01", time_zone="Europe/Athens").make_view(UTC)
    assert shown(ask(*conditions, serving=Serving("CT01"), view=view), records) == found


def test_a_record_is_seen_by_the_scanners_clock_with_its_offset() -> None:
    view = Serving("CT01", time_zone="Europe/Athens").make_view(UTC)
    winter = view.see(make_record(scheduled_procedure_step_start_time="2230"))
    assert [winter.get(name) for name in (DATE, TIME, "timezone_offset_from_utc")] == [
        "20260315",
        "0030",
        "+0200",
    ]
    summer = view.see(make_record(scheduled_procedure_step_start_date="20260714"))
    assert [summer.get(name) for name in (DATE, TIME, "timezone_offset_from_utc")] == [
        "20260714",
        "1315",
        "+0300",
    ]


def test_the_sites_own_zone_changes_nothing_unless_it_was_agreed() -> None:
    assert Serving("CT01", time_zone="Europe/Athens").make_view(ATHENS).is_plain
    assert Serving("CT01").make_view(ATHENS, timezone(timedelta(hours=2))).zone


def test_every_date_with_a_time_is_of_the_clock_that_the_answer_names() -> None:
    admitted: dict[str, Value] = {"admitting_date": TODAY, "admitting_time": "2330", "study_date": TODAY}
    view = View(ATHENS, UTC)
    seen = view.see(make_record(**admitted))
    assert (seen.text("admitting_date"), seen.text("admitting_time")) == ("20260315", "0130")
    assert (seen.text("study_date"), seen.get("study_time")) == (TODAY, make_record().get("study_time"))
    record = make_record(**admitted)
    for day, found in ((TODAY, []), ("20260315", ["P1"])):
        served = ask(Range("admitting_date", day, day), serving=Serving("CT01"), view=view)
        assert shown(served, [record]) == found
    for low, found in (("0100", ["P1"]), ("0200", [])):
        served = ask(Range("admitting_time", low, ""), serving=Serving("CT01"), view=view)
        assert shown(served, [record]) == found


def test_the_moments_of_a_view_are_attributes_of_the_catalogue() -> None:
    for date, time in _MOMENTS.items():
        assert (BY_NAME[date].vr, BY_NAME[time].vr) == ("DA", "TM")
