"""How many connections are taken where the system allows few open files: in a process of its own."""

import subprocess
import sys

import pytest

pytest.importorskip("resource", reason="Windows has no limit on open files")

SCRIPT = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {files}))
from openworklist.app.room import find_room
from openworklist.settings import Settings
limits = dict(hl7_max_connections=100, dicom_max_associations=200)
print(*find_room(Settings(**limits, dicom_max_pending=100, web_max_connections=200)))
"""


@pytest.mark.parametrize(
    ("files", "room"),
    [(800, "100 200 100 200"), (799, "99 199 99 199"), (500, "50 100 50 100"), (100, "1 1 1 1")],
)
def test_the_limits_together_need_no_more_files_than_there_are(files: int, room: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(files=files)], capture_output=True, text=True, timeout=60
    )
    assert ended.stdout.strip() == room, ended.stderr
