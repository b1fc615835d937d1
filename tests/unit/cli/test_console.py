import pytest

from openworklist.cli.console import print_table, printable


def test_columns_line_up_with_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name", "sex"), [("山田^太郎", "M"), ("DOE", "F")])

    assert capsys.readouterr().out == "name       sex\n山田^太郎  M\nDOE        F\n"


def test_what_a_peer_sent_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("name",), [("\x1b[2JDOE\n",)])

    assert capsys.readouterr().out == "name\n [2JDOE\n"


def test_a_message_is_shown_a_segment_a_line() -> None:
    assert printable("MSH|^~\\&\rMSA|AA|1\r") == "MSH|^~\\&\nMSA|AA|1"
