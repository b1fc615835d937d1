"""What is explained is what is done, on every message."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.charset import decode
from openworklist.hl7.explain import Explained, Outcome, explain
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.plan import GATHERED
from openworklist.hl7.profile import PRESETS, preset
from openworklist.hl7.profile_json import from_json, read_profile

ROOT = Path(__file__).parents[2]
SAMPLES = [path.read_bytes() for path in sorted((ROOT / "tests/data/hl7").glob("*/*.hl7"))]
EXAMPLES = [read_profile(path.read_text("utf-8")) for path in sorted((ROOT / "examples/mappings").glob("*"))]
ODD = from_json(
    {
        "format": "openworklist-mapping",
        "version": 1,
        "name": "odd",
        "rules": {
            "modality": {"sources": [{"path": "OBR-4", "shape": "modality"}, "OBR-3"], "default": "OT"},
            "patient_sex": {"sources": ["PID-3", "PID-4"], "table": {"A": "M", "*": "*"}},
            "patient_name": {"sources": ["PID-5", "PID-3"], "pattern": "[ab]+"},
            "allergies": ["NTE-3", "NTE[2]-2.2"],
            "accession_number": [
                {"path": "OBX-5", "where": {"path": "OBX-3", "value": "a"}},
                {"path": "OBX-4", "where": "OBX-2"},
                "OBX-1",
            ],
            "scheduled_station_ae_title": [{"path": "OBR-2", "shape": "ae_title"}],
            "requested_procedure_code_sequence": {
                "sources": ["OBR-4.1", "OBR-2.1"],
                "table": {"1": "A^B^C", "*": "*"},
            },
            "(0028,0010)": "OBR-5",
            "patient_weight": {"constant": "80"},
        },
    }
)
PROFILES = {each.name: each for each in (*map(preset, sorted(PRESETS)), *EXAMPLES, ODD)}

parts = st.text("ab1&^~\\ .A", max_size=8) | st.sampled_from(
    ["20260314", '""', '""^""', "CT", "1", "\\E\\", "c/t"]
)
rows = st.tuples(
    st.sampled_from(
        ["PID", "PV1", "ORC", "OBR", "OBR", "IPC", "ZDS", "NTE", "NTE", "OBX", "OBX", "TQ1", "SCH"]
    ),
    st.lists(parts, max_size=25),
)
messages = st.lists(rows, max_size=9).map(
    lambda found: "\r".join(
        ("MSH|^~\\&|HIS", *("|".join((name, *fields)) for name, fields in found))
    ).encode()
)


@given(st.sampled_from(SAMPLES) | messages, st.sampled_from(sorted(PROFILES)))
def test_it_agrees_with_the_mapping(raw: bytes, name: str) -> None:
    profile = PROFILES[name]
    try:
        decoded = decode(raw)
        message = parse(decoded.text)
        orders = apply(message, profile, codec=decoded.codec)
    except OpenWorklistError:
        return
    found = explain(message, profile, codec=decoded.codec)
    assert tuple(each.order for each in found.orders) == orders
    for each in found.orders:
        assert {one.attribute.name: one.value for one in each.attributes if one.value} == each.order.values
        assert {one.attribute.name for one in each.attributes if one.is_deleted} == each.order.nullified
        told = [notice.sentence for notice in each.notices]
        for warning in each.order.warnings:
            assert any(warning.endswith(sentence) for sentence in told)
        for one in each.attributes:
            check(one, each.order.defaults)


def check(one: Explained, defaults: frozenset[str]) -> None:
    ends = [look for look in one.looks if look.ends]
    if one.is_deleted:
        assert ends[-1].outcome is Outcome.DELETES
    elif one.origin == "constant":
        assert not one.looks
    elif one.origin == "default":
        assert one.attribute.name in defaults
    elif one.value:
        assert ends
        assert all(look.held for look in ends)
    else:
        assert all(look.reason for look in ends)
    if all(look.source.path.segment not in GATHERED for look in one.looks):
        assert len(ends) <= 1
        after = one.looks[one.looks.index(ends[0]) + 1 :] if ends else ()
        assert all(look.outcome in (Outcome.UNTRIED, Outcome.EMPTY) for look in after)
