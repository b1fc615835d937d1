"""What the head of an instance's dataset must say (PS3.4 B.2.3), and what the index takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.dicom.dataset import to_texts
from openworklist.dicom.elements import Element
from openworklist.dicom.head import HeadReader
from openworklist.domain.errors import IdentifierError, InstanceError
from openworklist.domain.instance import is_stored_uid
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES

_CHARSET: Final = 0x0008_0005
_SOP_CLASS: Final = 0x0008_0016
_SOP_INSTANCE: Final = 0x0008_0018
_STUDY: Final = 0x0020_000D
_SERIES: Final = 0x0020_000E
_NEEDED: Final = {
    _SOP_CLASS: "SOP Class UID",
    _SOP_INSTANCE: "SOP Instance UID",
    _STUDY: "Study Instance UID",
    _SERIES: "Series Instance UID",
}
_WANTED: Final[Mapping[int, str]] = {
    _CHARSET: "CS",
    **dict.fromkeys(_NEEDED, "UI"),
    **{each.tag: each.vr for each in STUDY_ATTRIBUTES},
}
_NAMES: Final = {each.tag: each.name for each in STUDY_ATTRIBUTES}


class Head(NamedTuple):
    study_uid: str
    series_uid: str
    values: Mapping[str, str]


class InstanceReader:
    """`feed` it the dataset as it comes; `read` says what it was, or InstanceError why it is none."""

    __slots__ = ("_error", "_reader", "_sop_class", "_sop_instance")

    def __init__(self, sop_class: str, sop_instance: str, transfer_syntax: str) -> None:
        self._sop_class = sop_class
        self._sop_instance = sop_instance
        self._reader = HeadReader(transfer_syntax, _WANTED)
        self._error: IdentifierError | None = None

    def feed(self, data: bytes) -> None:
        if self._error is not None or self._reader.is_done:
            return
        try:
            self._reader.feed(data)
        except IdentifierError as error:
            self._error = error.to_value()

    def read(self) -> Head:
        """What the head says, once the dataset has ended."""
        values = self._reader.values
        problem = self._error or self._find_problem()
        # What comes behind the UIDs may be odd: the instance is known, and stored as it came.
        if problem is not None and not _NEEDED.keys() <= values.keys():
            raise InstanceError(problem.sentence, tag=problem.tag)
        uids = {tag: self._get_uid(tag) for tag in _NEEDED}
        self._compare(_SOP_CLASS, uids, self._sop_class)
        self._compare(_SOP_INSTANCE, uids, self._sop_instance)
        return Head(uids[_STUDY], uids[_SERIES], _read_texts(values))

    def _find_problem(self) -> IdentifierError | None:
        try:
            self._reader.finish()
        except IdentifierError as error:
            return error.to_value()
        return None

    def _get_uid(self, tag: int) -> str:
        text = self._reader.values.get(tag, b"").decode("latin_1").strip("\0 ")
        if not text:
            raise InstanceError(f"The dataset has no {_NEEDED[tag]}.", tag=tag)
        if not is_stored_uid(text):
            raise InstanceError(f"The {_NEEDED[tag]} is no UID.", tag=tag)
        return text

    def _compare(self, tag: int, uids: Mapping[int, str], named: str) -> None:
        if uids[tag] != named:
            raise InstanceError(
                f"The {_NEEDED[tag]} is not that of the command.", tag=tag, code="instance.mismatch"
            )


def _read_texts(values: Mapping[int, bytes]) -> dict[str, str]:
    charset = values.get(_CHARSET, b"")
    texts = {_NAMES[tag]: _read_text(tag, value, charset) for tag, value in values.items() if tag in _NAMES}
    return {name: text for name, text in texts.items() if text}


# The instances of a study come one after the other, and say much the same.
@lru_cache(maxsize=512)
def _read_text(tag: int, value: bytes, charset: bytes) -> str:
    element = Element(tag, _WANTED[tag], value)
    found = to_texts((Element(_CHARSET, "CS", charset), element) if charset else (element,))
    return found.get(tag, "")
