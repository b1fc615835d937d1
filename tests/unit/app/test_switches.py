"""The HL7 port and the watched folder follow what is wanted; real sockets and a real folder."""

import asyncio
import socket
from pathlib import Path
from typing import Any

from openworklist.app.switchboard import Switchboard
from openworklist.app.switches import FolderSwitch, Hl7Switch
from openworklist.domain.switches import Switches
from openworklist.hl7.profile import preset
from openworklist.listeners.folder import FolderListener
from openworklist.listeners.mllp import MllpListener
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.files import Files
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.reception import Reception
from openworklist.store.database import Database, open_database

PATIENCE = 30  # seconds


def switches(port: int, folder: str = "", erase: bool = False) -> Switches:
    return Switches(port, folder, erase, False, "8859/1")


class Board:
    """A switchboard on a database of its own; `wanted` is what the test wants."""

    def __init__(self, database: Database) -> None:
        intake = Intake(database, Reader(using(preset("classic"))), Metrics())
        files = Files(intake, database.find_problem)
        self.hl7 = MllpListener(Reception(intake, Metrics()), host="127.0.0.1", port=None)
        self.wanted = switches(0)
        self.folders: list[FolderListener] = []

        def make(folder: str, erase: bool) -> FolderListener:
            self.folders.append(FolderListener(Path(folder), files, erase=erase, interval=0.01))
            return self.folders[-1]

        self.board = Switchboard(
            Hl7Switch(self.hl7, drain_seconds=1),
            FolderSwitch(make, drain_seconds=1),
            (),
            lambda: self.wanted,
        )

    def find(self, name: str) -> Any:
        return next(each for each in self.board.statuses() if each.name == name)


def play(folder: Path, scene: Any) -> None:
    database = open_database("", folder / "data")

    async def run() -> None:
        database.attach(asyncio.get_running_loop())
        board = Board(database)
        await board.hl7.start()
        await board.board.start()
        try:
            await asyncio.wait_for(scene(board), PATIENCE)
        finally:
            await board.board.stop()
            await board.hl7.stop()

    try:
        asyncio.run(run())
    finally:
        database.close()


async def until(board: Board, is_so: Any) -> None:
    while not is_so():
        board.board.notice()
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_what_is_switched_off_is_told_without_a_problem(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        assert [(each.name, each.addresses, each.is_up, each.problem) for each in board.board.statuses()] == [
            ("HL7", (), False, ""), ("folder", (), False, "")
        ]  # fmt: skip
        assert board.board.find_problem() == ""

    play(tmp_path, scene)


def test_a_port_that_is_wanted_is_opened(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        before = board.find("HL7").since
        board.wanted = switches(free_port())
        await until(board, lambda: board.find("HL7").is_up)
        assert board.find("HL7").addresses == (f"127.0.0.1:{board.wanted.hl7_port}",)
        assert board.find("HL7").since > before

    play(tmp_path, scene)


def test_a_taken_port_is_told_until_it_can_be_opened(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        with socket.create_server(("127.0.0.1", 0)) as holder:
            board.wanted = switches(holder.getsockname()[1])
            await until(board, lambda: board.find("HL7").problem)
            assert "another program holds this port" in board.board.find_problem()
            assert not board.find("HL7").is_up
        await until(board, lambda: board.find("HL7").is_up)
        assert board.find("HL7").problem == board.board.find_problem() == ""

    play(tmp_path, scene)


def test_a_taken_port_that_is_wanted_no_more_is_no_problem(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        old = switches(free_port())
        board.wanted = old
        await until(board, lambda: board.find("HL7").is_up)
        with socket.create_server(("127.0.0.1", 0)) as holder:
            board.wanted = switches(holder.getsockname()[1])
            await until(board, lambda: board.find("HL7").problem)
            assert board.find("HL7").is_up
            assert board.board.find_problem() == ""
            board.wanted = old
            await until(board, lambda: not board.find("HL7").problem)
        assert board.find("HL7").addresses == (f"127.0.0.1:{old.hl7_port}",)

    play(tmp_path, scene)


def test_another_folder_is_watched_after_the_one_before_has_been_let_go(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            board.wanted = switches(0, str(tmp_path / name))
            await until(board, lambda name=name: board.find("folder").addresses == (str(tmp_path / name),))
        first, second = board.folders
        assert not first.status.is_running
        assert second.status.is_running
        board.wanted = switches(0)
        await until(board, lambda: not board.find("folder").addresses)
        assert not second.status.is_running

    play(tmp_path, scene)


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        board.wanted = switches(0, str(tmp_path / "missing"))
        await until(board, lambda: board.find("folder").problem)
        assert board.find("folder").is_up
        (tmp_path / "missing").mkdir()
        await until(board, lambda: not board.find("folder").problem)

    play(tmp_path, scene)


def test_erasing_alone_makes_it_watched_anew(tmp_path: Path) -> None:
    async def scene(board: Board) -> None:
        for erase in (False, True):
            board.wanted = switches(0, str(tmp_path), erase)
            await until(board, lambda erase=erase: len(board.folders) == 1 + erase)
        assert not board.folders[0].status.is_running

    play(tmp_path, scene)
