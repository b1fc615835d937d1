"""Every route of the application, REST and pages, asked as everybody: who may what stands in the tables.

A route that is in none of them fails: somebody has to decide about it.
"""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from openworklist.domain.role import Role
from openworklist.web.guarded import find_role
from players.site import Site

# What a stranger may: log in, choose a language, see that the server lives, begin, read how it is asked.
OPEN = {
    "GET /",
    "GET /livez",
    "GET /readyz",
    "GET /login",
    "POST /login",
    "POST /logout",
    "POST /lock",
    "POST /language",
    "GET /first-run",
    "POST /first-run",
    "GET /api/openapi.json",
    "GET /api/docs",
}
# What a token of a study opens for strangers; without a right one there is nothing.
BY_TOKEN = "/studies/by-token/{token}"
# What a viewer may beside looking (GET): asking by POST, their own password and sessions, how their pages
# look. None of it changes a record or a setting.
VIEWER = {
    "POST /api/v1/records/search",
    "POST /api/v1/studies/search",
    "POST /studies/search",
    "POST /api/v1/compare",
    "POST /api/v1/compare/page",
    "POST /api/v1/mapping/explain",
    "POST /api/v1/mapping/suggest",
    "POST /records/chosen",
    "POST /worklist/search",
    "POST /worklist/drop",
    "POST /worklist/columns",
    "POST /compare",
    "POST /messages/search",
    "POST /why",
    "POST /account/preferences",
    "POST /account/password",
    "POST /account/sessions/end",
}
OPERATOR = {
    "POST /api/v1/studies/{uid}/links",
    "POST /studies/{uid}/links",
    "POST /studies/{uid}/open",
    "POST /studies/{uid}/revoke",
    "POST /api/v1/records",
    "PATCH /api/v1/records/{number}",
    "DELETE /api/v1/records/{number}",
    "POST /api/v1/records/{number}/duplicate",
    "POST /api/v1/records/delete",
    "POST /api/v1/records/send",
    "POST /api/v1/deleted-records/{number}/restore",
    "POST /api/v1/messages",
    "POST /api/v1/messages/process",
    "POST /api/v1/files",
    "POST /api/v1/mapping/try",
    "POST /api/v1/nodes/{name}/echo",
    "POST /api/v1/archive/echo",
    "POST /api/v1/nodes/{name}/query",
    "POST /api/v1/nodes/{name}/import",
    "POST /api/v1/studies/{uid}/token",
    "DELETE /api/v1/studies/{uid}/token",
    "GET /api/v1/study-tokens",
    "POST /api/v1/outbound",
    "POST /api/v1/outbound/retry",
    "POST /api/v1/outbound/drop",
    "GET /import",
    "POST /import",
    "GET /records/new",
    "POST /records/new",
    "GET /records/{number}/edit",
    "POST /records/{number}/edit",
    "POST /records/delete",
    "POST /records/restore",
    "POST /begin/trial",
    "GET /compose",
    "POST /compose/check",
    "POST /compose/fill",
    "POST /compose/load",
    "POST /compose/send",
    "POST /mapping/again",
    "POST /mapping/again/run",
    "POST /messages/outbound/change",
    "POST /messages/reprocess",
    "POST /nodes/worklists/echo",
    "POST /settings/archive/echo",
    "GET /query",
    "POST /query",
    "POST /query/echo",
    "GET /query/{number}",
    "POST /query/{number}/cancel",
    "POST /query/{number}/import",
}
ADMINISTRATOR = {
    "PUT /api/v1/mappings/{name}",
    "DELETE /api/v1/mappings/{name}",
    "POST /api/v1/mappings/{name}/restore",
    "PATCH /api/v1/scanners/{ae_title}",
    "DELETE /api/v1/scanners/{ae_title}",
    "PATCH /api/v1/systems/{name}",
    "DELETE /api/v1/systems/{name}",
    "PATCH /api/v1/nodes/{name}",
    "DELETE /api/v1/nodes/{name}",
    "PUT /api/v1/subscribers/{name}",
    "DELETE /api/v1/subscribers/{name}",
    "PUT /api/v1/rules/{kind}/{name}",
    "DELETE /api/v1/rules/{kind}/{name}",
    "PATCH /api/v1/study-uids",
    "PUT /api/v1/options/{name}",
    "GET /api/v1/settings",
    "GET /api/v1/users",
    "POST /api/v1/users",
    "GET /api/v1/users/{name}",
    "PATCH /api/v1/users/{name}",
    "DELETE /api/v1/users/{name}",
    "GET /api/v1/users/{name}/sessions",
    "DELETE /api/v1/users/{name}/sessions",
    "DELETE /api/v1/users/{name}/sessions/{number}",
    "GET /api/v1/keys",
    "POST /api/v1/keys",
    "DELETE /api/v1/keys/{name}",
    "GET /api/v1/audit",
    "POST /mapping/copy",
    "POST /mapping/delete",
    "POST /mapping/draft",
    "POST /mapping/import",
    "POST /mapping/restore",
    "POST /mapping/save",
    "POST /mapping/sender",
    "POST /mapping/study-uids",
    "POST /mapping/study-uids/delete",
    "POST /mapping/study-uids/edit",
    "POST /mapping/study-uids/insert",
    "POST /nodes/rules/delete",
    "POST /nodes/rules/edit",
    "POST /nodes/rules/move",
    "POST /nodes/scanners/add",
    "POST /nodes/scanners/decide",
    "POST /nodes/scanners/delete",
    "POST /nodes/scanners/one",
    "POST /nodes/systems/confirm",
    "POST /nodes/systems/delete",
    "POST /nodes/systems/edit",
    "POST /nodes/told/delete",
    "POST /nodes/told/edit",
    "POST /nodes/undo",
    "POST /nodes/worklists/delete",
    "POST /nodes/worklists/draft",
    "POST /nodes/worklists/edit",
    "POST /settings",
    "GET /users",
    "GET /users/new",
    "POST /users/new",
    "GET /users/one",
    "POST /users/role",
    "POST /users/active",
    "POST /users/password",
    "POST /users/sessions/end",
    "POST /users/delete",
    "GET /users/keys",
    "POST /users/keys/new",
    "POST /users/keys/revoke",
    "GET /audit",
    "GET /audit/export",
}
WHO = {"": None, "viewer": Role.VIEWER, "operator": Role.OPERATOR, "administrator": Role.ADMINISTRATOR}


