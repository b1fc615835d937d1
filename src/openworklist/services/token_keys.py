"""The keys of study tokens that a server has: those of its setting, or else those of a file."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from openworklist.domain.errors import SettingsError, StoreError
from openworklist.domain.token_secrets import BYTES, format_secrets, parse_secrets
from openworklist.services.token_key import FILE, TokenKey

SETTING: Final = "study_token_key"


class TokenKeys:
    """Keys by name, in the order in which they stand.

    Where text of the setting is `given`, the file is neither read nor made. Who calls what writes sees to it
    that no other process does so meanwhile.
    """

    def __init__(self, folder: Path, given: str = "") -> None:
        self._path = folder / FILE
        self._is_given = bool(given)
        self._known = _by_name(parse_secrets(given, SETTING))

    def get(self, name: str) -> TokenKey:
        """The key of that name, for which the file is read again; StoreError if it is not there."""
        # Another thread may replace them meanwhile.
        known = self._known
        if name not in known and not self._is_given:
            self._known = known = _by_name(self._read())
        if name not in known:
            place = f"the setting {SETTING}" if self._is_given else f"the file {FILE} of the data folder"
            raise StoreError(
                f"The key of the study tokens in the database, {name}, is not in {place}.",
                where=SETTING if self._is_given else FILE,
                hint="bring it back from a backup, or have every server of this database know the same key",
                code="study-token.key-missing",
            )
        return known[name]

    def find_first(self) -> TokenKey:
        """The first of them, made if there is no file: for a database that knows of none yet."""
        if not self._is_given:
            known = self._read()
            if not known:
                self._write(known := [secrets.token_bytes(BYTES)])
            self._known = _by_name(known)
        return next(iter(self._known.values()))

    def find_next(self, current: str) -> TokenKey:
        """The key that is to come after the current one; it is on disk beside that one.

        SettingsError where the setting has none in front of the current one.
        """
        if not self._is_given:
            secret = secrets.token_bytes(BYTES)
            known = [*self._read(), secret]
            self._write(known)
            self._known = _by_name(known)
            return TokenKey(secret)
        first = next(iter(self._known.values()))
        if first.name == current:
            raise SettingsError(
                "The first key of the setting is the one that counts already.",
                where=SETTING,
                hint="put a new key in front of it, on every server, and start them anew",
            )
        return first

    def keep(self, name: str) -> None:
        """Forget all others: nothing is sealed by them any more. The setting is left to who wrote it."""
        kept = [] if self._is_given else [each for each in self._read() if TokenKey(each).name == name]
        if kept:
            self._write(kept)
            self._known = _by_name(kept)

    def _read(self) -> list[bytes]:
        """What the file says, nothing if there is none; StoreError if it is of no use."""
        try:
            found = parse_secrets(self._path.read_text("ascii"), FILE)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(f"cannot be read: {error.strerror}") from error
        except (SettingsError, UnicodeDecodeError) as error:
            raise _unusable("is damaged") from error
        if not found:
            raise _unusable("is empty")
        return found

    def _write(self, known: list[bytes]) -> None:
        """The file is whole at every moment, and on disk afterwards."""
        draft = self._path.with_name(f"{FILE}.{secrets.token_hex(4)}")
        try:
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(format_secrets(known))
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self._path)
            _sync(self._path.parent)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            raise _unusable(f"cannot be written: {error.strerror}") from error


def _by_name(known: Iterable[bytes]) -> dict[str, TokenKey]:
    return {key.name: key for key in map(TokenKey, known)}


def _unusable(why: str) -> StoreError:
    return StoreError(
        f"The key file of study tokens {why}.",
        where=FILE,
        hint="see to it that the server may read and write it, or bring it back from a backup",
        code="study-token.key-unusable",
    )


def _sync(folder: Path) -> None:
    """Have the name of a file on disk too; elsewhere than on POSIX a folder cannot be opened."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
