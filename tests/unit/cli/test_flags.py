from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from openworklist.cli.flags import (
    Timeout,
    ae_title,
    find_actor,
    parse_address,
    parse_dates,
    parse_moment,
    parse_sender,
    takes_settings,
    to_moments,
)
from openworklist.settings import FLAGS, Loaded

ATHENS = ZoneInfo("Europe/Athens")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:3001", ("127.0.0.1", 3001)),
        ("ris.hospital.example:2575", ("ris.hospital.example", 2575)),
        ("[::1]:3001", ("::1", 3001)),
    ],
)
def test_an_address_is_host_and_port(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "host", "host:", ":3001", "host:0", "host:65536", "host:٣", "::1:3001"])
def test_anything_else_is_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_address(text)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("20260314", ("20260314", "20260314")),
        ("20260314-20260320", ("20260314", "20260320")),
        ("20260314-", ("20260314", "")),
        ("-20260320", ("", "20260320")),
    ],
)
def test_dates_are_a_day_or_a_range(text: str, dates: tuple[str, str]) -> None:
    assert parse_dates(text) == dates


@pytest.mark.parametrize(
    "text", ["", "-", "today", "2026-03-14", "20260230", "0260314", "٢٠٢٦٠٣١٤", "20260314-20260320-"]
)
def test_other_dates_are_wrong_usage(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        parse_dates(text)


def run(command: typer.Typer, *arguments: str) -> tuple[int, str]:
    ended = CliRunner(env={"OPENWORKLIST_HL7_PORT": "7"}).invoke(command, arguments)
    return ended.exit_code, ended.stdout + ended.stderr


def test_a_command_keeps_its_own_options_and_gets_the_settings(tmp_path: Path) -> None:
    application = typer.Typer(rich_markup_mode=None)

    @application.command()
    @takes_settings()
    def command(
        loaded: Loaded,
        number: Annotated[int, typer.Option("--own", min=1, help="Its own.")] = 3,
    ) -> None:
        print(loaded.settings.hl7_port, loaded.settings.web_port, loaded.settings.data, number)

    file = tmp_path / "site.toml"
    file.write_text('data = "here"\n')
    assert run(application) == (0, "7 3000 data 3\n")
    assert run(application, "--own", "5", "--web-port", "8", "--config", str(file)) == (0, "7 8 here 5\n")
    assert run(application, "--own", "0")[0] == 2
    shown = run(application, "--help")[1]
    assert "Its own." in shown
    assert all(f"--{name.replace('_', '-')}" in shown for name in FLAGS)
    assert "--admin-password" not in shown  # others could read it in the list of processes


def test_a_command_may_take_some_settings_only() -> None:
    application = typer.Typer(rich_markup_mode=None)

    @application.command()
    @takes_settings("data")
    def command(loaded: Loaded) -> None:
        print(loaded.settings.data)

    assert run(application, "--data", "here") == (0, "here\n")
    assert run(application, "--web-port", "8")[0] == 2


ask = typer.Typer(rich_markup_mode=None)


@ask.command()
def _ask(title: Annotated[str, ae_title("--title", "Whose.")] = "CT01", timeout: Timeout = 30) -> None:
    print(f"{title} {timeout:g}")


@pytest.mark.parametrize("title", ["A" * 17, "", "  ", "CT\\01", "ÄRZTE", "CT\n01"])
def test_what_is_no_ae_title_is_wrong_usage(title: str) -> None:
    status, shown = run(ask, "--title", title)

    assert status == 2
    assert "is no AE title" in shown


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_so_is_a_time_out_that_nobody_can_wait_for(seconds: str) -> None:
    assert run(ask, "--timeout", seconds)[0] == 2


def test_an_ae_title_of_16_letters_and_a_short_time_out_are_taken() -> None:
    assert run(ask, "--title", "A" * 16, "--timeout", "0.5") == (0, f"{'A' * 16} 0.5\n")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20260314", datetime(2026, 3, 14, tzinfo=ATHENS)),
        ("202603141015", datetime(2026, 3, 14, 10, 15, tzinfo=ATHENS)),
        ("20260714101530", datetime(2026, 7, 14, 10, 15, 30, tzinfo=ATHENS)),
    ],
)
def test_a_moment_is_one_of_the_site(text: str, moment: datetime) -> None:
    assert parse_moment(text, ATHENS) == moment.timestamp() * 1_000_000


@pytest.mark.parametrize(
    "text", ["", "2026", "20260230", "2026031410", "20260314T1015", "yesterday", "٢٠٢٦٠٣١٤"]
)
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="no date or moment"):
        parse_moment(text, ATHENS)


def test_days_reach_from_the_beginning_of_the_first_to_the_end_of_the_last() -> None:
    # Between them clocks go forward by an hour.
    first, end = to_moments(("20260328", "20260329"), ATHENS)
    assert end - first == 47 * 3_600_000_000
    assert to_moments(("", ""), ATHENS) == (0, 0)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("", (None, None)),
        ("RIS", ("RIS", None)),
        ("RIS|", ("RIS", "")),
        ("|HOSPITAL", (None, "HOSPITAL")),
        ("RIS|HOSPITAL|X", ("RIS", "HOSPITAL|X")),
    ],
)
def test_a_sender_is_application_and_facility(text: str, sender: tuple[str | None, str | None]) -> None:
    assert parse_sender(text) == sender


def test_who_runs_a_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "mary")
    assert find_actor() == "cli:mary"