def _find_requests(site: Site) -> Iterator[tuple[str, Role | None]]:
    """Every route, and what is asked by HEAD, which goes the way of GET."""
    for name, role in _find_routes(site):
        yield name, role
        if name.startswith("GET "):
            yield name.replace("GET", "HEAD", 1), role


def _find_routes(site: Site) -> Iterator[tuple[str, Role | None]]:
    for context in iter_route_contexts(site.application.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for method in context.methods or ():
                yield f"{method} {context.path_format}", find_role(route)


def _expect(name: str) -> Role | str | None:
    if name in OPEN or name.startswith(f"GET {BY_TOKEN}"):
        return None
    if name in ADMINISTRATOR:
        return Role.ADMINISTRATOR
    if name in OPERATOR:
        return Role.OPERATOR
    return Role.VIEWER if name in VIEWER or name.startswith("GET ") else "nobody has decided"


def _is_shown(path: str) -> bool:
    """Whether a GET may be asked here: streams never end."""
    return path not in ("/events", "/api/v1/events")


def test_every_route_needs_the_role_that_the_tables_say(site: Site) -> None:
    found = dict(_find_routes(site))

    assert {name: role for name, role in found.items() if _expect(name) != role} == {}


@pytest.mark.parametrize("who", [*WHO, "revoked"])
def test_who_may_not_is_turned_away_by_every_route(site: Site, who: str) -> None:
    client = site.client(who)
    role = WHO.get(who)
    answered = {}
    for name, needed in _find_requests(site):
        if needed is None or (role is not None and role.covers(needed)):
            continue
        method, path = name.split(" ")
        answer = client.request(method, re.sub(r"\{[^}]*\}", "1", path), follow_redirects=False)
        is_away = answer.status_code in (401, 403)
        is_led = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        if not (is_away or (role is None and is_led)):
            answered[name] = answer.status_code

    assert answered == {}


@pytest.mark.parametrize("who", WHO)
def test_without_a_right_token_nobody_sees_a_study(site: Site, who: str) -> None:
    client = site.client(who)
    paths = {name.split(" ")[1] for name, _ in _find_routes(site) if BY_TOKEN in name}
    answers = {
        path: client.get(re.sub(r"\{[^}]*\}", "1", path), follow_redirects=False).status_code
        for path in paths
    }

    assert len(paths) > 10
    assert set(answers.values()) <= {404, 429}  # too many from one address are told to wait


@pytest.mark.parametrize("who", ["viewer", "operator", "administrator"])
def test_who_may_look_is_shown_something_by_every_address_without_a_name(site: Site, who: str) -> None:
    client, role = site.client(who), WHO[who]
    failed = {}
    for name, needed in _find_routes(site):
        method, path = name.split(" ")
        if (
            method == "GET"
            and "{" not in path
            and _is_shown(path)
            and role
            and needed
            and role.covers(needed)
        ):
            answer = client.get(path, follow_redirects=False)
            if answer.status_code >= 500 or answer.status_code in (401, 403):
                failed[name] = answer.status_code

    assert failed == {}


def test_static_files_are_for_everybody_and_nothing_else_is_mounted(site: Site) -> None:
    mounted = {
        each.path
        for each in iter_route_contexts(site.application.routes)
        if not isinstance(each.original_route, APIRoute)
    }

    assert mounted == {"/static"}
    assert site.client().get("/static/mark.svg").status_code == 200
