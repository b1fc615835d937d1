"""`openworklist doctor`: what is wrong here, and what a sender really sends."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from openworklist.cli.console import print_json, printable
from openworklist.cli.flags import DAY, AsJson, takes_settings
from openworklist.settings import Loaded, Settings

if TYPE_CHECKING:
    from openworklist.services.doctor.case import Case
    from openworklist.services.doctor.finding import Finding, Level
    from openworklist.services.doctor.framing import Explained, Explanation
    from openworklist.services.doctor.listening import Happening
    from openworklist.services.doctor.remarks import Remark

application = typer.Typer(help="Look for what is wrong, and say the way out.")

_MOST_BYTES = 64 * 1024 * 1024
_MOST_SHOWN = 50
_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}
_PLAIN = str.maketrans({"✓": "+", "✗": "x", "→": "->", "…": "...", "–": "-"})


def doctor(
    loaded: Loaded,
    context: typer.Context,
    loopback: Annotated[
        bool,
        typer.Option("--loopback", help="Send a made-up order too, find it, and cancel it again."),
    ] = False,
    thorough: Annotated[bool, typer.Option("--thorough", help="Read a large database whole, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong, and say the way out; exit 1 if there is a problem.

    Give it the settings of the server. It changes nothing, except that --loopback leaves a cancelled record
    of a patient named OPENWORKLIST DOCTOR.
    """
    from openworklist.services.doctor.checks import examine, run_check
    from openworklist.services.doctor.finding import worst

    if context.invoked_subcommand:
        return
    from openworklist.services.doctor.loopback import check_loopback

    case = _to_case(loaded.settings, thorough)
    found: Iterator[Finding] = examine(case)
    if loopback:
        found = chain(found, run_check("loop-back order", check_loopback, case))
    findings = []
    for finding in found:
        findings.append(finding)
        if not as_json:
            _print_finding(finding)
    level = worst(finding.level for finding in findings)
    if as_json:
        print_json({"level": level, "findings": [_finding_to_json(finding) for finding in findings]})
    else:
        counts = Counter(finding.level.value for finding in findings)
        say(f"\nproblems: {counts['problem']}, warnings: {counts['warning']}, ok: {counts['ok']}")
    raise typer.Exit(1 if level == "problem" else 0)


application.callback(invoke_without_command=True)(takes_settings()(doctor))


def _to_case(settings: Settings, thorough: bool) -> Case:
    from openworklist.app.doors import find_switches
    from openworklist.services.certificates import TlsFiles
    from openworklist.services.doctor.case import Case, Port

    hl7_port = find_switches(settings).hl7_port
    chosen_by = "--hl7-port" if hl7_port == settings.hl7_port else "`openworklist options set hl7_port`"
    hl7_host, dicom_host = settings.hl7_host or settings.host, settings.dicom_host or settings.host
    has_few = {"HL7": bool(settings.hl7_allowed), "DICOM": bool(settings.dicom_allowed)}
    secured = (
        (
            Port("HL7 TLS", hl7_host, settings.hl7_tls_port, "--hl7-tls-port", has_few["HL7"]),
            settings.hl7_tls_client_ca,
        ),
        (
            Port("DICOM TLS", dicom_host, settings.dicom_tls_port, "--dicom-tls-port", has_few["DICOM"]),
            settings.dicom_tls_client_ca,
        ),
    )
    authorities = [ca for port, ca in secured if port.number]
    if settings.web_port and settings.web_tls:
        authorities.append("")
    return Case(
        data=Path(settings.data),
        database=settings.database,
        hl7=Port("HL7", hl7_host, hl7_port, chosen_by, has_few["HL7"]),
        dicom=Port("DICOM", dicom_host, settings.dicom_port, "--dicom-port", has_few["DICOM"]),
        web=Port(
            "web",
            settings.web_host or settings.host,
            settings.web_port,
            "--web-port",
            is_secure=settings.web_tls,
        ),
        ae_title=settings.ae_title,
        zone=settings.zone(),
        connections=settings.hl7_max_connections
        + settings.dicom_max_associations
        + settings.dicom_max_pending,
        is_thorough=thorough,
        token_key=settings.study_token_key,
        secured=tuple(port for port, _ in secured if port.number),
        tls=tuple(TlsFiles(settings.tls_certificate, settings.tls_key, ca) for ca in authorities),
    )


def _print_finding(finding: Finding) -> None:
    say(f"{mark(finding.level):<9}  {printable(f'{finding.name}: {finding.sentence}')}")
    _print_hint(finding.hint, " " * 11)


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "level": finding.level,
        "sentence": finding.sentence,
        "hint": finding.hint,
        "details": [{"name": name, "value": value} for name, value in finding.details],
    }


@application.command()
@takes_settings("hl7_max_message")
def framing(
    loaded: Loaded,
    file: Annotated[Path, typer.Argument(help="What a sender sent, every byte of it; - is stdin.")],
    as_json: AsJson = False,
) -> None:
    """Explain the bytes of a captured stream: which frame what, what the HL7 port does, the way out.

    Exit 1 if something in it would not arrive. The report shows the patients of the stream.
    """
    from openworklist.services.doctor.framing import explain

    data, left = _read(file)
    explanation = explain(data, max_message=loaded.settings.hl7_max_message)
    if as_json:
        print_json(_explanation_to_json(explanation, left))
    else:
        _print_explanation(explanation, left)
    raise typer.Exit(1 if explanation.level == "problem" else 0)


