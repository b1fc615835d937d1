"""The dashboard: listeners, today's exams, messages by hour, errors, scanners, speed, size."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from openworklist.services.statistics import Day, Statistics, find_statistics
from openworklist.ui.plots import Bar, draw_lying, draw_upright
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.visitors import Viewer

router = APIRouter()
_SECOND: Final = 1_000_000
_MOST: Final = 12  # bars of a plot


@router.get("/dashboard")
async def show_dashboard(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """All of one moment; the region alone when something happened."""
    found = await find_statistics(desk.database, desk.metrics, desk.zone)
    return await run_in_threadpool(_render, request, desk, found)


def _render(request: Request, desk: Desk, found: Statistics) -> Response:
    hours = [
        Bar(
            f"{datetime.fromtimestamp(hour.start / _SECOND, desk.zone):%H}",
            (hour.applied, hour.ignored, hour.refused),
        )
        for hour in found.hours
    ]
    modalities = [Bar(name or "–", _count(day)) for name, day in found.modalities[:_MOST]]
    scanners = [Bar(each.ae_title, (each.times,)) for each in found.scanners[:_MOST]]
    is_region = wants_region(request, "dashboard")
    return render(
        request,
        "dashboard/_all.html" if is_region else "dashboard/page.html",
        found=found,
        listeners=desk.listeners.statuses(),
        problems=desk.problems(),
        hours=draw_upright(hours),
        modalities=draw_lying(modalities),
        scanners=draw_lying(scanners),
    )


def _count(day: Day) -> tuple[int, ...]:
    return day.waiting, day.started, day.done, day.other
