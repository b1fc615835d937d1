"""What people call the options of a site, and each of their choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.domain.charset import CHARSETS
from openworklist.domain.repertoire import AUTOMATIC_WORD
from openworklist.domain.repertoire import TERMS as REPERTOIRES
from openworklist.hl7.profile import PRESETS
from openworklist.ui.forms.fields import YES_NO
from openworklist.ui.language import mark

LABELS: Final[Mapping[str, str]] = {
    "hl7_port": mark("HL7 port"),
    "acknowledge": mark("Send acknowledgement"),
    "default_profile": mark("Mapping of other senders"),
    "default_charset": mark("Default character set"),
    "undecodable": mark("Bytes that are no letters"),
    "unknown_order": mark("Changes of orders that are not here"),
    "training": mark("Training messages"),
    "mpps_checks": mark("Performed steps (MPPS) are checked"),
    "long_identifiers": mark("Identifiers that are too long"),
    "auto_delete": mark("Delete old records"),
    "use_calling_ae": mark("A scanner's own AE title where it leaves the station empty"),
    "without_station": mark("Exams without a station go to"),
    "unknown_scanners": mark("Scanners that nobody has confirmed"),
    "answer_charset": mark("Character set of answers"),
    "charset_fallback": mark("Letters that the set lacks"),
    "shown_statuses": mark("Statuses shown"),
    "day_window": mark("Days where a scanner asks for no date"),
    "answer_limit": mark("Most answers"),
    "over_limit": mark("A question with more answers"),
    "flag_unsupported": mark("Status FF01 where a key is not matched on"),
    "lock_after": mark("Minutes until a session is locked"),
    "session_hours": mark("Hours until a session ends"),
    "audit_days": mark("Days that the audit trail is kept"),
    "sending_application": mark("Sending application"),
    "sending_facility": mark("Sending facility"),
    "folder": mark("Watched folder"),
    "folder_erase": mark("Erase files after insertion"),
    "log_questions": mark("Log every question of scanners"),
    "storage": mark("Store images"),
    "storage_duplicates": mark("An image that comes again with another content"),
    "storage_max_size": mark("Largest image, in MB"),
    "token_addresses": mark("Who may ask for links to studies"),
    "storage_keep_free": mark("MB that are left free on the disk"),
    "viewer_origins": mark("Web sites whose viewers may read a study by its token"),
    "archive_url": mark("Address of the archive (DICOMweb)"),
    "archive_name": mark("Name of the archive"),
    "archive_cache": mark("MB of its files that are kept"),
    "complete_on_images": mark("Minutes without a new image until an exam is completed"),
    "web_address": mark("Address of these pages in links"),
    "viewer_ohif": mark("Address of an OHIF viewer"),
    "viewer_weasis": mark("Links for Weasis"),
    "viewer_other": mark("Links for another viewer"),
}
TERMS: Final[Mapping[str, str]] = {
    "default_charset": "MSH-18",
    "training": "MSH-11",
    "use_calling_ae": "(0040,0001)",
    "answer_charset": "(0008,0005)",
    "sending_application": "MSH-3",
    "sending_facility": "MSH-4",
}
# What may be typed, but need not.
SUGGESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "default_profile": tuple(PRESETS),
    "default_charset": tuple(dict.fromkeys(name for each in CHARSETS for name in each.hl7[:1])),
    "answer_charset": (AUTOMATIC_WORD, *REPERTOIRES),
}
_AS_STARTED: Final = ("", mark("As the server was started"))
CHOICES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "undecodable": (
        ("refuse", mark("Refuse the message")),
        ("replace", mark("Replace them, with a warning")),
    ),
    "unknown_order": (("warn", mark("Warn beside AA")), ("refuse", mark("Refuse with AE"))),
    "training": (("take", mark("Take them")), ("refuse", mark("Refuse them"))),
    "mpps_checks": (
        ("standard", mark("By the standard")),
        ("strict", mark("Strictly to the letter")),
        ("lenient", mark("Leniently")),
    ),
    "long_identifiers": (
        ("shorten", mark("Shorten them in answers")),
        ("refuse", mark("Refuse what brings one")),
    ),
    "auto_delete": (
        ("never", mark("Never")),
        ("7 days", mark("After 7 days")),
        ("14 days", mark("After 14 days")),
        ("1 month", mark("After 1 month")),
        ("3 months", mark("After 3 months")),
    ),
    "without_station": (
        ("all", mark("Every scanner")),
        ("modality", mark("Those of the same modality")),
        ("none", mark("No scanner")),
    ),
    "unknown_scanners": (("serve", mark("Served")), ("refuse", mark("Turned away"))),
    "charset_fallback": (
        ("transliterate", mark("Written in other letters, or as ?")),
        ("unicode", mark("The whole answer in Unicode")),
    ),
    "over_limit": (
        ("cut", mark("Cut, with a warning in the log")),
        ("refuse", mark("Refused, with status A700")),
    ),
    "storage_duplicates": (("first", mark("Keep the first")), ("newest", mark("Keep the newest"))),
    "folder_erase": (_AS_STARTED, *YES_NO),
    "log_questions": (_AS_STARTED, *YES_NO),
}
