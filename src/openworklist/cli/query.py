"""`openworklist echo` and `find`: ask any DICOM worklist."""

from __future__ import annotations

from openworklist.cli.console import print_json, print_table
from openworklist.cli.flags import AsJson, Ca, Certificate, Key, ServerName, UseTls, make_tls, takes_settings
from openworklist.cli.question import (
    COLUMNS,
    Accession,
    Birth,
    Called,
    Calling,
    Date,
    Keys,
    Limit,
    Modality,
    Name,
    PatientId,
    Peer,
    Station,
    Time,
    Timeout,
    ask,
    find_node,
    make_keys,
    show_text,
    warn,
)
from openworklist.settings import Loaded


@takes_settings("data", "database")
def echo(
    loaded: Loaded,
    to: Peer,
    calling: Calling = None,
    called: Called = None,
    timeout: Timeout = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a DICOM node whether it is there (C-ECHO)."""
    from openworklist.services.asking import to_peer

    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = find_node(loaded, to, calling, called, timeout, security)
    took = to_peer(node).echo()
    print(f"{node.ae_title} at {node.address} answered in {took * 1000:.1f} ms")


@takes_settings("data", "database")
def find(
    loaded: Loaded,
    to: Peer,
    name: Name = "",
    patient_id: PatientId = "",
    accession: Accession = "",
    birth_date: Birth = "",
    date: Date = "",
    time: Time = "",
    modality: Modality = "",
    station: Station = "",
    key: Keys = None,
    limit: Limit = 0,
    as_json: AsJson = False,
    calling: Calling = None,
    called: Called = None,
    timeout: Timeout = None,
    tls: UseTls = False,
    ca: Ca = None,
    certificate: Certificate = None,
    private_key: Key = None,
    server_name: ServerName = "",
) -> None:
    """Ask a modality worklist (C-FIND) and show what it answers."""
    security = make_tls(tls, ca, certificate, private_key, server_name)
    node = find_node(loaded, to, calling, called, timeout, security)
    keys = make_keys(name, patient_id, accession, birth_date, date, time, modality, station, key)
    found = ask(node, keys, limit)
    answers = [entry.values for entry in found.entries]
    if as_json:
        print_json(answers)
    else:
        rows = [[show_text(answer.get(column, "")) for _, column in COLUMNS] for answer in answers]
        print_table([head for head, _ in COLUMNS], rows)
    warn(found)
