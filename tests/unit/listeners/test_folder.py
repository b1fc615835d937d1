import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from openworklist.hl7.profile import preset
from openworklist.listeners.folder import FolderListener
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.files import Files
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.store.database import open_database
from players.auditor import read_records

ORDER = (
    b"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|C1|P|2.3.1\rPID|||P1||Doe^Jane\r"
    b"ORC|NW|A1\rOBR||||RP1^CT||||||||||||||CT|||CT01\r"
)


class Bell:
    """Rings at everything that the listener counts, on the loop's thread."""

    def __init__(self) -> None:
        self.rung: list[str] = []
        self._ringing = asyncio.Event()

    def ring(self, name: str) -> None:
        asyncio.get_running_loop()  # RuntimeError on any other thread
        self.rung.append(name)
        self._ringing.set()

    async def wait(self) -> None:
        await self._ringing.wait()
        self._ringing.clear()


Scene = Callable[[FolderListener, Bell, Path], Awaitable[None]]


def run(scene: Scene, root: Path) -> list[str]:
    """Play a scene with a listener that looks all the time; the patients that are stored at the end."""
    folder = root / "orders"
    database = open_database("", root / "data")

    async def play() -> None:
        database.attach(asyncio.get_running_loop())
        intake = Intake(database, Reader(using(preset("classic"))), Metrics())
        bell = Bell()
        files = Files(intake, database.find_problem)
        listener = FolderListener(folder, files, interval=0.01, count=bell.ring)
        await asyncio.wait_for(scene(listener, bell, folder), 60)

    try:
        asyncio.run(play())
        found = read_records(database)
        return [record.text("patient_id") for record in found]
    finally:
        database.close()


def test_it_watches_from_start_to_stop(tmp_path: Path) -> None:
    async def scene(listener: FolderListener, bell: Bell, folder: Path) -> None:
        folder.mkdir()
        listener.bind()
        assert not listener.status.is_running
        await listener.start()
        assert listener.addresses == (str(folder),)
        (folder / "order.hl7").write_bytes(ORDER)
        (folder / "wrong.hl7").write_bytes(b"no order")
        while len(bell.rung) < 2:
            await bell.wait()
        status = listener.status
        assert (status.is_running, status.done, status.failed) == (True, 1, 1)
        assert (status.problems, status.last_error) == ((), "")
        await listener.stop()
        assert not listener.status.is_running

    assert run(scene, tmp_path) == ["P1"]
    names = {path.name for path in (tmp_path / "orders").iterdir()}
    assert names == {"order.hl7.DON", "wrong.hl7.ERR", "wrong.hl7.ERR.reason"}


def test_a_folder_that_is_not_there_does_not_keep_the_server_from_starting(tmp_path: Path) -> None:
    async def scene(listener: FolderListener, bell: Bell, folder: Path) -> None:
        await listener.start()
        folder.mkdir()
        (folder / "order.hl7").write_bytes(ORDER)
        await bell.wait()
        await listener.stop()
        await listener.start()
        (folder / "again.hl7").write_bytes(ORDER)
        await bell.wait()
        await listener.stop()
        assert listener.status.done == 2

    assert run(scene, tmp_path) == ["P1"]


def test_what_is_wrong_is_told_with_the_file_that_it_is_about(tmp_path: Path) -> None:
    async def scene(listener: FolderListener, bell: Bell, folder: Path) -> None:
        folder.mkdir()
        (folder / "loop.hl7").symlink_to("loop.hl7")
        await listener.start()
        (folder / "order.hl7").write_bytes(ORDER)
        await bell.wait()
        (problem,) = listener.status.problems
        assert problem.startswith("loop.hl7: It cannot be read: ")
        await listener.stop()

    run(scene, tmp_path)


def test_stopping_what_was_never_started_is_nothing(tmp_path: Path) -> None:
    async def scene(listener: FolderListener, bell: Bell, folder: Path) -> None:
        await listener.stop()

    assert run(scene, tmp_path) == []
