"""Studies of a real archive, Orthanc, beside those of this server: lists, files, patients, its death."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.data import get_charset_files
from pydicom.dataset import FileDataset
from pydicom.uid import generate_uid

from openworklist.clients.dicomweb import DicomWeb
from openworklist.clients.multipart import Event
from openworklist.domain.archive import Archive, Credentials
from openworklist.domain.errors import PeerError
from openworklist.domain.instance import Instance
from openworklist.domain.study import StudyFilter
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES, StudyLevel
from openworklist.observe.metrics import Metrics
from openworklist.services.archive_cache import ArchiveCache
from openworklist.services.archives import ArchiveStudies
from openworklist.services.studies import StoredStudies, Studies
from openworklist.store.database import Database
from openworklist.store.studies import add_instance
from players.archive import SAMPLES, find_sample, make_file, read_dataset
from players.orthanc import PASSWORD, USER, Orthanc, find_plugin, run_orthanc

# Names in the sets that Orthanc reads; of ISO 2022 IR 13 with 87, and of sets whose first is one of these, it
# reads the first group alone.
CHARSETS = (
    "chrArab", "chrFren", "chrGerm", "chrGreek", "chrH31", "chrHbrw", "chrI2", "chrKoreanMulti", "chrRuss",
    "chrX1", "chrX2",
)  # fmt: skip
GIGABYTE = 1 << 30
WHOLE = 24 * 1024 * 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    find_plugin()
    return tmp_path_factory.mktemp("orthanc")


@pytest.fixture(scope="module")
def orthanc(folder: Path, make_port: Callable[[], int]) -> Iterator[Orthanc]:
    with run_orthanc(folder, make_port()) as running:
        running.store(*(path.read_bytes() for path in FILES))
        yield running


@pytest.fixture
def archive(orthanc: Orthanc, tmp_path: Path) -> Iterator[ArchiveStudies]:
    known = Archive(orthanc.url, "Orthanc", Credentials(USER, PASSWORD))
    found = ArchiveStudies(lambda: known, ArchiveCache(tmp_path / "cache", lambda: (GIGABYTE, 0)), Metrics())
    yield found
    found.stop()


def _find_files() -> list[Path]:
    charsets = {Path(each).stem: Path(each) for each in get_charset_files("*.dcm")}
    return [*(find_sample(name) for name in SAMPLES), *(charsets[name] for name in CHARSETS)]


FILES = _find_files()
# Of a study and a series the first instance counts, there as here.
FIRST_OF: dict[str, FileDataset] = {}
READ = [(path, dcmread(path, stop_before_pixels=True)) for path in FILES]

for _path, _dataset in READ:
    FIRST_OF.setdefault(_dataset.StudyInstanceUID, _dataset)
    FIRST_OF.setdefault(_dataset.SeriesInstanceUID, _dataset)


def tell(dataset: FileDataset, level: StudyLevel) -> dict[str, str]:
    """The values of a dataset as an archive should tell them."""
    found = {}
    for each in STUDY_ATTRIBUTES:
        if each.level is level:
            element = dataset.get(each.tag)
            value = element.value if element is not None else None
            found[each.name] = "" if value is None else str(value).strip()
    return found


@pytest.mark.parametrize(("path", "dataset"), READ, ids=lambda each: getattr(each, "name", ""))
def test_a_study_is_told_as_its_file_says(path: Path, dataset: FileDataset, archive: ArchiveStudies) -> None:
    found = archive.find_study(dataset.StudyInstanceUID)
    assert found is not None
    assert found.values == tell(FIRST_OF[found.uid], StudyLevel.STUDY)
    assert (found.uid, found.source, found.modalities) == (
        dataset.StudyInstanceUID,
        "Orthanc",
        tuple(filter(None, [dataset.get("Modality", "")])),
    )
    assert found.instances == len(archive.list_instances(found.uid))
    assert found.series == len(archive.list_series(found.uid))


@pytest.mark.parametrize(("path", "dataset"), READ, ids=lambda each: getattr(each, "name", ""))
def test_each_file_comes_as_it_is_stored(path: Path, dataset: FileDataset, archive: ArchiveStudies) -> None:
    study = dataset.StudyInstanceUID
    series = next(each for each in archive.list_series(study) if each.uid == dataset.SeriesInstanceUID)
    assert series.values == tell(FIRST_OF[series.uid], StudyLevel.SERIES)
    instance = next(each for each in archive.list_instances(study) if each.uid == dataset.SOPInstanceUID)
    assert instance.values == tell(dataset, StudyLevel.INSTANCE)
    assert (instance.series_uid, instance.sop_class) == (series.uid, dataset.SOPClassUID)
    with archive.locate(instance) as file:
        assert read_dataset(file) == read_dataset(path)
        assert dcmread(file).file_meta.TransferSyntaxUID == dataset.file_meta.TransferSyntaxUID


def test_all_files_of_a_study_come_by_one_request(orthanc: Orthanc, archive: ArchiveStudies) -> None:
    study, series = generate_uid(), generate_uid()
    files = {
        uid: make_file(uid, StudyInstanceUID=study, SeriesInstanceUID=series, InstanceNumber=number)
        for number, uid in enumerate((generate_uid() for _ in range(40)), 1)
    }
    orthanc.store(*files.values())
    found = {}
    for instance, path in archive.each_file(study):
        found[instance.uid] = path.read_bytes()
    assert found == files
    numbers = [each.values["instance_number"] for each in archive.list_instances(study)]
    assert numbers == [str(number) for number in range(1, 41)]


def test_the_archive_answers(archive: ArchiveStudies) -> None:
    assert archive.echo() > 0


def test_who_is_not_known_there_is_refused(orthanc: Orthanc, tmp_path: Path) -> None:
    stranger = Archive(orthanc.url, "x", Credentials(USER, "wrong"))
    archive = ArchiveStudies(lambda: stranger, ArchiveCache(tmp_path, lambda: (1, 0)), Metrics())
    with pytest.raises(PeerError) as caught:
        archive.find_study("1.2")
    archive.stop()
    assert caught.value.code == "archive.refused"


def test_a_patient_has_the_studies_of_both(
    database: Database, orthanc: Orthanc, archive: ArchiveStudies, tmp_path: Path
) -> None:
    patient = f"BOTH{generate_uid()[-12:]}"
    here, both, there = (generate_uid() for _ in range(3))
    for uid, day in ((both, "20260201"), (there, "20260301")):
        values = {"StudyInstanceUID": uid, "PatientID": patient, "StudyDate": day}
        orthanc.store(make_file(generate_uid(), SeriesInstanceUID=generate_uid(), **values))
    orthanc.store(make_file(generate_uid(), StudyInstanceUID=generate_uid(), PatientID=f"{patient}2"))
    for uid, day in ((here, "20260101"), (both, "20260201")):
        values = {"patient_id": patient, "study_date": day}
        instance = Instance(uid, "1.2", generate_uid(), "1.2", "1.2", values, 1, "CT", "", 1)
        database.write(lambda connection, each=instance: add_instance(connection, each, f"{each.uid}.dcm"))
    studies = Studies(StoredStudies(database, tmp_path), [archive])
    found = [(each.uid, each.source) for each in studies.find_of_patient(patient)]
    assert found == [(there, "Orthanc"), (both, ""), (here, "")]
    assert studies.get(there)[1] is archive
    assert studies.find_of_patient("") == studies.find_of_patient("*") == []
    assert studies.find(generate_uid()) is None


def test_without_its_archive_a_patient_has_the_studies_that_are_here(
    database: Database, tmp_path: Path, make_port: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    gone = Archive(f"http://127.0.0.1:{make_port()}/dicom-web", "gone")
    archive = ArchiveStudies(lambda: gone, ArchiveCache(tmp_path, lambda: (1, 0)), Metrics())
    studies = Studies(StoredStudies(database, tmp_path), [archive])
    values = {"patient_id": "P-HERE"}
    instance = Instance("1.2.3", "1.2.4", "1.2.5", "1.2", "1.2", values, 1, "CT", "", 1)
    database.write(lambda connection: add_instance(connection, instance, "x.dcm"))
    assert [each.uid for each in studies.find_of_patient("P-HERE")] == ["1.2.3"]
    assert "P-HERE" not in caplog.text
    with pytest.raises(PeerError):
        studies.find("1.2.99")


def test_an_archive_that_dies_in_the_middle_leaves_nothing_half(
    tmp_path: Path, make_port: Callable[[], int]
) -> None:
    find_plugin()
    study, series, uid = (generate_uid() for _ in range(3))
    with run_orthanc(tmp_path / "orthanc", make_port()) as orthanc:

        class Dying(DicomWeb):
            @contextmanager
            def retrieve(self, path: str) -> Iterator[Iterator[Event]]:
                with super().retrieve(path) as events:
                    yield (self.die(each) for each in events)

            def die(self, event: Event) -> Event:
                if isinstance(event, bytes):
                    orthanc.kill()
                return event

        orthanc.store(make_file(uid, StudyInstanceUID=study, SeriesInstanceUID=series, pixels=bytes(WHOLE)))
        known = Archive(orthanc.url, "x", Credentials(USER, PASSWORD))
        cache = ArchiveCache(tmp_path / "cache", lambda: (GIGABYTE, 0))
        archive = ArchiveStudies(lambda: known, cache, Metrics(), connect=Dying)
        instance = archive.list_instances(study)[0]
        with pytest.raises(PeerError) as caught:
            list(archive.read(instance))
        archive.stop()
    assert caught.value.code == "archive.unreachable"  # which it was when it was asked once more
    assert list((tmp_path / "cache").iterdir()) == []


def test_only_what_is_equal_is_a_patients(archive: ArchiveStudies, orthanc: Orthanc) -> None:
    tail = generate_uid()[-12:]
    for patient in (f"Q{tail}", f"Q{tail}X", f"q{tail}"):
        orthanc.store(make_file(generate_uid(), StudyInstanceUID=generate_uid(), PatientID=patient))
    for patient in (f"Q{tail}", f"Q{tail}X", f"q{tail}"):
        found = archive.find_studies(StudyFilter(patient_id=patient))
        assert [each.values["patient_id"] for each in found] == [patient]
    assert archive.find_studies(StudyFilter(patient_id=f"Q{tail}*")) == []
