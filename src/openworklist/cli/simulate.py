"""`openworklist simulate`: a hospital that sends orders, and a scanner that polls."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from openworklist.cli.console import Progress
from openworklist.cli.flags import DAY, Timeout, ae_title, parse_address

application = typer.Typer(help="Play a hospital system or a scanner.", no_args_is_help=True)

Calling = Annotated[str, ae_title("--calling", "Our AE title.")]
Called = Annotated[str, ae_title("--called", "AE title of the worklist.")]


@application.command()
def his(
    to: Annotated[str, typer.Option(help="HL7 port of the receiver, HOST:PORT.")] = "127.0.0.1:3001",
    rate: Annotated[float, typer.Option(min=0.001, max=1e6, help="Orders a second.")] = 1,
    count: Annotated[int, typer.Option(min=0, help="How many orders; 0: until Ctrl-C.")] = 0,
    seed: Annotated[int | None, typer.Option(help="The same seed draws the same patients.")] = None,
    timeout: Timeout = 30,
) -> None:
    """Send made-up orders at a rate, with names in many scripts; exit 1 unless all were accepted."""
    import random
    from datetime import datetime

    from openworklist.cli.send import read_answer
    from openworklist.clients.mllp import MllpClient
    from openworklist.services.simulate import Hospital

    host, port = parse_address(to)
    hospital = Hospital(random.Random(seed), f"{int(time.time()):X}")
    began = time.monotonic()
    accepted = sent = 0
    try:
        with Progress() as progress, MllpClient(host, port, timeout=timeout) as client:
            while not count or sent < count:
                _, code = read_answer(client.send(hospital.next_order(datetime.now())))
                sent += 1
                accepted += code in ("AA", "CA")
                progress.show(f"{sent} sent, {accepted} accepted")
                if sent != count:
                    _wait_until(began + sent / rate)
    except KeyboardInterrupt:
        pass
    print(f"{sent} orders sent, {accepted} accepted, in {time.monotonic() - began:.1f} s")
    raise typer.Exit(0 if accepted == sent else 1)


@application.command()
def scanner(
    to: Annotated[str, typer.Option(help="DICOM port of the worklist, HOST:PORT.")] = "127.0.0.1:11112",
    station: Annotated[str, typer.Option(help="Scheduled station AE title to ask for.")] = "",
    modality: Annotated[str, typer.Option(help="Modality to ask for.")] = "",
    every: Annotated[float, typer.Option(min=0, max=DAY, help="Seconds between questions.")] = 15,
    count: Annotated[int, typer.Option(min=0, help="How many questions; 0: until Ctrl-C.")] = 0,
    calling: Calling = "SCANNER",
    called: Called = "OPENWORKLIST",
    timeout: Timeout = 30,
) -> None:
    """Poll a worklist for today's steps, as a scanner does."""
    from datetime import date

    from openworklist.clients.dicom import Node

    host, port = parse_address(to)
    node = Node(host, port, called, calling, timeout)
    began = time.monotonic()
    asked = 0
    try:
        while not count or asked < count:
            started = time.monotonic()
            answers = node.find(
                {
                    "scheduled_station_ae_title": station,
                    "modality": modality,
                    "scheduled_procedure_step_start_date": f"{date.today():%Y%m%d}",
                }
            )
            asked += 1
            print(f"{len(answers)} steps in {(time.monotonic() - started) * 1000:.0f} ms", flush=True)
            if asked != count:
                _wait_until(began + asked * every)
    except KeyboardInterrupt:
        pass


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
