"""Which record a performed step fulfils: by what the scanner repeats of the worklist. Never by a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from openworklist.domain.identity import ORDER_NUMBERS, PROCEDURE, STATION, STEP
from openworklist.domain.patient import Patient, patient_of
from openworklist.domain.performed import Request
from openworklist.domain.record import Record, Status
from openworklist.domain.shortening import is_same, is_short_for
from openworklist.domain.study_uids import STUDY

_IDS: Final = (PROCEDURE, STEP)
# What leads to a record, in the order in which it is trusted.
KEYS: Final = (STUDY, *ORDER_NUMBERS)


class Fit(NamedTuple):
    """The record, if one can be told, and what is to be said of the choice."""

    record: Record | None
    note: str = ""


def choose_record(
    request: Request, patients: Sequence[Patient], station: str, candidates: Iterable[Record]
) -> Fit:
    """The record that one item of Scheduled Step Attributes Sequence is about.

    `patients` are the IDs that its patient goes by, none if the scanner names none. Study UID or an order
    number must agree, or both IDs of the patient's step; what else is named may not contradict. Of several
    records that fit equally none is chosen.
    """
    named = _find_named(request, bool(patients), candidates)
    found = [record for record in named if _is_patient(patients, record)]
    if named and not found:
        return Fit(None, f"{_list(named)} has these numbers, but another patient: left as it is")
    if not found:
        return Fit(None)
    agreeing = [record for record in found if _agrees(request, record, ORDER_NUMBERS)]
    fitting = [record for record in agreeing if _has_ids(request, record)]
    if fitting:
        return _narrow(request, station, fitting)
    if len(found) == 1 and (agreeing or _is_equal(request, found[0], STUDY)):
        what = "IDs" if agreeing else "numbers"
        return Fit(found[0], f"it names other {what} than {_list(found)}, the only one of its study or order")
    return Fit(None, f"it contradicts {_list(found)}: left as it is")


def _narrow(request: Request, station: str, fitting: Sequence[Record]) -> Fit:
    for names in (_IDS, ORDER_NUMBERS):
        fitting = [each for each in fitting if _shares_all(request, each, names)] or fitting
    if len(fitting) == 1:
        has_other = request.get(STUDY) and not _is_equal(request, fitting[0], STUDY)
        return Fit(fitting[0], f"its study is not that of {_list(fitting)}" if has_other else "")
    tests: tuple[Callable[[Record], bool], ...] = (
        lambda record: record.status is not Status.CANCELED,
        lambda record: bool(station) and station in record.text(STATION).split("\\"),
    )
    chosen = fitting
    for is_better in tests:
        chosen = [record for record in chosen if is_better(record)] or chosen
    if len(chosen) == 1:
        return Fit(chosen[0], f"it fits {_list(fitting)}: by status and station it is {_list(chosen)}")
    return Fit(None, f"it fits {_list(chosen)} equally: they are left as they are")


def _find_named(request: Request, has_patient: bool, candidates: Iterable[Record]) -> list[Record]:
    records = list(candidates)
    for name in KEYS:
        found = [record for record in records if request.get(name) and _is_equal(request, record, name)]
        if found:
            return found
    if not has_patient or not all(request.get(name) for name in _IDS):
        return []
    # Without any number the IDs of a step are its name, but only together and within its patient.
    return [record for record in records if all(_is_equal(request, record, name) for name in _IDS)]


def _is_patient(patients: Sequence[Patient], record: Record) -> bool:
    own = patient_of(record.values)
    return not patients or not own.id or goes_by(own, patients)


def goes_by(own: Patient, patients: Iterable[Patient]) -> bool:
    """Whether a record's patient goes by one of these; an ID that is too long scanners know shortened."""
    return any(own.may_be(each) or own.may_be(_lengthen(each, own)) for each in patients)


def _lengthen(patient: Patient, own: Patient) -> Patient:
    return patient._replace(id=own.id) if is_short_for(patient.id, own.id) else patient


def _agrees(request: Request, record: Record, names: Iterable[str]) -> bool:
    return all(
        not request.get(name) or not record.text(name).strip() or _is_equal(request, record, name)
        for name in names
    )


def _has_ids(request: Request, record: Record) -> bool:
    """Whether procedure and step are a record's, or were before its order was changed."""
    return _agrees(request, record, _IDS) or any(
        all(not request.get(name) or request[name] == ids.get(name, request[name]) for name in _IDS)
        for ids in record.former
    )


def _shares_all(request: Request, record: Record, names: Iterable[str]) -> bool:
    return all(_is_equal(request, record, name) for name in names if request.get(name))


def _is_equal(request: Request, record: Record, name: str) -> bool:
    return is_same(request.get(name, ""), record.text(name).strip())


def _list(records: Iterable[Record]) -> str:
    numbers = [str(record.id) for record in records]
    return f"record {numbers[0]}" if len(numbers) == 1 else f"records {', '.join(numbers)}"


def request_values(values: Mapping[str, str]) -> Request:
    """The values of an item that say which record it is about."""
    return {name: text for name in (*KEYS, *_IDS) if (text := values.get(name, "").strip())}
