"""`openworklist study-token`: tokens that open studies to whoever has them, and their key."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import (
    AsJson,
    Ca,
    Certificate,
    Key,
    ServerName,
    Timeout,
    UseTls,
    find_actor,
    make_tls,
    parse_address,
    takes_settings,
)
from openworklist.settings import Loaded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from openworklist.domain.study import Study
    from openworklist.domain.study_token import StudyToken

application = typer.Typer(
    help="Tokens of studies: whoever has one sees the study, without login.", no_args_is_help=True
)

Uid = Annotated[str, typer.Argument(metavar="UID", help="A Study Instance UID.")]
_HEADS = ("study", "date", "description", "token")


@application.command("show")
@takes_settings("data", "database")
def show(loaded: Loaded, uid: Uid, as_json: AsJson = False) -> None:
    """Print the token of a study, made if it has none."""
    from openworklist.app.doors import make_studies, open_shared_store

    with open_shared_store(loaded.settings) as database:
        study, _ = make_studies(loaded.settings, database).get(uid)
        tokens = _give(loaded, database, [study])
    if as_json:
        print_json({"study_uid": uid, "token": tokens[uid]})
    else:
        print(tokens[uid])


@application.command("patient")
@takes_settings("data", "database")
def show_patient(
    loaded: Loaded,
    patient_id: Annotated[str, typer.Argument(metavar="ID", help="A Patient ID.")],
    as_json: AsJson = False,
) -> None:
    """Show the studies of a patient with their tokens, the newest first; exit 1 if there are none."""
    from openworklist.app.doors import make_studies, open_shared_store
    from openworklist.domain.errors import NotFound
    from openworklist.services.token_answer import order_studies

    with open_shared_store(loaded.settings) as database:
        found = make_studies(loaded.settings, database).find_of_patient(patient_id, is_whole=True)
        studies = order_studies(found)
        if not studies:
            raise NotFound("There is no study of this patient.", where="PatientID", code="study.not-found")
        tokens = _give(loaded, database, studies)
    rows = [
        (
            each.uid,
            each.values.get("study_date", ""),
            each.values.get("study_description", ""),
            tokens[each.uid],
        )
        for each in studies
    ]
    names = ("study_uid", "study_date", "study_description", "token")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        print_table(_HEADS, rows)


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_tokens(
    loaded: Loaded,
    revoked: Annotated[bool, typer.Option("--revoked", help="Those that were revoked too.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show which studies have a token, the newest first; never a token itself."""
    from openworklist.app.doors import make_study_tokens, open_store

    with open_store(loaded.settings) as database:
        found = make_study_tokens(loaded.settings, database).list(limit=limit, revoked=revoked)
    rows = [_to_row(each, loaded.settings.zone()) for each in found]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("study", "made", "by", "revoked"), [tuple(text or "-" for text in row.values()) for row in rows]
        )


@application.command("revoke")
@takes_settings("data", "database")
def revoke(loaded: Loaded, uid: Uid) -> None:
    """Have the token of a study open nothing any more; the next question gives a new one."""
    from openworklist.app.doors import make_study_tokens, open_shared_store

    with open_shared_store(loaded.settings) as database:
        make_study_tokens(loaded.settings, database).revoke(uid, find_actor())
    print(f"{uid}: revoked")


@application.command("rotate-key")
@takes_settings("data", "database")
def rotate_key(
    loaded: Loaded,
    lost: Annotated[
        bool, typer.Option("--lost", help="The key is gone for good: revoke every token, and begin anew.")
    ] = False,
) -> None:
    """Have another key count for all tokens; the tokens stay as they are."""
    from openworklist.app.doors import make_study_tokens, open_shared_store

    with open_shared_store(loaded.settings) as database:
        tokens = make_study_tokens(loaded.settings, database)
        if lost:
            print(f"tokens revoked: {tokens.begin_anew(find_actor())}")
        else:
            print(f"tokens under the new key: {tokens.rotate(find_actor())}")


@application.command("ask")
@takes_settings("default_charset")
def ask(
    loaded: Loaded,
    to: Annotated[str, typer.Argument(metavar="HOST:PORT", help="An HL7 port.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A Study Instance UID, or a Patient ID.")],
    timeout: Timeout = 30,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    key: Key = None,
    server_name: ServerName = "",
    as_json: AsJson = False,
) -> None:
    """Ask an HL7 port for tokens as a HIS does (0x10 … 0x0D), and show the answer; exit 1 if unknown."""
    from openworklist.clients.token_question import ask_for_tokens
    from openworklist.domain.charset import from_hl7
    from openworklist.domain.destination import Destination
    from openworklist.domain.errors import NotFound

    security = make_tls(tls, ca, certificate, key, server_name)
    charset = from_hl7(loaded.settings.default_charset)
    destination = Destination(*parse_address(to), security)
    answer = ask_for_tokens(destination, text, charset.python if charset else "latin_1", timeout)
    if as_json:
        print_json(asdict(answer))
    elif answer.studies:
        print_table(_HEADS, [tuple(asdict(each).values()) for each in answer.studies])
    elif answer.token:
        print(answer.token)
    if not answer.token and not answer.studies:
        raise NotFound(
            f"{destination.name} says that this is unknown.",
            hint="it says the same to addresses that may not ask: its audit trail tells which it was",
            code="study-token.unknown",
        )


def _give(loaded: Loaded, database: Any, studies: Iterable[Study]) -> dict[str, str]:
    """The tokens of these, with a note that they were given."""
    from openworklist.app.doors import make_study_tokens
    from openworklist.services.audit import Audit

    uids = [each.uid for each in studies]
    tokens = make_study_tokens(loaded.settings, database).ensure_all(uids, find_actor())
    for uid in uids:
        Audit(database).note(find_actor(), "study-token.show", subject="study", subject_id=uid)
    return tokens


def _to_row(token: StudyToken, zone: tzinfo) -> dict[str, str]:
    return {
        "study_uid": token.study_uid,
        "created_at": format_moment(token.created_at, zone),
        "created_by": token.created_by,
        "revoked_at": format_moment(token.revoked_at, zone) if token.revoked_at else "",
    }
