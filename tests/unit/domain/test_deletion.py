"""What is told of a record that was deleted and comes back."""

from openworklist.domain.control import Action
from openworklist.domain.deletion import AUTO_DELETE, note_return
from openworklist.domain.order import Change
from openworklist.domain.record import Record

AT = 1_773_478_800_000_000  # 2026-03-14 09:00:00 UTC
NEW = Change(Action.CREATE, Record({"patient_id": "1"}, warnings=("odd",)), None, "A1:x", "the order is new")


def test_a_record_that_comes_back_says_who_deleted_it_when() -> None:
    change = note_return(NEW, AT, "cli:mary")
    assert change.reason == "the order is new; its record was deleted 2026-03-14 09:00:00 UTC by cli:mary"
    assert change.record is not None
    odd, warning = change.record.warnings
    assert (odd, change.warnings) == ("odd", (warning,))
    assert warning == ("its record was deleted 2026-03-14 09:00:00 UTC by cli:mary; the order was sent again")


def test_it_says_that_auto_delete_may_take_it_again() -> None:
    (warning,) = note_return(NEW, AT, AUTO_DELETE).warnings
    assert warning.endswith("; auto delete takes it again if its start is still as old")


def test_a_change_without_a_record_says_nothing() -> None:
    ignored = Change(Action.IGNORE, None, None, None, "")
    assert note_return(ignored, AT, "cli:mary") is ignored
