"""Performed steps and the records that they are about, on each database."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import count

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.dsutils import encode

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.destination import Destination
from openworklist.domain.errors import StepError
from openworklist.domain.options import Options
from openworklist.domain.performed import PerformedStep, StepState
from openworklist.domain.record import Record, Status
from openworklist.domain.study_uids import StudyUids
from openworklist.domain.subscriber import Subscriber
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration, using
from openworklist.services.intake import Intake
from openworklist.services.outbound import Outbound
from openworklist.services.reading import Reader, Source
from openworklist.services.records import Records
from openworklist.services.reprocessing import Reprocessing
from openworklist.services.steps import Steps, expire_steps_batch
from openworklist.store.changes import find_changes_of_record
from openworklist.store.database import Database
from openworklist.store.performed_steps import find_step
from players.auditor import read_journal, read_records
from players.hospital import make_order
from players.modality import make_begin, make_end, make_request, make_series

RIS = Source("mllp", "192.0.2.1:4711")
BEGIN = 1_773_478_800_000_000
CONFIGURATION = using(preset("classic"))()


class Desk:
    """Where orders and performed steps arrive; all of it is for the loop."""

    def __init__(self, database: Database, intake: Intake, configuration: Configuration) -> None:
        self.database = database
        self.metrics = Metrics()
        self.woken = 0
        self._intake = intake
        clock = count(BEGIN + 1_000_000_000, 1_000_000).__next__
        self.steps = Steps(database, lambda: configuration, self.metrics, clock=clock, wake=self._wake)

    def _wake(self) -> None:
        self.woken += 1

    async def send(self, raw: bytes) -> bytes:
        return await asyncio.to_thread(self._intake.receive_message, raw, RIS)

    async def order(self, number: str, *more: str) -> Record:
        """A new order with these segments behind it; its last record."""
        assert b"MSA|AA" in await self.send(make_order(number) + "".join(f"{s}\r" for s in more).encode())
        return (await self.records(number))[-1]

    async def records(self, patient: str) -> list[Record]:
        found = await asyncio.to_thread(read_records, self.database)
        return sorted(
            (each for each in found if each.text("patient_id") == patient), key=lambda each: each.id
        )

    async def statuses(self, patient: str) -> list[str]:
        return [each.status.value for each in await self.records(patient)]

    async def begin(self, *requests: Dataset, calling: str = "CT01", **values: object) -> str:
        data = encode(make_begin(*requests, **values), False, True)
        assert data is not None
        return await self.steps.create(calling, "192.0.2.7:1", generate_uid(), data, EXPLICIT_LITTLE_ENDIAN)

    async def end(self, uid: str, status: str = "COMPLETED", **values: object) -> None:
        await self.set(uid, make_end(status, **values))

    async def set(self, uid: str, change: Dataset, calling: str = "CT01") -> None:
        data = encode(change, False, True)
        assert data is not None
        await self.steps.change(calling, uid, data, EXPLICIT_LITTLE_ENDIAN)

    async def step(self, uid: str) -> PerformedStep:
        found = await self.database.aread(lambda connection: find_step(connection, uid))
        assert found is not None
        return found


Play = Callable[..., None]


@pytest.fixture
def play(database: Database, intake: Intake) -> Play:
    """Plays a scene on a loop."""

    def run(scene: Callable[[Desk], Awaitable[None]], configuration: Configuration = CONFIGURATION) -> None:
        async def main() -> None:
            database.attach(asyncio.get_running_loop())
            async with asyncio.timeout(60):
                await scene(Desk(database, intake, configuration))

        asyncio.run(main())

    return run


def request_of(record: Record, **values: str) -> Dataset:
    """What a scanner repeats of a record; "" leaves a value out."""
    keywords = {
        "StudyInstanceUID": "study_instance_uid",
        "AccessionNumber": "accession_number",
        "RequestedProcedureID": "requested_procedure_id",
        "ScheduledProcedureStepID": "scheduled_procedure_step_id",
    }
    return make_request(**({keyword: record.text(name) for keyword, name in keywords.items()} | values))


SECOND = (
    "ORC|NW|A1|||||||||||||20260314113000",
    "OBR||||RP2^CT Neck||||||||||||||CT|||CT01",
)


def test_a_step_makes_its_record_started_and_completed(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        assert await desk.statuses("1") == ["STARTED"]
        await desk.end(uid)
        (after,) = await desk.records("1")
        assert (after.status, after.version) == (Status.COMPLETED, record.version + 2)
        step = await desk.step(uid)
        assert (step.state, step.records, step.notes) == (StepState.COMPLETED, {0: record.id}, ())
        assert (step.start, step.end) == ("20260314101500", "20260314103000")
        changes = await desk.database.aread(lambda each: find_changes_of_record(each, record.id))
        assert [(change.action, change.actor) for change in changes[1:]] == [
            ("start", "dicom:CT01"),
            ("complete", "dicom:CT01"),
        ]
        assert desk.metrics.snapshot() == {"steps_changed": 1, "steps_created": 1}

    play(scene)


@pytest.mark.parametrize(
    "named",
    [
        {"StudyInstanceUID": "1.2.3", "RequestedProcedureID": "", "ScheduledProcedureStepID": ""},
        {"AccessionNumber": "", "RequestedProcedureID": "", "ScheduledProcedureStepID": ""},
        {"StudyInstanceUID": "1.2.3", "AccessionNumber": ""},
        {"StudyInstanceUID": "1.2.3", "AccessionNumber": "", "PlacerOrderNumberImagingServiceRequest": "A1"},
    ],
    ids=["accession number alone", "study alone", "IDs of the patient's step", "placer order number"],
)
def test_any_of_the_numbers_leads_to_the_record(play: Play, named: Mapping[str, str]) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        await desk.order("2")
        await desk.begin(request_of(record, **named), PatientID="1")
        assert await desk.statuses("1") == ["STARTED"]
        assert await desk.statuses("2") == ["SCHEDULED"]

    play(scene)


def test_a_study_of_the_scanners_own_is_noted(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record, StudyInstanceUID="1.2.3"), PatientID="1")
        step = await desk.step(uid)
        assert step.notes == (f"scheduled step 1: its study is not that of record {record.id}",)

    play(scene)


def test_a_number_of_another_patient_changes_nothing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="2")
        assert await desk.statuses("1") == ["SCHEDULED"]
        step = await desk.step(uid)
        assert (step.records, len(step.notes)) == ({}, 1)
        assert "another patient" in step.notes[0]
        assert desk.metrics.get("steps_unscheduled") == 1

    play(scene)


def test_another_issuer_is_another_patient_and_none_contradicts_none(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        await desk.begin(request_of(record), PatientID="1", IssuerOfPatientID="OTHER")
        assert await desk.statuses("1") == ["SCHEDULED"]
        await desk.begin(request_of(record), PatientID="")
        assert await desk.statuses("1") == ["STARTED"]

    play(scene)


def test_a_patient_who_was_merged_since_is_the_same(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        merge = (
            "MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314090000||ADT^A40|M1|P|2.3.1\r"
            "EVN|A40|20260314090000\rPID|||9^^^HOSP||Doe^Jane||19700101|F\rMRG|1^^^HOSP\r"
        )
        assert b"MSA|AA" in await desk.send(merge.encode())
        assert await desk.statuses("9") == ["SCHEDULED"]
        await desk.begin(request_of(record), PatientID="1")
        assert await desk.statuses("9") == ["STARTED"]

    play(scene)


def test_work_that_was_not_scheduled_is_kept_and_changes_nothing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.order("1")
        uid = await desk.begin(make_request(), PatientID="1")
        await desk.end(uid)
        assert await desk.statuses("1") == ["SCHEDULED"]
        step = await desk.step(uid)
        assert (step.state, step.records) == (StepState.COMPLETED, {})

    play(scene)


def test_one_performed_step_may_fulfil_several_scheduled_ones(play: Play) -> None:
    """The group case."""

    async def scene(desk: Desk) -> None:
        await desk.order("1", *SECOND)
        records = await desk.records("1")
        assert len(records) == 2
        uid = await desk.begin(*map(request_of, records), PatientID="1")
        assert await desk.statuses("1") == ["STARTED", "STARTED"]
        await desk.end(uid)
        assert await desk.statuses("1") == ["COMPLETED", "COMPLETED"]
        assert (await desk.step(uid)).records == {0: records[0].id, 1: records[1].id}

    play(scene)


def test_of_the_steps_of_a_procedure_the_one_is_meant_whose_ids_are_named(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.order("1", *SECOND)
        _, second = await desk.records("1")
        await desk.begin(request_of(second), PatientID="1")
        assert await desk.statuses("1") == ["SCHEDULED", "STARTED"]

    play(scene)


def test_where_several_fit_none_is_chosen_and_the_step_says_so(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await desk.order("1", *SECOND)
        first, second = await desk.records("1")
        request = make_request(AccessionNumber="A1")
        uid = await desk.begin(request, PatientID="1")
        assert await desk.statuses("1") == ["SCHEDULED", "SCHEDULED"]
        (note,) = (await desk.step(uid)).notes
        assert f"records {second.id}, {first.id} equally" in note

    play(scene)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (("COMPLETED", "COMPLETED"), ["STARTED", "COMPLETED"]),
        (("DISCONTINUED", "COMPLETED"), ["STARTED", "COMPLETED"]),
        (("COMPLETED", "DISCONTINUED"), ["STARTED", "COMPLETED"]),
        (("DISCONTINUED", "DISCONTINUED"), ["STARTED", "DISCONTINUED"]),
    ],
)
def test_a_step_performed_in_two_parts_at_once(
    play: Play, ends: tuple[str, str], expected: list[str]
) -> None:
    """The append case: under way while one is."""

    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        one = await desk.begin(request_of(record), PatientID="1")
        two = await desk.begin(request_of(record), PatientID="1", calling="CT02")
        await desk.end(one, ends[0])
        assert await desk.statuses("1") == expected[:1]
        await desk.end(two, ends[1])
        assert await desk.statuses("1") == expected[1:]

    play(scene)


def test_what_was_given_up_is_completed_by_another_try_but_never_begun_again(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        one = await desk.begin(request_of(record), PatientID="1")
        await desk.end(one, "DISCONTINUED")
        two = await desk.begin(request_of(record), PatientID="1")
        assert await desk.statuses("1") == ["DISCONTINUED"]
        assert f"record {record.id} is DISCONTINUED: left as it is" in (await desk.step(two)).notes
        await desk.end(two)
        assert await desk.statuses("1") == ["COMPLETED"]

    play(scene)


@pytest.mark.parametrize(("control", "status"), [("CA", "CANCELED"), ("DC", "DISCONTINUED")])
def test_what_the_sender_has_ended_meanwhile_stays_ended(play: Play, control: str, status: str) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        await desk.send(make_order("1", control=control, time="20260314110000"))
        await desk.end(uid)
        assert await desk.statuses("1") == [status]
        step = await desk.step(uid)
        assert (step.state, step.records) == (StepState.COMPLETED, {0: record.id})
        assert step.notes == (f"record {record.id} is {status}: left as it is",)

    play(scene)


def test_a_record_whose_order_was_changed_meanwhile_is_still_its_record(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        changed = make_order("1", "Roe^Jane", control="XO", time="20260314110000")
        await desk.send(changed.replace(b"RP1", b"RP9"))
        await desk.end(uid)
        (after,) = await desk.records("1")
        assert (after.status, after.text("requested_procedure_id")) == (Status.COMPLETED, "RP9")

    play(scene)


def test_ids_that_a_change_replaced_are_still_the_records(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        changed = make_order("1", control="XO", time="20260314110000")
        await desk.send(changed.replace(b"RP1", b"RP9"))
        uid = await desk.begin(request_of(record), PatientID="1")
        assert await desk.statuses("1") == ["STARTED"]
        assert (await desk.step(uid)).notes == ()

    play(scene)


def test_an_exam_on_hold_that_is_begun_is_begun(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        await desk.send(make_order("1", control="HD", time="20260314090000"))
        assert await desk.statuses("1") == ["ON HOLD"]
        await desk.begin(request_of(record), PatientID="1")
        assert await desk.statuses("1") == ["STARTED"]

    play(scene)


def test_a_deleted_record_is_noted_and_its_order_when_it_comes_again_is_found(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        await asyncio.to_thread(Records(desk.database).delete, [record.id], "test")
        said = Dataset()
        said.PerformedProcedureStepDescription = "Head"
        await desk.set(uid, said)
        assert f"record {record.id} was deleted" in (await desk.step(uid)).notes
        again = await desk.send(make_order("1", time="20260314120000"))
        assert b"MSA|AA" in again
        await desk.end(uid)
        assert await desk.statuses("1") == ["COMPLETED"]

    play(scene)


def test_an_order_that_comes_after_its_exam_began_is_found_with_the_next_news(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        uid = await desk.begin(make_request(AccessionNumber="A1"), PatientID="1")
        assert (await desk.step(uid)).notes == ("scheduled step 1: no record fits it",)
        await desk.order("1")
        await desk.end(uid)
        assert await desk.statuses("1") == ["COMPLETED"]
        assert "no record fits it" not in " ".join((await desk.step(uid)).notes)

    play(scene)


def test_what_was_said_is_merged_and_kept_whole(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        begin = {"PatientName": "Müller^Jörg", "SpecificCharacterSet": "ISO_IR 100"}
        uid = await desk.begin(make_request(), **begin)
        said = Dataset()
        said.SpecificCharacterSet = "ISO_IR 144"
        said.PerformedProcedureStepDescription = "Голова"
        block = said.private_block(0x0041, "Scanner's own", create=True)
        block.add_new(1, "LO", "ours")
        await desk.set(uid, said)
        found, missing = await desk.steps.get(uid, (), EXPLICIT_LITTLE_ENDIAN)
        assert missing == ()
        read = dcmread(BytesIO(found), force=True)
        assert (read.PatientName, read.PerformedProcedureStepDescription) == ("Müller^Jörg", "Голова")
        assert read.private_block(0x0041, "Scanner's own")[1].value == "ours"
        assert read.SpecificCharacterSet == "ISO_IR 192"

    play(scene)


def test_two_changes_of_one_step_at_once_are_both_kept(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        uid = await desk.begin(make_request())
        one, two = Dataset(), Dataset()
        one.PerformedProcedureStepDescription = "Head"
        two.PerformedProcedureTypeDescription = "CT"
        await asyncio.gather(desk.set(uid, one), desk.set(uid, two))
        step = await desk.step(uid)
        assert step.version == 3
        assert '"00400254":{"vr":"LO","Value":["Head"]}' in step.document
        assert '"00400255":{"vr":"LO","Value":["CT"]}' in step.document

    play(scene)


def test_of_two_that_begin_one_step_one_is_told_that_it_is_there(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        data = encode(make_begin(request_of(record), PatientID="1"), False, True)
        assert data is not None
        results = await asyncio.gather(
            *(desk.steps.create("CT01", "", "1.2.3", data, EXPLICIT_LITTLE_ENDIAN) for _ in range(3)),
            return_exceptions=True,
        )
        errors = [each for each in results if isinstance(each, StepError)]
        assert [each.code for each in errors] == ["step.duplicate"] * 2
        assert await desk.statuses("1") == ["STARTED"]

    play(scene)


def test_without_a_uid_one_is_made(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        data = encode(make_begin(make_request()), False, True)
        assert data is not None
        one, two = [await desk.steps.create("CT01", "", "", data, EXPLICIT_LITTLE_ENDIAN) for _ in range(2)]
        assert one != two
        assert one.startswith("2.25.")
        assert (await desk.step(one)).state is StepState.IN_PROGRESS

    play(scene)


def test_what_is_refused_leaves_nothing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        before = await desk.step(uid)
        with pytest.raises(StepError) as caught:
            await desk.end(uid, PerformedSeriesSequence=[])
        assert (caught.value.code, caught.value.tags) == ("step.missing-value", (0x0040_0340,))
        assert await desk.step(uid) == before
        assert await desk.statuses("1") == ["STARTED"]

    play(scene)


def test_a_step_of_tens_of_thousands_of_images(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        uid = await desk.begin(make_request())
        await desk.end(uid, PerformedSeriesSequence=[make_series(20_000)])
        assert (await desk.step(uid)).state is StepState.COMPLETED

    play(scene)


def with_subscribers(*subscribers: Subscriber) -> Configuration:
    return replace(CONFIGURATION, subscribers=subscribers, _senders={})


def find_queued(desk: Desk) -> list[str]:
    queue = Outbound(desk.database)
    return [queue.get(each.id).content.decode() for each in reversed(queue.find(()))]


@pytest.mark.parametrize("kind", ["ORM", "OMG"])
def test_the_status_goes_out_to_those_who_want_it(play: Play, kind: str) -> None:
    told = Subscriber("RIS", "HOSPITAL", Destination("192.0.2.1", 2575), message=kind)  # type: ignore[arg-type]

    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        await desk.end(uid)
        assert desk.woken == 2
        assert desk.metrics.get("notices_put") == 2
        messages = [parse(text) for text in await asyncio.to_thread(find_queued, desk)]
        assert [[each.get(path) for path in ("MSH-9.1", "ORC-1", "ORC-5", "ORC-2")] for each in messages] == [
            [kind, "SC", "IP", "A1"],
            [kind, "SC", "CM", "A1"],
        ]
        assert messages[0].get("MSH-5") == "RIS"

    play(scene, with_subscribers(told))


@pytest.mark.parametrize("is_for_all", [True, False])
def test_a_uid_of_ours_is_told_only_if_a_scanner_of_the_exam_sees_it(play: Play, is_for_all: bool) -> None:
    told = Subscriber("RIS", "HOSPITAL", Destination("192.0.2.1", 2575), profile="classic")
    configuration = with_subscribers(told)

    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        await desk.begin(request_of(record), PatientID="1")
        (message,) = [parse(text) for text in await asyncio.to_thread(find_queued, desk)]
        assert message.get("ZDS-1.1") == (record.text("study_instance_uid") if is_for_all else "")

    play(scene, replace(configuration, study_uids=StudyUids(is_for_all=is_for_all), _servings={}))


def test_our_own_intake_reads_the_status_and_nothing_goes_out_again(play: Play) -> None:
    told = Subscriber("OTHER", "HOSPITAL", Destination("192.0.2.1", 2575))

    async def scene(desk: Desk) -> None:
        record = await desk.order("1")
        uid = await desk.begin(request_of(record), PatientID="1")
        await desk.end(uid, "DISCONTINUED")
        started, discontinued = await asyncio.to_thread(find_queued, desk)
        await desk.order("2")

        def as_patient_2(text: str) -> bytes:
            return text.replace("|1^", "|2^").replace("|A1", "|A2").replace("RP1", "RP2").encode()

        await desk.send(as_patient_2(started))
        assert await desk.statuses("2") == ["STARTED"]
        await desk.send(as_patient_2(discontinued))
        assert await desk.statuses("2") == ["DISCONTINUED"]
        assert len(await asyncio.to_thread(find_queued, desk)) == 2

    play(scene, with_subscribers(told))


def test_only_the_orders_of_its_systems_are_told(play: Play) -> None:
    destination = Destination("192.0.2.1", 2575)
    ours = Subscriber("A", "A", destination, senders=("RIS|*",))
    others = Subscriber("B", "B", destination, senders=("OTHER|*",))

    async def scene(desk: Desk) -> None:
        await desk.begin(request_of(await desk.order("1")), PatientID="1")
        (message,) = await asyncio.to_thread(find_queued, desk)
        assert parse(message).get("MSH-5") == "A"

    play(scene, with_subscribers(ours, others))


def test_who_cannot_be_told_is_noted_and_keeps_nobody_from_his_answer(play: Play) -> None:
    told = Subscriber("RIS", "HOSPITAL", Destination("192.0.2.1", 2575), profile="gone")

    async def scene(desk: Desk) -> None:
        uid = await desk.begin(request_of(await desk.order("1")), PatientID="1")
        assert await desk.statuses("1") == ["STARTED"]
        assert "cannot be told to RIS|HOSPITAL" in (await desk.step(uid)).notes[0]
        assert desk.metrics.get("notices_failed") == 1

    play(scene, with_subscribers(told))


def test_lenient_takes_what_lacks_much(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        begin = Dataset()
        begin.PerformedProcedureStepStatus = "IN PROGRESS"
        data = encode(begin, False, True)
        assert data is not None
        uid = await desk.steps.create("CT01", "", "1.2.3", data, EXPLICIT_LITTLE_ENDIAN)
        end = Dataset()
        end.PerformedProcedureStepStatus = "COMPLETED"
        await desk.set(uid, end)
        step = await desk.step(uid)
        assert step.state is StepState.COMPLETED
        assert "(0040,0270) is missing" in step.notes

    play(scene, replace(CONFIGURATION, options=Options(mpps_checks="lenient"), _senders={}))


@pytest.mark.parametrize(("status", "expected"), [("", "STARTED"), ("COMPLETED", "COMPLETED")])
def test_a_record_that_is_made_again_of_its_messages_keeps_what_scanners_said(
    play: Play, status: str, expected: str
) -> None:
    async def scene(desk: Desk) -> None:
        uid = await desk.begin(request_of(await desk.order("1")), PatientID="1")
        if status:
            await desk.end(uid, status)

        def process_again() -> None:
            later = Reprocessing(
                desk.database,
                Reader(using(preset("ihe"))),
                clock=lambda: BEGIN + 86_400_000_000,
            )
            numbers = [message.id for message in read_journal(desk.database)]
            assert [result.problem for result in later.run(numbers, "test")] == [None]

        await asyncio.to_thread(process_again)
        assert await desk.statuses("1") == [expected]

    play(scene)


def test_what_was_performed_is_forgotten_with_its_links(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        uid = await desk.begin(request_of(await desk.order("1")), PatientID="1")
        step = await desk.step(uid)

        def expire(days: float) -> int:
            now = step.updated_at + 10 * 86_400_000_000
            return expire_steps_batch(desk.database, now, days, 5)

        assert await asyncio.to_thread(expire, 11) == 0
        assert await asyncio.to_thread(expire, 9) == 1
        with pytest.raises(StepError) as caught:
            await desk.end(uid)
        assert caught.value.code == "step.unknown"
        assert await desk.statuses("1") == ["STARTED"]

    play(scene)
