"""The worklist: search at the left, the list in the middle, the selected record at the right."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import NotFound, OpenWorklistError, SearchError, SearchTooSlow
from openworklist.domain.search import FIELDS, STATUSES, Search, make_search
from openworklist.domain.search_text import format_search, parse_search
from openworklist.domain.visitor import Visitor
from openworklist.ui.columns import COLUMNS, COOKIE, SORT_OF, choose_columns, read_cookie, write_cookie
from openworklist.ui.record_view import find_record_view
from openworklist.ui.render import render, wants_region
from openworklist.ui.worklist_state import State, may_stand_in_address, read_text
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.problems import to_status
from openworklist.web.trail import Trail
from openworklist.web.visitors import Viewer, is_by_itself

router = APIRouter()
SIZE: Final = 50
_YEAR: Final = 365 * 86_400
_MOST_DELETED: Final = SIZE
# The fields of the form at the left; the search box knows them all.
_FORM: Final = (
    "patient_name", "patient_id", "accession_number", "birth_date", "modality", "station", "status",
)  # fmt: skip


@router.get("/worklist")
def show_worklist(
    request: Request,
    desk: TheDesk,
    visitor: Viewer,
    text: str | None = None,
    q: str = "",
    sort: str = "",
    dir: str = "",
    after: str = "",
    record: int = 0,
    deleted: str = "",
) -> Response:
    """The page of an address; only the list or the record where a script asks for that."""
    try:
        search = _find_search(desk, visitor, text, q)
    except SearchError as error:
        return _show(
            request, desk, visitor, State(record=record), problem=error, typed=text or "", status=422
        )
    state = State(search, q, sort, dir, after, record)
    if wants_region(request, "record"):
        return render(request, "worklist/_record.html", state=state, view=_find_view(desk, visitor, record))
    return _show(request, desk, visitor, state, deleted=_read_deleted(deleted))


@router.get("/worklist/total")
def count_total(
    request: Request,
    desk: TheDesk,
    visitor: Viewer,
    text: str | None = None,
    q: str = "",
    sort: str = "",
    dir: str = "",
    after: str = "",
    record: int = 0,
    known: int = -1,
) -> Response:
    """How many records there are; beside a page further on, how many came since there were `known`."""
    state = State(_find_search(desk, visitor, text, q), q, sort, dir, after, record)
    try:
        total = desk.browse.count(state.search)
    except SearchTooSlow:
        return render(request, "worklist/_uncounted.html")
    news = max(total - known, 0) if known >= 0 else 0
    return render(request, "worklist/_total.html", total=total, news=news, state=state)


@router.post("/worklist/search")
def search(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Lead to the address of a search, from the box or from the form."""
    given = get_texts(form)
    try:
        found = _read_form(given)
    except SearchError as error:
        typed = given.get("text", "")
        return _show(request, desk, visitor, State(), problem=error, typed=typed, given=given, status=422)
    return _lead_to(desk, visitor, found)


@router.post("/worklist/drop")
def drop_term(
    desk: TheDesk,
    visitor: Viewer,
    number: Annotated[int, Form()],
    text: Annotated[str, Form()] = "",
    q: Annotated[str, Form()] = "",
) -> Response:
    """Search without one of the chips, by its place."""
    found = _find_search(desk, visitor, text, q)
    terms = found.terms
    return _lead_to(desk, visitor, found.drop(terms[number]) if 0 <= number < len(terms) else found)


@router.post("/worklist/columns")
def set_columns(visitor: Viewer, form: TheForm) -> Response:
    """Remember in this browser which columns are shown, and in which order."""
    keys = [str(key) for key in form.getlist("column")]
    places = {key: str(form.get(f"place-{key}", "")) for key in keys}
    address = str(form.get("address", "/worklist"))
    keys.sort(key=lambda key: int(places[key]) if places[key].isdecimal() else len(COLUMNS))
    answer = RedirectResponse(address if address.startswith("/worklist") else "/worklist", 303)
    answer.set_cookie(
        COOKIE, write_cookie(choose_columns(keys)), max_age=_YEAR, samesite="lax", httponly=True, path="/"
    )
    return answer


def _read_form(given: dict[str, str]) -> Search:
    if "text" in given:
        return parse_search(given["text"])
    values = {name: given[name] for name in _FORM if given.get(name, "").strip()}
    day = given.get("date", "")
    if day == "span":
        first, last = given.get("from", "").strip(), given.get("to", "").strip()
        day = f"{first}..{last}" if first != last and (first or last) else first
    if day and day != "all":
        values["date"] = day
    return make_search(values)


def _lead_to(desk: Desk, visitor: Visitor, search: Search) -> Response:
    if may_stand_in_address(search):
        return RedirectResponse(State(search).address(), 303)
    saved = desk.searches.save(format_search(search), visitor.actor)
    return RedirectResponse(State(search, saved).address(), 303)


def _find_search(desk: Desk, visitor: Visitor, text: str | None, saved: str) -> Search:
    if not saved:
        return read_text(text)
    kept = desk.searches.find(saved, visitor.actor)
    if kept is None:
        raise SearchError("This search is not kept any more.", hint="search again", code="search.not-kept")
    return parse_search(kept.text)


def _show(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    state: State,
    *,
    problem: OpenWorklistError | None = None,
    typed: str = "",
    given: dict[str, str] | None = None,
    deleted: tuple[int, ...] = (),
    status: int = 200,
) -> Response:
    columns = read_cookie(request.cookies.get(COOKIE, ""))
    page = None
    if problem is None:
        try:
            page = desk.browse.page(
                state.search, sort=state.order, descending=state.is_descending, after=state.after, size=SIZE
            )
        except SearchTooSlow as error:
            problem, typed, status = error, state.text, to_status(error)
    # Nothing at all is another matter than nothing of today.
    is_new = page is not None and not page.records and not desk.browse.page(read_text(""), size=1).records
    if page is not None and not is_by_itself(request):
        Trail(request).note_records(page.records)
    is_region = wants_region(request, "list")
    return render(
        request,
        "worklist/_list.html" if is_region else "worklist/page.html",
        status=status,
        state=state,
        page=page,
        is_new=is_new,
        columns=columns,
        all_columns=COLUMNS,
        sort_of=SORT_OF,
        fields=FIELDS,
        statuses=tuple(STATUSES),
        problem=problem,
        typed=typed or (state.text if problem is None else typed),
        given=given if given is not None else _to_given(state.search),
        view=None if is_region else _find_view(desk, visitor, state.record),
        modalities=MODALITIES,
        deleted=deleted,
    )


def _read_deleted(text: str) -> tuple[int, ...]:
    """The records that were just deleted, which can be brought back from the page."""
    return tuple(int(part) for part in text.split(".")[:_MOST_DELETED] if part.isascii() and part.isdecimal())


def _to_given(search: Search) -> dict[str, str]:
    """What stands in the form for a search."""
    given = {name: search.get(name) for name in _FORM}
    day = search.date
    first, dots, last = day.partition("..")
    is_word = day in ("today", "yesterday", "week", "")
    span = (
        {"date": day or "all"} if is_word else {"date": "span", "from": first, "to": last if dots else first}
    )
    return {**given, **span}


def _find_view(desk: Desk, visitor: Visitor, number: int) -> object:
    if not number:
        return None
    try:
        view = find_record_view(desk, number)
    except NotFound:
        return None
    desk.audit.note_view(visitor.actor, number)
    return view


# What departments have; the box takes any other.
MODALITIES: Final = ("CT", "MR", "US", "CR", "DX", "MG", "XA", "RF", "NM", "PT", "BMD", "ES", "ECG", "OPT")
