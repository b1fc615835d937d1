"""The tables, but for those about people. Searchable columns follow from the catalogue; all else of a record
is in its document.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from openworklist.domain.attributes import SEARCHABLE
from openworklist.domain.query import MODALITY, START_DATE, START_TIME, STATION
from openworklist.domain.record_order import SORTS, Held

__all__ = ["MODALITY", "START_DATE", "START_TIME", "STATION"]

# Letters compare by their code points on both databases; names are folded before they are stored.
TEXT: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite counts rows in INTEGER PRIMARY KEY alone.
NUMBER: Final[TypeEngine[int]] = BigInteger().with_variant(Integer(), "sqlite")

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Person names that are searched; each has its number in `record_names`, which never changes.
NAMES: Final = {"patient_name": 0, "scheduled_performing_physician_name": 1}
# Attributes with a column in `records`; stations and names have tables of their own.
COLUMNS: Final = tuple(each.name for each in SEARCHABLE if each.name not in (STATION, *NAMES))
# Columns with an index of their own, those first of which few records have the same value.
INDEXED: Final = (
    "study_instance_uid",
    "accession_number",
    "placer_order_number_imaging_service_request",
    "filler_order_number_imaging_service_request",
    "patient_id",
    "requested_procedure_id",
    "scheduled_procedure_step_id",
)
# Attributes that lists are sorted and searched by, and that have no index.
LISTED: Final = tuple(name for held, name in SORTS.values() if held is Held.DOCUMENT)


def text(name: str) -> Column[str]:
    """A text that is never NULL."""
    return Column(name, TEXT, nullable=False)


def number(name: str) -> Column[int]:
    """A whole number of 64 bits that is never NULL."""
    return Column(name, BigInteger, nullable=False)


# The journal: every message, with its bytes and what became of it.
messages: Final = Table(
    "messages",
    metadata,
    Column("id", NUMBER, primary_key=True),
    number("received_at"),  # microseconds since 1970, UTC
    text("channel"),
    text("peer"),
    text("sending_application"),
    text("sending_facility"),
    text("control_id"),
    text("message_type"),
    Column("repeat_key", LargeBinary, unique=True),  # none on refused ones: they may be tried anew
    Column("raw", LargeBinary, nullable=False),
    text("outcome"),
    text("reason"),
    text("place"),  # of what is wrong: an HL7 path
    text("warnings"),  # JSON
    Column("acknowledgement", LargeBinary, nullable=False),
    number("repeats"),
    number("last_repeat_at"),
    sqlite_autoincrement=True,
)
Index(None, messages.c.received_at)

records: Final = Table(
    "records",
    metadata,
    Column("id", NUMBER, primary_key=True),
    number("version"),
    Column("identity", TEXT, unique=True),  # none on records that no message made
    text("status"),
    number("is_open"),  # 1 or 0: the statuses that scanners are shown
    *map(text, COLUMNS),
    number("created_at"),
    number("updated_at"),
    text("message_time"),
    text("document"),  # JSON: values, completed, warnings
    sqlite_autoincrement=True,  # ids are never used again: caches and people hold on to them
)
_START: Final = (records.c[START_DATE], records.c[START_TIME], records.c.id)
Index("ix_records_start", records.c.is_open, *_START)
Index("ix_records_modality", records.c.modality, records.c.is_open, *_START)
Index("ix_records_all", *_START)
for _name in INDEXED:
    Index(None, records.c[_name])


def to_unassigned(modality: str | None) -> str:
    """What stands for the AE title in the rows of records without station; None for those of any modality.

    It begins with a backslash, which no AE title has.
    """
    return "\\" if modality is None else f"\\={modality}"


# One row for each station of a record, or two for one without, by which such records are found in order of
# start too; it repeats what the order of answers needs. SQLite keeps rows without
# an id of their own in the order of their primary key, a tree less to write to for each.
record_stations: Final = Table(
    "record_stations",
    metadata,
    Column("record_id", NUMBER, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("ae_title", TEXT, primary_key=True),
    number("is_open"),
    text(START_DATE),
    text(START_TIME),
    sqlite_with_rowid=False,
)
Index(
    "ix_record_stations_start",
    record_stations.c.ae_title,
    record_stations.c.is_open,
    record_stations.c[START_DATE],
    record_stations.c[START_TIME],
    record_stations.c.record_id,
)

# One row for each component group of a person's name, folded by domain.names.
record_names: Final = Table(
    "record_names",
    metadata,
    Column("record_id", NUMBER, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("attribute", Integer, primary_key=True),
    Column("component_group", Integer, primary_key=True),
    text("folded"),
    sqlite_with_rowid=False,
)
Index(
    "ix_record_names_folded",
    record_names.c.attribute,
    record_names.c.folded,
    record_names.c.record_id,
)

# A narrow row for each record, with what has no index and the start: all of them are read in a moment, and
# many are sorted sooner than by what is in their own rows. An order adds its own at the end, which costs it
# less than a place in an index.
record_texts: Final = Table(
    "record_texts",
    metadata,
    Column(
        "record_id",
        NUMBER,
        ForeignKey("records.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    text("status"),
    text(START_DATE),
    text(START_TIME),
    *map(text, LISTED),
)

# Who changed what, and which message asked for it: other processes follow it, people read it.
changes: Final = Table(
    "changes",
    metadata,
    Column("id", NUMBER, primary_key=True),
    number("at"),
    number("record_id"),
    number("version"),
    text("action"),
    text("actor"),
    text("reason"),
    Column("message_id", BigInteger),  # none where a person did it
    sqlite_autoincrement=True,
)
Index(None, changes.c.record_id)
Index(None, changes.c.message_id)

# Which scanners received a record in their answers, and in how many questions.
deliveries: Final = Table(
    "deliveries",
    metadata,
    Column("record_id", NUMBER, ForeignKey("records.id", ondelete="CASCADE"), primary_key=True),
    Column("ae_title", TEXT, primary_key=True),
    number("first_at"),
    number("last_at"),
    number("times"),
    sqlite_with_rowid=False,
)

# What people wrote over a record's values; it stands until a newer message changes that value.
edits: Final = Table(
    "edits",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("record_id", NUMBER, ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    text("name"),  # of the attribute
    text("value"),  # JSON; null where the value was deleted
    number("at"),
    text("actor"),
    sqlite_autoincrement=True,
)
Index(None, edits.c.record_id)

# What people set up while the server runs, every version of it: the newest of a kind and name counts.
configuration: Final = Table(
    "configuration",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("kind"),
    text("name"),
    text("document"),  # JSON; "" where it was deleted
    number("changed_at"),
    text("actor"),
    text("note"),
    sqlite_autoincrement=True,
)
Index(None, configuration.c.kind, configuration.c.name, configuration.c.id)

# Deleted records, kept whole for a while; no key to `records`, where they are no more.
deleted_records: Final = Table(
    "deleted_records",
    metadata,
    Column("record_id", NUMBER, primary_key=True, autoincrement=False),
    Column("identity", TEXT),
    number("at"),
    text("actor"),
    text("reason"),
    text("document"),  # JSON: the record, and its edits
)
Index(None, deleted_records.c.identity)
Index(None, deleted_records.c.at)

# Patient IDs that were given up, and what was said of who remains: orders may still come for them.
merged_patients: Final = Table(
    "merged_patients",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("patient_id"),
    text("issuer_of_patient_id"),
    number("message_id"),
    number("until"),  # the message that shows the ID in use again, 0 if none does
    text("sender"),
    number("sent_at"),
    text("document"),  # JSON: values of the patient who remains
    sqlite_autoincrement=True,
)
Index(None, merged_patients.c.patient_id)
Index(None, merged_patients.c.message_id)

# What other worklists answered last, entry by entry: what is new is told from what was there before.
worklist_entries: Final = Table(
    "worklist_entries",
    metadata,
    Column("node", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),  # domain.identity of the entry's values
    text("scope"),  # the keys beside the dates that it was asked by
    text("start_date"),
    text("digest"),  # of its values; "" once it was gone
    text("document"),  # JSON: its values
    Column("record_id", BigInteger, nullable=False),  # 0: it became none
    number("version"),  # of the record as the entry left it
    number("message_id"),
    number("seen_at"),
    number("missing"),  # complete answers in a row that had it no more
    sqlite_with_rowid=False,
)
Index(None, worklist_entries.c.seen_at)

# Saved nodes that are asked by schedule: who asks, when again, and what came of it.
node_states: Final = Table(
    "node_states",
    metadata,
    Column("node", TEXT, primary_key=True),
    text("leased_by"),  # the server that asks just now, "" for none
    number("leased_until"),
    number("asked_at"),
    number("next_at"),
    number("failures"),  # in a row
    text("error_code"),
    text("error"),
    text("result"),  # JSON: counts of the last question that was answered
    number("answered_at"),
    sqlite_with_rowid=False,
)

# Messages of ours to others: what waits to be sent, what was, and what was given up.
outbound: Final = Table(
    "outbound",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("destination"),  # HOST:PORT: what goes to one is sent in the order of ids
    text("options"),  # JSON: host, port and TLS
    Column("content", LargeBinary, nullable=False),
    text("control_id"),
    Column("record_id", BigInteger),  # that it is about, where it is about one
    number("created_at"),
    text("created_by"),
    text("state"),
    number("due_since"),  # when it was put or a person had it tried again: its age counts from here
    number("attempts"),  # since then
    number("next_attempt_at"),
    text("leased_by"),  # the server that sends it, "" for none
    number("leased_until"),
    text("error_code"),  # of the last attempt
    text("error"),
    Column("acknowledgement", LargeBinary, nullable=False),
    number("ended_at"),  # when it was sent, given up or dropped; 0 while it waits
    text("changed_by"),  # who had it tried again or dropped it
    sqlite_autoincrement=True,
)
Index(None, outbound.c.state, outbound.c.destination, outbound.c.id)
Index(None, outbound.c.state, outbound.c.ended_at)
Index(None, outbound.c.record_id)
Index(None, outbound.c.created_at)

# What scanners say of their work (MPPS), and the records that it is about; no key to `records`: what was
# performed stays when its order is deleted.
performed_steps: Final = Table(
    "performed_steps",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("uid", TEXT, nullable=False, unique=True),  # SOP Instance UID
    number("version"),
    text("state"),
    text("calling_ae"),
    text("peer"),
    text("station"),
    text("modality"),
    text("patient_id"),
    text("issuer"),
    text("start"),  # YYYYMMDDHHMMSS, as the scanner says it
    text("end"),
    text("requests"),  # JSON: the scheduled steps that it names
    text("notes"),  # JSON
    text("document"),  # JSON: all that was said, in DICOM's own model
    number("created_at"),
    number("updated_at"),
    sqlite_autoincrement=True,
)
Index(None, performed_steps.c.updated_at)

performed_step_records: Final = Table(
    "performed_step_records",
    metadata,
    Column("step_id", NUMBER, ForeignKey("performed_steps.id", ondelete="CASCADE"), primary_key=True),
    Column("request", Integer, primary_key=True),  # which of those that it names
    number("record_id"),
    sqlite_with_rowid=False,
)
Index(None, performed_step_records.c.record_id)

# What each scanner asked last, and why it was turned away: polls that are the same are one row with a count.
questions: Final = Table(
    "questions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("ae_title"),
    Column("digest", LargeBinary, nullable=False),  # of what makes two of them the same
    Column("identifier", LargeBinary, nullable=False),  # the newest
    text("transfer_syntax"),
    number("adjusts_zone"),  # 1 if it was agreed that its times are those of its own zone, else 0
    text("refusal"),  # why its association was turned away; "" for a question
    text("called"),  # the AE title that it asked for then
    number("first_asked"),
    number("last_asked"),
    number("times"),
    number("answers"),  # the last time
    number("status"),  # of the last final answer
    text("peer"),
    sqlite_autoincrement=True,
)
Index(None, questions.c.ae_title, questions.c.digest, unique=True)
Index(None, questions.c.last_asked)
