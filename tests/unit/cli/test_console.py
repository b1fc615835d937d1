import sys
from io import StringIO

import pytest

from openworklist.cli.console import Progress, print_table, printable


def test_columns_line_up_with_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "sex"), [("山田^太郎", "M"), ("DOE", "F")])

    assert capsys.readouterr().out == "name       sex\n山田^太郎  M\nDOE        F\n"


def test_what_a_peer_sent_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [("\x1b[2JDOE\n",)])

    assert capsys.readouterr().out == "name\n [2JDOE\n"


def test_a_message_is_shown_a_segment_a_line() -> None:
    assert printable("MSH|^~\\&\rMSA|AA|1\r") == "MSH|^~\\&\nMSA|AA|1"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_that_is_gone_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with Progress() as progress:
        progress.show("1 sent\n")
        progress.show("2 sent")  # too soon for a terminal

    assert terminal.getvalue() == "\r\x1b[K1 sent \r\x1b[K"


def test_no_progress_goes_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress.show("1 sent")

    assert capsys.readouterr().err == ""
