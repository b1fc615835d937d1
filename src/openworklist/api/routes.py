"""The REST interface under /api/v1: all its routes as one router, and the standard's worklist beside it."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from openworklist.api import (
    archive,
    audit,
    comparing,
    dicomweb,
    export,
    keys,
    mapping_trials,
    mappings,
    me,
    message_work,
    messages,
    node_questions,
    nodes,
    openapi,
    outbound,
    record_changes,
    record_lists,
    records,
    rules,
    scanners,
    service,
    sessions,
    settings,
    statistics,
    steps,
    studies,
    study_tokens,
    study_uids,
    subscribers,
    systems,
    users,
)

PREFIX: Final = "/api/v1"
MOST_BYTES: Final = 32 * 1024 * 1024  # of a body: a file with thousands of orders
_RESOURCES: Final = (
    records,
    record_changes,
    record_lists,
    export,
    messages,
    message_work,
    mapping_trials,
    mappings,
    scanners,
    systems,
    nodes,
    node_questions,
    archive,
    subscribers,
    rules,
    study_uids,
    study_tokens,
    outbound,
    steps,
    studies,
    comparing,
    settings,
    users,
    sessions,
    keys,
    audit,
    statistics,
    me,
    service,
)

resources = APIRouter(prefix=PREFIX)
for _each in _RESOURCES:
    resources.include_router(_each.router)

router = APIRouter()
router.include_router(resources)
router.include_router(dicomweb.router, prefix="/dicomweb")
router.include_router(openapi.router, prefix="/api")
