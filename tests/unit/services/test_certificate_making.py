"""OpenSSL's own command is the judge."""

import shutil
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.certificate_making import make_certificates

NAMES = ("worklist.hospital.example", "localhost", "10.1.2.3", "::1")

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="apt-get install openssl")


def openssl(*arguments: object) -> str:
    ended = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "below"
    make_certificates(made, NAMES)
    return made


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(folder, tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.parametrize(("stem", "purpose"), [("server", "sslserver"), ("client", "sslclient")])
def test_each_pair_is_valid_for_its_purpose_alone(folder: Path, stem: str, purpose: str) -> None:
    file = folder / f"{stem}.pem"
    other = {"sslserver": "sslclient", "sslclient": "sslserver"}[purpose]
    check = ("verify", "-x509_strict", "-CAfile", folder / "ca.pem", "-purpose")
    assert openssl(*check, purpose, file) == f"{file}: OK\n"
    assert "error 26 at" in openssl(*check, other, file)


@pytest.mark.parametrize("stem", ["ca", "server", "client"])
def test_the_key_belongs_to_the_certificate_and_is_for_its_owner_alone(folder: Path, stem: str) -> None:
    key = folder / f"{stem}.key"
    public = openssl("x509", "-in", folder / f"{stem}.pem", "-noout", "-pubkey")
    assert openssl("pkey", "-in", key, "-pubout") == public
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("-verify_hostname", "worklist.hospital.example", True),
        ("-verify_hostname", "localhost", True),
        ("-verify_hostname", "other.example", False),
        ("-verify_ip", "10.1.2.3", True),
        ("-verify_ip", "::1", True),
        ("-verify_ip", "10.1.2.4", False),
    ],
)
def test_every_name_is_in_the_certificate(folder: Path, option: str, value: str, expected: bool) -> None:
    said = openssl("verify", "-CAfile", folder / "ca.pem", option, value, folder / "server.pem")
    assert said.endswith("OK\n") is expected


def test_nothing_is_overwritten_unless_it_is_wished(copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    with pytest.raises(SettingsError, match=r"holds server\.pem"):
        make_certificates(copy, NAMES)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_the_authority_is_kept_when_the_pairs_are_made_anew(copy: Path) -> None:
    authority, server = (copy / "ca.pem").read_bytes(), (copy / "server.pem").read_bytes()
    made = make_certificates(copy, NAMES, force=True)
    assert not made.is_new_authority
    assert (copy / "ca.pem").read_bytes() == authority
    assert (copy / "server.pem").read_bytes() != server
    assert openssl("verify", "-CAfile", copy / "ca.pem", copy / "server.pem").endswith("OK\n")


@pytest.mark.parametrize("spoil", ["missing", "other", "nothing"])
def test_an_authority_that_is_none_is_told(copy: Path, folder: Path, spoil: str) -> None:
    key = copy / "ca.key"
    if spoil == "missing":
        key.unlink()
    else:
        key.write_bytes((folder / "server.key").read_bytes() if spoil == "other" else b"")
    with pytest.raises(SettingsError, match=r"ca\.key"):
        make_certificates(copy, NAMES, force=True)


@pytest.mark.parametrize("name", ["", "a b", "http://x", "x" * 254, "ä.example", "10.1.2.3/8"])
def test_what_is_no_name_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="no host name"):
        make_certificates(tmp_path, (name,))
    assert list(tmp_path.iterdir()) == []


def test_days_are_as_long_as_they_are_wished(tmp_path: Path) -> None:
    make_certificates(tmp_path, ("x",), days=1, now=datetime.now(UTC) - timedelta(days=2))
    assert "has expired" in openssl("verify", "-CAfile", tmp_path / "ca.pem", tmp_path / "server.pem")
