from openworklist.domain.record import Record, Status


def test_what_the_sender_gave_comes_before_what_was_completed() -> None:
    record = Record({"study_instance_uid": "1.2"}, {"study_instance_uid": "2.25.1", "modality": "OT"})
    assert record.get("study_instance_uid") == "1.2"
    assert record.get("modality") == "OT"
    assert record.get("patient_name") == ""


def test_an_empty_value_leaves_room_for_the_completed_one() -> None:
    assert Record({"study_instance_uid": ""}, {"study_instance_uid": "2.25.1"}).get("study_instance_uid") == (
        "2.25.1"
    )


def test_a_sequence_is_no_text() -> None:
    record = Record({"requested_procedure_code_sequence": ({"code_value": "C1"},)})
    assert record.text("requested_procedure_code_sequence") == ""
    assert record.get("requested_procedure_code_sequence") == ({"code_value": "C1"},)


def test_scanners_are_shown_what_is_still_to_be_done() -> None:
    assert {status for status in Status if status.is_open} == {Status.SCHEDULED, Status.STARTED}


def test_what_ended_is_not_open_and_what_is_held_may_come_back() -> None:
    ended = {status for status in Status if status.is_terminal}
    assert ended == {Status.COMPLETED, Status.DISCONTINUED, Status.CANCELED}
    assert not any(status.is_open for status in ended)
    assert not Status.ON_HOLD.is_terminal


def test_a_status_is_a_value_that_cs_can_hold() -> None:
    """PS3.5 6.2: capitals, digits, blank and underscore, at most 16."""
    for status in Status:
        assert len(status) <= 16
        assert status.replace(" ", "").replace("_", "").isalnum()
        assert status == status.upper()
