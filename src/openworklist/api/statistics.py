"""How the last day went, in numbers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.shapes import Answer, Moment, derive, to_json, to_moment
from openworklist.services.statistics import Day, Hour, Latency, Statistics, find_statistics
from openworklist.store.node_states import NodeState
from openworklist.store.statistics import Asked, Refusals, Stored
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/statistics", tags=["server"], route_class=GuardedRoute)

_LEASE = {"leased_by", "leased_until", "result"}
HourAnswer: Any = derive("HourOfMessages", Hour)
DayAnswer: Any = derive("DayOfExams", Day)
LatencyAnswer: Any = derive("Latency", Latency)
NodeAnswer: Any = derive("NodeAsked", NodeState, without=_LEASE)
RefusalAnswer: Any = derive("RefusedMessages", Refusals)
ScannerAnswer: Any = derive("ScannerAsked", Asked)
StoredAnswer: Any = derive("Stored", Stored)


class StatisticsAnswer(Answer):
    at: Moment
    hours: list[HourAnswer]
    today: DayAnswer
    modalities: dict[str, DayAnswer]
    refusals: list[RefusalAnswer]
    scanners: list[ScannerAnswer]
    acknowledgements: LatencyAnswer
    questions: LatencyAnswer
    stored: StoredAnswer
    database_bytes: int
    nodes: list[NodeAnswer]
    is_cut: bool


@router.get("", operation_id="get_statistics", response_model=StatisticsAnswer)
async def get_statistics(desk: TheDesk, visitor: Viewer) -> Any:
    """Messages by hour, exams of today, what was refused, who asked, how quick it was, how much is stored."""
    found: Statistics = await find_statistics(desk.database, desk.metrics, desk.zone)
    return {
        **to_json(found, without={"addresses"}),
        "at": to_moment(found.at),
        "modalities": {modality: to_json(day) for modality, day in found.modalities},
        "nodes": [to_json(each, without=_LEASE) for each in found.nodes],
    }
