"""Steps in IPC segments, each a record with what IHE has there (RAD TF-2 4.4.4.1.2 and appendix B)."""

from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.store.database import Database
from players.auditor import read_records

RIS = Source("mllp", "192.0.2.1:4711")
OMI = (
    "MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260314080000||OMI^O23^OMI_O23|{control}|P|2.5.1||||||UNICODE UTF-8\r"
    "PID|||P1^^^HOSPITAL||Doe^Jane||19700101|F\r"
    "ORC|{code}|PLACER1|FILLER1||SC\r"
    "TQ1|1||||||20260314101500||R\r"
    "OBR|1|PLACER1|FILLER1|CTMR^CT and MR^LOCAL\r"
    "IPC|ACC1|RP1|1.2.3.4.5|STEP1|CT|CTHEAD^CT head^LOCAL|||CT01\r"
    "IPC|ACC1|RP1|1.2.3.4.5|STEP2|MR|MRHEAD^MR head^LOCAL|||MR01\r"
)


def order(code: str, control: str) -> bytes:
    return OMI.format(code=code, control=control).encode()


def test_two_steps_are_two_records_of_one_study(database: Database, intake: Intake) -> None:
    answer = intake.receive_message(order("NW", "1"), RIS)
    assert b"MSA|AA|1\r" in answer  # without a warning
    first, second = read_records(database)
    for record, modality, step, station in ((first, "CT", "STEP1", "CT01"), (second, "MR", "STEP2", "MR01")):
        assert record.values["modality"] == modality
        assert record.values["scheduled_procedure_step_id"] == step
        assert record.values["scheduled_station_ae_title"] == station
        assert record.values["study_instance_uid"] == "1.2.3.4.5"
        assert record.values["accession_number"] == "ACC1"
        assert record.values["requested_procedure_id"] == "RP1"
        assert record.values["scheduled_procedure_step_start_date"] == "20260314"
        assert record.values["scheduled_procedure_step_start_time"] == "101500"
        assert record.values["requested_procedure_priority"] == "ROUTINE"


def test_a_cancel_ends_both(database: Database, intake: Intake) -> None:
    intake.receive_message(order("NW", "1"), RIS)
    intake.receive_message(order("CA", "2"), RIS)
    assert [record.status.value for record in read_records(database)] == ["CANCELED", "CANCELED"]
