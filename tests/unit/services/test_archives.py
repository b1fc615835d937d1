"""Studies of an archive that answers what it should not: nobody gets another's, and nothing hangs."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from openworklist.clients.archive_line import Patience
from openworklist.clients.dicomweb import DicomWeb
from openworklist.domain.archive import Archive
from openworklist.domain.errors import NotFound, PeerError
from openworklist.domain.study import StudyFilter, StudyInstance
from openworklist.observe.metrics import Metrics
from openworklist.services.archive_cache import ArchiveCache
from openworklist.services.archives import ArchiveStudies
from players.archive import make_file
from players.dicomweb import (
    MULTIPART,
    RawArchive,
    instance,
    make_parts,
    respond,
    respond_json,
    run_raw,
    study,
)

MEGABYTE = 1_048_576
FIRST, SECOND, OTHER = (make_file(f"1.2.3.{number}") for number in range(1, 4))
Answers = Callable[[str], bytes | Iterable[bytes]]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def open_archive(tmp_path: Path, metrics: Metrics) -> Callable[[RawArchive], ArchiveStudies]:
    """The studies of an archive that is not waited for long."""

    def make(raw: RawArchive) -> ArchiveStudies:
        cache = ArchiveCache(tmp_path / "cache", lambda: (MEGABYTE, 0))
        patience = Patience(whole=5, piece=5)
        archive = Archive(raw.url, "old archive")
        return ArchiveStudies(
            lambda: archive, cache, metrics, connect=lambda each: DicomWeb(each, patience=patience)
        )

    return make


Open = Callable[[RawArchive], ArchiveStudies]


def an_instance(uid: str = "1.2.3.1") -> StudyInstance:
    return StudyInstance("1.2", "1.2.9", uid, "", "", {})


def list_left(folder: Path) -> list[Path]:
    return sorted((folder / "cache").iterdir())


def test_studies_of_others_are_dropped(open_archive: Open) -> None:
    answer = respond_json(
        [
            study("1.2.1", patient_id="P1", date="20260101", accession="A1"),
            study("1.2.2", patient_id="P1 ", date="20260301"),
            study("1.2.3", patient_id="p1"),
            study("1.2.4", patient_id="P11"),
            study("1.2.5"),
            study("../x", patient_id="P1"),
            study("", patient_id="P1"),
        ]
    )
    with run_raw(lambda _: answer) as raw:
        archive = open_archive(raw)
        assert [each.uid for each in archive.find_studies(StudyFilter(patient_id="P1"))] == ["1.2.2", "1.2.1"]
        asked = StudyFilter(patient_id="P1", accession_number="A1")
        assert [(each.uid, each.source) for each in archive.find_studies(asked)] == [("1.2.1", "old archive")]
        assert archive.find_study("1.2.9") is None
        archive.stop()


@pytest.mark.parametrize("patient", ["*", "P*", "P?", "P\\Q", "", " ", "P\n", "P\0", "x" * 65])
def test_an_archive_is_not_asked_by_what_it_would_take_for_others(patient: str, open_archive: Open) -> None:
    with run_raw(lambda _: respond_json([study("1.2.1", patient_id=patient)])) as raw:
        assert open_archive(raw).find_studies(StudyFilter(patient_id=patient)) == []
        assert raw.asked == []


@pytest.mark.parametrize("uid", ["*", "1.2/../../x", "1.2?x", "", "1.2\\1.3", "1" * 65])
def test_what_is_no_uid_is_in_no_address(uid: str, open_archive: Open) -> None:
    with run_raw(lambda _: respond_json([study("1.2.1")])) as raw:
        archive = open_archive(raw)
        assert archive.find_study(uid) is None
        assert archive.list_series(uid) == []
        assert archive.list_instances(uid) == []
        with pytest.raises(NotFound), archive.locate(an_instance(uid)):
            pass
        assert raw.asked == []


def test_instances_come_in_the_order_of_series_and_numbers(open_archive: Open) -> None:
    def of_series(number: int, found: dict[str, object]) -> dict[str, object]:
        return {**found, "00200011": {"vr": "IS", "Value": [number]}}

    listed = [
        of_series(2, instance("1.2.3.4", "1.2.8", 2)),
        of_series(10, instance("1.2.3.5", "1.2.7", 1)),
        of_series(2, instance("1.2.3.6", "1.2.8", 10)),
        of_series(2, instance("1.2.3.7", "1.2.8", 1)),
        {**instance("1.2.3.8"), "0020000D": {"vr": "UI", "Value": ["1.2.99"]}},
        instance("1.2.3.9", "no uid"),
    ]
    with run_raw(lambda _: respond_json(listed)) as raw:
        archive = open_archive(raw)
        found = [each.uid for each in archive.list_instances("1.2")]
        assert found == ["1.2.3.7", "1.2.3.4", "1.2.3.6", "1.2.3.5"]
        assert [each.uid for each in archive.list_instances("1.2")] == found
        assert len(raw.asked) == 1  # remembered for a moment
        archive.stop()


def test_a_file_is_fetched_once(open_archive: Open, metrics: Metrics) -> None:
    with run_raw(lambda _: respond(make_parts(FIRST), kind=MULTIPART)) as raw:
        archive = open_archive(raw)
        for _ in range(3):
            assert b"".join(archive.read(an_instance())) == FIRST
        assert raw.asked == ["studies/1.2/series/1.2.9/instances/1.2.3.1"]
        archive.stop()
    assert (metrics.get("archive_requests"), metrics.get("archive_failures")) == (1, 0)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (respond(make_parts(OTHER), kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(FIRST, SECOND), kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(), kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(b"no file"), kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(FIRST)[:-8], kind=MULTIPART), "archive.protocol"),
        (respond(make_parts(FIRST), kind=MULTIPART)[:-200], "archive.lost"),
        (respond(make_parts(FIRST + bytes(MEGABYTE)), kind=MULTIPART), "archive.too-large"),
        (respond(b"", 404), "instance.file-lost"),
    ],
)
def test_what_is_not_the_file_leaves_nothing(
    answer: bytes, code: str, open_archive: Open, tmp_path: Path
) -> None:
    with run_raw(lambda _: [answer, b""]) as raw:
        archive = open_archive(raw)
        with pytest.raises((PeerError, NotFound)) as caught:
            b"".join(archive.read(an_instance()))
        archive.stop()
    assert caught.value.code == code
    assert list_left(tmp_path) == []


def test_a_file_whose_connection_is_lost_is_fetched_again(open_archive: Open, tmp_path: Path) -> None:
    whole = respond(make_parts(FIRST), kind=MULTIPART)
    answers = iter([[whole[:-200], b""], [whole]])
    with run_raw(lambda _: next(answers)) as raw:
        archive = open_archive(raw)
        assert b"".join(archive.read(an_instance())) == FIRST
        archive.stop()


def test_an_archive_that_is_silent_is_not_asked_again_at_once(tmp_path: Path, metrics: Metrics) -> None:
    with run_raw(lambda _: raw.stall()) as raw:
        archive = ArchiveStudies(
            lambda: Archive(raw.url, "x"),
            ArchiveCache(tmp_path, lambda: (1, 0)),
            metrics,
            connect=lambda each: DicomWeb(each, patience=Patience(whole=0.2)),
        )
        codes = set()
        for _ in range(50):
            with pytest.raises(PeerError) as caught:
                archive.find_study("1.2")
            codes.add(caught.value.code)
        asked = len(raw.asked)
        with pytest.raises(PeerError):
            archive.echo()
        archive.stop()
    assert codes == {"archive.slow"}
    assert (asked, len(raw.asked)) == (1, 2)  # who tries it does ask
    assert metrics.get("archive_failures") == 51


def test_all_files_of_a_study_come_by_one_request(open_archive: Open) -> None:
    def answer(target: str) -> bytes:
        if target.startswith("studies/1.2/instances"):
            return respond_json([instance("1.2.3.1"), instance("1.2.3.2", number=2)])
        return respond(make_parts(SECOND, FIRST, OTHER), kind=MULTIPART)

    with run_raw(answer) as raw:
        archive = open_archive(raw)
        found = [(each.uid, path.read_bytes()) for each, path in archive.each_file("1.2")]
        assert raw.asked[1:] == ["studies/1.2"]
        archive.stop()
    assert found == [("1.2.3.2", SECOND), ("1.2.3.1", FIRST)]


def test_what_an_archive_sends_besides_has_an_end(open_archive: Open) -> None:
    def answer(target: str) -> bytes | Iterable[bytes]:
        if target.startswith("studies/1.2/instances"):
            return respond_json([instance("1.2.3.1"), instance("1.2.3.2", number=2)])
        if target == "studies/1.2":
            begin = respond(kind=MULTIPART, **{"Content-Length": "999999999"})
            return raw.drip(begin, make_parts(OTHER).removesuffix(b"--b--\r\n"))
        return respond(make_parts(FIRST if target.endswith("1") else SECOND), kind=MULTIPART)

    with run_raw(answer) as raw:
        archive = open_archive(raw)
        found = [(each.uid, path.read_bytes()) for each, path in archive.each_file("1.2")]
        archive.stop()
    assert found == [("1.2.3.1", FIRST), ("1.2.3.2", SECOND)]


def test_what_a_study_lacks_is_fetched_one_by_one(open_archive: Open, tmp_path: Path) -> None:
    def answer(target: str) -> bytes | Iterable[bytes]:
        if target.startswith("studies/1.2/instances"):
            return respond_json([instance("1.2.3.1"), instance("1.2.3.2", number=2)])
        if target == "studies/1.2":
            return [respond(make_parts(SECOND, FIRST), kind=MULTIPART)[:-400], b""]
        return respond(make_parts(FIRST), kind=MULTIPART)

    with run_raw(answer) as raw:
        archive = open_archive(raw)
        found = [(each.uid, path.read_bytes()) for each, path in archive.each_file("1.2")]
        archive.stop()
    assert found == [("1.2.3.2", SECOND), ("1.2.3.1", FIRST)]
    assert len(list_left(tmp_path)) == 1


def test_no_archive_has_nothing(tmp_path: Path, metrics: Metrics) -> None:
    archive = ArchiveStudies(lambda: None, ArchiveCache(tmp_path, lambda: (1, 0)), metrics)
    assert archive.name == ""
    assert archive.find_study("1.2") is None
    assert archive.list_series("1.2") == []
    assert list(archive.each_file("1.2")) == []
    with pytest.raises(NotFound):
        archive.echo()


def test_another_archive_counts_at_once(tmp_path: Path, metrics: Metrics) -> None:
    with (
        run_raw(lambda _: respond_json([study("1.2", patient_id="P1")])) as one,
        run_raw(lambda _: respond_json([])) as other,
    ):
        chosen = [Archive(one.url, "one")]
        archive = ArchiveStudies(lambda: chosen[0], ArchiveCache(tmp_path, lambda: (1, 0)), metrics)
        assert archive.find_study("1.2") is not None
        chosen[0] = Archive(other.url, "other")
        assert (archive.find_study("1.2"), archive.name) == (None, "other")
        archive.stop()
