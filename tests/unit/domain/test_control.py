"""What each order control code does, against a copy of the table it was made from: never against itself."""

import pytest

from openworklist.domain.control import Action, find_rule, is_known
from openworklist.domain.order import Order, decide
from openworklist.domain.record import Record, Status

NEW, CHANGED, KEPT = "SCHEDULED", "keeps its status unless it ended", "nothing"
# ORC-1, ORC-5, and what becomes of the step. * is any value, and none.
STANDARD = """
NW SN RO CH         | * SC IP    | SCHEDULED
PA                  | *          | nothing
XO XX XR            | - SC A IP  | keeps its status unless it ended
RP RU               | *          | CANCELED
XO                  | CM         | COMPLETED
CA OC CR            | *          | CANCELED
DC OD DR            | *          | DISCONTINUED
HD OH HR            | *          | ON HOLD
RL OE OR            | *          | SCHEDULED
SC SR               | SC         | SCHEDULED
SC SR               | IP         | STARTED
SC SR               | CM         | COMPLETED
SC SR               | CA         | CANCELED
SC SR               | DC         | DISCONTINUED
SC SR               | HD         | ON HOLD
SC SR               | A          | STARTED
NA OK RE AF LI MC   | *          | nothing
SS DE UA UC UD UH UX| *          | nothing
"""
# The rest of HL7 table 0119 (v2.9): OP and PY are dispensed outside, CP is CA from filler to filler.
REST_OF_TABLE_0119 = """
RQ                  | *          | CANCELED
CP                  | *          | CANCELED
XX XR               | CM         | COMPLETED
XO XX XR            | CA         | CANCELED
XO XX XR            | DC         | DISCONTINUED
XO XX XR            | HD         | ON HOLD
SC SR               | RP         | CANCELED
SC SR               | - ER       | nothing
OP PY CN PR RR      | *          | nothing
DF FU OF RF UN      | *          | nothing
UF UM UR            | *          | nothing
"""
# Appointments: the trigger event of an SIU, then SCH-25 (HL7 table 0278).
APPOINTMENTS = """
S12                 | * BOOKED   | SCHEDULED
S13                 | - BOOKED   | SCHEDULED
S14                 | - BOOKED   | keeps its status unless it ended
S13 S14             | CANCELLED DELETED NOSHOW | CANCELED
S13 S14             | COMPLETE   | COMPLETED
S13 S14             | STARTED    | STARTED
S13 S14             | DC         | DISCONTINUED
S15 S17 S26         | * BOOKED   | CANCELED
"""
ANY = ("", "SC", "IP", "CM", "CA", "DC", "HD", "ER", "ZZ")


def read(table: str) -> list[tuple[str, str, str]]:
    rows = []
    for line in table.strip().splitlines():
        controls, statuses, outcome = (part.strip() for part in line.split("|"))
        for control in controls.split():
            for status in statuses.split():
                given = ANY if status == "*" else ("" if status == "-" else status,)
                rows += [(control, code, outcome) for code in given]
    return rows


ROWS = read(STANDARD) + read(REST_OF_TABLE_0119) + read(APPOINTMENTS)
VALUES = {"patient_id": "P1", "patient_name": "Doe", "accession_number": "A1", "requested_procedure_id": "R1"}
ENDED = [status for status in Status if status.is_terminal]


def status_after(control: str, code: str, before: Status) -> Status:
    """Of a step with that status, once the order came with another name of its patient."""
    record = Record(VALUES, status=before, id=7)
    (change,) = decide(Order(control, code, {**VALUES, "patient_name": "Roe"}), [record], uid_root="2.25")
    return change.record.status if change.record else before


@pytest.mark.parametrize(("control", "code", "outcome"), ROWS)
def test_a_row_of_the_standards_table(control: str, code: str, outcome: str) -> None:
    for before in (Status.SCHEDULED, Status.ON_HOLD):
        expected = before if outcome in (CHANGED, KEPT) else Status(outcome)
        assert status_after(control, code, before) is expected


@pytest.mark.parametrize(("control", "code", "outcome"), ROWS)
def test_only_what_orders_something_makes_a_record_of_an_order_that_is_not_here(
    control: str, code: str, outcome: str
) -> None:
    (change,) = decide(Order(control, code, VALUES), [], uid_root="2.25")
    creates = outcome == CHANGED or (control, code) in SCHEDULED
    creates = creates or (outcome == NEW and control in ("NW", "SN", "RO", "CH", "S12", "S13"))
    assert change.action is (Action.CREATE if creates else Action.IGNORE)
    assert change.reason
    assert bool(change.problem) is not (creates or outcome == KEPT)


SCHEDULED = (("SC", "SC"), ("SR", "SC"))  # the sender says that the patient is to come


@pytest.mark.parametrize("control", ["NA", "UC", "PA", "OP", "SS"])
def test_what_is_ignored_says_why(control: str) -> None:
    rule, _ = find_rule(control, "")
    assert (rule.action, rule.reason[:15]) == (Action.IGNORE, "ignored because")


def test_a_scanner_that_has_begun_is_not_unbegun_by_a_resend() -> None:
    assert status_after("NW", "", Status.STARTED) is Status.STARTED
    assert status_after("RL", "", Status.STARTED) is Status.STARTED
    assert status_after("SC", "SC", Status.STARTED) is Status.SCHEDULED


@pytest.mark.parametrize(
    ("control", "code", "after"),
    [
        ("NW", "", Status.SCHEDULED),
        ("SN", "", Status.SCHEDULED),
        ("CH", "", Status.SCHEDULED),
        ("RO", "", Status.SCHEDULED),
    ],
)
def test_a_cancelled_order_comes_back(control: str, code: str, after: Status) -> None:
    assert status_after(control, code, Status.CANCELED) is after


@pytest.mark.parametrize(("control", "code"), [("XO", ""), ("XO", "IP"), ("SC", "SC"), ("SC", "IP")])
def test_a_cancelled_order_does_not_come_back_by_a_change(control: str, code: str) -> None:
    assert status_after(control, code, Status.CANCELED) is Status.CANCELED


@pytest.mark.parametrize("before", ENDED)
@pytest.mark.parametrize(
    ("control", "code"), [("HD", ""), ("RL", ""), ("XO", "CM"), ("SC", "HD"), ("DC", "")]
)
def test_what_ended_is_neither_held_nor_ended_again(control: str, code: str, before: Status) -> None:
    assert status_after(control, code, before) is before


@pytest.mark.parametrize("before", [Status.COMPLETED, Status.DISCONTINUED])
def test_what_was_done_is_final_but_for_a_replacement(before: Status) -> None:
    for control in ("NW", "SN", "CH", "XO", "SC"):
        assert status_after(control, "SC", before) is before
    assert status_after("RO", "", before) is Status.SCHEDULED


def test_what_nobody_knows_is_taken_as_new_and_noted() -> None:
    rule, warnings = find_rule("QQ", "")
    assert (rule, is_known("QQ")) == (find_rule("NW", "")[0], False)
    assert warnings == ("ORC-1: 'QQ' is no order control code that is known here; taken as NW",)
    assert find_rule("", "")[1] == ("ORC-1: it is empty; taken as NW",)


def test_a_new_order_that_calls_itself_cancelled_is_shown_and_noted() -> None:
    rule, warnings = find_rule("NW", "CA")
    assert (rule.status, warnings) == (
        Status.SCHEDULED,
        ("ORC-5: CA contradicts NW in ORC-1, which counts",),
    )
