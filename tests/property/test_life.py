"""Orders, appointments, updates and merges in any order: two records are never one, and each has its patient.

And processing all of it again makes the records that are there.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openworklist.domain.identity import identity_of
from openworklist.services.reprocessing import Reprocessing
from openworklist.store.database import open_database
from players.desk import Desk

patients = st.sampled_from(["P1", "P2", "P2^^^E", "P3"])
numbers = st.sampled_from(["A1", "A2"])
codes = st.sampled_from(["C1", "C2", "C3"])
orders = st.fixed_dictionaries(
    {
        "control": st.sampled_from(["NW", "XO", "CA", "HD", "RO", "SC", "RP"]),
        "patient": patients,
        "number": numbers,
        "filler": st.sampled_from(["", "F1", "F2"]),
        "code": codes,
        "parent": st.sampled_from(["", "A1"]),
        "birth": st.sampled_from(["", "19700101", "19800101"]),
    }
)
appointments = st.fixed_dictionaries(
    {
        "trigger": st.sampled_from(["S12", "S13", "S14", "S15", "S26"]),
        "patient": patients,
        "number": numbers,
        "filler": st.sampled_from(["", "F1", "AP1"]),
        "codes": st.lists(codes, max_size=2),
    }
)
updates = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["A04", "A08", "A31"]),
        "patient": patients,
        "name": st.sampled_from(["Roe^Jim", ""]),
    }
)
merges = st.fixed_dictionaries(
    {"event": st.sampled_from(["A40", "A47"]), "patient": patients, "old": patients}
)
messages = st.tuples(
    st.one_of(orders, orders, appointments, updates, merges),
    st.integers(0, 59),
    st.sampled_from(["RIS", "RIS", "ADT"]),
)


def send(desk: Desk, what: dict[str, Any], minute: int, sender: str) -> str:
    head = {"time": f"2026031408{minute:02}00", "sender": sender}
    patient = (
        f"PID|||{what['patient']}||{what.get('name', 'Doe^' + what['patient'][:2])}||{what.get('birth', '')}"
    )
    if "control" in what:
        control = "ORC|{control}|{number}|{filler}|||||{parent}".format(**what)
        return desk.send(control, f"OBR||||{what['code']}^x", patient=patient, **head)
    if "trigger" in what:
        schedule = f"SCH|{what['number']}|{what['filler']}|||||||||^^^20260320101500"
        services = [f"AIS|1||{code}^x" for code in what["codes"]]
        return desk.send(schedule, *services, patient=patient, type=f"SIU^{what['trigger']}", **head)
    merge = f"MRG|{what['old']}" if "old" in what else ""
    return desk.send_patient(what["event"], patient, merge, **head)


@settings(max_examples=40)
@given(st.lists(messages, min_size=2, max_size=12))
def test_whatever_comes_records_stay_apart_and_are_made_again_as_they_are(
    sent: list[tuple[dict[str, Any], int, str]],
) -> None:
    with TemporaryDirectory() as folder:
        database = open_database("", Path(folder))
        try:
            desk = Desk(database)
            for what, minute, sender in sent:
                answer = send(desk, what, minute, sender)
                assert "\rMSA|AA" in answer or ("\rMSA|AE" in answer and "event" not in what)
            records = desk.records()
            assert len({identity_of(record.values) for record in records}) == len(records)
            assert all(record.text("patient_id") and record.text("patient_name") for record in records)
            results = list(Reprocessing(database, desk.reader).run(range(1, len(sent) + 1), "cli:mary"))
            assert [(result.records, result.problem) for result in results] == [((), None)] * len(results)
        finally:
            database.close()
