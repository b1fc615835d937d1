"""Streams of events: they end with the key or session of who follows, and nobody opens any number."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from starlette.requests import Request

from openworklist.domain.role import Role
from openworklist.services.events import MOST_OF_ONE, Events
from openworklist.web.desk import Desk
from openworklist.web.session_cookie import COOKIE
from openworklist.web.streams import stream
from openworklist.web.visitors import find_visitor
from players.site import Site

PASSWORD = "tulips and trains 9"


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    site.server.people.users.add("root", Role.ADMINISTRATOR, "herring in summer 4", "test")
    site.server.people.users.add("anna", Role.VIEWER, PASSWORD, "test")
    desk: Desk = site.application.state.desk
    return desk


def follow(site: Site, desk: Desk, header: tuple[str, str], then: Callable[[], object]) -> list[str]:
    """All that a stream tells, of which more waits when `then` is done after the first name."""
    scope = {"type": "http", "app": site.application, "headers": [tuple(each.encode() for each in header)]}

    async def hear() -> list[str]:
        request = Request(scope)
        visitor = find_visitor(request)
        assert visitor
        told = []
        events = Events(desk.database)  # at first it tells every name
        async for text in stream(request, events, visitor).body_iterator:
            told.append(str(text))
            if len(told) == 2:
                await asyncio.to_thread(then)
        await events.stop()
        return told

    return asyncio.run_coroutine_threadsafe(hear(), site.loop).result(30)


def test_a_stream_ends_with_the_key(site: Site, desk: Desk) -> None:
    secret, _ = desk.people.keys.add("billing", Role.VIEWER, "test")
    bearer = ("authorization", f"Bearer {secret}")
    told = follow(site, desk, bearer, lambda: desk.people.keys.revoke("billing", "test"))
    assert [text.splitlines()[0] for text in told] == ["retry: 2000", "event: records"]


ENDS: dict[str, Callable[[Desk, str], Any]] = {
    "logout": lambda desk, token: desk.people.logout(token),
    "lock": lambda desk, token: desk.people.lock(token),
    "ended by an administrator": lambda desk, _: desk.people.end_sessions("anna", "user:root"),
    "another role": lambda desk, _: desk.people.users.set_role("anna", Role.OPERATOR, "user:root"),
    "another password": lambda desk, _: desk.people.users.set_password("anna", PASSWORD, "user:root"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_stream_ends_with_the_session(site: Site, desk: Desk, end: Callable[[Desk, str], Any]) -> None:
    token, _ = desk.people.login("anna", PASSWORD, "")
    told = follow(site, desk, ("cookie", f"{COOKIE}={token}"), lambda: end(desk, token))
    assert [text.splitlines()[0] for text in told] == ["retry: 2000", "event: records"]


@pytest.mark.parametrize("path", ["/events", "/api/v1/events"])
def test_nobody_opens_streams_without_number(site: Site, desk: Desk, path: str) -> None:
    async def subscribe() -> list[Any]:
        return [desk.events.subscribe("key:viewer") for _ in range(MOST_OF_ONE)]

    async def close() -> None:
        for each in opened:
            each.close()

    opened = asyncio.run_coroutine_threadsafe(subscribe(), site.loop).result(30)
    try:
        answer = site.client("viewer").get(path)
    finally:
        asyncio.run_coroutine_threadsafe(close(), site.loop).result(30)
    assert answer.status_code == 429
    assert "Too many streams of events are open." in answer.text
