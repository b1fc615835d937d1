"""Studies of an archive that tells no transfer syntaxes, over their token: they are those of the files."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from players.archive import find_sample
from players.dicomweb import MULTIPART, instance, make_parts, respond, respond_json, run_raw
from players.dicomweb import study as study_of
from players.site import Site, TestClient, run_site
from players.study_site import make_token, split_parts

STUDY, SERIES = "1.2.826.0.1.3680043.8.498.81", "1.2.826.0.1.3680043.8.498.81.1"
EXPLICIT = "1.2.840.10008.1.2.1"
COMPRESSED, PLAIN, BIG = "MR_small_jpeg_ls_lossless.dcm", "CT_small.dcm", "ExplVR_BigEnd.dcm"
PARTS = 'multipart/related; type="{}"; transfer-syntax={}'
Open = Callable[..., tuple[TestClient, str]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with run_site(tmp_path_factory.mktemp("data")) as site:
        yield site


@pytest.fixture
def open_study(site: Site) -> Iterator[Open]:
    """A study of these samples in the archive: who has its token, and the path of that."""
    files: dict[str, bytes] = {}

    def answer(target: str) -> bytes:
        path = target.partition("?")[0]
        if path == "studies":
            return respond_json([study_of(STUDY)])
        if path.endswith("/instances"):
            listed = [instance(uid, SERIES, number) for number, uid in enumerate(files, 1)]
            return respond_json(listed)
        if path.endswith("/series"):
            return respond_json([{"0020000E": {"vr": "UI", "Value": [SERIES]}}])
        return respond(make_parts(files[path.rpartition("/")[2]]), kind=MULTIPART)

    def make(*names: str) -> tuple[TestClient, str]:
        for name in names:
            files[str(_read(name).SOPInstanceUID)] = find_sample(name).read_bytes()
        return site.client(), f"/studies/by-token/{make_token(site, STUDY)}"

    with run_raw(answer) as raw:
        option = "/api/v1/options/archive_url"
        site.client("administrator").put(option, json={"value": raw.url})
        yield make
        site.client("administrator").put(option, json={"value": ""})
    site.application.state.desk.contents._known.clear()  # the next one has others under the same UID


def _read(name: str) -> FileDataset:
    return dcmread(find_sample(name))


def _address(path: str, name: str) -> str:
    return f"{path}/dicomweb/studies/{STUDY}/series/{SERIES}/instances/{_read(name).SOPInstanceUID}"


@pytest.mark.parametrize("accept", ["", "*/*", "application/octet-stream"])
def test_frames_are_decoded(open_study: Open, accept: str) -> None:
    client, path = open_study(COMPRESSED)
    answer = client.get(f"{_address(path, COMPRESSED)}/frames/1", headers={"Accept": accept})
    assert answer.status_code == 200
    body = answer.content if accept.startswith("application") else split_parts(answer)[0][1]
    assert body == _read(COMPRESSED).pixel_array.tobytes()


def test_frames_as_they_are_stored_say_how(open_study: Open) -> None:
    client, path = open_study(COMPRESSED)
    headers = {"Accept": PARTS.format("application/octet-stream", "*")}
    (part,) = split_parts(client.get(f"{_address(path, COMPRESSED)}/frames/1", headers=headers))
    syntax = _read(COMPRESSED).file_meta.TransferSyntaxUID
    assert part[0]["content-type"] == f"application/octet-stream; transfer-syntax={syntax}"


@pytest.mark.parametrize("name", [COMPRESSED, PLAIN])
def test_an_instance_comes_in_explicit_vr_little_endian(open_study: Open, name: str) -> None:
    client, path = open_study(name)
    for syntax in ("", f"; transfer-syntax={EXPLICIT}"):
        answer = client.get(_address(path, name), headers={"Accept": f"application/dicom{syntax}"})
        assert answer.headers["content-type"] == f"application/dicom; transfer-syntax={EXPLICIT}"
        found = dcmread(io.BytesIO(answer.content))
        assert found.file_meta.TransferSyntaxUID == EXPLICIT
        assert found.pixel_array.tobytes() == _read(name).pixel_array.tobytes()


def test_each_part_of_a_study_says_its_own(open_study: Open) -> None:
    names = (COMPRESSED, PLAIN, BIG)
    client, path = open_study(*names)
    stored = {str(_read(name).SOPInstanceUID): str(_read(name).file_meta.TransferSyntaxUID) for name in names}
    for asked, told in (("*", stored), (EXPLICIT, dict.fromkeys(stored, EXPLICIT))):
        headers = {"Accept": PARTS.format("application/dicom", asked)}
        answer = client.get(f"{path}/dicomweb/studies/{STUDY}", headers=headers)
        assert answer.status_code == 200
        found = {}
        for part, body in split_parts(answer):
            dataset = dcmread(io.BytesIO(body), stop_before_pixels=True)
            found[str(dataset.SOPInstanceUID)] = syntax = str(dataset.file_meta.TransferSyntaxUID)
            assert part["content-type"] == f"application/dicom; transfer-syntax={syntax}"
        assert found == told


def test_the_directory_of_the_archive_names_it(open_study: Open) -> None:
    client, path = open_study(COMPRESSED)
    answer = client.get(f"{path}/archive.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        records = dcmread(io.BytesIO(archive.read("DICOMDIR"))).DirectoryRecordSequence
    found = [each[0x0004, 0x1512].value for each in records if 0x0004_1512 in each]
    assert found == [_read(COMPRESSED).file_meta.TransferSyntaxUID]


def test_a_search_tells_none_before_the_file_has_come(open_study: Open) -> None:
    client, path = open_study(COMPRESSED)
    (found,) = json.loads(client.get(f"{path}/dicomweb/instances").content)
    assert "00083002" not in found
    assert Path(found["00081190"]["Value"][0]).name == _read(COMPRESSED).SOPInstanceUID
