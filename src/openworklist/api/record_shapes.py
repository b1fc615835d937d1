"""Records as JSON: what the sender said, what was completed here, what people wrote over it."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from openworklist.api.shapes import Answer, Json, Moment, Problems, Values, to_json, to_moment
from openworklist.domain.record import Record
from openworklist.services.configuration import Configuration
from openworklist.services.remarks import find_remarks


class RecordAnswer(Answer):
    number: int
    version: int
    status: str
    values: Values
    completed: Values = Field(description="what was made here, where the sender left out what scanners need")
    edited: Values = Field(description="what was sent, where people wrote over it")
    senders: list[str]
    created_at: Moment
    updated_at: Moment
    warnings: Problems


class Received(Answer):
    ae_title: str
    times: int
    first_at: Moment
    last_at: Moment


class WholeRecord(RecordAnswer):
    remarks: list[str] = Field(description="the warnings, and what scanners show otherwise than it is stored")
    received_by: list[Received]


class RecordPage(Answer):
    records: list[RecordAnswer]
    total: int
    next: str | None
    previous: str | None


def write_record(record: Record) -> Json:
    return {
        "number": record.id,
        "version": record.version,
        "status": record.status.value,
        "values": to_json(record.values),
        "completed": to_json(record.completed),
        "edited": to_json(record.edited),
        "senders": sorted(record.senders),
        "created_at": to_moment(record.created_at),
        "updated_at": to_moment(record.updated_at),
        "warnings": list(record.warnings),
    }


def write_whole(record: Record, configuration: Configuration, deliveries: list[Any]) -> Json:
    return {
        **write_record(record),
        "remarks": list(find_remarks(record, configuration)),
        "received_by": [to_json(each, without={"record_id"}) for each in deliveries],
    }
