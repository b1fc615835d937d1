"""Images are stored: DCMTK and pynetdicom send, the whole server keeps what it answered for."""

import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.encaps import get_frame
from pydicom.uid import generate_uid

from players.archive import (
    SAMPLES,
    connect,
    find_sample,
    list_files,
    list_stored,
    make_slice,
    read_dataset,
    send,
    send_files,
    write_compressed,
)

DCMTK = "apt-get install dcmtk"
CT = ("1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1")
VIDEO = "1.2.840.10008.5.1.4.1.1.77.1.1.1"
ECHO = ("1.2.840.10008.1.1", "1.2.840.10008.1.2")
# What has storescu propose a transfer syntax.
FLAGS = {
    "1.2.840.10008.1.2.1.99": ["-xd"],
    "1.2.840.10008.1.2.4.51": ["-xx"],
    "1.2.840.10008.1.2.4.50": ["-xy"],
    "1.2.840.10008.1.2.4.90": ["-xv"],
    "1.2.840.10008.1.2.4.91": ["-xw"],
    "1.2.840.10008.1.2.4.80": ["-xt"],
    "1.2.840.10008.1.2.5": ["-xr"],
}
# What storescu proposes of films.
FILMS = {
    "1.2.840.10008.1.2.4.100": "-xm",
    "1.2.840.10008.1.2.4.101": "-xh",
    "1.2.840.10008.1.2.4.102": "-xn",
    "1.2.840.10008.1.2.4.103": "-xl",
    "1.2.840.10008.1.2.4.104": "-x2",
    "1.2.840.10008.1.2.4.105": "-x3",
    "1.2.840.10008.1.2.4.106": "-xo",
    "1.2.840.10008.1.2.4.107": "-x4",
    "1.2.840.10008.1.2.4.108": "-x5",
}
# What DCMTK does not know: HTJ2K, fragmentable films, JPEG XL, frames deflated each.
NEWER = [
    *(f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203, 110, 111, 112)),
    *(f"1.2.840.10008.1.2.4.{number}.1" for number in range(100, 107)),
    "1.2.840.10008.1.2.8.1",
]


def run(*command: object) -> None:
    name = str(command[0])
    if shutil.which(name) is None:
        pytest.skip(DCMTK)
    ended = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_pynetdicom_sends_what_scanners_send(server: Any) -> None:
    paths = [find_sample(name) for name in SAMPLES]
    assert [each.Status for each in send_files(server.dicom, paths)] == [0] * len(paths)
    stored = list_stored(server.data)
    for path in paths:
        sent = dcmread(path)
        found = stored[sent.SOPInstanceUID]
        assert read_dataset(found) == read_dataset(path), path.name
        meta = dcmread(found).file_meta
        assert meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID
        assert meta.MediaStorageSOPInstanceUID == sent.SOPInstanceUID
        assert (meta.SendingApplicationEntityTitle, meta.ReceivingApplicationEntityTitle) == (
            "CT01",
            "OPENWORKLIST",
        )
    assert set(list_files(server.data)) >= set(stored.values())


