"""One secret key of study tokens: what it seals, opens and hashes."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final

from openworklist.domain.errors import StoreError

FILE: Final = "study-tokens.key"  # in the data folder
_NONCE: Final = 12


class TokenKey:
    """Seals tokens, opens them, and hashes them; its `name` says which key it is and nothing of it."""

    def __init__(self, secret: bytes) -> None:
        self.name = _derive(secret, b"name").hex()[:16]
        self._hashing = _derive(secret, b"hash")
        # At the first token: it would add to the start of every server.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(_derive(secret, b"seal"))

    def hash(self, token: str) -> bytes:
        """By what a token is looked up."""
        return hmac.digest(self._hashing, token.encode(), sha256)

    def seal(self, token: str, study_uid: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, token.encode(), study_uid.encode())

    def open(self, sealed: bytes, study_uid: str) -> str:
        """The token; StoreError if it was not sealed by this key for this study."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], study_uid.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise StoreError(
                f"The token of study {study_uid} is damaged in the database.",
                where="study_tokens",
                hint="revoke it; the next question gives a new one",
                code="study-token.damaged",
            ) from error


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return hmac.digest(secret, b"openworklist study tokens: " + purpose, sha256)
