"""A query made ready to be put: sorted into bounds of the order, tests in SQL, ways in, and what is left."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.domain.query import OPEN, Condition, Interval, Range, WorklistQuery
from openworklist.domain.record import Status
from openworklist.store.criteria import LAST, Criterion, Form, to_criterion, to_leads
from openworklist.store.schema import MODALITY, START_DATE, START_TIME
from openworklist.store.statements import Shape, Statements, Walk, make_statements

Key = tuple[str, str, int]  # start date, start time, id: the order of answers, or its reverse
_BEFORE_ALL: Final[Key] = ("", "", 0)  # ids begin with 1
_NO_ID: Final = 2**63 - 1
_AFTER_ALL: Final[Key] = (LAST, LAST, _NO_ID)
_BEHIND_UNDATED: Final[Key] = ("", LAST, _NO_ID)

_STATION: Final[Form] = ("station", ("equal", "ae_title"))
_MODALITY: Final[Form] = ("equal", MODALITY)
# Some hospitals write the code of the procedure into these: thousands of records may share it.
_SHARED: Final = frozenset(("requested_procedure_id", "scheduled_procedure_step_id"))


class Prepared(NamedTuple):
    """The records found lie between `low` and `high`, both left out.

    `is_direct`: nearly every record that is walked by is one of them. `is_quick`: a page takes no longer than
    its rows, as the walk is direct, or an identifier is known of which there are a few.
    """

    statements: Statements
    values: dict[str, object]
    low: Key
    high: Key
    residual: tuple[Condition, ...]
    is_direct: bool
    is_quick: bool
    is_latest_first: bool


@lru_cache(maxsize=1024)
def prepare(query: WorklistQuery) -> Prepared:
    """The statements of a query and what goes into them."""
    tests: list[Criterion] = []
    residual: list[Condition] = []
    for condition in query.conditions:
        if isinstance(condition, Range) and condition.name == START_DATE:
            continue  # the bounds say it
        criterion = to_criterion(condition)
        if criterion is None or not criterion.is_exact:
            residual.append(condition)
        if criterion is not None:
            tests.append(criterion)
    is_narrowed = query.statuses not in (OPEN, frozenset(Status))
    statuses = sorted(status.value for status in query.statuses) if is_narrowed else []
    forms = tuple(test.form for test in tests)
    walk, driver = _choose_walk(query, forms)
    low, high = _find_bounds(query.conditions)
    leads = [lead for condition in query.conditions for lead in to_leads(condition)]
    if walk is Walk.STATION or (low, high) != (_BEFORE_ALL, _AFTER_ALL):
        # The records of a station or of some days are soon looked through.
        leads = [lead for lead in leads if not lead.is_scan]
    leads.sort(key=lambda lead: lead.rank)
    shape = Shape(
        walk,
        driver,
        forms,
        tuple((lead.form, lead.attribute) for lead in leads),
        len(statuses),
        query.is_latest_first,
    )
    is_direct = not (residual or statuses) and all(
        number == driver or _leaves_out_few(walk, form) for number, form in enumerate(forms)
    )
    is_known = any(lead.is_whole and lead.attribute is None and lead.form[1] not in _SHARED for lead in leads)
    return Prepared(
        make_statements(shape),
        {
            **{f"s{number}": status for number, status in enumerate(statuses)},
            **_name_values("t", (test.values for test in tests)),
            **_name_values("l", (lead.values for lead in leads)),
        },
        low,
        high,
        tuple(residual),
        is_direct,
        is_direct or is_known,
        query.is_latest_first,
    )


def _name_values(letter: str, groups: Iterable[tuple[object, ...]]) -> dict[str, object]:
    return {
        f"{letter}{number}_{place}": value
        for number, group in enumerate(groups)
        for place, value in enumerate(group)
    }


def _choose_walk(query: WorklistQuery, forms: tuple[Form, ...]) -> tuple[Walk, int | None]:
    if query.statuses != OPEN:
        return Walk.ALL, None
    if _STATION in forms:
        return Walk.STATION, forms.index(_STATION)
    if _MODALITY in forms:
        return Walk.MODALITY, forms.index(_MODALITY)
    return Walk.OPEN, None


def _leaves_out_few(walk: Walk, form: Form) -> bool:
    """A station has steps of a modality or two, and steps with a date have a time."""
    return form == ("given", START_TIME) or (walk is Walk.STATION and form == _MODALITY)


def _find_bounds(conditions: Iterable[Condition]) -> tuple[Key, Key]:
    """What the dates asked for are in the order of the answers."""
    low, high = _BEFORE_ALL, _AFTER_ALL
    for condition in conditions:
        if isinstance(condition, Interval):
            first = (condition.low_date, condition.low_time)
            last = (condition.high_date, condition.high_time)
        elif isinstance(condition, Range) and condition.name == START_DATE:
            first, last = (condition.low, ""), (condition.high, "")
        else:
            continue
        low = max(low, (*first, 0) if first[0] else _BEHIND_UNDATED)
        high = min(high, (last[0], last[1] or LAST, _NO_ID) if last[0] else _AFTER_ALL)
    return low, high
