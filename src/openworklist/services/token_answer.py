"""What a HIS asks on the HL7 port between 0x10 and 0x0D, and what it is told, as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from openworklist.domain.charset import from_hl7
from openworklist.domain.study import Study
from openworklist.domain.transliteration import transliterate

UNKNOWN: Final = b""
_END: Final = b"\r"
_BLANK: Final = b" "
_ESCAPE: Final = b"\x1b"
_UTF_8: Final = "utf_8"
_LATIN_1: Final = "latin_1"
_DATE: Final = re.compile(r"[0-9]{8}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Wording:
    """How text is read and written on the HL7 port: in the character set of messages that name none."""

    def __init__(self, charset: str) -> None:
        """`charset` is a name of HL7 table 0211."""
        known = from_hl7(charset)
        self._codec = known.python if known else _LATIN_1

    def read(self, query: bytes) -> str:
        """What is asked for; "" if nothing is. Blanks and NUL around it are padding (PS3.5 6.2)."""
        try:
            text = query.decode(self._codec)
        except UnicodeDecodeError:
            text = query.decode(_LATIN_1)
        return text.strip(" \0")

    def tell_study(self, token: str) -> bytes:
        return token.encode("ascii")

    def tell_patient(self, studies: Iterable[Study], tokens: Mapping[str, str]) -> bytes:
        """Four lines for each study: UID, date, description, token.

        A line that would be empty has a blank: two 0x0D are the end of an answer and of nothing else.
        """
        lines = (
            self._write(line) or _BLANK
            for study in studies
            for line in (
                study.uid,
                _to_date(study.values.get("study_date", "")),
                study.values.get("study_description", ""),
                tokens[study.uid],
            )
        )
        return b"".join(line + _END for line in lines)

    def _write(self, text: str) -> bytes:
        """Without control characters, which would break the form; other letters as the set has them."""
        text = _CONTROL.sub("", text).strip()
        written = transliterate(text, self._can_hold, "").encode(self._codec, "replace")
        # Sets that switch by escape sequences need a control character for it.
        return text.encode(_UTF_8, "replace") if _ESCAPE in written else written

    def _can_hold(self, text: str) -> bool:
        try:
            text.encode(self._codec)
        except UnicodeEncodeError:
            return False
        return True


def order_studies(studies: Iterable[Study]) -> list[Study]:
    """The newest first, those of one moment by their UID: the same answer to the same question."""
    by_uid = sorted(studies, key=lambda each: each.uid)
    return sorted(by_uid, key=_to_moment, reverse=True)


def _to_moment(study: Study) -> tuple[str, str]:
    return _to_date(study.values.get("study_date", "")), study.values.get("study_time", "")


def _to_date(text: str) -> str:
    """YYYYMMDD, "" if it is not known; the dots are of before 1993 (ACR-NEMA 300)."""
    digits = text.strip().replace(".", "")
    return digits if _DATE.fullmatch(digits) else ""
