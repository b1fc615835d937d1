"""How a scanner is served: its own settings before the site's, and what they add to its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from openworklist.domain.options import Options
from openworklist.domain.query import (
    MODALITY,
    START_DATE,
    START_TIME,
    STATION,
    AnyOf,
    Condition,
    Interval,
    Offered,
    Range,
    Single,
    Unassigned,
    WorklistQuery,
    is_match,
)
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.repertoire import AUTOMATIC, Repertoire, parse_repertoire
from openworklist.domain.scanner import Scanner, parse_statuses, parse_window
from openworklist.domain.study_uids import STUDY, StudyUids
from openworklist.domain.zones import format_offset, move_day, shift

ZONE: Final = "timezone_offset_from_utc"
# Dates with their times: (0008,0201) says what clock all of them are of (PS3.3 C.12.1.1.8).
_MOMENTS: Final = {
    START_DATE: START_TIME,
    "admitting_date": "admitting_time",
    "issue_date_of_imaging_service_request": "issue_time_of_imaging_service_request",
    "study_date": "study_time",
}
_TIMES: Final = frozenset(_MOMENTS.values())
_APART: Final = 2  # days between the dates of two clocks at the most: zones lie up to 26 hours apart
_SOME_DAY: Final = "20000101"  # in place of one that is not known


@dataclass(frozen=True, slots=True)
class View:
    """How records look to a scanner: its clock, None for the site's, whether it sees UIDs made here, and the
    letters that it has.
    """

    zone: tzinfo | None = None
    site_zone: tzinfo | None = None
    hides_made_uids: bool = False
    repertoire: Repertoire = AUTOMATIC

    @property
    def is_plain(self) -> bool:
        """Whether `see` changes nothing."""
        return self.zone is None and not self.hides_made_uids

    def see(self, record: Record) -> Record:
        """The record as this scanner sees it."""
        if self.hides_made_uids and record.completed.get(STUDY):
            completed = {name: value for name, value in record.completed.items() if name != STUDY}
            record = replace(record, completed=completed)
        if self.zone is not None and self.site_zone is not None:
            values: dict[str, Value] = dict(record.values)
            for date, time in _MOMENTS.items():
                if record.text(date) and record.text(time):
                    there = shift(record.text(date), record.text(time), self.site_zone, self.zone)
                    values[date], values[time] = there
            record = replace(record, values=values)
            offset = format_offset(self.zone, record.text(START_DATE) or _SOME_DAY, record.text(START_TIME))
            record = replace(record, values={**values, ZONE: offset})
        return record

    def is_changed(self, condition: Condition) -> bool:
        """Whether what the condition is on may look otherwise than it is stored."""
        name = condition_name(condition)
        if name in _MOMENTS or name in _TIMES:
            return self.zone is not None
        return self.hides_made_uids and name == STUDY


PLAIN: Final = View()


@dataclass(frozen=True, slots=True)
class Serving:
    """What counts for one scanner; all is settled here."""

    ae_title: str = ""
    modalities: tuple[str, ...] = ()
    is_known: bool = False
    is_refused: bool = False
    use_calling_ae: bool = True
    without_station: str = "modality"
    repertoire: Repertoire = AUTOMATIC
    statuses: frozenset[Status] = WorklistQuery().statuses
    window: tuple[int, int] | None = None
    answer_limit: int = 0
    is_cut: bool = True  # at the limit; else refused
    flag_unsupported: bool = True
    time_zone: str = ""
    shows_made_uids: bool = True

    def make_view(self, site_zone: tzinfo, zone: tzinfo | None = None) -> View:
        """Its view of records; `zone` is that which a question was agreed to be in."""
        if zone is None and self.time_zone and ZoneInfo(self.time_zone) != site_zone:
            zone = ZoneInfo(self.time_zone)
        return View(zone, None if zone is None else site_zone, not self.shows_made_uids, self.repertoire)


def make_serving(scanner: Scanner | None, ae_title: str, options: Options, study_uids: StudyUids) -> Serving:
    """What counts for a scanner: its own entry if somebody has decided about it, else the site's options."""
    own = scanner if scanner is not None and scanner.is_confirmed else Scanner(ae_title)
    limit = options.answer_limit if own.answer_limit is None else own.answer_limit
    return Serving(
        ae_title=ae_title,
        modalities=own.modalities,
        is_known=own.is_confirmed,
        is_refused=own.is_refused or (not own.is_confirmed and options.unknown_scanners == "refuse"),
        use_calling_ae=_or(own.use_calling_ae, options.use_calling_ae),
        without_station=own.without_station or options.without_station,
        repertoire=parse_repertoire(
            own.answer_charset or options.answer_charset, own.charset_fallback or options.charset_fallback
        ),
        statuses=frozenset(map(Status, own.shown_statuses or parse_statuses(options.shown_statuses))),
        window=parse_window(own.day_window or options.day_window),
        answer_limit=limit,
        is_cut=(own.over_limit or options.over_limit) == "cut",
        flag_unsupported=_or(own.flag_unsupported, options.flag_unsupported),
        time_zone=own.time_zone,
        shows_made_uids=study_uids.covers(ae_title),
    )


