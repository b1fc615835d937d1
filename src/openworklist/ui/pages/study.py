"""The page of a study for who has its token: no login, no frame, nothing of the server but its name."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from openworklist.domain.errors import OpenWorklistError, TooManyGuesses
from openworklist.ui.render import render
from openworklist.ui.study_stacks import WORDS, make_stacks
from openworklist.web.desk import get_peer
from openworklist.web.problems import to_status
from openworklist.web.strangers import to_stranger
from openworklist.web.token_holders import PREFIX, TokenHolder, find_holder

router = APIRouter()
# The address is the key to the study: it is told to nobody.
_HEADERS: Final = {"Referrer-Policy": "no-referrer"}


@router.get(PREFIX)
async def show_study(request: Request) -> Response:
    """The study; or what is wrong with the link, for somebody who has never heard of this server."""
    try:
        holder = await find_holder(request)
        return await run_in_threadpool(_show, request, holder)
    except OpenWorklistError as error:
        told = to_stranger(error, get_peer(request))
        return await run_in_threadpool(_show_problem, request, told)


def _show(request: Request, holder: TokenHolder) -> Response:
    uid = holder.study.uid
    stacks = make_stacks(holder.source.list_series(uid), holder.source.list_instances(uid))
    return render(request, "study/page.html", headers=_HEADERS, holder=holder, stacks=stacks, kinds=WORDS)


def _show_problem(request: Request, error: OpenWorklistError) -> Response:
    answer = render(request, "study/problem.html", status=to_status(error), headers=_HEADERS, error=error)
    if isinstance(error, TooManyGuesses):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer
