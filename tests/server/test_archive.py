"""A real archive beside the real command: who we are is a setting, where it is an option."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from players.orthanc import PASSWORD, USER, find_plugin, run_orthanc


def test_the_command_asks_the_archive_of_the_options(
    tmp_path: Path, make_port: Callable[[], int], openworklist: Any
) -> None:
    find_plugin()
    data = ["--data", tmp_path / "data"]
    word = tmp_path / "word"
    word.write_text(f"{PASSWORD}\n")
    known = {"OPENWORKLIST_ARCHIVE_USER": USER, "OPENWORKLIST_ARCHIVE_PASSWORD_FILE": str(word)}
    assert openworklist("options", "set", "archive_cache", "100", *data).returncode == 0
    nowhere = openworklist("archive", "echo", *data)
    assert (nowhere.returncode, "(archive.none)" in nowhere.stderr) == (1, True)
    with run_orthanc(tmp_path / "orthanc", make_port()) as orthanc:
        assert openworklist("options", "set", "archive_url", orthanc.url, *data).returncode == 0
        told = openworklist("archive", "echo", *data, environment=known)
        assert told.returncode == 0, told.stderr
        assert told.stdout.startswith("127.0.0.1 answered in ")
        stranger = openworklist("archive", "echo", *data)
        assert (stranger.returncode, "(archive.refused)" in stranger.stderr) == (1, True)
        assert PASSWORD not in openworklist("settings", *data, environment=known).stdout
    gone = openworklist("archive", "echo", *data, environment=known)
    assert (gone.returncode, "(archive.unreachable)" in gone.stderr) == (1, True)
    half = openworklist("study-token", "patient", "P-NOBODY", *data, environment=known)
    assert (half.returncode, "(archive.unreachable)" in half.stderr) == (1, True)