def _or(own: bool | None, default: bool) -> bool:
    return default if own is None else own


class Rule(StrEnum):
    """Why a condition that a scanner did not write counts."""

    CALLING_AE = "use_calling_ae"
    WITHOUT_STATION = "without_station"
    DAY_WINDOW = "day_window"


@dataclass(frozen=True, slots=True)
class Served:
    """A question as it counts for a scanner.

    `asked` are its conditions by its own clock and eyes, with those that settings add; `rules` says of the
    latter which setting it was. `query` is what is looked for in the store; `rechecked` are those conditions
    of which it finds more than there is to see.
    """

    asked: tuple[Condition, ...]
    rules: Mapping[Condition, Rule]
    query: WorklistQuery
    rechecked: tuple[Condition, ...]
    view: View

    def is_shown(self, record: Record) -> bool:
        """Whether a record that the query found is one for this scanner, seen by its view."""
        return all(is_match(each, record) for each in self.rechecked)


def serve(
    conditions: Iterable[Condition],
    serving: Serving,
    view: View,
    *,
    has_empty_station: bool,
    find_today: Callable[[], str],
) -> Served:
    """What a question comes to. `has_empty_station`: (0040,0001) is in it, without a value.

    `find_today` gives the day (YYYYMMDD) by the scanner's clock.
    """
    asked = list(conditions)
    rules: dict[Condition, Rule] = {}

    def add(condition: Condition, rule: Rule) -> None:
        asked.append(condition)
        rules[condition] = rule

    title = serving.ae_title
    if has_empty_station and serving.use_calling_ae and title:
        add(_offer(Single(STATION, title), asked, serving), Rule.CALLING_AE)
    else:
        _replace_own(asked, rules, serving)
    if serving.window is not None and not any(map(_is_on_day, asked)):
        before, after = serving.window
        today = find_today()
        add(Range(START_DATE, move_day(today, -before), move_day(today, after)), Rule.DAY_WINDOW)
    rechecked = tuple(each for each in asked if view.is_changed(each))
    searched = [wider for each in asked for wider in _widen(each, view)]
    query = WorklistQuery(tuple(searched), serving.statuses)
    return Served(tuple(asked), rules, query, rechecked, view)


def _replace_own(asked: list[Condition], rules: dict[Condition, Rule], serving: Serving) -> None:
    """A scanner that asks for its own title is offered what has no station, as one that leaves it out."""
    for place, condition in enumerate(asked):
        if not isinstance(condition, Single) or condition.name != STATION:
            continue
        if condition.value.strip(" ") == serving.ae_title:
            asked[place] = offered = _offer(condition, asked, serving)
            if offered is not condition:
                rules[offered] = Rule.WITHOUT_STATION


def _offer(own: Single, asked: Iterable[Condition], serving: Serving) -> Condition:
    unassigned = _find_unassigned(asked, serving)
    return Offered(own.value.strip(" "), unassigned) if unassigned else own


def _find_unassigned(asked: Iterable[Condition], serving: Serving) -> tuple[Unassigned, ...]:
    """Which records without station a scanner is offered.

    Where the modality of one of both is not known, nothing speaks against it.
    """
    if serving.without_station == "none":
        return ()
    known = serving.modalities if serving.without_station == "modality" else ()
    wanted = next((each for each in asked if isinstance(each, Single) and each.name == MODALITY), None)
    if wanted is not None:
        modality = wanted.value.strip(" ")
        return (Unassigned(modality),) if not known or modality in known else ()
    return (*map(Unassigned, known), Unassigned("")) if known else (Unassigned(None),)


def condition_name(condition: Condition) -> str:
    """The attribute that a condition is on; that of the station for what is without one."""
    if isinstance(condition, Interval):
        return START_DATE
    return STATION if isinstance(condition, Unassigned | Offered) else condition.name


def _is_on_day(condition: Condition) -> bool:
    return isinstance(condition, Interval) or condition_name(condition) == START_DATE


def _widen(condition: Condition, view: View) -> Iterable[Condition]:
    """What finds at least all that the condition finds by the view's clock: days on both sides, any time."""
    if view.zone is None or not view.is_changed(condition):
        return (condition,)
    name = condition_name(condition)
    if isinstance(condition, AnyOf) and name in _MOMENTS:
        days = [each for inner in condition.conditions for each in _widen(inner, view)]
        kept = tuple(each for each in days if isinstance(each, Range))
        return (AnyOf(name, kept),)
    if isinstance(condition, Interval):
        low, high = condition.low_date, condition.high_date
    elif isinstance(condition, Range) and name in _MOMENTS:
        low, high = condition.low, condition.high
    else:
        return () if name in _TIMES else (condition,)
    return (Range(name, move_day(low, -_APART), move_day(high, _APART)),)
