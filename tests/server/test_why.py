"""Cases from the telephone, "CT 2 does not show Mrs X": orders over HL7, pynetdicom asks, then why."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.clients.mllp import send_message
from openworklist.domain.study_uids import StudyUids
from openworklist.services.configurations import Configurations
from openworklist.services.scanners import change_scanner, change_study_uids
from openworklist.store.database import open_database
from players.scanner import EXPLICIT, WORKLIST, make_question

DAY = "20260314"


@dataclass(frozen=True)
class Case:
    """A patient of its own, a scanner of its own. `verdict` is what must stand in the first line."""

    name: str
    verdict: str
    keys: tuple[str, ...] = ()  # those that are not met
    setting: str = ""  # which setting it was that hid it
    is_shown: bool = False
    order: dict[str, str] = field(default_factory=dict)
    then: tuple[tuple[str, str], ...] = ()  # what comes later: control and status code
    scanner: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] | None = field(default_factory=dict)  # None: it never asks
    code: str = ""
    called: str = "OPENWORKLIST"
    is_late: bool = False  # the order comes after the question
    others: int = 0  # exams before it
    note: str = ""


STATION, DATE, TIME = (
    "ScheduledStationAETitle", "ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"
)  # fmt: skip
CASES = (
    Case("it is shown", "is shown record", is_shown=True, order={"station": "{title}"}),
    Case("wrong AE title", "its own AE title {title} counts; the exam is for CT99", (STATION,),
         "use_calling_ae", order={"station": "CT99"}),
    Case("another AE title asked for", "it asked for Scheduled station AE title CT98, the record has CT99",
         (STATION,), order={"station": "CT99"}, asked={STATION: "CT98"}),
    Case("case of AE title", "upper and lower case count", (STATION,), "use_calling_ae",
         order={"station": "{lower}"}),
    Case("the day after", "it asked for 20260314, the exam is on 20260315", (DATE,),
         order={"start": "20260315001500"}, asked={DATE: DAY}),
    Case("the day before", "it asked for 20260315, the exam is on 20260314", (DATE,),
         order={"start": "20260314234500"}, asked={DATE: "20260315"}),
    Case("a clock in the east", "the exam is on 20260315 at 0030", (DATE,),
         order={"start": "202603142230"}, asked={DATE: DAY}, scanner={"time_zone": "Europe/Athens"}),
    Case("a clock in the west", "the exam is on 20260314 at 2015", (DATE,),
         order={"start": "202603150015"}, asked={DATE: "20260315"},
         scanner={"time_zone": "America/New_York"}),
    Case("cancelled", "the exam is CANCELED", ("status",), "shown_statuses", then=(("CA", ""),),
         note="the exam is CANCELED since"),
    Case("completed", "the exam is COMPLETED", ("status",), "shown_statuses", then=(("SC", "CM"),),
         note="by message"),
    Case("on hold", "the exam is ON HOLD", ("status",), "shown_statuses", then=(("HD", ""),)),
    Case("status setting", "shown_statuses shows COMPLETED only", ("status",), "shown_statuses",
         scanner={"shown_statuses": ("COMPLETED",)}),
    Case("modality", "it asked for Modality MR, the record has CT", ("Modality",), asked={"Modality": "MR"}),
    Case("name wildcard", "a star at its end would find it", ("PatientName",), asked={"PatientName": "Do"}),
    Case("accents of a name", "accents count", ("PatientName",), order={"name": "Müller^Eva"},
         asked={"PatientName": "Muller*"}),
    Case("empty value in the record", "Requested procedure description Head, and the record has none",
         ("RequestedProcedureDescription",), order={"procedure": "RP1"},
         asked={"RequestedProcedureDescription": "Head"}),
    Case("accession", "leading zeros count", ("AccessionNumber",), order={"accession": "00817"},
         asked={"AccessionNumber": "817"}),
    Case("patient ID with blanks", "spaces inside count", ("PatientID",), order={"patient": "55 17 03"},
         asked={"PatientID": "551703"}),
    Case("day window", "its question names no day, so day_window counts", (DATE,), "day_window",
         scanner={"day_window": "1,7"}),
    Case("stranger turned away", "it is turned away", scanner={"is_refused": True}),
    Case("it calls another AE title", "it calls an AE title that is not ours; it called WORKLISTE",
         called="WORKLISTE"),
    Case("without station, of another modality", "its modality is CT; without_station offers",
         (STATION,), "without_station", order={"station": ""}, scanner={"modalities": ("MR",)}),
    Case("without station, offered to none", "without_station offers such exams to none", (STATION,),
         "without_station", order={"station": ""}, scanner={"without_station": "none"}),
    Case("without station, offered", "is shown record", is_shown=True, order={"station": ""},
         scanner={"modalities": ("CT",)}),
    Case("answer limit", "the record would be answer 3, and the setting answer_limit allows 2",
         scanner={"answer_limit": 2, "without_station": "none"}, others=2, asked={STATION: "{title}"}),
    Case("time range", "it asked for times of 080000-120059.999999, the exam starts at 1415", (TIME,),
         order={"start": "202603141415"}, asked={TIME: "0800-1200"}),
    Case("code of the procedure", "with CodeValue=C2, the record has", ("RequestedProcedureCodeSequence",),
         order={"procedure": "C1^Head^L"}, code="C2"),
    Case("newer than the last question", "has not asked since record {number} came", is_shown=True,
         is_late=True),
    Case("never asked", "has never asked; for today's exams it would not show", (DATE,), asked=None),
    Case("Study UID hidden", "made here, which only scanners on the list see", ("StudyInstanceUID",),
         "study-uids", asked={"StudyInstanceUID": "{uid}"}),
)  # fmt: skip
NUMBERS = {case.name: number for number, case in enumerate(CASES)}


def title_of(case: Case) -> str:
    return f"CASE{NUMBERS[case.name]:02}"


def patient_of(case: Case) -> str:
    return case.order.get("patient", f"W{NUMBERS[case.name]:02}")


def make_order(case: Case, control: str = "NW", status: str = "", hour: int = 8, extra: str = "") -> bytes:
    title, order = title_of(case), case.order
    patient = f"{patient_of(case)}{extra}"
    station = order.get("station", "{title}").format(title=title, lower=title.lower())
    accession = order.get("accession", f"A{patient}") if not extra else f"A{patient}"
    start = order.get("start", "20260314101500") if not extra else "20260314090000"
    return (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314{hour:02}0000||ORM^O01|{title}{hour}{extra}|P|2.3.1||||||"
        "UNICODE UTF-8\r"
        f"PID|||{patient}^^^HOSP||{order.get('name', 'Doe^Jane')}||19700101|F\r"
        f"ORC|{control}|{accession}|||{status}||||||||||{start}\r"
        f"OBR||||{order.get('procedure', 'RP1^CT Head')}||||||||||||||CT|||{station}\r"
    ).encode()


def send(server: Any, raw: bytes) -> None:
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, raw)


def ask(server: Any, calling: str, question: Dataset, called: str = "OPENWORKLIST") -> list[Dataset]:
    scanner = AE(calling)
    scanner.add_requested_context(WORKLIST, EXPLICIT)
    association = scanner.associate("127.0.0.1", server.dicom, ae_title=called)
    if not association.is_established:
        return []
    try:
        return [answer for _, answer in association.send_c_find(question, WORKLIST) if answer is not None]
    finally:
        association.release()


def make_asked(case: Case, uid: str) -> Dataset:
    title = title_of(case)
    values = {keyword: text.format(title=title, uid=uid) for keyword, text in (case.asked or {}).items()}
    question = make_question(**{"ScheduledStationAETitle": "", **values})
    if case.code:
        item = Dataset()
        item.CodeValue, item.CodeMeaning = case.code, ""
        question.RequestedProcedureCodeSequence = [item]
    return question


@dataclass
class Played:
    folder: Path
    seen: dict[str, list[str]]  # the Patient IDs that each scanner really got, by AE title
    listed_while_running: str


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return "--time-zone", "UTC", "--ae-title-required"


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scanner for each case is set up in it."""
    folder = tmp_path_factory.mktemp("why") / "data"
    database = open_database("", folder)
    configurations = Configurations(database)
    for case in CASES:
        change_scanner(configurations, title_of(case), case.scanner, "test")
    listed = tuple(title_of(case) for case in CASES if case.name != "Study UID hidden")
    change_study_uids(
        configurations, lambda rule: StudyUids(is_for_all=False, ae_titles=(*listed, "ALL")), "t"
    )
    database.close()
    return folder


