"""What the doctor says of the files that the TLS ports need."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.errors import SettingsError
from openworklist.services.certificate_making import make_certificates
from openworklist.services.certificates import TlsFiles
from openworklist.services.doctor.case import Case, Port
from openworklist.services.doctor.certificate import check_certificate
from openworklist.services.doctor.finding import Level


@pytest.fixture
def case(papers: Path, tmp_path: Path) -> Case:
    shutil.copytree(papers, tmp_path / "papers")
    off = Port("HL7", "", 0, "--hl7-port")
    names = ("server.pem", "server.key", "ca.pem")
    files = TlsFiles(*(str(tmp_path / "papers" / name) for name in names))
    case = Case(tmp_path / "data", "", off, off, off, "OPENWORKLIST", ZoneInfo("UTC"), 100)
    return replace(case, tls=(files,))


def test_a_sound_pair_is_well_until_its_end(case: Case) -> None:
    (finding,) = check_certificate(case)
    assert finding.level is Level.OK
    assert f"{datetime.now(UTC) + timedelta(days=365):%Y-%m}" in finding.sentence
    assert list(check_certificate(replace(case, tls=()))) == []


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [(20, Level.WARNING, "in 19 days"), (1, Level.PROBLEM, "has expired")],
)
def test_the_end_is_told_in_time(case: Case, days: int, level: Level, said: str) -> None:
    folder = Path(case.tls[0].certificate).parent
    began = datetime.now(UTC) - timedelta(days=2 if days == 1 else 0)
    make_certificates(folder, ("localhost",), days=days, force=True, now=began)
    (finding,) = check_certificate(case)
    assert finding.level is level
    assert said in finding.sentence


def test_a_key_that_all_can_read_is_told(case: Case) -> None:
    Path(case.tls[0].key).chmod(0o644)
    _, finding = check_certificate(case)
    assert (finding.name, finding.level) == ("key of the certificate", Level.WARNING)


def test_a_pair_that_does_not_fit_is_a_problem(case: Case) -> None:
    files = case.tls[0]
    other = replace(files, key=str(Path(files.key).with_name("client.key")))
    with pytest.raises(SettingsError, match="cannot be used for TLS"):
        list(check_certificate(replace(case, tls=(other,))))
