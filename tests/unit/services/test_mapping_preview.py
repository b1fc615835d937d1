from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.options import change_option
from openworklist.domain.scanner import Scanner
from openworklist.domain.study_uids import StudyUids
from openworklist.hl7.explain import explain
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset
from openworklist.services.configuration import Configuration
from openworklist.services.mapping_preview import Preview, preview_order

ZONE = ZoneInfo("Europe/Athens")


def preview(
    configuration: Configuration | None = None, *, scanner: str = "", more: str = "", control: str = "NW"
) -> Preview:
    message = parse(
        "MSH|^~\\&|A|B\rPID|||1||МЕД^A\r"
        f"ORC|{control}|7|||||||||||||202603141000\rOBR||||1^CT HEAD||||||||||||||CT|||CT1{more}\r"
    )
    order = explain(message, preset("classic")).orders[0].order
    return preview_order(
        order, "ORM^O01", "A|B", configuration or Configuration(), zone=ZONE, scanner=scanner
    )


def test_an_order_becomes_a_record_with_what_is_completed_here() -> None:
    found = preview()

    assert found.record is not None
    assert found.record.values["modality"] == "CT"
    assert found.record.completed["study_instance_uid"]
    assert (found.scanner, found.reason, found.error) == ("CT1", "", None)


def test_the_answer_is_what_that_scanner_can_show() -> None:
    scanner = Scanner("CT1", answer_charset="ISO_IR 100", is_confirmed=True)
    found = preview(Configuration(scanners={"CT1": scanner}))

    assert found.seen is not None
    assert found.seen.text("patient_name") == "MED^A"
    assert preview(Configuration(scanners={"CT1": scanner}), scanner="CT2").seen != found.seen


def test_the_uid_that_is_made_here_is_hidden_from_who_is_not_on_the_list() -> None:
    rule = StudyUids(is_for_all=False, ae_titles=("CT2",))

    assert preview(Configuration(study_uids=rule)).seen.text("study_instance_uid") == ""  # type: ignore[union-attr]
    assert preview(Configuration(study_uids=rule), scanner="CT2").seen.text("study_instance_uid")  # type: ignore[union-attr]


def test_who_is_turned_away_gets_nothing_and_is_told_so() -> None:
    refused = Scanner("CT1", is_refused=True, is_confirmed=True)

    assert preview(Configuration(scanners={"CT1": refused})).reason == "CT1 is turned away, as it was set up."


def test_a_status_that_is_not_shown_is_told() -> None:
    options = change_option(Configuration().options, "shown_statuses", "STARTED")

    assert preview(Configuration(options=options)).reason == "It would not be shown: its status is SCHEDULED."


@pytest.mark.parametrize("control", ["CA", "DC"])
def test_what_only_ends_an_order_becomes_no_record(control: str) -> None:
    found = preview(control=control)

    assert found.record is None
    assert found.reason