@pytest.fixture(scope="module")
def played(server: Any, openworklist: Any) -> Played:
    """All orders have come and all scanners have asked; then the server was stopped."""

    def order(case: Case) -> None:
        for number in range(case.others):
            send(server, make_order(case, extra=f"x{number}"))
        send(server, make_order(case))
        for hour, (control, status) in enumerate(case.then, start=9):
            send(server, make_order(case, control, status, hour))

    seen = {}
    for case in CASES:
        if not case.is_late:
            order(case)
    for case in CASES:
        if case.asked is not None:
            everybody = ask(
                server, "ALL", make_question(PatientID=patient_of(case), ScheduledStationAETitle="*")
            )
            uid = everybody[0].StudyInstanceUID if everybody else ""
            found = ask(server, title_of(case), make_asked(case, uid), case.called)
            seen[title_of(case)] = [answer.PatientID for answer in found]
    for case in CASES:
        if case.is_late:
            order(case)
    listed = openworklist("scanners", "questions", "ALL", "--data", server.data)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert server.stop() == 0
    return Played(server.data, seen, listed.stdout)


def run(*arguments: object) -> str:
    """What the command prints."""
    ended = CliRunner().invoke(application, [*map(str, arguments)], catch_exceptions=False)
    assert ended.exit_code == 0
    return ended.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_reason_is_the_true_one(case: Case, played: Played) -> None:
    title = title_of(case)
    options = ("--scanner", title, "--data", played.folder, "--time-zone", "UTC")
    found = json.loads(run("why", patient_of(case), *options, "--json"))
    expected = case.verdict.format(title=title, number=found["record"])
    assert expected in found["verdict"], found["verdict"]
    assert found["is_shown"] is case.is_shown
    unmet = [key for key in found["keys"] if not key["is_met"]]
    assert tuple(key["keyword"] for key in unmet) == case.keys
    assert {key["setting"] for key in unmet} <= {case.setting}
    assert case.note in " ".join(found["notes"])
    if not case.is_late and case.asked is not None:
        # What really happened.
        assert (patient_of(case) in played.seen[title]) is case.is_shown
        is_turned_away = case.scanner.get("is_refused") or case.called != "OPENWORKLIST"
        assert bool(found["question"]) is not is_turned_away


