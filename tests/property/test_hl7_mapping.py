"""Whatever a message holds, mapping it ends with values that DICOM can hold, or with an error of ours."""

import re
from pathlib import Path
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.extra import find_attribute
from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import PRESETS, preset
from openworklist.hl7.profile_json import read_profile

EXAMPLES = sorted((Path(__file__).parents[2] / "examples/mappings").glob("*.json"))
PROFILES = {
    each.name: each
    for each in (*map(preset, sorted(PRESETS)), *(read_profile(path.read_text("utf-8")) for path in EXAMPLES))
}
SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "data" / "hl7").glob("*/*.hl7"))]
VALID = {
    "DA": re.compile(r"\d{8}"),
    "TM": re.compile(r"\d{6}(\.\d{1,6})?"),
    "CS": re.compile(r"[A-Z0-9 _]{1,16}"),
    "UI": re.compile(r"[0-9.]{1,64}"),
    "DS": re.compile(r"[0-9.eE+-]{1,16}"),
}

mutated = st.builds(
    lambda raw, place, length, inserted: (
        raw[: place % (len(raw) + 1)] + inserted + raw[place % (len(raw) + 1) + length :]
    ),
    st.sampled_from(SAMPLES),
    st.integers(0, 5000),
    st.integers(0, 30),
    st.binary(max_size=10)
    | st.sampled_from(
        [b"\x1b$B", b"\\X0D\\", b"\\E\\", b"|", b"~", b'|""|', b"&", b"^", b"\\", b"\n", b"\x00"]
    ),
)
parts = st.text("ab1&^~\\ .\x07=/", max_size=12) | st.sampled_from(["20260314", '""', "\\E\\", "\\X1C0D\\"])
orders = st.lists(
    st.tuples(
        st.sampled_from(["PID", "PV1", "ORC", "OBR", "IPC", "ZDS", "NTE", "TQ1"]),
        st.lists(parts, max_size=40),
    ),
    max_size=6,
).map(
    lambda rows: "\r".join(("MSH|^~\\&|HIS", *("|".join((name, *fields)) for name, fields in rows))).encode()
)


@given(mutated | orders, st.sampled_from(sorted(PROFILES)))
def test_every_value_is_one_that_its_vr_can_hold(raw: bytes, profile: str) -> None:
    try:
        decoded = decode(raw)
        found = apply(parse(decoded.text), PROFILES[profile], codec=decoded.codec)
    except OpenWorklistError:
        return
    for order in found:
        assert not order.nullified & order.values.keys()
        for name, value in order.values.items():
            assert value
            attribute = find_attribute(name)
            assert attribute is not None
            if not isinstance(value, str):
                continue
            if attribute.vr in VALID:
                assert VALID[attribute.vr].fullmatch(value)
            elif attribute.vr not in ("LT", "ST", "UT"):
                assert "Cc" not in map(category, value)
                assert attribute.multiple or "\\" not in value
