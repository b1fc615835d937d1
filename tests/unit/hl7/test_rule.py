"""What a rule may say; what is made of it, tests/unit/hl7/test_treatment.py has."""

from collections.abc import Callable

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.errors import MappingError
from openworklist.hl7.path import parse_path
from openworklist.hl7.rule import Rule, Source, make_rule, placed, read_condition, read_place

MODALITY = BY_NAME["modality"]
CODE = BY_NAME["requested_procedure_code_sequence"]
OBR_18 = (Source(parse_path("OBR-18.1")),)


def test_a_rule_is_made_of_places_in_order() -> None:
    rule = make_rule(MODALITY, ["OBR-24.1", "OBR-18"])
    assert [str(source) for source in rule.sources] == ["OBR-24.1", "OBR-18"]


def test_a_source_says_what_it_asks_for() -> None:
    weight = read_condition("OBX-3.2", "Body Weight")
    assert str(Source(parse_path("OBX-5"), where=weight)) == 'OBX-5 where OBX-3.2 = "Body Weight"'
    assert str(Source(parse_path("OBR-24.1"), "modality")) == "OBR-24.1 as modality"
    assert [str(read_condition(*each)) for each in (("IPC",), ("OBR-18.1",), ("OBR-24", "", "modality"))] == [
        "IPC",
        "OBR-18.1",
        "OBR-24 has the shape modality",
    ]


@pytest.mark.parametrize(
    ("make", "code", "where", "sentence"),
    [
        (lambda: make_rule(MODALITY, ["OBR-24.1", "OBR18"]), "path-unreadable", "sources[1]", "'OBR18'"),
        (lambda: make_rule(MODALITY, ["MSH-2"]), "path-unreadable", "sources[0].path", "delimiters"),
        (lambda: make_rule(MODALITY, []), "invalid", "sources", "no source"),
        (lambda: Source(read_condition("IPC").path), "invalid", "path", "names a field"),
        (lambda: Source(OBR_18[0].path, "colour"), "shape-unknown", "shape", "'colour'"),
        (lambda: Source(OBR_18[0].path, where=read_condition("OBX-3", "A")), "invalid", "where", "same OBR"),
        (lambda: Source(OBR_18[0].path, where=read_condition("OBR")), "invalid", "where", "same OBR"),
        (
            lambda: Source(parse_path("OBX[2]-5"), where=read_condition("OBX-3", "A")),
            "invalid",
            "where",
            "by number or by what it holds",
        ),
        (lambda: read_condition("IPC", "A"), "invalid", "path", "no value"),
        (lambda: read_condition("OBR-4", "A", "modality"), "invalid", "shape", "or for a shape"),
        (lambda: Rule(MODALITY, OBR_18, constant="CT"), "invalid", "constant", "stands alone"),
        (lambda: Rule(MODALITY, table={"A": "CT"}, default="CT"), "invalid", "sources", "no source whose"),
        (lambda: Rule(MODALITY, constant="computed tomography"), "value-unfit", "constant", "no value that"),
        (lambda: Rule(MODALITY, OBR_18, default="C-T"), "value-unfit", "default", "no value that"),
        (lambda: Rule(MODALITY, OBR_18, table={"1": "c/t"}), "value-unfit", "table.1", "no value that"),
        (lambda: Rule(MODALITY, OBR_18, pattern="(a+)+"), "pattern-refused", "pattern", "inside a repeat"),
        (lambda: Rule(CODE, OBR_18, pattern="a"), "pattern-refused", "pattern", "no pattern"),
        (lambda: Rule(CODE, constant="A^B"), "value-unfit", "constant", "no value that"),
        (
            lambda: Rule(CODE, (Source(OBR_18[0].path, "uid"),)),
            "shape-unknown",
            "sources[0].shape",
            "has no shape",
        ),
        (
            lambda: Rule(BY_NAME["referenced_study_sequence"], constant="1"),
            "attribute-unknown",
            "",
            "no rule can fill",
        ),
        (
            lambda: Rule(BY_NAME["issuer_of_admission_id_sequence"], OBR_18, table={"1": "2"}),
            "invalid",
            "table",
            "no value table",
        ),
    ],
)
def test_what_cannot_be_done_is_told_with_its_place(
    make: Callable[[], object], code: str, where: str, sentence: str
) -> None:
    with pytest.raises(MappingError) as found:
        make()
    assert (found.value.code, found.value.where) == (f"mapping.{code}", where)
    assert sentence in found.value.sentence


def test_a_place_is_told_from_the_outside_in() -> None:
    with pytest.raises(MappingError) as found, placed("rules.modality"), placed("sources[1]"):
        read_place("OBR")
    assert found.value.where == "rules.modality.sources[1]"
