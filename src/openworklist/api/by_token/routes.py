"""All that a token opens for programs, as one router."""

from __future__ import annotations

from fastapi import APIRouter

from openworklist.api.by_token import archive, bulk, frames, instances, metadata, ohif, rendered, search
from openworklist.web.token_holders import PREFIX

_SERVICES = (ohif, search, metadata, frames, rendered, bulk, instances)

_dicomweb = APIRouter(prefix="/dicomweb")
for _each in _SERVICES:
    _dicomweb.include_router(_each.router)

router = APIRouter(prefix=PREFIX, include_in_schema=False)
router.include_router(archive.router)
router.include_router(_dicomweb)
