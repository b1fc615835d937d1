"""`openworklist why`, and what `openworklist scanners` tells of questions and their answers."""

from __future__ import annotations

from dataclasses import asdict
from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, takes_settings
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from openworklist.services.why import Explanation
    from openworklist.store.questions import Kept

Title = Annotated[str, typer.Argument(metavar="AET", help="The scanner's AE title.")]
Number = Annotated[int, typer.Option("--question", min=1, help="Which of its questions; 1 is the newest.")]

_SEEN = (
    ("date", "scheduled_procedure_step_start_date"),
    ("time", "scheduled_procedure_step_start_time"),
    ("patient ID", "patient_id"),
    ("name", "patient_name"),
    ("modality", "modality"),
    ("station", "scheduled_station_ae_title"),
    ("accession", "accession_number"),
)


@takes_settings("data", "database", "time_zone")
def why(
    loaded: Loaded,
    record: Annotated[
        str, typer.Argument(metavar="RECORD", help="Its id, or an accession number or Patient ID.")
    ],
    scanner: Annotated[str, typer.Option(metavar="AET", help="The scanner's AE title.")],
    question: Number = 1,
    as_json: AsJson = False,
) -> None:
    """Say why a scanner shows a record or not: its last question held against the record, key by key."""
    from openworklist.app.doors import open_why

    with open_why(loaded.settings) as explainer:
        found = explainer.explain(record, scanner.strip(" "), question)
    zone = loaded.settings.zone()
    if as_json:
        print_json(_to_json(found, zone))
    else:
        _print(found, zone)


@takes_settings("data", "database", "time_zone")
def list_questions(loaded: Loaded, title: Title, as_json: AsJson = False) -> None:
    """Show what a scanner asked last, the newest first, and how often; and how it was turned away."""
    from openworklist.app.doors import open_why

    zone = loaded.settings.zone()
    with open_why(loaded.settings) as explainer:
        questions, refusals = explainer.find_questions(title.strip(" "))
        asked = [(each, explainer.describe(each)) for each in questions]
    if as_json:
        print_json(
            {
                "questions": [
                    {"number": number, **_kept_to_json(each, zone), "keys": dict(keys)}
                    for number, (each, keys) in enumerate(asked, start=1)
                ],
                "refusals": [_kept_to_json(each, zone) for each in refusals],
            }
        )
        return
    rows = [
        (
            str(number),
            ", ".join(f"{keyword}={value}" for keyword, value in keys) or "everything",
            str(each.times),
            format_moment(each.first_asked, zone),
            format_moment(each.last_asked, zone),
            str(each.answers),
            f"{each.status:04X}",
            each.peer,
        )
        for number, (each, keys) in enumerate(asked, start=1)
    ]
    print_table(("question", "asked for", "times", "first", "last", "answers", "status", "from"), rows)
    for each in refusals:
        print(
            f"turned away: {each.refusal}; it called {each.called}; {_count(each.times)}, "
            f"last {format_moment(each.last_asked, zone)} from {each.peer}"
        )


@takes_settings("data", "database", "time_zone")
def see(loaded: Loaded, title: Title, question: Number = 1, as_json: AsJson = False) -> None:
    """Show the records that a scanner would get now for its last question, in order, as it sees them.

    For one that never asked: what it would get for all exams of today.
    """
    from openworklist.app.doors import open_why

    with open_why(loaded.settings) as explainer:
        records = list(explainer.see(title.strip(" "), question))
    if as_json:
        print_json(
            [{"id": each.id, "status": each.status.value, "values": dict(each.values)} for each in records]
        )
        return
    heads = ["id", "status", *(head for head, _ in _SEEN)]
    rows = [[str(each.id), each.status.value, *(each.text(name) for _, name in _SEEN)] for each in records]
    print_table(heads, rows)


def _print(found: Explanation, zone: tzinfo) -> None:
    print(_clean(found.verdict))
    if found.question is not None:
        asked = found.question
        print(
            f"Question {found.number} of {found.ae_title}: asked {_count(asked.times)}, last "
            f"{format_moment(asked.last_asked, zone)} from {asked.peer}, {asked.answers} answers then."
        )
    if found.lines:
        print()
        rows = [
            (
                "yes" if line.is_met else "NO",
                line.keyword,
                line.tag,
                line.asked,
                line.has,
                line.setting,
            )
            for line in found.lines
        ]
        print_table(("met", "key", "tag", "asked", "the record has", "setting"), rows)
    if found.notes:
        print()
    for note in found.notes:
        print(_clean(f"- {note}"))


def _count(times: int) -> str:
    return "once" if times == 1 else f"{times} times"


def _clean(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _to_json(found: Explanation, zone: tzinfo) -> dict[str, Any]:
    return {
        "verdict": found.verdict,
        "is_shown": found.is_shown,
        "record": found.subject.number,
        "scanner": found.ae_title,
        "causes": found.causes,
        "keys": [asdict(line) for line in found.lines],
        "notes": found.notes,
        "question": (
            {"number": found.number, **_kept_to_json(found.question, zone)} if found.question else None
        ),
    }


def _kept_to_json(kept: Kept, zone: tzinfo) -> dict[str, Any]:
    shown = {
        "times": kept.times,
        "first_asked": format_moment(kept.first_asked, zone),
        "last_asked": format_moment(kept.last_asked, zone),
        "peer": kept.peer,
    }
    if kept.refusal:
        return {**shown, "refusal": kept.refusal, "called": kept.called}
    return {**shown, "answers": kept.answers, "status": f"{kept.status:04X}"}
