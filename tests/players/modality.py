"""A scanner that tells of its work: pynetdicom, which knows nothing of our code, as SCU of MPPS."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE
from pynetdicom.association import Association

PERFORMED, RETRIEVE = "1.2.840.10008.3.1.2.3.3", "1.2.840.10008.3.1.2.3.4"
IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"


def make_request(**values: str) -> Dataset:
    """An item of Scheduled Step Attributes Sequence, by DICOM keyword."""
    item = Dataset()
    item.StudyInstanceUID = values.pop("StudyInstanceUID", "") or generate_uid()
    item.ReferencedStudySequence = []
    for keyword in (
        "AccessionNumber", "RequestedProcedureID", "RequestedProcedureDescription",
        "ScheduledProcedureStepID", "ScheduledProcedureStepDescription",
    ):  # fmt: skip
        setattr(item, keyword, values.pop(keyword, ""))
    item.ScheduledProtocolCodeSequence = []
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def make_begin(*requests: Dataset, **values: object) -> Dataset:
    """All that an N-CREATE has to say (PS3.4 table F.7.2-1), with these values by DICOM keyword."""
    step = Dataset()
    step.ScheduledStepAttributesSequence = list(requests)
    step.PatientName, step.PatientID = "Test^Test", ""
    step.PatientBirthDate, step.PatientSex = "20000101", "O"
    step.ReferencedPatientSequence = []
    step.PerformedProcedureStepID = "PPS1"
    step.PerformedStationAETitle, step.PerformedStationName, step.PerformedLocation = "CT01", "CT", "Room 1"
    step.PerformedProcedureStepStartDate, step.PerformedProcedureStepStartTime = "20260314", "101500"
    step.PerformedProcedureStepStatus = "IN PROGRESS"
    step.PerformedProcedureStepDescription = step.PerformedProcedureTypeDescription = ""
    step.ProcedureCodeSequence = []
    step.PerformedProcedureStepEndDate = step.PerformedProcedureStepEndTime = ""
    step.Modality, step.StudyID = "CT", "1"
    step.PerformedProtocolCodeSequence = []
    step.PerformedSeriesSequence = []
    for keyword, value in values.items():
        setattr(step, keyword, value)
    return step


def make_series(images: int = 0) -> Dataset:
    series = Dataset()
    series.PerformingPhysicianName = series.OperatorsName = series.SeriesDescription = ""
    series.ProtocolName = "Head"
    series.SeriesInstanceUID = generate_uid()
    series.RetrieveAETitle = ""
    series.ReferencedImageSequence = [_make_image(series.SeriesInstanceUID, each) for each in range(images)]
    series.ReferencedNonImageCompositeSOPInstanceSequence = []
    return series


def _make_image(series: str, number: int) -> Dataset:
    image = Dataset()
    image.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    image.ReferencedSOPInstanceUID = f"{series[:50]}.{number}"
    return image


def make_end(status: str = "COMPLETED", **values: object) -> Dataset:
    """What the last N-SET of a step says."""
    end = Dataset()
    end.PerformedProcedureStepStatus = status
    end.PerformedProcedureStepEndDate, end.PerformedProcedureStepEndTime = "20260314", "103000"
    end.PerformedSeriesSequence = [make_series(2)]
    for keyword, value in values.items():
        setattr(end, keyword, value)
    return end


class Modality:
    """One association of a scanner with a server."""

    def __init__(self, association: Association) -> None:
        self.association = association

    def create(self, step: Dataset | None, uid: str | None = None) -> Dataset:
        """The response's command set; that of no answer is empty."""
        self._settle()
        status, _ = self.association.send_n_create(step, PERFORMED, uid)
        return status

    def set(self, uid: str, change: Dataset) -> Dataset:
        self._settle()
        status, _ = self.association.send_n_set(change, PERFORMED, uid)
        return status

    def get(self, uid: str, *tags: int, sop_class: str = RETRIEVE) -> tuple[Dataset, Dataset | None]:
        self._settle()
        status, found = self.association.send_n_get(list(tags), sop_class, uid)
        return status, found

    def _settle(self) -> None:
        """Until pynetdicom's own thread goes on after the last answer.

        A request that is quicker meets the pause of the one before, and that thread takes its answer away.
        """
        while self.association._is_paused and self.association.is_established:
            time.sleep(0.001)


@contextmanager
def connect(port: int, calling: str = "CT01", syntax: str = EXPLICIT) -> Iterator[Modality]:
    scanner = AE(calling)
    scanner.add_requested_context(PERFORMED, syntax)
    scanner.add_requested_context(RETRIEVE, syntax)
    association = scanner.associate("127.0.0.1", port, ae_title="OPENWORKLIST")
    assert association.is_established
    line = association.dul.socket.socket  # which pynetdicom does not close when the server was killed
    try:
        yield Modality(association)
    finally:
        association.release()
        association.join(30)
        line.close()
