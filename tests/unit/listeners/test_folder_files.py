import os
from collections.abc import Callable
from pathlib import Path

import pytest

from openworklist.listeners.folder_files import (
    DONE,
    FAILED,
    Changed,
    Stopped,
    move_aside,
    open_still,
    read_pieces,
    read_stamp,
    write_reason,
)


class Meanwhile(set[str]):
    """No names; but looking for one takes time, in which something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens = happens

    def __contains__(self, name: object) -> bool:
        happens, self.happens = self.happens, lambda: None
        happens()
        return False


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.hl7"
    path.write_bytes(b"MSH|1")
    return path


def names(order: Path) -> list[str]:
    return sorted(path.name for path in order.parent.iterdir())


def test_a_file_gets_the_first_name_that_is_free(order: Path) -> None:
    for name in ("order.hl7.DON", "order.hl7.3.DON", "order.hl7.ERR.reason"):
        (order.parent / name).touch()
    assert move_aside(order, read_stamp(order), DONE, {"order.hl7.2.DON"}).name == "order.hl7.4.DON"
    order.touch()
    assert move_aside(order, read_stamp(order), FAILED, ()).name == "order.hl7.2.ERR"


def test_a_file_that_was_written_since_keeps_its_name(order: Path) -> None:
    stamp = read_stamp(order)
    order.write_bytes(b"MSH|2, longer")
    with pytest.raises(Changed):
        move_aside(order, stamp, DONE, ())
    with pytest.raises(Changed), open_still(order, stamp):
        pass
    assert names(order) == ["order.hl7"]


def test_a_file_that_is_replaced_in_the_very_moment_gets_its_name_back(order: Path) -> None:
    def replace() -> None:
        new = order.with_name("new")
        new.write_bytes(b"MSH|2, longer")
        new.rename(order)

    with pytest.raises(Changed):
        move_aside(order, read_stamp(order), DONE, Meanwhile(replace))
    assert names(order) == ["order.hl7"]
    assert order.read_bytes() == b"MSH|2, longer"


def test_a_file_is_read_in_pieces_and_only_while_nobody_stops_it(order: Path) -> None:
    order.write_bytes(b"x" * 100_000)
    with open_still(order, read_stamp(order)) as descriptor:
        assert b"".join(read_pieces(descriptor, lambda: False)) == b"x" * 100_000
    with open_still(order, read_stamp(order)) as descriptor, pytest.raises(Stopped):
        next(read_pieces(descriptor, lambda: True))


def test_what_is_no_file_has_no_stamp(order: Path) -> None:
    with pytest.raises(OSError, match="no file"):
        read_stamp(order.parent)


def test_a_pipe_that_took_the_name_is_not_waited_for(order: Path) -> None:
    stamp = read_stamp(order)
    order.unlink()
    os.mkfifo(order)
    with pytest.raises(OSError, match="no file"), open_still(order, stamp):
        pass


def test_the_reason_stands_beside_the_file(order: Path) -> None:
    write_reason(order, "caf\udce9: why\n")
    assert (order.parent / "order.hl7.reason").read_text("utf-8") == "caf\\udce9: why\n"
