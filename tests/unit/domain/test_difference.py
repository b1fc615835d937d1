from openworklist.domain.difference import Difference, find_differences
from openworklist.domain.record import Record, Status

CODE = ({"code_value": "C1", "code_meaning": "Head"},)


def test_a_record_that_is_the_same_has_none() -> None:
    record = Record({"patient_id": "1"}, {"study_instance_uid": "1.2"})
    assert find_differences(record, Record({**record.values}, {**record.completed})) == ()


def test_what_scanners_see_is_compared_wherever_it_came_from() -> None:
    before = Record({"patient_id": "1"}, {"scheduled_procedure_step_id": "S1"})
    after = Record({"patient_id": "1", "scheduled_procedure_step_id": "S1"})
    assert find_differences(before, after) == ()


def test_each_attribute_is_named_with_both_values_in_the_order_of_the_catalogue() -> None:
    before = Record({"modality": "CT", "requested_procedure_code_sequence": CODE, "zz": "1"})
    after = Record({"patient_name": "Doe^Jane", "modality": "MR"}, status=Status.CANCELED)

    assert find_differences(before, after) == (
        Difference("status", "SCHEDULED", "CANCELED"),
        Difference("patient_name", "", "Doe^Jane"),
        Difference("requested_procedure_code_sequence", CODE, ""),
        Difference("modality", "CT", "MR"),
        Difference("zz", "1", ""),
    )


def test_a_new_record_differs_from_nothing_in_everything() -> None:
    assert find_differences(None, Record({"patient_id": "1"})) == (
        Difference("status", "", "SCHEDULED"),
        Difference("patient_id", "", "1"),
    )
