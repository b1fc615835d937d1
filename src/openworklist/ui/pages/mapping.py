"""The mappings: list, versions, files; which sender has which. A mapping is edited in pages.mapping_edit."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import MappingError, NotFound, OpenWorklistError
from openworklist.hl7.profile import Profile
from openworklist.hl7.profile_json import LONGEST, from_json, read_profile, to_json, write_profile
from openworklist.services.configuration import MAPPING
from openworklist.store.configuration import Version
from openworklist.ui.mapping_difference import find_rule_differences
from openworklist.ui.mapping_list import list_mappings, list_senders
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter()

Name = Annotated[str, Form()]


@router.get("/mapping")
def show_mappings(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """The mappings and the senders."""
    return _show(request, desk)


@router.post("/mapping/copy")
def copy_mapping(
    request: Request, desk: TheDesk, visitor: Administrator, name: Name, new: Annotated[str, Form()] = ""
) -> Response:
    """Store a mapping under another name too, and open it."""
    try:
        if desk.configurations.refresh().has_profile(new.strip()):
            raise MappingError(
                f"There is a mapping {new.strip()!r} already.", where="new", hint="choose another name"
            )
        document = {**to_json(desk.configuration.get_profile(name)), "name": new.strip()}
        profile = desk.configurations.save_mapping(document, visitor.actor, f"copy of {name}")
    except OpenWorklistError as error:
        return _show(request, desk, problem=error, typed={"copy": name, "new": new})
    desk.audit.note(visitor.actor, "mapping.save", subject="mapping", subject_id=profile.name)
    return RedirectResponse(to_address("edit", profile.name), 303)


@router.post("/mapping/delete")
def delete_mapping(request: Request, desk: TheDesk, visitor: Administrator, name: Name) -> Response:
    """Delete a mapping of the site; its versions are kept, and can be brought back."""
    try:
        desk.configurations.delete_mapping(name, visitor.actor)
    except OpenWorklistError as error:
        return _show(request, desk, problem=error)
    desk.audit.note(visitor.actor, "mapping.delete", subject="mapping", subject_id=name)
    return RedirectResponse(to_address("versions", name), 303)


@router.post("/mapping/sender")
def set_sender(
    request: Request,
    desk: TheDesk,
    visitor: Administrator,
    system: Annotated[str, Form()],
    profile: Name = "",
) -> Response:
    """Decide which mapping counts for a sender."""
    known = desk.configurations.refresh().systems.get(system)
    try:
        if known is None:
            raise NotFound(f"There is no system {system!r}.", code="system.not-found")
        desk.configurations.save_system(replace(known, profile=profile, is_confirmed=True), visitor.actor)
    except OpenWorklistError as error:
        return _show(request, desk, problem=error)
    desk.audit.note(
        visitor.actor,
        "system.save",
        subject="system",
        subject_id=system,
        detail=profile,
    )
    return RedirectResponse("/mapping#senders", 303)


@router.post("/mapping/import")
def import_mapping(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Store the mapping of a file as its newest version, and open it."""
    texts = get_texts(form)
    try:
        document = read_file(form, "file")
        if name := texts.get("name", "").strip():
            document["name"] = name
        profile = desk.configurations.save_mapping(
            document, visitor.actor, texts.get("note", "") or "imported"
        )
    except OpenWorklistError as error:
        return _show(request, desk, problem=error, typed=texts)
    desk.audit.note(
        visitor.actor,
        "mapping.save",
        subject="mapping",
        subject_id=profile.name,
        detail="import",
    )
    return RedirectResponse(to_address("edit", profile.name), 303)


@router.get("/mapping/export")
def export_mapping(desk: TheDesk, visitor: Viewer, name: str, version: int = 0) -> Response:
    """A mapping as a file, for a backup and for another server."""
    if version:
        text = write_profile(read_version(desk, name, version))
    else:
        text = write_profile(desk.configuration.get_profile(name))
    ending = f"-{version}.json" if version else ".json"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}{ending}"}
    return Response(text, media_type="application/json", headers=headers)


@router.get("/mapping/versions")
def show_versions(
    request: Request, desk: TheDesk, visitor: Viewer, name: str, before: int = 0, after: int = 0
) -> Response:
    """All versions of a mapping, and what differs between two of them: the last two if not said otherwise."""
    versions = find_versions(desk, name)
    after = after if 0 < after <= len(versions) else len(versions)
    before = before if 0 < before <= len(versions) else max(after - 1, 1)
    differences = find_rule_differences(versions[before - 1].document, versions[after - 1].document)
    return render(
        request,
        "mapping/versions.html",
        name=name,
        versions=versions,
        before=before,
        after=after,
        differences=differences,
    )


@router.post("/mapping/restore")
def restore_mapping(
    desk: TheDesk, visitor: Administrator, name: Name, version: Annotated[int, Form()]
) -> Response:
    """Bring a version back as the newest one."""
    desk.configurations.restore_mapping(name, version, visitor.actor)
    desk.audit.note(
        visitor.actor,
        "mapping.restore",
        subject="mapping",
        subject_id=name,
        detail=str(version),
    )
    return RedirectResponse(to_address("versions", name), 303)


def to_address(page: str, name: str, **more: Any) -> str:
    """The address of a page about a mapping."""
    return f"/mapping/{page}?{urlencode({'name': name, **more})}"


def find_versions(desk: Desk, name: str) -> list[Version]:
    """The versions of a mapping of the site; NotFound if there never was one."""
    versions = desk.configurations.find_versions(MAPPING, name)
    if not versions:
        raise NotFound(f"The mapping {name} has no versions here.", code="mapping.not-found")
    return versions


def read_version(desk: Desk, name: str, number: int) -> Profile:
    """The profile of a version; NotFound if there is none, or it is that the mapping was deleted."""
    versions = find_versions(desk, name)
    if not 0 < number <= len(versions) or versions[number - 1].document is None:
        raise NotFound(f"The mapping {name} has no version {number}.", code="mapping.not-found")
    return from_json(versions[number - 1].document)


def read_file(form: FormData, field: str) -> dict[str, Any]:
    """The mapping of a file that was chosen, as JSON that can be stored; MappingError if it is none."""
    file = form.get(field)
    raw = file.file.read(4 * LONGEST + 1) if isinstance(file, UploadFile) else b""
    if not raw:
        raise MappingError("No file was chosen.", where=field, code="mapping.unreadable")
    try:
        return to_json(read_profile(raw.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise MappingError(
            "The file is no mapping: it is not UTF-8.", where=field, code="mapping.unreadable"
        ) from error


def _show(
    request: Request,
    desk: Desk,
    *,
    problem: OpenWorklistError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    # A sender that came a moment ago is on disk before it counts here.
    configuration = desk.configurations.refresh()
    return render(
        request,
        "mapping/_senders.html" if wants_region(request, "senders") else "mapping/page.html",
        status=422 if problem else 200,
        mappings=list_mappings(configuration),
        senders=list_senders(configuration),
        default=configuration.options.default_profile,
        problem=problem,
        typed=typed or {},
    )
