"""`openworklist audit`: who saw, changed, sent or deleted what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, parse_dates, takes_settings, to_moments
from openworklist.settings import Loaded


@takes_settings("data", "database", "time_zone")
def audit(
    loaded: Loaded,
    actor: Annotated[str, typer.Option(help="Who did it, like user:ada, key:robot, cli:root or local.")] = "",
    action: Annotated[str, typer.Option(help="What was done, like login, or user. for all of a kind.")] = "",
    subject: Annotated[str, typer.Option(help="Kind of what it was done to, like user or record.")] = "",
    subject_id: Annotated[str, typer.Option("--id", help="Which one of that kind.")] = "",
    record: Annotated[int, typer.Option(min=0, help="Record that it was about, by its id.")] = 0,
    peer: Annotated[str, typer.Option(help="Address that it was done from.")] = "",
    date: Annotated[str, typer.Option(help="Day or range of days, 20260314-20260320.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show who did what, the newest first."""
    from openworklist.app.doors import open_store
    from openworklist.domain.audit import DeedFilter
    from openworklist.services.audit import Audit

    zone = loaded.settings.zone()
    since, until = to_moments(parse_dates(date), zone) if date else (0, 0)
    asked = DeedFilter(actor, action, subject, subject_id, record, peer, since, until)
    with open_store(loaded.settings) as database:
        deeds = Audit(database).find(asked, limit=limit)
    if as_json:
        print_json([asdict(each) | {"at": format_moment(each.at, zone)} for each in deeds])
        return
    rows = [
        (
            format_moment(each.at, zone),
            each.actor,
            each.action,
            f"{each.subject} {each.subject_id}".strip() or "-",
            each.peer or "-",
            each.detail,
        )
        for each in deeds
    ]
    print_table(("at", "who", "did", "to", "from", "detail"), rows)
