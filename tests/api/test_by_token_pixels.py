"""Pixels by a token: frames, pictures and bulk data, in what a client accepts."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import MPEG4HP41, ExplicitVRLittleEndian, generate_uid

from players.archive import find_sample, make_slice
from players.site import Site, TestClient, run_site
from players.study_site import make_token, split_parts, store_files

PLAIN = "1.2.840.10008.1.2.1"
NAMES = (
    "CT_small.dcm",
    "ExplVR_BigEnd.dcm",
    "SC_rgb_rle_2frame.dcm",
    "examples_ybr_color.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
    "reportsi.dcm",
)
_VIDEO = bytes(range(256)) * 40


@dataclass
class Held:
    client: TestClient
    path: str
    dataset: Any

    def get(self, ending: str, accept: str = "", **headers: str) -> Any:
        if accept:
            headers["Accept"] = accept
        return self.client.get(self.path + ending, headers=headers)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Held]]:
    """Samples, a video and a document, each by its token."""
    folder = tmp_path_factory.mktemp("files")
    paths = {name: find_sample(name) for name in NAMES}
    paths["video"] = _write_video(folder / "video.dcm")
    paths["document"] = _write_document(folder / "document.dcm")
    with run_site(tmp_path_factory.mktemp("data")) as site:
        yield {name: _hold(site, path) for name, path in paths.items()}


def _hold(site: Site, path: Path) -> Held:
    (head,) = store_files(site, [path])
    token = make_token(site, str(head.StudyInstanceUID))
    address = (
        f"studies/{head.StudyInstanceUID}/series/{head.SeriesInstanceUID}/instances/{head.SOPInstanceUID}"
    )
    return Held(site.client(), f"/studies/by-token/{token}/dicomweb/{address}", dcmread(path))


def _write_video(path: Path) -> Path:
    """A stream in two fragments."""
    image = make_slice(StudyInstanceUID=generate_uid(), SeriesInstanceUID=generate_uid(), NumberOfFrames=30)
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
    image.file_meta.TransferSyntaxUID = MPEG4HP41
    image.PixelData = encapsulate([_VIDEO], fragments_per_frame=2, has_bot=False)
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True
    image.save_as(path, enforce_file_format=True)
    return path


def _write_document(path: Path) -> Path:
    document = make_slice(StudyInstanceUID=generate_uid(), SeriesInstanceUID=generate_uid())
    document.SOPClassUID = document.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    del document.PixelData
    document.add_new(0x0042_0011, "OB", b"%PDF" + bytes(4_000))
    document.MIMETypeOfEncapsulatedDocument = "application/pdf"
    document.save_as(path, enforce_file_format=True)
    return path


def test_frames_come_uncompressed_for_who_names_no_transfer_syntax(held: dict[str, Held]) -> None:
    one = held["SC_rgb_rle_2frame.dcm"]

    parts = split_parts(one.get("/frames/2,1"))

    want = one.dataset.pixel_array
    assert [headers["content-type"] for headers, _ in parts] == [
        f"application/octet-stream; transfer-syntax={PLAIN}"
    ] * 2
    assert [body for _, body in parts] == [want[1].tobytes(), want[0].tobytes()]
    assert parts[0][0]["content-location"].endswith("/frames/2")


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ('multipart/related; type="image/jpeg"', "image/jpeg"),
        ("multipart/related; type=image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.50", "image/jpeg"),
        ("multipart/related; type=application/octet-stream; transfer-syntax=*", "application/octet-stream"),
    ],
)
def test_frames_come_as_they_are_stored_for_who_takes_that(
    held: dict[str, Held], accept: str, media: str
) -> None:
    one = held["examples_ybr_color.dcm"]
    stored = list(generate_frames(one.dataset.PixelData, number_of_frames=one.dataset.NumberOfFrames))

    parts = split_parts(one.get("/frames/1,30", accept))

    assert [body for _, body in parts] == [stored[0], stored[29]]
    assert parts[0][0]["content-type"] == f"{media}; transfer-syntax=1.2.840.10008.1.2.4.50"


@pytest.mark.parametrize("name", ["CT_small.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm", "liver_1frame.dcm"])
def test_one_frame_comes_alone_in_little_endian(held: dict[str, Held], name: str) -> None:
    one = held[name]
    samples = int(one.dataset.Rows) * int(one.dataset.Columns) * int(one.dataset.SamplesPerPixel)
    size = (samples * int(one.dataset.BitsAllocated) + 7) // 8

    answer = one.get("/frames/1", "application/octet-stream")

    assert answer.headers["content-type"] == f"application/octet-stream; transfer-syntax={PLAIN}"
    assert len(answer.content) == size
    if name.startswith("CT"):
        assert answer.content == one.dataset.PixelData


@pytest.mark.parametrize(
    ("frames", "status"),
    [
        ("0", 400),
        ("-1", 400),
        ("1,,2", 400),
        ("1-2", 400),
        ("one", 400),
        ("%D9%A1", 400),
        (",".join(["1"] * 10_001), 400),
        ("99999999999999999999", 400),
        ("2", 404),
        ("1,1000000000", 404),
    ],
)
def test_a_frame_that_cannot_be_is_not_there(held: dict[str, Held], frames: str, status: int) -> None:
    for ending in ("", "/rendered", "/thumbnail"):
        answer = held["CT_small.dcm"].get(f"/frames/{frames}{ending}")
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_what_has_no_pixels_says_so(held: dict[str, Held]) -> None:
    for ending in ("/frames/1", "/rendered", "/thumbnail", "/frames/1/rendered"):
        answer = held["reportsi.dcm"].get(ending)
        assert (answer.status_code, answer.json()["code"]) == (404, "picture.not-an-image")


def test_pictures_are_made_as_they_are_asked_for(held: dict[str, Held]) -> None:
    one = held["CT_small.dcm"]

    usual = one.get("/rendered")
    small = one.get("/thumbnail?viewport=32,32")
    other = one.get("/frames/1/rendered?window=40,400,linear&viewport=64,64&quality=20&annotation=patient")
    png = one.get("/rendered?accept=image/png")

    for answer in (usual, small, other):
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.content.startswith(b"\xff\xd8")
    assert png.content.startswith(b"\x89PNG")
    assert len(small.content) < len(usual.content)
    assert one.get("/rendered?window=40").status_code == 400
    assert one.get("/rendered", "image/gif").status_code == 406


def test_all_frames_are_rendered_for_who_takes_several_parts(held: dict[str, Held]) -> None:
    parts = split_parts(held["SC_rgb_rle_2frame.dcm"].get("/rendered", 'multipart/related; type="image/png"'))

    assert [body[:4] for _, body in parts] == [b"\x89PNG"] * 2


def test_a_series_is_rendered_but_for_what_has_no_picture(held: dict[str, Held]) -> None:
    one = held["CT_small.dcm"]
    series = one.path.partition("/instances/")[0]

    answer = one.client.get(f"{series}/rendered")

    assert [headers["content-type"] for headers, _ in split_parts(answer)] == ["image/jpeg"]
    assert one.client.get(f"{series}/thumbnail").headers["content-type"] == "image/jpeg"
    report = held["reportsi.dcm"].path.partition("/instances/")[0]
    assert one.client.get(f"{report}/thumbnail").status_code == 404


def test_an_instance_is_decoded_for_who_takes_no_other(held: dict[str, Held]) -> None:
    one = held["SC_rgb_rle_2frame.dcm"]

    ((headers, body),) = split_parts(one.get("", 'multipart/related; type="application/dicom"'))

    found = dcmread(BytesIO(body))
    assert headers["content-type"] == f"application/dicom; transfer-syntax={PLAIN}"
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert found.PixelData == one.dataset.pixel_array.tobytes()


def test_a_video_is_a_stream_of_which_ranges_can_be_had(held: dict[str, Held]) -> None:
    one = held["video"]
    (told,) = one.get("/metadata").json()
    address = told["7FE00010"]["BulkDataURI"].removeprefix("http://testserver").removeprefix(one.path)

    whole = one.get(address)
    part = one.get(address, "video/mp4", Range="bytes=5000-6999")

    assert whole.headers["content-type"] == f"video/mp4; transfer-syntax={MPEG4HP41}"
    assert whole.content == _VIDEO
    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 5000-6999/{len(_VIDEO)}")
    assert part.content == _VIDEO[5000:7000]
    assert one.get(address, Range="bytes=99999-").status_code == 416
    assert one.get(address, 'multipart/related; type="video/mp4"').content.count(_VIDEO) == 1
    assert one.get("/frames/1").status_code == 406
    assert one.get("/rendered").status_code == 406


def test_a_video_comes_as_it_is_stored_and_not_decoded(held: dict[str, Held]) -> None:
    one = held["video"]
    only_plain = f'multipart/related; type="application/dicom"; transfer-syntax={PLAIN}'

    assert one.get("", "application/dicom").headers["content-type"].endswith(MPEG4HP41)
    refused = one.get("", only_plain)
    assert (refused.status_code, refused.json()["code"]) == (406, "request.not-acceptable")
    assert str(MPEG4HP41) in refused.json()["detail"]


def test_a_document_is_what_it_says_that_it_is(held: dict[str, Held]) -> None:
    one = held["document"]
    (told,) = one.get("/metadata").json()
    address = told["00420011"]["BulkDataURI"].removeprefix("http://testserver").removeprefix(one.path)

    answer = one.get(address)

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(b"%PDF")
    ((_, body),) = split_parts(one.get(address, 'multipart/related; type="application/octet-stream"'))
    assert body == answer.content


@pytest.mark.parametrize("name", ["CT_small.dcm", "ExplVR_BigEnd.dcm", "image_dfl.dcm"])
def test_pixels_are_bulk_data_in_little_endian(held: dict[str, Held], name: str) -> None:
    one = held[name]
    want = one.dataset.PixelData
    if name == "ExplVR_BigEnd.dcm" and one.dataset["PixelData"].VR == "OW":
        want = b"".join(want[at : at + 2][::-1] for at in range(0, len(want), 2))

    ((_, body),) = split_parts(one.get("/bulkdata/7FE00010"))

    assert body == want
    assert one.get("/bulkdata/7FE00010", "application/octet-stream").content == want


@pytest.mark.parametrize(
    "value", ["00100010", "7fe00010", "..%2f..", "7FE00010/", "x" * 5_000, "00081140/0/00081150"]
)
def test_there_is_no_other_bulk_data(held: dict[str, Held], value: str) -> None:
    assert held["CT_small.dcm"].get(f"/bulkdata/{value}").status_code == 404


def test_an_instance_as_it_is_stored_has_ranges_too(held: dict[str, Held]) -> None:
    one = held["CT_small.dcm"]

    part = one.get("", "application/dicom", Range="bytes=128-131")

    assert (part.status_code, part.content) == (206, b"DICM")
