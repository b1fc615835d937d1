"""A mapping beside a sample: what each rule finds, what a scanner would get, tried before it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.domain.system import System
from openworklist.hl7.profile import PRESETS
from openworklist.hl7.profile_json import from_json
from openworklist.hl7.sequences import is_fillable
from openworklist.hl7.shapes import SHAPES
from openworklist.services.configuration import MAPPING
from openworklist.services.journal import Journal, try_mapping
from openworklist.store.journal import Filter
from openworklist.ui.mapping_actions import Texts, accept, act, load
from openworklist.ui.mapping_check import check, to_document
from openworklist.ui.mapping_draft import ProfileDraft
from openworklist.ui.mapping_editor import Editor, read_editor, start_editor
from openworklist.ui.mapping_list import list_senders
from openworklist.ui.mapping_report import Report, make_report
from openworklist.ui.mapping_sample import LARGEST, Sample, open_sample
from openworklist.ui.mapping_view import find_suggested, make_work
from openworklist.ui.pages.mapping import read_file, read_version, to_address
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()

TRIED: Final = 50
_MOST_TRIED: Final = 500
_OFFERED: Final = 20  # messages of the journal that are offered as samples
_ORDERS: Final = frozenset({"ORM", "OMI", "OMG", "SIU"})
_TIMES: Final = {"scheduled_procedure_step_start_date": ("scheduled_procedure_step_start_time",)}


@router.get("/mapping/edit")
def show_mapping(
    request: Request,
    desk: TheDesk,
    visitor: Viewer,
    name: str,
    sample: int = 0,
    version: int = 0,
    saved: int = 0,
) -> Response:
    """A mapping, or one of its versions, with a message of the journal beside it."""
    profile = read_version(desk, name, version) if version else desk.configuration.get_profile(name)
    draft = replace(ProfileDraft.from_profile(profile), name=name)
    if sample:
        desk.audit.note(visitor.actor, "message.view", subject="message", subject_id=str(sample))
    return _show(request, desk, start_editor(draft, Sample(sample)), saved=saved)


@router.post("/mapping/draft")
def change_draft(
    request: Request, desk: TheDesk, visitor: Administrator, form: TheForm, name: str
) -> Response:
    """Do what a button says to the draft, and show it; nothing is stored."""
    texts = get_texts(form)
    editor = read_editor(name, texts)
    do, picked = texts.get("do", ""), texts.get("pick", "")
    wanted = texts.get("focused", "")
    report = None
    try:
        if picked:
            editor = replace(editor, picked=picked)
        elif do == "try":
            report = _try(desk, editor, texts)
            desk.audit.note(visitor.actor, "mapping.try", subject="mapping", subject_id=name)
        elif do in _WITH_DESK:
            editor = _WITH_DESK[do](desk, editor, texts, form)
        elif do.startswith("accept"):
            editor = _accept(desk, editor, do.partition(":")[2])
        else:
            editor = act(editor, do, texts)
        used = texts.get("pick-attribute", "") if do.startswith("use:") else ""
        return _show(request, desk, editor, wanted=wanted, report=report, done=do, used=used)
    except OpenWorklistError as error:
        return _show(request, desk, replace(editor, suggesting=""), problem=error, texts=texts)


@router.post("/mapping/save")
def save_mapping(
    request: Request, desk: TheDesk, visitor: Administrator, form: TheForm, name: str
) -> Response:
    """Store the draft as the newest version; with anything wrong in it nothing is stored."""
    editor = read_editor(name, get_texts(form))
    checked = check(editor.draft, editor.chosen)
    try:
        if checked.problems:
            raise checked.problems[0].error
        document = to_document(editor.draft)
        desk.configurations.save_mapping(document, visitor.actor, editor.note.strip())
    except OpenWorklistError as error:
        return _show(request, desk, editor, problem=error)
    desk.audit.note(visitor.actor, "mapping.save", subject="mapping", subject_id=name)
    number = len(desk.configurations.find_versions(MAPPING, name))
    if wants_region(request, "work"):
        return _show(request, desk, replace(editor, note=""), saved=number)
    more = {"sample": editor.sample.number} if editor.sample.number else {}
    return RedirectResponse(to_address("edit", name, saved=number, **more), 303)


def _open_file(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    file = form.get("sample-file")
    raw = file.file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
    if not raw:
        raise MessageError("No file was chosen.", where="sample-file")
    return replace(editor, sample=open_sample(raw, desk.reader.find_default(raw, desk.configuration)))


def _take_text(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    raw = texts.get("sample-text", "").encode("utf_8", "replace")
    return replace(editor, sample=open_sample(raw, desk.reader.find_default(raw, desk.configuration)))


def _take_message(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    number = texts.get("sample-message", "")
    sample = Sample(int(number) if number.isascii() and number.isdigit() else 0)
    if not sample:
        raise MessageError("No message was chosen.", where="sample-message")
    sample.read(Journal(desk.database))
    return replace(editor, sample=sample)


def _turn_to(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    number = texts.get("part-choice", "")
    part = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    return replace(editor, sample=replace(editor.sample, part=max(part, 1)))


def _close_sample(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    return replace(editor, sample=Sample(), suggesting="")


def _suggest(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    return replace(editor, suggesting=texts.get("suggest-from", "sample"))


def _end_suggesting(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    return replace(editor, suggesting="")


def _load_file(desk: Desk, editor: Editor, texts: Texts, form: FormData) -> Editor:
    return load(editor, from_json(read_file(form, "mapping-file")))


_WITH_DESK: Final = {
    "sample-open": _open_file,
    "sample-text": _take_text,
    "sample-take": _take_message,
    "sample-close": _close_sample,
    "part": _turn_to,
    "suggest": _suggest,
    "suggest-end": _end_suggesting,
    "import": _load_file,
}


def _accept(desk: Desk, editor: Editor, attribute: str) -> Editor:
    """The suggestion for one attribute, or all of them."""
    suggested = find_suggested(desk, editor)
    if suggested is None:
        return editor
    found = [each.attribute.name for each in suggested.suggestions if each.candidates]
    wanted = [each for each in found if attribute in ("", each)]
    names = tuple(one for each in wanted for one in (each, *_TIMES.get(each, ())))
    return accept(editor, suggested.profile, names)


def _try(desk: Desk, editor: Editor, texts: Texts) -> Report:
    """What the draft would change in the records of the last messages, of all senders or of one."""
    checked = check(editor.draft, editor.chosen)
    if checked.problems or checked.profile is None:
        raise checked.problems[0].error
    count = texts.get("try-count", "")
    trial = desk.configuration.with_profile(checked.profile)
    asked = Filter()
    if sender := texts.get("try-sender", ""):
        application, _, facility = sender.partition("|")
        trial = trial.with_system(System(application, facility, editor.draft.name, is_confirmed=True))
        asked = Filter(sending_application=application, sending_facility=facility)
    number = min(int(count), _MOST_TRIED) if count.isascii() and count.isdigit() else TRIED
    return make_report(try_mapping(desk.database, desk.reader, trial, number, asked))


def _show(
    request: Request,
    desk: Desk,
    editor: Editor,
    *,
    wanted: str = "",
    problem: OpenWorklistError | None = None,
    report: Report | None = None,
    saved: int = 0,
    done: str = "",
    used: str = "",
    texts: Texts | None = None,
) -> Response:
    try:
        work = make_work(desk, editor, wanted=wanted)
    except OpenWorklistError as error:
        problem = problem or error
        work = make_work(desk, replace(editor, suggesting=""), wanted=wanted)
    regions = ("found", "work")
    region = next((each for each in regions if wants_region(request, each)), "")
    return render(
        request,
        f"mapping/_{region}.html" if region else "mapping/edit.html",
        status=422 if problem else 200,
        work=work,
        editor=editor,
        problem=problem,
        report=report,
        saved=saved,
        done=done,
        used=used,
        apart=region == "found",
        focus="data-focus" if region else "autofocus",  # a script takes the focus there, or the browser does
        texts=texts or {},
        **_find_choices(desk, editor),
    )


def _find_choices(desk: Desk, editor: Editor) -> dict[str, Any]:
    """What the lists of the page offer."""
    configuration = desk.configuration
    known = {each.attribute for each in editor.rules.rules}
    senders = list_senders(configuration)
    messages = Journal(desk.database).find(Filter(), None, _OFFERED * 3).messages
    return {
        "attributes": [each for each in ATTRIBUTES if each.name not in known and is_fillable(each)],
        "messages": [each for each in messages if each.message_type[:3] in _ORDERS][:_OFFERED],
        "presets": sorted(PRESETS),
        "senders": [each.system.name for each in senders if not each.system.is_pattern],
        "users": [each.system.name for each in senders if each.mapping == editor.draft.name],
        "scanners": sorted(configuration.scanners),
        "shapes": sorted(SHAPES),
        "is_stored": editor.draft.name in configuration.profiles,
        "tried": TRIED,
    }
