"""The watched folder, look by look: a test says what happens between one look and the next."""

import errno
import logging
import os
import resource
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import func, select

from openworklist.hl7.profile import preset
from openworklist.listeners.folder_watch import FolderWatch
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.files import Files, Taken
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.connection import Statement
from openworklist.store.database import Database, open_database
from openworklist.store.schema import messages
from players.auditor import read_records

NOBODY = 65_534
COUNT = Statement(select(func.count()).select_from(messages))


def make_order(number: str, name: str = "Doe^Jane", charset: str = "") -> bytes:
    text = (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|C{number}|P|2.3.1||||||{charset}\r"
        f"PID|||{number}||{name}\rORC|NW|A{number}\rOBR||||RP{number}^CT||||||||||||||CT|||CT01\r"
    )
    return text.encode()


NO_PATIENT = make_order("").replace(b"|C|", b"|NOBODY|")


class Watched(Files):
    """Files that let something happen after each message, while its file is still being taken."""

    between: Callable[[], Any] = staticmethod(lambda: None)

    def take(self, pieces: Iterable[bytes], source: Source) -> Iterator[Taken]:
        for taken in super().take(pieces, source):
            self.between()
            yield taken


class Ward:
    """A folder, a database that outlives its watch, and a clock that the test sets."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "orders"
        self.folder.mkdir()
        self.data = root / "data"
        self.now = 1000.0
        self.told: list[str] = []
        self.is_stopping = False
        self.database: Database = open_database("", self.data)
        self.watch = self.start()

    def start(self, *, erase: bool = False) -> FolderWatch:
        """A new watch, as after a restart."""
        intake = Intake(self.database, Reader(using(preset("classic"))), Metrics())
        self.taking = Watched(intake, self.database.find_problem, max_message=100_000)
        self.watch = FolderWatch(
            self.folder,
            self.taking,
            erase=erase,
            clock=lambda: self.now,
            should_stop=lambda: self.is_stopping,
            count=self.told.append,
        )
        return self.watch

    def put(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def look(self, times: int = 2) -> None:
        for _ in range(times):
            self.now += 2
            self.watch.poll()

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.watch.poll()

    @property
    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    @property
    def patients(self) -> list[str]:
        found = read_records(self.database)
        return sorted(record.text("patient_id") for record in found)

    @property
    def journalled(self) -> int:
        return int(self.database.read(lambda connection: connection.run(COUNT))[0][0])

    def read(self, name: str) -> str:
        return (self.folder / name).read_text("utf-8")


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    made = Ward(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def strict_ward() -> Iterator[Ward]:
    """One where the rights of files count: they do not for root."""
    user = os.geteuid()
    with TemporaryDirectory() as root:
        if user == 0:
            os.chown(root, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            made = Ward(Path(root))
            yield made
            made.database.close()
            made.folder.chmod(0o700)
        finally:
            os.seteuid(user)


def test_a_file_is_taken_once_it_has_stood_still(ward: Ward) -> None:
    ward.put("order.hl7", make_order("1"))
    ward.look(1)
    assert (ward.files, ward.patients, ward.watch.waiting) == (["order.hl7"], [], 1)
    ward.look(1)
    assert (ward.files, ward.patients, ward.watch.waiting) == (["order.hl7.DON"], ["1"], 0)
    assert (ward.watch.done, ward.watch.failed, ward.told) == (1, 0, ["files_done"])


def test_a_file_that_is_written_slowly_is_left_alone_until_its_end(ward: Ward) -> None:
    whole = make_order("1") + make_order("2")
    with (ward.folder / "order.hl7").open("wb", buffering=0) as file:
        for start in range(0, len(whole), 50):
            file.write(whole[start : start + 50])
            ward.look(1)
            assert ward.files == ["order.hl7"]
    assert ward.journalled == 0
    ward.look(1)
    assert (ward.files, ward.patients) == (["order.hl7.DON"], ["1", "2"])


def test_a_file_that_is_rewritten_in_the_same_size_has_not_stood_still(ward: Ward) -> None:
    path = ward.put("order.hl7", make_order("1"))
    os.utime(path, (1, 1))
    ward.look(1)
    path.write_bytes(make_order("2"))
    ward.look(1)
    assert ward.files == ["order.hl7"]
    ward.look(1)
    assert ward.patients == ["2"]


def test_a_file_that_is_renamed_into_place_is_taken(ward: Ward) -> None:
    path = ward.put("order.tmp", make_order("1"))
    ward.look(3)
    assert ward.files == ["order.tmp"]
    path.rename(ward.folder / "order.hl7")
    ward.look()
    assert (ward.files, ward.patients) == (["order.hl7.DON"], ["1"])


def test_extensions_are_known_in_any_case_and_others_are_left_alone(ward: Ward) -> None:
    for name in (
        "A.HL7",
        "b.Txt",
        "c.hL7",
        "d.xml",
        "e.hl7.tmp",
        "hl7",
        ".f.hl7",
        "._g.hl7",
        "h.hl7.ERR.reason",
    ):
        ward.put(name, make_order(name[0]))
    ward.look()
    assert ward.files == sorted(
        [
            "A.HL7.DON",
            "b.Txt.DON",
            "c.hL7.DON",
            "d.xml",
            "e.hl7.tmp",
            "hl7",
            ".f.hl7",
            "._g.hl7",
            "h.hl7.ERR.reason",
        ]
    )
    assert ward.patients == ["A", "b", "c"]


def test_a_file_that_was_taken_is_deleted_if_that_is_wished(ward: Ward) -> None:
    ward.start(erase=True)
    ward.put("order.hl7", make_order("1"))
    ward.put("wrong.hl7", NO_PATIENT)
    ward.look()
    assert ward.files == ["wrong.hl7.ERR", "wrong.hl7.ERR.reason"]
    assert ward.patients == ["1"]


def test_the_oldest_file_is_taken_first(ward: Ward) -> None:
    for name, modified, patient in (("a.hl7", 2000, "Late"), ("b.hl7", 1000, "Early")):
        order = make_order("1", f"{patient}^Jane").replace(b"ORC|NW", b"ORC|XO")
        os.utime(ward.put(name, order.replace(b"|C1|", f"|{patient}|".encode())), (modified, modified))
    ward.look()
    (record,) = read_records(ward.database)
    assert record.text("patient_name") == "Late^Jane"


def test_a_file_of_which_one_message_fails_names_it_and_what_was_taken(ward: Ward) -> None:
    content = make_order("1") + NO_PATIENT + make_order("2")
    ward.put("order.hl7", content)
    ward.look()
    assert ward.files == ["order.hl7.ERR", "order.hl7.ERR.reason"]
    assert (ward.folder / "order.hl7.ERR").read_bytes() == content
    assert ward.patients == ["1", "2"]
    reason = ward.read("order.hl7.ERR.reason").splitlines()
    assert reason[0] == "order.hl7: 1 of 3 messages failed."
    assert reason[2].startswith("message 2 at byte ")
    assert "NOBODY" in reason[2]
    assert "[PID-3]" in reason[2]
    assert [line.rpartition(", ")[2] for line in reason[5:]] == [
        "control ID C1: applied",
        "control ID C2: applied",
    ]
    ward.look(5)
    assert ward.journalled == 3
    assert ward.told == ["files_failed"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\n\n", "holds no message"),
        (b"PK\x03\x04" + bytes(range(256)) * 300, "does not begin with an MSH segment"),
        (make_order("1").decode().encode("utf_16"), "UTF-16"),
        (make_order("1") + b"NTE|1||" + b"x" * 100_000, "more than this server takes"),
    ],
    ids=["blank", "binary", "UTF-16", "too large"],
)
def test_a_file_that_cannot_be_used_says_why(ward: Ward, content: bytes, reason: str) -> None:
    ward.put("order.hl7", content)
    ward.look()
    assert ward.files == ["order.hl7.ERR", "order.hl7.ERR.reason"]
    assert (ward.folder / "order.hl7.ERR").read_bytes() == content
    assert reason in ward.read("order.hl7.ERR.reason")


def test_an_empty_file_is_waited_for_since_writers_begin_with_one(ward: Ward) -> None:
    path = ward.put("order.hl7", b"")
    ward.put("never.hl7", b"")
    ward.look(10)
    assert ward.files == ["never.hl7", "order.hl7"]
    path.write_bytes(make_order("1"))
    ward.look()
    assert ward.files == ["never.hl7", "order.hl7.DON"]
    ward.wait(60)
    assert ward.files == ["never.hl7.ERR", "never.hl7.ERR.reason", "order.hl7.DON"]
    assert ward.read("never.hl7.ERR.reason") == "never.hl7: The file holds no message.\n"


def test_a_sender_that_always_uses_one_name_overwrites_nothing(ward: Ward) -> None:
    for turn in range(3):
        ward.put("order.hl7", make_order(str(turn)))
        ward.look()
        ward.put("order.hl7", NO_PATIENT + b"NTE|%d\r" % turn)
        ward.look()
    assert ward.files == sorted(
        ["order.hl7.DON", "order.hl7.2.DON", "order.hl7.3.DON"]
        + [f"order.hl7{number}.ERR{more}" for number in ("", ".2", ".3") for more in ("", ".reason")]
    )
    assert ward.patients == ["0", "1", "2"]
    assert b"NTE|1" in (ward.folder / "order.hl7.2.ERR").read_bytes()


def test_a_reason_that_somebody_left_behind_is_not_overwritten(ward: Ward) -> None:
    ward.put("order.hl7.ERR.reason", b"an older one")
    ward.put("order.hl7", NO_PATIENT)
    ward.look()
    assert ward.read("order.hl7.ERR.reason") == "an older one"
    assert "message 1" in ward.read("order.hl7.2.ERR.reason")


def test_the_same_file_again_is_done_and_changes_nothing(ward: Ward) -> None:
    for _ in range(2):
        ward.put("order.hl7", make_order("1"))
        ward.look()
    assert ward.files == ["order.hl7.2.DON", "order.hl7.DON"]
    assert (ward.patients, ward.journalled) == (["1"], 1)


def test_a_file_that_is_removed_between_two_looks_is_forgotten(ward: Ward) -> None:
    path = ward.put("order.hl7", make_order("1"))
    ward.look(1)
    path.unlink()
    ward.look()
    assert (ward.files, ward.patients, ward.watch.waiting, ward.watch.problems) == ([], [], 0, {})


def test_a_file_that_is_removed_under_its_nose_stops_nothing(ward: Ward) -> None:
    path = ward.put("a.hl7", make_order("1"))
    ward.put("b.hl7", make_order("2"))
    os.utime(path, (1, 1))
    ward.taking.between = lambda: path.unlink(missing_ok=True)
    ward.look()
    assert ward.files == ["b.hl7.DON"]
    assert (ward.patients, ward.watch.problems) == (["1", "2"], {})


def test_a_new_file_of_the_name_is_not_taken_for_the_old_one(ward: Ward) -> None:
    """A sender renames its next file into place while the last one is being taken."""
    ward.put("order.hl7", make_order("1"))

    def replace() -> None:
        ward.taking.between = lambda: None
        ward.put("next.tmp", make_order("2")).rename(ward.folder / "order.hl7")

    ward.start(erase=True)
    ward.taking.between = replace
    ward.look()
    assert (ward.files, ward.patients) == (["order.hl7"], ["1"])
    ward.look()
    assert (ward.files, ward.patients) == ([], ["1", "2"])


def test_a_sender_that_goes_on_writing_after_all_loses_nothing(ward: Ward) -> None:
    path = ward.put("order.hl7", make_order("1") + make_order("2")[:90])

    def append() -> None:
        ward.taking.between = lambda: None
        with path.open("ab") as file:
            file.write(make_order("2")[90:])

    ward.taking.between = append
    ward.look()
    assert ward.files == ["order.hl7"]
    ward.look()
    assert (ward.files, ward.patients) == (["order.hl7.DON"], ["1", "2"])


def test_what_only_looks_like_a_file_is_told_once_and_stops_nothing(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    (ward.folder / "folder.hl7").mkdir()
    os.mkfifo(ward.folder / "pipe.hl7")
    (ward.folder / "loop.hl7").symlink_to("loop.hl7")
    (ward.folder / "nowhere.hl7").symlink_to("gone.hl7")
    ward.put("order.hl7", make_order("1"))
    ward.look(5)
    assert "order.hl7.DON" in ward.files
    assert set(ward.watch.problems) == {"folder.hl7", "pipe.hl7", "loop.hl7"}
    assert len(caplog.records) == 3
    for name in ("folder.hl7", "pipe.hl7", "loop.hl7"):
        path = ward.folder / name
        path.rmdir() if path.is_dir() else path.unlink()
    ward.put("pipe.hl7", make_order("2"))
    ward.look()
    assert (ward.patients, ward.watch.problems) == (["1", "2"], {})


@pytest.mark.parametrize("lock", ["flock", "lockf"])
def test_a_file_that_a_program_has_locked_is_taken_when_it_lets_go(ward: Ward, lock: str) -> None:
    path = ward.put("order.hl7", make_order("1"))
    hold = (
        "import fcntl, sys\nfile = open(sys.argv[1], 'r+b')\n"
        f"fcntl.{lock}(file, fcntl.LOCK_EX)\nprint('locked', flush=True)\nsys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        ward.look(3)
        assert ward.files == ["order.hl7"]
        assert "locked" in ward.watch.problems["order.hl7"]
        holder.communicate(b"")
    ward.wait(60)
    assert (ward.files, ward.patients, ward.watch.problems) == (["order.hl7.DON"], ["1"], {})


def test_a_file_that_may_not_be_read_is_told_once_and_taken_later(
    strict_ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    secret = strict_ward.put("secret.hl7", make_order("1"))
    secret.chmod(0)
    strict_ward.put("order.hl7", make_order("2"))
    strict_ward.look(20)
    assert strict_ward.files == ["order.hl7.DON", "secret.hl7"]
    assert "Permission denied" in strict_ward.watch.problems["secret.hl7"]
    assert len(caplog.records) == 1
    secret.chmod(0o644)
    strict_ward.wait(60)
    assert (strict_ward.files, strict_ward.patients) == (["order.hl7.DON", "secret.hl7.DON"], ["1", "2"])


def test_a_file_that_cannot_be_renamed_is_not_taken_again_and_again(strict_ward: Ward) -> None:
    strict_ward.put("order.hl7", make_order("1") + NO_PATIENT)
    strict_ward.folder.chmod(0o555)
    strict_ward.look(20)
    assert strict_ward.files == ["order.hl7"]
    assert "It was taken, but cannot be renamed" in strict_ward.watch.problems["order.hl7"]
    assert strict_ward.journalled == 2
    strict_ward.folder.chmod(0o700)
    strict_ward.wait(60)
    assert strict_ward.files == ["order.hl7.ERR", "order.hl7.ERR.reason"]
    assert (strict_ward.journalled, strict_ward.watch.problems) == (2, {})


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_costs_no_file_and_the_reason_is_written_later(ward: Ward) -> None:
    content = NO_PATIENT + make_order("1")
    ward.put("order.hl7", content)
    with ExitStack() as disk:
        taken = iter(range(2))
        ward.taking.between = lambda: disk.enter_context(full_disk()) if next(taken) == 1 else None
        ward.look(4)
    assert ward.files == ["order.hl7.ERR"]
    assert (ward.folder / "order.hl7.ERR").read_bytes() == content
    assert os.strerror(errno.EFBIG) in ward.watch.problems["order.hl7.ERR"]
    ward.look(1)
    assert ward.files == ["order.hl7.ERR", "order.hl7.ERR.reason"]
    assert "1 of 2 messages failed" in ward.read("order.hl7.ERR.reason")
    assert ward.watch.problems == {}


def test_a_database_that_takes_nothing_leaves_the_files_where_they_are(ward: Ward) -> None:
    ward.put("order.hl7", make_order("1") + NO_PATIENT)
    ward.database.close()
    ward.look(5)
    assert ward.files == ["order.hl7"]
    assert ward.watch.problems == {"": "The database is closed."}
    ward.database = open_database("", ward.data)
    ward.start()
    ward.look()
    assert ward.files == ["order.hl7.ERR", "order.hl7.ERR.reason"]
    assert ward.patients == ["1"]


def test_a_watch_that_ends_in_the_middle_of_a_file_leaves_it_for_the_next(ward: Ward) -> None:
    content = b"".join(make_order(str(number)) for number in range(1000))
    ward.put("order.hl7", content)
    left = iter(range(300))

    def stop() -> None:
        ward.is_stopping = next(left, None) is None

    ward.taking.between = stop
    ward.look()
    assert ward.is_stopping
    assert ward.files == ["order.hl7"]
    began = ward.journalled
    assert 0 < began < 1000
    ward.is_stopping = False
    ward.start()
    ward.look()
    assert ward.files == ["order.hl7.DON"]
    assert (len(ward.patients), ward.journalled) == (1000, 1000)


def test_a_folder_that_is_missing_is_told_once_and_waited_for(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    ward.folder.rmdir()
    ward.look(5)
    assert ward.watch.problems == {"": "The folder cannot be read: No such file or directory."}
    assert len(caplog.records) == 1
    ward.folder.mkdir()
    ward.put("order.hl7", make_order("1"))
    ward.look()
    assert (ward.files, ward.watch.problems) == (["order.hl7.DON"], {})
    shutil.rmtree(ward.folder)
    ward.look()
    assert len([each for each in caplog.records if each.levelno == logging.WARNING]) == 2


SCRIPTS = {
    "Latin 1": ("Müller^Jürgen", "8859/1", "latin_1"),
    "Latin 2": ("Żółć^Łucja", "8859/2", "iso8859_2"),
    "Turkish": ("Şişli^Çağrı", "8859/9", "iso8859_9"),
    "Greek": ("Διονυσίου^Ελένη", "8859/7", "iso8859_7"),
    "Cyrillic": ("Люкceмбypг^Иван", "8859/5", "iso8859_5"),
    "Arabic": ("قباني^لنزار", "8859/6", "iso8859_6"),
    "Hebrew": ("שרון^דבורה", "8859/8", "iso8859_8"),
    "Thai": ("นามสกุล^ชื่อ", "TIS-620", "tis_620"),
    "Chinese": ("王^小东", "GB 18030-2000", "gb18030"),
    "Korean": ("홍^길동", "KS X 1001", "euc_kr"),
    "UTF-8": ("Żółć^Ωmega", "UNICODE UTF-8", "utf_8"),
}


def test_names_arrive_in_every_script_even_in_one_file(ward: Ward) -> None:
    orders = [
        make_order(codec, name, charset).decode().encode(codec) for name, charset, codec in SCRIPTS.values()
    ]
    ward.put("all.txt", b"".join(orders))
    for order, script in zip(orders, SCRIPTS, strict=True):
        ward.put(f"{script}.hl7", order.replace(b"PID|||", b"PID|||again "))
    ward.look()
    assert {name.rpartition(".")[2] for name in ward.files} == {"DON"}
    found = read_records(ward.database)
    names = {record.text("patient_id"): record.text("patient_name") for record in found}
    wanted = {codec: name for name, _, codec in SCRIPTS.values()}
    assert names == wanted | {f"again {codec}": name for codec, name in wanted.items()}


def test_a_huge_file_is_no_matter(ward: Ward) -> None:
    with (ward.folder / "dump.hl7").open("wb") as file:
        file.write(make_order("1"))
        file.truncate(200_000_000)  # zeros, that take no room
    with (ward.folder / "dump.hl7").open("ab") as file:
        file.write(b"\r" + make_order("2"))
    tracemalloc.start()
    ward.look()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000
    assert ward.files == ["dump.hl7.ERR", "dump.hl7.ERR.reason"]
    assert ward.patients == ["2"]
    assert "message 1 at byte 0" in ward.read("dump.hl7.ERR.reason")


def test_a_file_name_that_is_no_text_is_taken_too(ward: Ward) -> None:
    bad = os.fsencode(ward.folder) + b"/caf\xe9.hl7"
    with open(bad, "wb") as file:
        file.write(make_order("1") + NO_PATIENT)
    ward.look()
    assert sorted(os.listdir(os.fsencode(ward.folder))) == [b"caf\xe9.hl7.ERR", b"caf\xe9.hl7.ERR.reason"]
    assert ward.patients == ["1"]


def test_names_of_files_and_patients_stay_out_of_the_log(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    ward.put("QUETZAL_good.hl7", make_order("1", "Quetzal^Xochitl"))
    ward.put("QUETZAL_bad.hl7", make_order("", "Quetzal^Xochitl"))
    (ward.folder / "QUETZAL.hl7").mkdir()
    ward.look(3)
    assert len(caplog.records) == 3
    said = " ".join(str(record.__dict__) for record in caplog.records)
    assert "quetzal" not in said.lower()
