"""A whole server with studies that a scanner sent: foreign programs read one with nothing but its token."""

import io
import shutil
import socket
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from dicomweb_client.api import DICOMwebClient
from pydicom import dcmread
from pydicom.uid import generate_uid

from openworklist.services.study_tokens import StudyTokens
from openworklist.store.database import open_database
from players.archive import SAMPLES, find_sample, list_stored, make_slice, send, send_files

PIXELS = (
    "CT_small.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "GDCMJ2K_TextGBR.dcm",
    "SC_rgb_rle_2frame.dcm",
    "examples_ybr_color.dcm",
)
_SECONDS = 60


@dataclass
class Holder:
    """Who knows the address of a token, and nothing else."""

    url: str

    @property
    def client(self) -> DICOMwebClient:
        return DICOMwebClient(f"{self.url}/dicomweb")


@pytest.fixture(scope="module")
def stored(server: Any) -> Any:
    paths = [find_sample(name) for name in SAMPLES]
    assert [each.Status for each in send_files(server.dicom, paths)] == [0] * len(paths)
    return server


def hold(server: Any, study_uid: str) -> Holder:
    with closing(open_database("", server.data, shared=True)) as database:
        token = StudyTokens(database, server.data).ensure(study_uid, "test")
    return Holder(f"http://127.0.0.1:{server.web}/studies/by-token/{token}")


def _open(server: Any, name: str) -> tuple[Holder, Any]:
    dataset = dcmread(find_sample(name))
    return hold(server, str(dataset.StudyInstanceUID)), dataset


def _uids(dataset: Any) -> tuple[str, str, str]:
    return str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID)


@pytest.mark.filterwarnings("ignore:Invalid value for VR")
@pytest.mark.parametrize("name", SAMPLES)
def test_dicomweb_client_finds_and_reads_what_a_scanner_sent(stored: Any, name: str) -> None:
    holder, sent = _open(stored, name)
    client, (study, series, uid) = holder.client, _uids(sent)

    assert [each["0020000D"]["Value"] for each in client.search_for_studies()] == [[study]]
    assert series in [each["0020000E"]["Value"][0] for each in client.search_for_series(study)]
    (found,) = client.search_for_instances(search_filters={"SOPInstanceUID": uid})
    assert found["00080016"]["Value"] == [sent.SOPClassUID]
    (told,) = [each for each in client.retrieve_study_metadata(study) if each["00080018"]["Value"] == [uid]]
    assert told["0020000E"]["Value"] == [series]
    # As it was stored, and in what every program can read.
    anyhow = client.retrieve_instance(study, series, uid, media_types=(("application/dicom", "*"),))
    assert anyhow.file_meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID
    assert anyhow == sent
    usual = client.retrieve_instance(study, series, uid)
    assert usual.SOPInstanceUID == uid
    assert {str(each.SOPInstanceUID) for each in client.retrieve_study(study)} >= {uid}


@pytest.mark.parametrize("name", PIXELS)
def test_dicomweb_client_reads_frames_and_pictures(stored: Any, name: str) -> None:
    holder, sent = _open(stored, name)
    client, (study, series, uid) = holder.client, _uids(sent)
    size = int(sent.Rows) * int(sent.Columns) * int(sent.SamplesPerPixel) * int(sent.BitsAllocated) // 8

    (frame,) = client.retrieve_instance_frames(study, series, uid, [1])
    picture = client.retrieve_instance_frames_rendered(study, series, uid, [1], media_types=("image/png",))
    told = client.retrieve_instance_metadata(study, series, uid)
    bulk = client.retrieve_bulkdata(told["7FE00010"]["BulkDataURI"])

    assert len(frame) == size
    assert bulk[0][:size] == frame
    assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("GDCMJ2K_TextGBR.dcm", "image/jp2"),
        ("examples_ybr_color.dcm", "image/jpeg"),
        ("SC_rgb_rle_2frame.dcm", "image/dicom-rle"),
    ],
)
def test_dicomweb_client_takes_compressed_frames_too(stored: Any, name: str, media: str) -> None:
    from pydicom.encaps import generate_frames

    holder, sent = _open(stored, name)
    syntax = str(sent.file_meta.TransferSyntaxUID)
    accept = f'multipart/related; type="{media}"; transfer-syntax={syntax}'
    path = "/".join(("studies", "{}", "series", "{}", "instances", "{}")).format(*_uids(sent))
    numbers = range(1, int(sent.get("NumberOfFrames", 1)) + 1)

    answer = httpx.get(
        f"{holder.url}/dicomweb/{path}/frames/{','.join(map(str, numbers))}", headers={"Accept": accept}
    )

    for frame in generate_frames(sent.PixelData, number_of_frames=len(numbers)):
        assert frame in answer.content


