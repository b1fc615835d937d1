"""The tables about people: who may come in and did what, and what was kept for them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table

from openworklist.store.schema import NUMBER, TEXT, metadata, number, text

__all__ = ["metadata"]  # with the tables of both files

# People who log in.
users: Final = Table(
    "users",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("name", TEXT, nullable=False, unique=True),  # folded
    text("role"),
    number("is_active"),  # 1 or 0
    text("password"),  # its argon2id hash
    text("language"),
    text("theme"),
    number("shortcuts"),  # 1 or 0
    number("created_at"),
    number("changed_at"),
    sqlite_autoincrement=True,
)

# Who is logged in, and for how long; of a token only its hash is kept.
sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("user_id", NUMBER, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    text("peer"),
    number("created_at"),
    number("seen_at"),
    number("expires_at"),
    number("locked_at"),  # by hand; 0 if it was not
    sqlite_autoincrement=True,
)
Index(None, sessions.c.user_id)
Index(None, sessions.c.expires_at)

# Keys of programs; those that were revoked stay, for who reads the audit trail.
api_keys: Final = Table(
    "api_keys",
    metadata,
    Column("id", NUMBER, primary_key=True),
    text("name"),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    text("prefix"),  # what is shown of it
    text("role"),
    text("created_by"),
    number("created_at"),
    number("last_used_at"),
    number("expires_at"),  # 0: never
    number("revoked_at"),  # 0: it was not
    sqlite_autoincrement=True,
)

# Wrong passwords, counted by name and by address: restarting the server does not let a guesser begin anew.
guesses: Final = Table(
    "guesses",
    metadata,
    Column("key", TEXT, primary_key=True),  # a hash: a password typed in the wrong field is not kept
    number("failures"),
    number("last_at"),
    number("free_at"),  # before then no password is heard
    sqlite_with_rowid=False,
)
Index(None, guesses.c.last_at)

# Who saw, changed, sent or deleted what. No key to `records`: it tells of those too that are no more.
audit: Final = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True),
    number("at"),
    text("actor"),
    text("action"),
    text("subject"),
    text("subject_id"),
    Column("record_id", BigInteger),
    text("peer"),
    text("detail"),
    sqlite_autoincrement=True,
)
Index(None, audit.c.at, audit.c.id)
Index(None, audit.c.actor, audit.c.at, audit.c.id)
Index(None, audit.c.record_id, audit.c.at, audit.c.id)

# Searches that tell of patients, kept under a number that may stand in a URL; each for one user.
searches: Final = Table(
    "searches",
    metadata,
    Column("id", TEXT, primary_key=True),
    text("actor"),
    text("text"),  # as domain.search_text has it
    text("sort"),
    number("is_descending"),
    number("used_at"),
    sqlite_with_rowid=False,
)
Index(None, searches.c.actor, searches.c.text)
Index(None, searches.c.used_at)

# Requests that made a record, by the key under which they may be repeated.
requests: Final = Table(
    "requests",
    metadata,
    Column("owner", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),
    Column("digest", LargeBinary, nullable=False),  # of what was asked for
    number("record_id"),
    number("at"),
    sqlite_with_rowid=False,
)
Index(None, requests.c.at)
