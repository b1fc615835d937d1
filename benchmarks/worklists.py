"""The generated orders that every server in a run stores, as values, as HL7 and as DICOM; no sockets here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

TEN_STATION = "BENCH10"  # exactly ten records of the asked day are for this station, whatever else is stored
THOUSAND_STATION = "BENCH1000"  # exactly a thousand, where 10,000 or more are stored
_ROOT = "1.2.826.0.1.3680043.10.1234"
_FAMILIES = ("Adams", "Baker", "Clarke", "Dixon", "Evans", "Fisher", "Grant", "Hughes", "Irwin", "Jensen")
_GIVEN = ("Anna", "Boris", "Clara", "David", "Elena", "Frank", "Greta", "Henry", "Irene", "Jonas")
_MODALITIES = ("CT", "MR", "US", "DX", "MG", "NM", "PT", "XA")


@dataclass(frozen=True, slots=True)
class Order:
    """One scheduled procedure step. Dates are YYYYMMDD, times HHMMSS, names `family^given`."""

    number: int
    patient_id: str
    patient_name: str
    birth_date: str
    sex: str
    accession_number: str
    step_id: str
    description: str
    modality: str
    station_ae_title: str
    station_name: str
    start_date: str
    start_time: str
    study_uid: str


def make_order(number: int, station: str, day: date) -> Order:
    """The order of this number at this station; the same arguments always give the same order."""
    modality = _MODALITIES[number % len(_MODALITIES)]
    return Order(
        number=number,
        patient_id=f"P{number // 2:08d}",
        patient_name=f"{_FAMILIES[number // 2 % 10]}{number // 20 % 1000:03d}^{_GIVEN[number // 2 % 7]}",
        birth_date=f"{1930 + number // 2 % 90}{1 + number // 2 % 12:02d}{1 + number // 2 % 28:02d}",
        sex="MF"[number // 2 % 2],
        accession_number=f"A{number:09d}",
        step_id=f"S{number:09d}",
        description=f"{modality} examination {number % 40:02d}",
        modality=modality,
        station_ae_title=station,
        station_name=f"ROOM{number % 50:02d}",
        start_date=day.strftime("%Y%m%d"),
        start_time=f"{7 + number % 12:02d}{number % 4 * 15:02d}00",
        study_uid=f"{_ROOT}.{number + 1}",
    )


def make_worklist(count: int, day: date) -> Iterator[Order]:
    """`count` orders, of which ten match (TEN_STATION, day).

    Up to 1,000 all are of that day, so that a question for the day alone gives them all. Above, the others
    spread over a month and 50 stations; the asked station and the asked day have many records besides them.
    """
    for number in range(count):
        if number < 10:
            yield make_order(number, TEN_STATION, day)
        elif count <= 1000:
            yield make_order(number, f"STATION{number % 50:02d}", day)
        elif number < 1010:
            yield make_order(number, THOUSAND_STATION, day)
        else:
            offset = number * 7 % 30 - 15
            at_ten = number % 100 == 0 and offset != 0
            station = TEN_STATION if at_ten else f"STATION{number % 50:02d}"
            yield make_order(number, station, day + timedelta(days=offset))


def format_hl7(order: Order, control_id: str) -> bytes:
    """An ORM^O01 in the positions of the classic mapping, without MLLP framing; ASCII."""
    start = order.start_date + order.start_time
    return (
        f"MSH|^~\\&|HIS|HOSPITAL|OPENWORKLIST|RADIOLOGY|{start}||ORM^O01|{control_id}|P|2.3.1\r"
        f"PID|1||{order.patient_id}^^^HOSPITAL||{order.patient_name}||{order.birth_date}|{order.sex}"
        "|||12 Harbour Street^^Springfield^^12345||555-0100\r"
        "PV1|1|O|RAD^^^HOSPITAL||||1234^Referring^Rita|||||||||||V0001\r"
        f"ORC|NW|{order.accession_number}|F{order.number:09d}||SC||^^^^^R||{start}|||1234^Referring^Rita|||{start}\r"
        f"OBR|1|{order.accession_number}|F{order.number:09d}|{order.step_id}^{order.description}^LOCAL||||||||||||"
        f"1234^Referring^Rita||{order.modality}|||{order.station_ae_title}|||{order.station_name}|||R|||||||"
        "5678^Performing^Paul\r"
        f"ZDS|{order.study_uid}^HOSPITAL^Application^DICOM\r"
    ).encode("ascii")


def make_dataset(order: Order) -> Dataset:
    """The worklist item as DICOM, with every attribute that wlmscpfs wants before it accepts a file."""
    step = Dataset()
    step.Modality = order.modality
    step.ScheduledStationAETitle = order.station_ae_title
    step.ScheduledProcedureStepStartDate = order.start_date
    step.ScheduledProcedureStepStartTime = order.start_time
    step.ScheduledPerformingPhysicianName = "Performing^Paul"
    step.ScheduledProcedureStepDescription = order.description
    step.ScheduledProcedureStepID = order.step_id
    step.ScheduledStationName = order.station_name
    item = Dataset()
    item.AccessionNumber = order.accession_number
    item.ReferringPhysicianName = "Referring^Rita"
    item.PatientName = order.patient_name
    item.PatientID = order.patient_id
    item.PatientBirthDate = order.birth_date
    item.PatientSex = order.sex
    item.StudyInstanceUID = order.study_uid
    item.RequestingPhysician = "Referring^Rita"
    item.RequestedProcedureDescription = order.description
    item.ScheduledProcedureStepSequence = [step]
    item.RequestedProcedureID = order.step_id
    item.RequestedProcedurePriority = "ROUTINE"
    return item


def write_worklist_file(order: Order, path: str) -> None:
    """Write one item as a DICOM file, as wlmscpfs and Orthanc read them."""
    item = make_dataset(order)
    item.file_meta = FileMetaDataset()
    item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    item.file_meta.MediaStorageSOPClassUID = "1.2.276.0.7230010.3.1.0.1"
    item.file_meta.MediaStorageSOPInstanceUID = generate_uid(
        prefix=f"{_ROOT}.", entropy_srcs=[order.study_uid]
    )
    item.save_as(path, enforce_file_format=True)
