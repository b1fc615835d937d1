"""`openworklist scanners`: the scanners that ask, and how each is served."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from openworklist.cli import why
from openworklist.cli.console import format_moment, print_json, print_table
from openworklist.cli.flags import AsJson, Choice, find_actor, takes_settings
from openworklist.cli.versions import print_versions
from openworklist.domain.repertoire import FALLBACKS
from openworklist.domain.scanner import OVER_LIMIT, WITHOUT_STATION
from openworklist.settings import Loaded

application = typer.Typer(help="The scanners that ask, and how each is served.", no_args_is_help=True)
application.command("questions")(why.list_questions)
application.command("sees")(why.see)

Title = Annotated[str, typer.Argument(metavar="AET", help="The scanner's AE title.")]


@application.command("list")
@takes_settings("data", "database", "time_zone")
def list_scanners(loaded: Loaded, as_json: AsJson = False) -> None:
    """Show the scanners that asked or were entered, and what is decided about each."""
    from openworklist.app.doors import open_store
    from openworklist.domain.scanner import to_document
    from openworklist.services.configurations import Configurations
    from openworklist.store.questions import find_asking

    with open_store(loaded.settings) as database:
        configuration = Configurations(database).current()
        asking = database.read(find_asking)
    zone = loaded.settings.zone()
    scanners = configuration.scanners.values()
    if as_json:
        print_json(
            {
                each.ae_title: {**to_document(each), **_to_asking(each.ae_title, asking, zone)}
                for each in scanners
            }
        )
        return
    rows = [
        (
            each.ae_title,
            _describe(each, configuration),
            ", ".join(each.modalities) or "-",
            each.description or "-",
            *_show_asking(each.ae_title, asking, zone),
            _list_own(each),
        )
        for each in scanners
    ]
    print_table(
        ("scanner", "state", "modalities", "description", "last asked", "questions", "own settings"), rows
    )


@application.command("set")
@takes_settings("data", "database")
def set_scanner(
    loaded: Loaded,
    title: Title,
    description: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    modalities: Annotated[str | None, typer.Option(help="What it makes, like CT or CT,PT.")] = None,
    refused: Annotated[bool | None, typer.Option("--refused/--served", help="Turn it away.")] = None,
    use_calling_ae: Annotated[
        Choice | None, typer.Option(help="Its title takes the place of an empty (0040,0001).")
    ] = None,
    without_station: Annotated[
        str | None, typer.Option(help=f"Records without station: {', '.join(WITHOUT_STATION)}.")
    ] = None,
    charset: Annotated[
        str | None, typer.Option(help="Character set of its answers, like ISO_IR 100, or automatic.")
    ] = None,
    charset_fallback: Annotated[
        str | None, typer.Option(help=f"Letters that the set lacks: {', '.join(FALLBACKS)}.")
    ] = None,
    statuses: Annotated[str | None, typer.Option(help="Statuses shown, like SCHEDULED,STARTED.")] = None,
    day_window: Annotated[
        str | None, typer.Option(help="Days before and after today where it names no date, like 1,7; or any.")
    ] = None,
    answer_limit: Annotated[str | None, typer.Option(help="Most answers; 0 for any number.")] = None,
    over_limit: Annotated[str | None, typer.Option(help=f"More: {', '.join(OVER_LIMIT)}.")] = None,
    flag_unsupported: Annotated[
        Choice | None, typer.Option(help="Status FF01 if a key is not matched on.")
    ] = None,
    time_zone: Annotated[str | None, typer.Option(help="Zone of its clock, like Europe/Athens.")] = None,
) -> None:
    """Decide about a scanner; what is not given stays as it is. "" and default: as the site has it."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.scanners import change_scanner

    texts = {
        "description": description,
        "without_station": without_station,
        "answer_charset": charset,
        "charset_fallback": charset_fallback,
        "day_window": day_window,
        "over_limit": over_limit,
        "time_zone": time_zone,
        "is_refused": refused,
    }
    changes: dict[str, Any] = {name: value for name, value in texts.items() if value is not None}
    lists = {"modalities": modalities, "shown_statuses": statuses}
    changes |= {name: _split(text) for name, text in lists.items() if text is not None}
    flags = {"use_calling_ae": use_calling_ae, "flag_unsupported": flag_unsupported}
    changes |= {name: flag.answer for name, flag in flags.items() if flag is not None}
    if answer_limit is not None:
        changes["answer_limit"] = _to_limit(answer_limit)
    with open_shared_store(loaded.settings) as database:
        configuration = change_scanner(Configurations(database), title, changes, find_actor())
    changed = configuration.scanners[title.strip(" ")]
    print(f"{changed.ae_title}: {_describe(changed, configuration)}")


@application.command("forget")
@takes_settings("data", "database")
def forget_scanner(loaded: Loaded, title: Title) -> None:
    """Forget what was decided about a scanner: when it asks again, it is new."""
    from openworklist.app.doors import open_shared_store
    from openworklist.services.configurations import Configurations
    from openworklist.services.scanners import delete_scanner

    with open_shared_store(loaded.settings) as database:
        delete_scanner(Configurations(database), title.strip(" "), find_actor())
    print(f"{title}: forgotten")


@application.command("history")
@takes_settings("data", "database", "time_zone")
def show_history(loaded: Loaded, title: Title, as_json: AsJson = False) -> None:
    """Show who decided what about a scanner, and when."""
    print_versions(loaded, "scanner", title, as_json=as_json)


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip().upper() for part in text.split(",") if part.strip())


def _to_limit(text: str) -> int | None:
    if text in ("", "default"):
        return None
    if not (text.isascii() and text.isdecimal()):
        raise typer.BadParameter(f"{text!r} is no number of answers")
    return int(text)


def _describe(scanner: Any, configuration: Any) -> str:
    state = "turned away" if configuration.find_serving(scanner.ae_title).is_refused else "served"
    return state if scanner.is_confirmed else f"new: {state}, please confirm"


def _to_asking(ae_title: str, asking: Any, zone: Any) -> dict[str, Any]:
    last, questions = _show_asking(ae_title, asking, zone)
    return {"last_asked": None if last == "-" else last, "questions": int(questions)}


def _show_asking(ae_title: str, asking: Any, zone: Any) -> tuple[str, str]:
    """When it last asked, and how many distinct questions are kept of it."""
    found = asking.get(ae_title)
    if found is None or not found.last_asked:
        return "-", "0"
    return format_moment(found.last_asked, zone), str(found.questions)


def _list_own(scanner: Any) -> str:
    """The settings that are not those of the site."""
    from openworklist.domain.scanner import NAMES, Scanner

    default = Scanner(scanner.ae_title)
    shown = {"ae_title", "description", "modalities", "is_refused", "is_confirmed"}
    own = [name for name in NAMES if name not in shown and getattr(scanner, name) != getattr(default, name)]
    return ", ".join(f"{name}={_show(getattr(scanner, name))}" for name in own) or "-"


def _show(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "+".join(value) if isinstance(value, tuple) else str(value)
