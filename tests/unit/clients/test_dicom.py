"""Asking nodes that are pynetdicom's, as they answer and as they refuse."""

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind, Verification  # type: ignore[attr-defined]

from openworklist.clients.dicom import Node
from openworklist.domain.errors import IdentifierError, PeerError, SettingsError

Answers = Iterator[tuple[int | Dataset, Dataset | None]]
Serve = Callable[..., Node]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a node that answers questions as told; it ends with the test."""
    servers: list[Any] = []

    def start(
        answer: Callable[[Any], Answers] | None = None,
        *,
        required: str = "",
        on_message: Callable[[Any], None] = lambda event: None,
        offers: tuple[str, ...] = (Verification, ModalityWorklistInformationFind),
    ) -> Node:
        entity = AE(ae_title="NODE")
        entity.require_called_aet = bool(required)
        for sop_class in offers:
            entity.add_supported_context(sop_class)
        handlers: list[Any] = [(evt.EVT_C_ECHO, lambda event: 0), (evt.EVT_DIMSE_RECV, on_message)]
        if answer is not None:
            handlers.append((evt.EVT_C_FIND, answer))
        server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
        servers.append(server)
        return Node("127.0.0.1", server.server_address[1], "NODE", "ME", timeout=20)

    yield start
    for server in servers:
        server.shutdown()


def make_answer(number: int = 1) -> Dataset:
    answer, step, code = Dataset(), Dataset(), Dataset()
    answer.SpecificCharacterSet = "ISO_IR 192"
    answer.PatientName = "Müller^Jürgen=山田"
    answer.PatientID = f"P{number}"
    answer.PregnancyStatus = 3
    answer.Allergies = ["Nuts", "Latex"]
    code.CodeValue, code.CodeMeaning = "C1", "Head"
    answer.RequestedProcedureCodeSequence = [code]
    step.Modality = "CT"
    step.ScheduledStationAETitle = ["CT01", "CT02"]
    answer.ScheduledProcedureStepSequence = [step]
    return answer


def fail(status: int, comment: str = "") -> Dataset:
    failure = Dataset()
    failure.Status = status
    if comment:
        failure.ErrorComment = comment
    return failure


def test_an_echo_says_how_long_it_took(serve: Serve) -> None:
    assert 0 < serve().echo() < 20


def test_answers_are_values_as_in_a_record(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer()
        yield 0xFF01, make_answer(2)

    one, other = serve(answer).find({})
    assert one == {
        "patient_name": "Müller^Jürgen=山田",
        "patient_id": "P1",
        "pregnancy_status": "3",
        "allergies": "Nuts\\Latex",
        "requested_procedure_code_sequence": ({"code_value": "C1", "code_meaning": "Head"},),
        "modality": "CT",
        "scheduled_station_ae_title": "CT01\\CT02",
    }
    assert other["patient_id"] == "P2"


def test_the_node_reads_the_keys_that_were_given(serve: Serve) -> None:
    asked: list[Dataset] = []

    def answer(event: Any) -> Answers:
        asked.append(event.identifier)
        yield 0x0000, None

    keys = {
        "patient_name": "Müller*",
        "pregnancy_status": "3",
        "modality": "C?",
        "scheduled_procedure_step_start_date": "20260314-20260320",
        "study_instance_uid": "1.2\\1.3",
        "accession_number": "*",
    }
    assert serve(answer).find(keys) == []
    (question,) = asked
    assert str(question.PatientName) == "Müller*"
    assert question.PregnancyStatus == 3
    assert list(question.StudyInstanceUID) == ["1.2", "1.3"]
    assert question.AccessionNumber == ""
    (step,) = question.ScheduledProcedureStepSequence
    assert (step.get_item("Modality").value, step.PreMedication) == (b"C?", "")
    assert step.ScheduledProcedureStepStartDate == "20260314-20260320"


@pytest.mark.parametrize("answers", [3, 30])
def test_a_question_is_cancelled_once(serve: Serve, answers: int) -> None:
    cancels: list[object] = []

    def note(event: Any) -> None:
        if type(event.message).__name__ == "C_CANCEL_RQ":
            cancels.append(event.message)

    def answer(event: Any) -> Answers:
        for number in range(answers):  # as if it had heard nothing
            yield 0xFF00, make_answer(number)
        yield 0xFE00, None

    found = serve(answer, on_message=note).find({}, limit=2)
    assert [each["patient_id"] for each in found] == ["P0", "P1"]
    assert len(cancels) == 1


def test_a_node_that_ends_the_question_by_itself_is_told_of(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        yield 0xFF00, make_answer()
        yield 0xFE00, None

    with pytest.raises(PeerError, match="status FE00"):
        serve(answer).find({}, limit=10)


def test_a_failure_has_the_nodes_own_reason(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        yield fail(0xA700, "the disk is full"), None

    node = serve(answer)
    with pytest.raises(PeerError, match="status A700: the disk is full") as caught:
        node.find({})
    assert (caught.value.code, caught.value.where) == ("peer.status", f"NODE at 127.0.0.1:{node.port}")


def test_a_node_without_worklist_is_not_called_unreachable(serve: Serve) -> None:
    with pytest.raises(PeerError, match="does not offer the modality worklist") as caught:
        serve(offers=(Verification,)).find({})
    assert caught.value.code == "peer.not-offered"
    assert caught.value.hint


def test_a_node_of_another_name_turns_us_away(serve: Serve) -> None:
    node = serve(required="NODE")
    with pytest.raises(PeerError, match="turned the association away") as caught:
        Node(node.host, node.port, "OTHER", "ME", timeout=20).echo()
    assert caught.value.code == "peer.rejected"


# pynetdicom leaves the socket of a vain attempt to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
def test_a_node_that_is_not_there(host: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(PeerError, match="cannot be reached") as caught:
        Node(host, port, timeout=20).echo()
    assert caught.value.code == "peer.unreachable"
    del caught
    gc.collect()


def test_a_node_that_says_nothing(serve: Serve) -> None:
    asked_enough = threading.Event()

    def answer(event: Any) -> Answers:
        asked_enough.wait(20)
        yield 0x0000, None

    node = serve(answer)
    with pytest.raises(
        PeerError, match=r"did not answer the worklist question within 0\.3 seconds"
    ) as caught:
        Node(node.host, node.port, "NODE", "ME", timeout=0.3).find({})
    asked_enough.set()
    assert caught.value.code == "peer.timeout"


def test_an_answer_that_breaks_rules_is_shown_as_it_came(serve: Serve) -> None:
    def answer(event: Any) -> Answers:
        odd = make_answer()
        odd.add(DataElement(0x0020_000D, "UI", "1.2.x", validation_mode=config.IGNORE))
        odd.add(DataElement(0x0008_0050, "SH", "A" * 20, validation_mode=config.IGNORE))
        odd.add_new(0x0010_1030, "LO", "heavy")  # Patient's Weight, a number
        yield 0xFF00, odd

    (found,) = serve(answer).find({})
    odd = ("study_instance_uid", "accession_number", "patient_weight")
    assert [found[name] for name in odd] == ["1.2.x", "A" * 20, "heavy"]


@pytest.mark.parametrize("title", ["A" * 17, "", "   ", "CT\\01", "CT_Süd", "CT\n"])
def test_an_ae_title_that_is_none(title: str) -> None:
    for node, whose in (
        (Node("127.0.0.1", 1, title, "ME"), "the called AE title"),
        (Node("127.0.0.1", 1, "NODE", title), "the calling AE title"),
    ):
        with pytest.raises(SettingsError, match="1 to 16 letters") as caught:
            node.echo()
        assert caught.value.where == whose


def test_a_key_that_is_none_is_refused_before_anybody_is_called() -> None:
    with pytest.raises(IdentifierError):
        Node("127.0.0.1", 1).find({"pregnancy_status": "yes"})