@application.command()
@takes_settings("hl7_max_message")
def listen(
    loaded: Loaded,
    port: Annotated[int, typer.Argument(min=0, max=65535, help="Port to open; 0 takes a free one.")],
    seconds: Annotated[float, typer.Option(min=0.1, max=DAY, help="End after so many seconds.")] = 60,
    host: Annotated[str, typer.Option(help="Address to open; empty: all addresses of this machine.")] = "",
    answer: Annotated[
        bool, typer.Option("--answer", help="Answer each message AR: not stored, send it again later.")
    ] = False,
) -> None:
    """Open a port for a while and explain what senders send to it; nothing is stored.

    Exit 1 if nothing arrived, or something that would not arrive at the HL7 port.
    """
    from openworklist.services.doctor.listening import Arrived, Listener, Recognised

    listener = Listener(port, host, seconds, answer, loaded.settings.hl7_max_message)
    levels = []
    for happening in listener.run():
        say(_describe(happening))
        if isinstance(happening, Arrived):
            print_explained(happening.explained)
            if not happening.is_so_far:
                levels.append(happening.explained.level)
        elif isinstance(happening, Recognised):
            _print_hint(happening.remark.hint)
            levels.append(happening.remark.level)
        sys.stdout.flush()
    raise typer.Exit(1 if not levels or "problem" in levels else 0)


def _describe(happening: Happening) -> str:
    from openworklist.services.doctor import listening

    match happening:
        case listening.Opened(addresses):
            return f"listening on {', '.join(addresses)}"
        case listening.Connected(peer):
            return f"{peer} connected"
        case listening.Recognised(peer, remark):
            return f"{peer} sends: {mark(remark.level)}: {remark.sentence}"
        case listening.Arrived(peer, _, is_so_far):
            return f"{peer} sent{', so far' if is_so_far else ''}:"
        case listening.Closed(peer, size, is_ours):
            return f"{peer} {'was disconnected' if is_ours else 'closed the connection'} after {size} bytes"


def _read(file: Path) -> tuple[bytes, bool]:
    """The bytes of a file, at most so many, and whether there are more."""
    from openworklist.domain.errors import MessageError

    name = "stdin" if str(file) == "-" else str(file)
    try:
        if name == "stdin":
            data = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise MessageError(f"{name} cannot be read: {error.strerror}.", where=name) from error
    return data[:_MOST_BYTES], len(data) > _MOST_BYTES


def _print_explanation(explanation: Explanation, left: bool) -> None:
    say(f"{mark(explanation.level)}: {printable(explanation.sentence)}")
    if explanation.foreign:
        _print_hint(explanation.foreign.hint)
    for each in explanation.stretches[:_MOST_SHOWN]:
        say()
        print_explained(each)
    hidden = explanation.stretches[_MOST_SHOWN:]
    if hidden:
        wrong = sum(each.level == "problem" for each in hidden)
        say(f"\n… and {len(hidden)} more, {wrong} of them with a problem: --json shows them")
    if explanation.rest:
        say(f"\nThe last {explanation.rest} bytes were not looked at: there is too much in the stream.")
    if left:
        say(f"\nOnly the first {_MOST_BYTES} bytes were looked at.")


def print_explained(each: Explained) -> None:
    """One stretch: its place and kind, what the server does, its bytes, and the remarks."""
    stretch = each.stretch
    summary = f" ({printable(each.summary)})" if each.summary else ""
    size = stretch.end - stretch.start
    say(f"0x{stretch.start:X} to 0x{stretch.end - 1:X}, {size} bytes: {stretch.kind}{summary}")
    say(f"  the HL7 port {each.does}")
    for line in each.dump():
        say(f"  {line}")
    for remark in each.remarks:
        say(f"  {mark(remark.level)} at 0x{remark.offset:X}: {printable(remark.sentence)}")
        _print_hint(remark.hint, "    ")


def _print_hint(hint: str, indent: str = "  ") -> None:
    if hint:
        say(f"{indent}→ {printable(hint)}")


def mark(level: Level) -> str:
    """A sign and the word: never the sign alone."""
    return f"{_MARKS[level]} {level}"


def say(line: str = "") -> None:
    """Print a line, with signs of ASCII where the terminal or file has no others."""
    try:
        line.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        line = line.translate(_PLAIN)
    print(line)


def _explanation_to_json(explanation: Explanation, left: bool) -> dict[str, Any]:
    return {
        "level": explanation.level,
        "sentence": explanation.sentence,
        "foreign": _remark_to_json(explanation.foreign) if explanation.foreign else None,
        "stretches": [explained_to_json(each) for each in explanation.stretches],
        "is_cut_short": left or explanation.rest > 0,
    }


def explained_to_json(each: Explained) -> dict[str, Any]:
    stretch = each.stretch
    return {
        "kind": stretch.kind.name.lower(),
        "level": each.level,
        "start": stretch.start,
        "end": stretch.end,
        "content_start": stretch.content_start,
        "content_end": stretch.content_end,
        "summary": each.summary,
        "server": each.does,
        "remarks": [_remark_to_json(remark) for remark in each.remarks],
    }


def _remark_to_json(remark: Remark) -> dict[str, Any]:
    return {
        "offset": remark.offset,
        "level": remark.level,
        "sentence": remark.sentence,
        "hint": remark.hint,
    }
