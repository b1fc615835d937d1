"""What the token of a study serves to programs: files as they came, as an archive and by WADO-RS."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.fileset import FileSet

from players.archive import SAMPLES, find_sample, read_dataset
from players.site import Site, TestClient, run_site
from players.study_site import make_token, split_parts, store_files

ANY_SYNTAX = 'multipart/related; type="application/dicom"; transfer-syntax=*'


@dataclass
class Held:
    """One study, the path of its token, and the file of each instance."""

    client: TestClient
    path: str
    uid: str
    files: dict[str, Path]

    @property
    def study(self) -> str:
        return f"{self.path}/dicomweb/studies/{self.uid}"

    def address_of(self, uid: str) -> str:
        head = dcmread(self.files[uid], stop_before_pixels=True)
        return f"{self.study}/series/{head.SeriesInstanceUID}/instances/{uid}"


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Held]]:
    """All samples, each with its study."""
    with run_site(tmp_path_factory.mktemp("data")) as site:
        yield hold(site, [find_sample(name) for name in SAMPLES])


def hold(site: Site, paths: list[Path]) -> dict[str, Held]:
    found: dict[str, Held] = {}
    for path, head in zip(paths, store_files(site, paths), strict=True):
        uid = str(head.StudyInstanceUID)
        if uid not in found:
            token = make_token(site, uid)
            found[uid] = Held(site.client(), f"/studies/by-token/{token}", uid, {})
        found[uid].files[str(head.SOPInstanceUID)] = path
    return found


def _of(held: dict[str, Held], name: str) -> tuple[Held, str]:
    """The study of a sample, and the UID of its instance."""
    head = dcmread(find_sample(name), stop_before_pixels=True)
    return held[str(head.StudyInstanceUID)], str(head.SOPInstanceUID)


def _dataset(data: bytes) -> bytes:
    return data[144 + int.from_bytes(data[140:144], "little") :]


def test_the_archive_has_every_file_as_it_came_and_a_directory(held: dict[str, Held], tmp_path: Path) -> None:
    for number, each in enumerate(held.values()):
        answer = each.client.get(f"{each.path}/archive.zip")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        folder = tmp_path / str(number)
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        directory = FileSet(folder / "DICOMDIR")
        found = {str(one.SOPInstanceUID): Path(one.path) for one in directory}
        directory._stage["t"].cleanup()
        assert {uid: _dataset(path.read_bytes()) for uid, path in found.items()} == {
            uid: read_dataset(path) for uid, path in each.files.items()
        }
        assert len(list(folder.rglob("IMG*"))) == len(found)


def test_the_name_of_the_archive_says_nothing_of_the_patient(held: dict[str, Held]) -> None:
    one, _ = _of(held, "CT_small.dcm")

    answer = one.client.get(f"{one.path}/archive.zip")

    assert answer.headers["content-disposition"] == 'attachment; filename="study-20040119.zip"'


def test_a_study_comes_as_it_was_stored(held: dict[str, Held]) -> None:
    for each in held.values():
        answer = each.client.get(each.study, headers={"Accept": ANY_SYNTAX})
        found = {}
        for headers, body in split_parts(answer):
            dataset = dcmread(io.BytesIO(body), stop_before_pixels=True)
            syntax = dataset.file_meta.TransferSyntaxUID
            assert headers["content-type"] == f"application/dicom; transfer-syntax={syntax}"
            assert (
                headers["content-location"] == f"http://testserver{each.address_of(dataset.SOPInstanceUID)}"
            )
            found[str(dataset.SOPInstanceUID)] = _dataset(body)
        assert found == {uid: read_dataset(path) for uid, path in each.files.items()}


def test_an_instance_comes_alone_for_who_wants_no_parts(held: dict[str, Held]) -> None:
    for each in held.values():
        for uid, path in each.files.items():
            accept = "application/dicom; transfer-syntax=*"
            answer = each.client.get(each.address_of(uid), headers={"Accept": accept})
            assert answer.status_code == 200
            assert _dataset(answer.content) == read_dataset(path)


def test_metadata_has_every_element_but_the_pixels(held: dict[str, Held]) -> None:
    for each in held.values():
        answer = each.client.get(f"{each.study}/metadata")
        assert answer.headers["content-type"] == "application/dicom+json"
        told = {one["00080018"]["Value"][0]: one for one in answer.json()}
        assert told.keys() == each.files.keys()
        for uid, path in each.files.items():
            want = dcmread(path)
            tags = {f"{int(tag):08X}" for tag in tuple(want.keys()) if tag.element and tag.group < 0x7FE0}
            assert tags <= told[uid].keys(), path.name
            (name,) = told[uid].get("00100010", {}).get("Value", [{}])
            assert "=".join(name.values()) == str(want.get("PatientName", ""))
            if "PixelData" in want:
                assert told[uid]["7FE00010"]["BulkDataURI"].endswith("/bulkdata/7FE00010")


def test_metadata_comes_as_xml_too(held: dict[str, Held]) -> None:
    one, uid = _of(held, "CT_small.dcm")
    accept = 'multipart/related; type="application/dicom+xml"'

    ((headers, body),) = split_parts(
        one.client.get(f"{one.address_of(uid)}/metadata", headers={"Accept": accept})
    )

    assert headers["content-type"] == "application/dicom+xml"
    assert f">{uid}<".encode() in body


@pytest.mark.parametrize("ending", ["/archive.zip", "/dicomweb/studies", "/dicomweb/instances"])
def test_a_wrong_token_opens_nothing(held: dict[str, Held], ending: str) -> None:
    client = next(iter(held.values())).client
    for token in ("0" * 64, "x", "%2e%2e", "A" * 10_000):
        answer = client.get(f"/studies/by-token/{token}{ending}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_opens_nothing_of_another_study(held: dict[str, Held]) -> None:
    one, other = list(held.values())[:2]
    uid = next(iter(other.files))
    foreign = other.address_of(uid).removeprefix(other.study)
    for path in (
        f"{one.path}/dicomweb/studies/{other.uid}",
        f"{one.path}/dicomweb/studies/{other.uid}/metadata",
        f"{one.path}/dicomweb/studies/{other.uid}{foreign}",
        f"{one.study}{foreign}",
        f"{one.study}{foreign}/metadata",
        f"{one.study}/series/%2e%2e/instances/{uid}",
        f"{one.path}/dicomweb/studies/..%2f{other.uid}",
    ):
        answer = one.client.get(path)
        assert answer.status_code == 404, path
        assert uid.encode() not in answer.content.replace(path.encode(), b"")


def test_what_is_not_to_be_had_says_what_is(held: dict[str, Held]) -> None:
    one, uid = _of(held, "CT_small.dcm")
    for path, accept in ((one.address_of(uid), "image/gif"), (f"{one.study}/metadata", "text/plain")):
        answer = one.client.get(path, headers={"Accept": accept})
        assert answer.status_code == 406
        assert "application/dicom" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_changed_by_a_token(held: dict[str, Held], method: str) -> None:
    one = next(iter(held.values()))

    answer = one.client.request(method, one.study, content=b"x")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == "application/problem+json"


def _ask(each: Held, method: str, path: str, **headers: str) -> Any:
    return each.client.request(
        method, path, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def test_ohif_is_told_where_the_study_is(held: dict[str, Held]) -> None:
    one, _ = _of(held, "CT_small.dcm")
    answer = _ask(one, "GET", f"{one.path}/dicomweb/ohif.json", origin="https://ohif.example")
    (service,) = answer.json()["servers"]["dicomWeb"]
    assert service["qidoRoot"] == service["wadoRoot"] == f"http://testserver{one.path}/dicomweb"
    assert answer.headers["access-control-allow-origin"] == "*"
    (study,) = one.client.get(f"{service['qidoRoot']}/studies").json()
    assert study["0020000D"]["Value"] == [one.uid]
    wrong = f"{one.path[:-1]}{'b' if one.path[-1] == 'a' else 'a'}"
    assert _ask(one, "GET", f"{wrong}/dicomweb/ohif.json").status_code == 404


def test_viewers_of_other_sites_may_read_what_a_token_opens(held: dict[str, Held]) -> None:
    one, uid = _of(held, "CT_small.dcm")
    origin = "https://viewer.example"

    before = _ask(one, "OPTIONS", one.address_of(uid), origin=origin, access_control_request_method="GET")
    answer = _ask(one, "GET", f"{one.study}/metadata", origin=origin)
    missing = _ask(one, "GET", f"{one.path}/dicomweb/studies/1.2.3", origin=origin)

    assert before.status_code == 204
    assert "Range" in before.headers["access-control-allow-headers"]
    for each in (before, answer, missing):
        assert each.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in each.headers
        assert each.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    "path", ["/login", "/api/openapi.json", "/dicomweb/studies", "{page}", "{page}/archive.zip"]
)
def test_nothing_else_is_for_other_sites(held: dict[str, Held], path: str) -> None:
    one = next(iter(held.values()))

    answer = _ask(one, "GET", path.replace("{page}", one.path), origin="https://viewer.example")

    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_head_says_what_get_would(held: dict[str, Held]) -> None:
    one, _ = _of(held, "CT_small.dcm")

    answer = one.client.head(f"{one.path}/archive.zip")

    assert (answer.status_code, answer.headers["content-type"], answer.content) == (
        200,
        "application/zip",
        b"",
    )


def test_numbers_of_metadata_are_numbers(held: dict[str, Held]) -> None:
    one, uid = _of(held, "CT_small.dcm")

    (told,) = json.loads(one.client.get(f"{one.address_of(uid)}/metadata").content)

    assert told["00280030"]["Value"] == [0.661468, 0.661468]
    assert told["00200013"]["Value"] == [1]
