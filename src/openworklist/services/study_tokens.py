"""Tokens of studies: made once, given out again, found, revoked, and sealed anew by another key."""

from __future__ import annotations

import secrets
import string
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from openworklist.domain.audit import Deed
from openworklist.domain.errors import NotFound, StoreError
from openworklist.domain.study_token import LENGTH, StudyToken, is_study_token
from openworklist.services.clock import Clock, read_clock
from openworklist.services.token_key import TokenKey
from openworklist.services.token_keys import TokenKeys
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.study_tokens import (
    find_key_name,
    find_token,
    find_token_of,
    insert_key_name,
    insert_token,
    list_tokens,
    revoke_all_tokens,
    revoke_token,
    seal_token,
    walk_tokens,
)

_LETTERS: Final = string.ascii_letters + string.digits
_LOCK: Final = "study tokens"  # what writes is done by one after the other, since there is one key
_BATCH: Final = 1_000


class StudyTokens:
    """What writes waits for the disk: not on the loop's thread.

    StoreError where the key of the tokens in the database is not here.
    """

    def __init__(self, database: Database, folder: Path, *, key: str = "", clock: Clock = read_clock) -> None:
        """`key` is what the setting says, "" for the file in the data folder."""
        self._database = database
        self._keys = TokenKeys(folder, key)
        self._clock = clock

    def ensure(self, study_uid: str, actor: str, *, peer: str = "") -> str:
        """The token of a study, made if it has none; the caller has seen to it that there is such a study.

        A new one is on disk.
        """
        return self.ensure_all((study_uid,), actor, peer=peer)[study_uid]

    def ensure_all(self, study_uids: Iterable[str], actor: str, *, peer: str = "") -> dict[str, str]:
        """As `ensure`, for many at once: tokens by study."""
        wanted = tuple(dict.fromkeys(study_uids))

        def write(connection: Connection) -> dict[str, str]:
            connection.lock(_LOCK)
            key = self._ensure_key(connection, actor)
            known = _open_all(connection, key, wanted)
            made = {uid: self._make(connection, key, uid, actor, peer) for uid in wanted if uid not in known}
            return known | made

        known = self._database.read(partial(self._read_all, study_uids=wanted))
        return known if len(known) == len(wanted) else self._database.write(write)

    def find_study(self, token: str) -> str | None:
        """The UID of the study that a token opens; None if it opens none."""
        return self._database.read(partial(self._find_study, token=token)) if is_study_token(token) else None

    def find(self, study_uid: str) -> StudyToken | None:
        """What is known of the token that opens a study now."""
        found = self._database.read(partial(find_token_of, study_uid=study_uid))
        return found.token if found else None

    def list(self, before: int = 0, limit: int = 100, *, revoked: bool = False) -> list[StudyToken]:
        """The newest before a number, 0 for all; the `revoked` among them if wanted."""
        return self._database.read(partial(list_tokens, before=before, most=limit, revoked=revoked))

    def revoke(self, study_uid: str, actor: str, *, peer: str = "") -> None:
        """Have the token of a study open nothing any more; NotFound if it has none."""
        now = self._clock()

        def write(connection: Connection) -> None:
            connection.lock(_LOCK)
            found = find_token_of(connection, study_uid)
            if found is None:
                raise NotFound(
                    f"Study {study_uid} has no token.", where="StudyInstanceUID", code="study-token.not-found"
                )
            revoke_token(connection, found.token.id, now)
            insert_deed(connection, Deed(now, actor, "study-token.revoke", "study", study_uid, None, peer))

        self._database.write(write)

    def rotate(self, actor: str) -> int:
        """Seal and hash every token that opens something anew, by another key; how many there were.

        Tokens stay as they are. At each moment all keys that the database needs are on disk: the new one
        before the commit, the old one until after it.
        """

        def write(connection: Connection) -> int:
            connection.lock(_LOCK)
            old = self._ensure_key(connection, actor)
            new, now = self._keys.find_next(old.name), self._clock()
            count = _seal_all(connection, old, new)
            insert_key_name(connection, new.name, actor, now)
            deed = Deed(now, actor, "study-token.rotate-key", detail=f"{count} tokens, key {new.name}")
            insert_deed(connection, deed)
            return count

        def tidy(connection: Connection) -> None:
            connection.lock(_LOCK)
            self._keys.keep(find_key_name(connection))

        count = self._database.write(write)
        self._database.write(tidy)
        return count

    def begin_anew(self, actor: str) -> int:
        """Revoke every token, and have the key that is here count: that of the database is lost. How many."""
        now = self._clock()

        def write(connection: Connection) -> int:
            connection.lock(_LOCK)
            count = revoke_all_tokens(connection, now)
            name = self._keys.find_first().name
            insert_key_name(connection, name, actor, now)
            detail = f"{count} tokens revoked, key {name}"
            insert_deed(connection, Deed(now, actor, "study-token.begin-anew", detail=detail))
            return count

        return self._database.write(write)

    def find_problem(self) -> str:
        """Why tokens can be neither given nor found, though the database can be read; "" if they can."""
        try:
            name = self._database.read(find_key_name)
        except StoreError:
            return ""  # which the database's own check says
        try:
            if name:
                self._keys.get(name)
        except StoreError as error:
            return f"{error.sentence.removesuffix('.')}: {error.hint}"
        return ""

    def _ensure_key(self, connection: Connection, actor: str) -> TokenKey:
        if name := find_key_name(connection):
            return self._keys.get(name)
        key = self._keys.find_first()
        insert_key_name(connection, key.name, actor, self._clock())
        return key

    def _make(self, connection: Connection, key: TokenKey, study_uid: str, actor: str, peer: str) -> str:
        token, now = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH)), self._clock()
        known = StudyToken(0, study_uid, actor, now)
        insert_token(connection, known, key.hash(token), key.seal(token, study_uid), key.name)
        insert_deed(connection, Deed(now, actor, "study-token.make", "study", study_uid, None, peer))
        return token

    def _read_all(self, connection: Connection, study_uids: Sequence[str]) -> dict[str, str]:
        name = find_key_name(connection)
        return _open_all(connection, self._keys.get(name), study_uids) if name else {}

    def _find_study(self, connection: Connection, token: str) -> str | None:
        name = find_key_name(connection)
        found = find_token(connection, self._keys.get(name).hash(token)) if name else None
        return found.token.study_uid if found is not None else None


def _open_all(connection: Connection, key: TokenKey, study_uids: Iterable[str]) -> dict[str, str]:
    found = ((uid, find_token_of(connection, uid)) for uid in study_uids)
    return {uid: key.open(each.sealed, uid) for uid, each in found if each is not None}


def _seal_all(connection: Connection, old: TokenKey, new: TokenKey) -> int:
    count = last = 0
    while batch := walk_tokens(connection, last, _BATCH):
        for token, sealed, _ in batch:
            text = old.open(sealed, token.study_uid)
            seal_token(connection, token.id, new.hash(text), new.seal(text, token.study_uid), new.name)
        count, last = count + len(batch), batch[-1].token.id
    return count
