"""Which scanners see the Study Instance UIDs that are made here, and the root of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.errors import NotFound, SettingsError
from openworklist.domain.query import STATION
from openworklist.domain.record import Record
from openworklist.domain.uids import UUID_ROOT, is_valid_uid

STUDY: Final = "study_instance_uid"
_LONGEST_ROOT: Final = 24  # 40 more make a UID of it, and 64 are allowed
_KEYS: Final = frozenset(("root", "is_for_all", "ae_titles"))


@dataclass(frozen=True, slots=True)
class StudyUids:
    """A UID is made for every order that has none, under `root`; a sender's own is never replaced.

    Scanners see it if it is for all, or if they are on the list.
    """

    root: str = UUID_ROOT
    is_for_all: bool = True
    ae_titles: tuple[str, ...] = ()

    def covers(self, ae_title: str) -> bool:
        """Whether a scanner sees what is made here."""
        return self.is_for_all or ae_title in self.ae_titles

    def is_shown(self, record: Record) -> bool:
        """Whether the UID of a record is one for the scanners that it is scheduled for."""
        if self.is_for_all or record.values.get(STUDY):
            return True
        titles = [each.strip(" ") for each in record.text(STATION).split("\\")]
        return any(map(self.covers, titles))

    def with_root(self, root: str) -> StudyUids:
        """SettingsError if it is no root."""
        if not is_valid_uid(root) or len(root) > _LONGEST_ROOT or not _has_arcs(root):
            raise SettingsError(
                f"{root!r} is no UID root.",
                where="root",
                hint=f"digits and dots, no leading zeros, at most {_LONGEST_ROOT} characters",
            )
        return replace(self, root=root)

    def with_title(self, ae_title: str) -> StudyUids:
        """The same with one more on the list; SettingsError if it is no AE title or there already."""
        title = _check(ae_title)
        if title in self.ae_titles:
            raise SettingsError(f"{title} is on the list already.", where="ae_titles")
        return replace(self, ae_titles=(*self.ae_titles, title))

    def without_title(self, ae_title: str) -> StudyUids:
        title = self._find(ae_title)
        return replace(self, ae_titles=tuple(each for each in self.ae_titles if each != title))

    def with_changed(self, ae_title: str, changed: str) -> StudyUids:
        """The same with one written anew, in its place."""
        title, new = self._find(ae_title), _check(changed)
        if new in self.ae_titles and new != title:
            raise SettingsError(f"{new} is on the list already.", where="ae_titles")
        return replace(self, ae_titles=tuple(new if each == title else each for each in self.ae_titles))

    def _find(self, ae_title: str) -> str:
        title = ae_title.strip(" ")
        if title not in self.ae_titles:
            raise NotFound(
                f"{title} is not on the list.",
                where="ae_titles",
                hint="openworklist study-uids show tells who is",
                code="study-uids.not-found",
            )
        return title


def _has_arcs(root: str) -> bool:
    """X.660: below 0 and 1 there are 40 arcs."""
    first, second, *_ = root.split(".")
    return first == "2" or int(second) < 40


def _check(ae_title: str) -> str:
    problem = is_ae_title(ae_title)
    if problem:
        raise SettingsError(f"{ae_title!r} {problem}.", where="ae_titles")
    return ae_title.strip(" ")


def to_document(rule: StudyUids) -> dict[str, Any]:
    return {"root": rule.root, "is_for_all": rule.is_for_all, "ae_titles": list(rule.ae_titles)}


def from_document(document: Any) -> StudyUids:
    """SettingsError if it is no rule."""
    if not isinstance(document, Mapping) or document.keys() - _KEYS:
        raise SettingsError(
            "The rule of Study Instance UIDs has settings that nobody knows.", where="study-uids"
        )
    titles = document.get("ae_titles", [])
    is_for_all = document.get("is_for_all", True)
    if not isinstance(is_for_all, bool) or not isinstance(titles, list):
        raise SettingsError(
            "The rule of Study Instance UIDs has values of the wrong kind.", where="study-uids"
        )
    rule = StudyUids(is_for_all=is_for_all).with_root(str(document.get("root", UUID_ROOT)))
    for title in titles:
        rule = rule.with_title(str(title))
    return rule