def test_a_person_reads_it(played: Played) -> None:
    number = NUMBERS["the day after"]
    shown = run(
        "why", f"AW{number:02}", "--scanner", f"CASE{number:02}", "--data", played.folder
    ).splitlines()
    assert shown[0].endswith(": it asked for 20260314, the exam is on 20260315.")
    assert shown[0].startswith(f"CASE{number:02} does not show record ")
    assert any(line.split()[:5] == ["NO", DATE, "(0040,0002)", "20260314", "20260315"] for line in shown), (
        shown
    )


def test_questions_are_listed_and_what_a_scanner_sees(played: Played) -> None:
    assert "asked for" in played.listed_while_running
    data = ("--data", played.folder, "--time-zone", "UTC")
    listed = json.loads(run("scanners", "questions", "ALL", *data, "--json"))
    assert len(listed["questions"]) == 20  # of more, the newest
    assert listed["questions"][0]["keys"] == {"PatientID": patient_of(CASES[-1])}
    turned_away = title_of(CASES[NUMBERS["it calls another AE title"]])
    (refusal,) = json.loads(run("scanners", "questions", turned_away, *data, "--json"))["refusals"]
    assert (refusal["called"], refusal["times"]) == ("WORKLISTE", 1)
    limited = title_of(CASES[NUMBERS["answer limit"]])
    seen = json.loads(run("scanners", "sees", limited, *data, "--json"))
    assert [each["values"]["patient_id"] for each in seen] == played.seen[limited]
    assert len(seen) == 2
    east = title_of(CASES[NUMBERS["a clock in the east"]])
    by_its_clock = run("scanners", "sees", east, *data)
    assert by_its_clock.count("121500") == len(played.seen[east]) == by_its_clock.count("\n") - 1
    shown = json.loads(run("scanners", "list", *data, "--json"))
    assert shown[limited]["questions"] == 1
    assert shown[limited]["last_asked"]
    assert shown[title_of(CASES[NUMBERS["never asked"]])]["questions"] == 0


def test_what_there_is_not_is_told(played: Played, openworklist: Any) -> None:
    for arguments, code in (
        (("why", "NOBODY", "--scanner", "CASE00"), "record.not-found"),
        (("why", "W00", "--scanner", "CASE00", "--question", "7"), "question.not-found"),
    ):
        ended = openworklist(*arguments, "--data", played.folder)
        assert ended.returncode == 1
        assert code in ended.stderr
