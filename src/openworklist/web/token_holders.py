"""Who has the token of a study: no login, and that study alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from openworklist.domain.errors import NotFound, TooManyGuesses
from openworklist.domain.study import Study
from openworklist.services.studies import StudySource
from openworklist.services.token_gate import make_unknown
from openworklist.web.desk import Desk, get_peer

PREFIX = "/studies/by-token/{token}"


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A study that somebody may see, who has it, and the path under which its token serves it."""

    study: Study
    source: StudySource
    path: str


async def find_holder(request: Request) -> TokenHolder:
    """NotFound, which says no more, for what opens nothing; TooManyGuesses for too much of that."""
    desk: Desk = request.app.state.desk
    token = request.path_params["token"]
    try:
        uid = await run_in_threadpool(desk.token_gate.open, token, get_peer(request))
    except (NotFound, TooManyGuesses) as error:
        desk.metrics.count("token_guesses")
        if isinstance(error, TooManyGuesses):
            await desk.slowed_guesses.wait(error.seconds, get_peer(request))
        raise
    desk.metrics.count("token_uses")
    found = await run_in_threadpool(desk.studies.find, uid)
    if found is None:
        raise make_unknown()
    return TokenHolder(*found, f"/studies/by-token/{token}")


Holder = Annotated[TokenHolder, Depends(find_holder)]
