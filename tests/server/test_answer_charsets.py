"""Each scanner is answered in its own character set by a whole server: read by pynetdicom, told to people."""

from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.scanner import WORKLIST

NAME = "YAMADA^TAROU^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P"
KANJI = b"\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B"
KANA = b"\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"
SCANNERS = {
    # AE title: character set, fallback, (0008,0005), the name
    "JP": (r"\ISO 2022 IR 87", "", ["", "ISO 2022 IR 87"], b"YAMADA^TAROU=" + KANJI + b"=" + KANA),
    "CN": ("GB18030", "", "GB18030", "YAMADA^TAROU=山田^太郎=やまだ^たろう".encode("gb18030")),
    "DE": ("ISO_IR 100", "", None, b"YAMADA^TAROU=??^??=yamada^tarou"),
    "US": ("ISO_IR 100", "unicode", "ISO_IR 192", "YAMADA^TAROU=山田^太郎=やまだ^たろう".encode()),
}


def ask(port: int, calling: str) -> Dataset:
    question = Dataset()
    question.PatientName = question.PatientID = ""
    scanner = AE(calling)
    scanner.add_requested_context(WORKLIST)
    association = scanner.associate("127.0.0.1", port, ae_title="OPENWORKLIST")
    assert association.is_established
    try:
        (found,) = [answer for _, answer in association.send_c_find(question, WORKLIST) if answer is not None]
        return found
    finally:
        association.release()


def test_the_same_record_in_the_letters_of_each(tmp_path: Path, start_server: Any, openworklist: Any) -> None:
    folder = tmp_path / "data"
    for title, (charset, fallback, _, _) in SCANNERS.items():
        arguments = ["--charset", charset, *(("--charset-fallback", fallback) if fallback else ())]
        assert openworklist("scanners", "set", title, *arguments, "--data", folder).returncode == 0
    server = start_server(folder)
    order = make_order("1", NAME, charset="UNICODE UTF-8")
    assert b"MSA|AA" in send_message("127.0.0.1", server.hl7, order)
    for title, (_, _, terms, coded) in SCANNERS.items():
        found = ask(server.dicom, title)
        declared = found.get("SpecificCharacterSet")
        assert (declared if declared is None or isinstance(declared, str) else list(declared)) == terms
        assert found["PatientName"].value.original_string.rstrip(b" ") == coded
    shown = openworklist("records", "show", "1", "--data", folder).stdout
    assert "warning: Patient name: DE (ISO_IR 100) shows 'YAMADA^TAROU=??^??=yamada^tarou'." in shown
    assert shown.count("warning:") == 1
    assert server.stop() == 0


@pytest.mark.parametrize("charset", ["ISO 2022 IR 87", r"\GBK", "latin 1"])
def test_what_is_no_character_set_of_dicom_is_refused(
    tmp_path: Path, openworklist: Any, charset: str
) -> None:
    for command in (["scanners", "set", "CT01", "--charset"], ["options", "set", "answer_charset"]):
        ended = openworklist(*command, charset, "--data", tmp_path / "data")
        assert ended.returncode != 0
        assert "settings.invalid" in ended.stderr
