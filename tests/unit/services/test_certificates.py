"""Which context the next connection gets, and what the log says of the files."""

import os
import shutil
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.certificate_making import make_certificates
from openworklist.services.certificates import Certificates, TlsFiles, make_server_context


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_certificates(folder, ("localhost",))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "copy")
    return tmp_path / "copy"


def files_of(folder: Path, *, client_ca: bool = False) -> TlsFiles:
    ca = str(folder / "ca.pem") if client_ca else ""
    return TlsFiles(str(folder / "server.pem"), str(folder / "server.key"), ca)


def look_twice(certificates: Certificates) -> list[str]:
    return [certificates.look() for _ in range(2)]


def replace_with(path: Path, content: bytes) -> None:
    """As programs do that renew certificates."""
    new = path.with_suffix(".new")
    new.write_bytes(content)
    os.replace(new, path)


def test_the_profile(made: Path) -> None:
    context = make_server_context(files_of(made, client_ca=True))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert sorted(each["name"] for each in context.get_ciphers()) == [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert make_server_context(files_of(made)).verify_mode is ssl.CERT_NONE


def test_new_files_are_used_once_they_have_settled(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    certificates = Certificates("DICOM", files_of(folder), lambda name: None)
    old = certificates.context()
    assert look_twice(certificates) == ["", ""]
    make_certificates(folder, ("localhost",), force=True)
    assert certificates.look() == ""
    assert certificates.context() is old
    assert certificates.look() == "certificates_renewed"
    assert certificates.context() is not old
    assert look_twice(certificates) == ["", ""]


def test_a_pair_that_does_not_fit_leaves_the_old_one_in_force(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = Certificates("DICOM", files_of(folder), lambda name: None)
    old, key = certificates.context(), (folder / "server.key").read_bytes()
    for content in ((folder / "client.key").read_bytes(), b"", None):
        if content is None:
            (folder / "server.key").unlink()
        else:
            replace_with(folder / "server.key", content)
        assert look_twice(certificates) == ["", "certificates_refused"]
        assert look_twice(certificates) == ["", ""]
        assert certificates.context() is old
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    replace_with(folder / "server.key", key)
    assert look_twice(certificates) == ["", "certificates_renewed"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(31, []), (29.5, ["in 29 days"]), (0.5, ["in 0 days"]), (-1, ["has expired"])],
)
def test_the_end_is_told_from_thirty_days_before_once_a_day(
    made: Path, caplog: pytest.LogCaptureFixture, days: float, expected: list[str]
) -> None:
    now = datetime.now(UTC) + timedelta(days=365) - timedelta(days=days)
    certificates = Certificates("DICOM", files_of(made), lambda name: None, clock=lambda: now)
    for _ in range(3):
        certificates.look()
    said = [record.message for record in caplog.records]
    assert len(said) == len(expected)
    assert all(text in line for text, line in zip(expected, said, strict=True))
    now += timedelta(days=1)
    certificates.look()
    assert len(caplog.records) == 2 * len(expected) or days == 31


@pytest.mark.parametrize("missing", ["server.pem", "server.key", "ca.pem"])
def test_a_file_that_is_not_there_is_named(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(SettingsError) as caught:
        make_server_context(files_of(folder, client_ca=True))
    assert caught.value.where == str(folder / missing)
