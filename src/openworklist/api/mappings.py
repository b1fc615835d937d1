"""Mappings: which field of a message becomes which attribute, with all their versions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from openworklist.api.answers import may
from openworklist.api.body import AnyDocument, Body, Line
from openworklist.api.change_answers import VersionAnswer, write_versions
from openworklist.api.parameters import Name, Number
from openworklist.api.shapes import Answer, Document
from openworklist.api.versions import ETAG, IfMatch, read_version, to_etag
from openworklist.domain.errors import MappingError, NotFound
from openworklist.hl7.profile import PRESETS
from openworklist.hl7.profile_json import to_json as write_profile
from openworklist.services.configuration import MAPPING, find_references
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Administrator, Viewer

router = APIRouter(prefix="/mappings", tags=["mappings"], route_class=GuardedRoute)


class ListedMapping(Answer):
    name: str
    is_own: bool = Field(description="whether the site has one of this name")
    is_preset: bool
    used_by: list[str]


class NewMapping(Body):
    mapping: AnyDocument
    note: Line = ""


class Restored(Body):
    version: int = Field(ge=1, le=2**53 - 1)


@router.get("", operation_id="list_mappings", response_model=list[ListedMapping])
def list_mappings(desk: TheDesk, visitor: Viewer) -> Any:
    """The mappings of the site and those that come with the server, and who uses each."""
    configuration = desk.configuration
    users: dict[str, list[str]] = {}
    for where, name in find_references(configuration):
        users.setdefault(name, []).append(where)
    return [
        {
            "name": name,
            "is_own": name in configuration.profiles,
            "is_preset": name in PRESETS,
            "used_by": sorted(users.get(name, [])),
        }
        for name in sorted({*PRESETS, *configuration.profiles})
    ]


@router.get(
    "/{name}", operation_id="get_mapping", response_model=Document, responses={200: {"headers": ETAG}}
)
def get_mapping(response: Response, desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """A mapping as JSON (docs/mapping.schema.json), to be changed and put again."""
    profile = _get(desk, name)
    response.headers["ETag"] = to_etag(_find_version(desk, name))
    return write_profile(profile)


@router.put(
    "/{name}",
    operation_id="put_mapping",
    response_model=Document,
    responses=may(412, 428) | {200: {"headers": ETAG}},
)
def put_mapping(
    response: Response,
    desk: TheDesk,
    visitor: Administrator,
    trail: TheTrail,
    name: Name,
    new: NewMapping,
    if_match: IfMatch = None,
) -> Any:
    """Store a mapping as the newest version of its name. Under the name of a preset it takes its place.

    `If-Match` is the ETag of what was seen, `"0"` where the site has none of this name.
    """
    document = {**new.mapping, "name": name}
    profile = desk.configurations.save_mapping(
        document, visitor.actor, new.note, expected=read_version(if_match)
    )
    trail.note("mapping.save", MAPPING, name)
    response.headers["ETag"] = to_etag(_find_version(desk, name))
    return write_profile(profile)


@router.delete("/{name}", operation_id="delete_mapping", status_code=204)
def delete_mapping(desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name) -> None:
    """Delete a mapping of the site; a preset that was changed is as it came again."""
    desk.configurations.delete_mapping(name, visitor.actor)
    trail.note("mapping.delete", MAPPING, name)


@router.get("/{name}/versions", operation_id="list_mapping_versions", response_model=list[VersionAnswer])
def list_versions(desk: TheDesk, visitor: Viewer, name: Name) -> Any:
    """The versions of a mapping, who made each, and why."""
    return write_versions(desk, MAPPING, name)


@router.get(
    "/{name}/versions/{number:int}", operation_id="get_mapping_version", response_model=Document | None
)
def get_version(desk: TheDesk, visitor: Viewer, name: Name, number: Number) -> Any:
    """A version of a mapping; null where it was deleted."""
    versions = desk.configurations.find_versions(MAPPING, name)
    if number > len(versions):
        raise _not_found(name, f"The mapping {name} has no version {number}.")
    return versions[number - 1].document


@router.post("/{name}/restore", operation_id="restore_mapping", response_model=Document)
def restore_mapping(
    desk: TheDesk, visitor: Administrator, trail: TheTrail, name: Name, restored: Restored
) -> Any:
    """Bring a version back, as the newest one."""
    profile = desk.configurations.restore_mapping(name, restored.version, visitor.actor)
    trail.note("mapping.restore", MAPPING, name, str(restored.version))
    return write_profile(profile)


def _find_version(desk: Desk, name: str) -> int:
    """The number of the newest version of the site's own, 0 without one."""
    return len(desk.configurations.find_versions(MAPPING, name))


def _get(desk: Desk, name: str) -> Any:
    try:
        return desk.configuration.get_profile(name)
    except MappingError as error:
        raise _not_found(name, error.sentence) from None


def _not_found(name: str, sentence: str) -> Exception:
    return NotFound(sentence, where=name, code="mapping.not-found")