def test_dcmtk_sends_what_scanners_send(start_server: Any, tmp_path: Path) -> None:
    """storescu proposes for each file, dcmsend for all at once."""
    server = start_server(tmp_path / "data")
    # dcmsend breaks this one as it decompresses it: DCMTK's own storescp refuses it too.
    paths = [find_sample(name) for name in SAMPLES if name != "rtdose_rle.dcm"]
    run("dcmsend", "-aec", "OPENWORKLIST", "127.0.0.1", server.dicom, *paths)
    stored = list_stored(server.data)
    assert stored.keys() == {str(dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in paths}
    for path in paths:
        sent, found = dcmread(path), dcmread(stored[dcmread(path).SOPInstanceUID])
        assert found.get("PixelData") == sent.get("PixelData"), path.name
    # Again, by another program: the same instances, some in another encoding.
    for path in paths:
        if path.name == "liver_1frame.dcm":
            continue  # no SOP class that storescu proposes
        syntax = str(dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID)
        run("storescu", *FLAGS.get(syntax, ()), "-aec", "OPENWORKLIST", "127.0.0.1", server.dicom, path)
    assert list_stored(server.data).keys() == stored.keys()
    assert server.stop() == 0
    assert len(list_files(server.data)) == len(stored)


def test_films_and_newer_compressions_come_back_byte_for_byte(server: Any, tmp_path: Path) -> None:
    """storescu sends what it knows, pynetdicom all. Their frames are noise, which nobody looks at here."""
    films = [
        write_compressed(tmp_path / f"{syntax}.dcm", syntax, os.urandom(200_000), VIDEO) for syntax in FILMS
    ]
    for path, flag in zip(films, FILMS.values(), strict=True):
        run("storescu", "-R", flag, "-aec", "OPENWORKLIST", "127.0.0.1", server.dicom, path)
    again = [
        write_compressed(tmp_path / f"{syntax}-again.dcm", syntax, os.urandom(200_000), VIDEO)
        for syntax in (*FILMS, *NEWER)
    ]
    check_that_they_come_back(server, films, again)


def test_a_frame_of_near_lossless_jpeg_ls(server: Any, tmp_path: Path) -> None:
    """pydicom's own sample has no study, and is refused."""
    sample = find_sample("JPEGLSNearLossless_08.dcm")
    assert send_files(server.dicom, [sample])[0].Status == 0xC000
    found = dcmread(sample)
    frame = get_frame(found.PixelData, 0, number_of_frames=1)
    first, second = (
        write_compressed(tmp_path / name, found.file_meta.TransferSyntaxUID, frame, found.SOPClassUID)
        for name in ("first.dcm", "second.dcm")
    )
    run("storescu", "-xu", "-aec", "OPENWORKLIST", "127.0.0.1", server.dicom, first)
    check_that_they_come_back(server, [first], [second])


def check_that_they_come_back(server: Any, sent: list[Path], unsent: list[Path]) -> None:
    """pynetdicom sends the others; the datasets of them all are on disk as they were sent."""
    assert [each.Status for each in send_files(server.dicom, unsent)] == [0] * len(unsent)
    stored = list_stored(server.data)
    for path in (*sent, *unsent):
        meta = dcmread(path, stop_before_pixels=True).file_meta
        found = stored[meta.MediaStorageSOPInstanceUID]
        assert dcmread(found, stop_before_pixels=True).file_meta.TransferSyntaxUID == meta.TransferSyntaxUID
        assert read_dataset(found) == read_dataset(path), path.name


def test_what_was_answered_survives_the_power_going_off(start_server: Any, tmp_path: Path) -> None:
    """Eight associations store when the server is killed."""
    data, answered, killed = tmp_path / "data", [], threading.Event()
    server = start_server(data)

    def send_until_it_ends(number: int) -> None:
        with suppress(Exception), connect(server.dicom, [CT], calling=f"CT{number}") as association:
            while not killed.is_set():
                image = make_slice(PatientID=f"P{number}", pixels=os.urandom(600_000))
                image.SeriesInstanceUID = generate_uid()
                if association.send_c_store(image).get("Status") == 0:
                    answered.append(image)

    with ThreadPoolExecutor(8) as threads:
        sending = [threads.submit(send_until_it_ends, number) for number in range(8)]
        for _ in range(6000):
            if len(answered) >= 40:
                break
            time.sleep(0.01)
        server.kill()
        killed.set()
        wait(sending)
    assert len(answered) >= 40

    restarted = start_server(data)
    stored = list_stored(data)
    for image in answered:
        assert dcmread(stored[image.SOPInstanceUID]).PixelData == image.PixelData
    for path in stored.values():
        assert len(dcmread(path).PixelData) == 600_000
    assert restarted.stop() == 0
    assert set(list_files(data)) == set(stored.values())


def test_the_option_switches_it_off_and_on(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")

    def is_accepted(expected: bool) -> bool:
        for _ in range(200):
            with suppress(AssertionError), connect(server.dicom, [CT, ECHO]) as association:
                if any(each.abstract_syntax == CT[0] for each in association.accepted_contexts) is expected:
                    return True
            time.sleep(0.05)
        return False

    assert is_accepted(True)
    assert openworklist("options", "set", "storage", "no", "--data", server.data).returncode == 0
    assert is_accepted(False)
    assert openworklist("options", "set", "storage", "yes", "--data", server.data).returncode == 0
    assert is_accepted(True)
    assert server.stop() == 0


def test_scanners_that_are_turned_away_store_nothing(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    assert openworklist("options", "set", "unknown_scanners", "refuse", "--data", server.data).returncode == 0
    for _ in range(200):
        try:
            send(server.dicom, make_slice(), calling="STRANGER")
        except AssertionError:
            break
        time.sleep(0.05)
    else:
        pytest.fail("it was never turned away")
    assert server.stop() == 0


def test_extended_negotiation_says_level_2(server: Any) -> None:
    with connect(server.dicom, [CT], extended=bytes(6)) as association:
        (item,) = association.acceptor.sop_class_extended.items()
    assert item == (CT[0], b"\2\0\3\0\0\0")


def test_the_log_names_no_patient(start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    image = make_slice(PatientName="SECRET^NAME", PatientID="SECRETID")
    other = make_slice(SOPInstanceUID=image.SOPInstanceUID, PatientName="SECRET^OTHER")
    broken = make_slice(PatientName="SECRET^BROKEN", StudyInstanceUID="")
    assert [each.Status for each in send(server.dicom, image, image, other, broken)] == [0, 0, 0, 0xC000]
    assert server.stop() == 0
    log = server.log.read_text()
    assert "SECRET" not in log
    assert "another content" in log