def test_dcmtk_reads_the_directory_of_the_archive(stored: Any, tmp_path: Path) -> None:
    if shutil.which("dcmdump") is None:
        pytest.skip("apt-get install dcmtk")
    for name in SAMPLES:
        holder, _ = _open(stored, name)
        with zipfile.ZipFile(io.BytesIO(httpx.get(f"{holder.url}/archive.zip").content)) as archive:
            archive.extractall(tmp_path / name)
        ended = subprocess.run(
            ["dcmdump", "-E", str(tmp_path / name / "DICOMDIR")], capture_output=True, text=True, timeout=60
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert "refFileID" in ended.stdout


@pytest.fixture(scope="module")
def series(server: Any) -> Iterator[tuple[Holder, list[Any]]]:
    """A series of a thousand slices."""
    study, one = generate_uid(), generate_uid()
    images = [
        make_slice(
            number, pixels=bytes(32_768), StudyInstanceUID=study, SeriesInstanceUID=one, Rows=128, Columns=128
        )
        for number in range(1, 1001)
    ]
    send(server.dicom, *images)
    return hold(server, study), images


def test_metadata_of_a_thousand_instances_costs_no_memory(stored: Any, series: Any) -> None:
    holder, images = series
    httpx.get(f"{holder.url}/dicomweb/instances", timeout=_SECONDS)
    process = psutil.Process(stored.process.pid)
    before = process.memory_info().rss

    told = httpx.get(
        f"{holder.url}/dicomweb/studies/{images[0].StudyInstanceUID}/metadata", timeout=_SECONDS
    ).json()

    assert [each["00200013"]["Value"] for each in told] == [[number] for number in range(1, 1001)]
    assert process.memory_info().rss - before < 32 * 1024 * 1024


def _begin(holder: Holder, path: str) -> tuple[socket.socket, bytes]:
    """Ask, read the beginning of the answer, and no more."""
    url = httpx.URL(holder.url)
    line = socket.create_connection((url.host, url.port or 80), timeout=_SECONDS)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
    line.sendall(f"GET {url.path}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return line, line.recv(1_000)


def test_who_reads_slowly_holds_up_nobody(stored: Any, series: Any) -> None:
    """Sixty that do not read on: more than there are threads."""
    holder, images = series
    process = psutil.Process(stored.process.pid)
    before = process.memory_info().rss
    slow = [_begin(holder, "/archive.zip") for _ in range(60)]
    try:
        assert all(head.startswith(b"HTTP/1.1 200") for _, head in slow)
        answer = httpx.get(
            f"{holder.url}/dicomweb/studies/{images[0].StudyInstanceUID}/series", timeout=_SECONDS
        )
        assert answer.status_code == 200
        assert process.memory_info().rss - before < 60 * 2 * 1024 * 1024
    finally:
        for line, _ in slow:
            line.close()


@pytest.mark.parametrize("path", ["/archive.zip", "/dicomweb/studies/{study}?accept=multipart/related"])
def test_a_file_that_vanishes_breaks_the_answer_off(start_server: Any, tmp_path: Path, path: str) -> None:
    server = start_server(tmp_path / "data")
    study = generate_uid()
    images = [make_slice(number, pixels=bytes(1_000_000), StudyInstanceUID=study) for number in range(1, 9)]
    send(server.dicom, *images)
    holder = hold(server, study)
    list_stored(server.data)[str(images[-1].SOPInstanceUID)].unlink()

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(holder.url + path.replace("{study}", study), timeout=_SECONDS)

    first = httpx.get(
        f"{holder.url}/dicomweb/studies/{study}/series/{images[0].SeriesInstanceUID}"
        f"/instances/{images[-1].SOPInstanceUID}",
        timeout=_SECONDS,
    )
    assert (first.status_code, first.json()["code"]) == (404, "instance.file-lost")
    assert server.stop() == 0
