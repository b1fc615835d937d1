"""The tables about stored studies. Their columns follow from domain.study_attributes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Table, UniqueConstraint

from openworklist.domain.study_attributes import StudyLevel, of_level
from openworklist.store.people_schema import metadata
from openworklist.store.schema import NUMBER, TEXT, number, text

__all__ = ["metadata"]  # with the tables of all files

studies: Final = Table(
    "studies",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("uid", TEXT, nullable=False, unique=True),
    *map(text, of_level(StudyLevel.STUDY)),
    text("name_key"),  # its patient's name, folded, by which people search
    number("received_at"),  # of its first instance
    number("settled_at"),  # when its exam was seen to; 0: not yet; negative: so, but more came since
    sqlite_autoincrement=True,
)
Index(None, studies.c.patient_id)
Index(None, studies.c.accession_number)
Index(None, studies.c.study_date)
Index(None, studies.c.name_key)
Index(None, studies.c.received_at, studies.c.id)
Index(
    "ix_studies_unsettled",
    studies.c.id,
    sqlite_where=studies.c.settled_at <= 0,
    postgresql_where=studies.c.settled_at <= 0,
)

series: Final = Table(
    "series",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("study_key", NUMBER, ForeignKey("studies.id", ondelete="CASCADE"), nullable=False),
    text("uid"),
    *map(text, of_level(StudyLevel.SERIES)),
    number("received_at"),
    # Of one study: there are scanners that give the same UID to series of several.
    UniqueConstraint("study_key", "uid"),
    sqlite_autoincrement=True,
)

instances: Final = Table(
    "instances",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("series_key", NUMBER, ForeignKey("series.id", ondelete="CASCADE"), nullable=False),
    Column("uid", TEXT, nullable=False, unique=True),
    text("sop_class"),
    text("transfer_syntax"),
    *map(text, of_level(StudyLevel.INSTANCE)),
    number("size"),  # bytes of its dataset
    text("file"),  # within the folder of studies
    text("calling_ae"),
    text("peer"),
    number("received_at"),
    sqlite_autoincrement=True,
)
Index(None, instances.c.series_key)

# Tokens that open studies, here or in an archive; those that were revoked stay, for who reads the audit
# trail.
study_tokens: Final = Table(
    "study_tokens",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("study_uid"),
    Column("digest", LargeBinary, nullable=False, unique=True),  # a keyed hash, by which a token is found
    Column("sealed", LargeBinary, nullable=False),  # the token, encrypted
    text("key_name"),  # of the key of both
    text("created_by"),
    number("created_at"),
    number("revoked_at"),  # 0: it opens its study
    sqlite_autoincrement=True,
)
Index(
    "uq_study_tokens_study_uid",
    study_tokens.c.study_uid,
    unique=True,
    sqlite_where=study_tokens.c.revoked_at == 0,
    postgresql_where=study_tokens.c.revoked_at == 0,
)

# Which key counts for all tokens that open something: the last.
study_token_keys: Final = Table(
    "study_token_keys",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("name"),
    text("created_by"),
    number("created_at"),
    sqlite_autoincrement=True,
)
