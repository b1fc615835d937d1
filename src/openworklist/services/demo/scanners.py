"""The scanners of the demo: each asks over the network in a way of its own, and some tell of their work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from openworklist.clients.dicom import Node
from openworklist.domain.errors import PeerError
from openworklist.domain.record import Value
from openworklist.services.demo import performing
from openworklist.services.demo.hospital import Fate, Planned

Keys = dict[str, str]
Entry = Mapping[str, Value]

_STATION: Final = "scheduled_station_ae_title"
_DATE: Final = "scheduled_procedure_step_start_date"
_TIME: Final = "scheduled_procedure_step_start_time"
_WRONG_ENTRY: Final = ("110514", "Incorrect worklist entry selected")
_TIMEOUT: Final = 5.0
_POLLS: Final = 4  # that an exam lasts at least


class Habit(NamedTuple):
    """What a scanner asks for on a day, how often in seconds, and whether it tells of its work."""

    ae_title: str
    description: str
    modality: str
    every: float
    make_keys: Callable[[date], Keys]
    performs: bool = True


def _ask_for_station(station: str) -> Callable[[date], Keys]:
    return lambda today: {_STATION: station, _DATE: f"{today:%Y%m%d}"}


def _ask_for_modality(modality: str, days: int) -> Callable[[date], Keys]:
    def make(today: date) -> Keys:
        return {"modality": modality, _DATE: f"{today:%Y%m%d}-{today + timedelta(days):%Y%m%d}"}

    return make


WRONG: Final = Habit("MAMMO1", "Mammography, ground floor", "MG", 15, _ask_for_station("MAMMO1"), False)
STRANGER: Final = Habit("XA2", "", "XA", 30, _ask_for_station("XA2"), False)
HABITS: Final = (
    Habit("CT1", "CT, emergency department", "CT", 10, _ask_for_station("CT1")),
    Habit("MR1", "MR, building B", "MR", 15, _ask_for_station("MR1")),
    Habit("US1", "Ultrasound, room 3", "US", 20, _ask_for_modality("US", 1)),
    Habit("CR1", "Radiography, room 1", "CR", 12, _ask_for_modality("CR", 0)),
    WRONG,  # its exams are planned for MG1
    STRANGER,  # nobody has allowed it yet
)


class Scanner:
    """One scanner that asks and, if it performs, goes from exam to exam; every trouble is a PeerError."""

    def __init__(self, habit: Habit, host: str, port: int, called: str) -> None:
        self.habit = habit
        self._node = Node(host, port, called, habit.ae_title, timeout=_TIMEOUT)
        self._begun: set[str] = set()  # Study Instance UIDs
        self._current = ""
        self._since = datetime.min
        self._polls = 0

    def poll(self, now: datetime) -> None:
        """Ask as ever; every few polls the exam that is under way ends when the next one is due."""
        entries = self._node.find(self.habit.make_keys(now.date()))
        self._polls += 1
        if self.habit.performs and self._polls % _POLLS == 0:
            self._go_on(entries, now)

    def tell_fate(self, planned: Planned) -> None:
        """Look an exam up in the worklist and tell what became of it; nothing if it is not there any more."""
        for entry in self._node.find({"accession_number": planned.exam.accession}):
            self._begin(entry, planned.exam.start)
            if planned.fate is not Fate.BEGUN:
                self._end(performing.find_end(planned.exam.start), planned.fate)

    def _go_on(self, entries: Sequence[Entry], now: datetime) -> None:
        due = f"{now:%Y%m%d%H%M%S}"
        for entry in entries:
            is_due = f"{entry.get(_DATE)}{entry.get(_TIME)}" <= due
            if is_due and entry.get("study_instance_uid") not in self._begun:
                if self._current:
                    self._end(now, Fate.PERFORMED)
                self._begin(entry, now)
                return

    def _begin(self, entry: Entry, at: datetime) -> None:
        self._current, self._since = str(entry["study_instance_uid"]), at
        self._begun.add(self._current)
        # One that the demo began before it was started anew is there already: that is told, and nothing else.
        with suppress(PeerError):
            step = performing.begin(entry, self.habit.ae_title, at)
            self._node.begin_step(performing.name_step(self._current), step)

    def _end(self, at: datetime, fate: Fate) -> None:
        uid, self._current = self._current, ""
        reason = None if fate is Fate.PERFORMED else _WRONG_ENTRY
        change = performing.end(uid, max(at, self._since), reason)
        self._node.change_step(performing.name_step(uid), change)
