import pytest

from openworklist.hl7.delimiters import STANDARD
from openworklist.hl7.names import to_family_pn, to_pn


def pn(field: str, segment: str = "PID", number: int = 5) -> str:
    return to_pn(field.split("~"), segment, number, STANDARD, str)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("DOE", "DOE"),
        ("DOE^JOHN", "DOE^JOHN"),
        ("DOE^JOHN^Q^JR^DR", "DOE^JOHN^Q^DR^JR"),
        ("DOE^JOHN^^III^^PHD", "DOE^JOHN^^^III PHD"),
        ("DOE^^^^^MD", "DOE^^^^MD"),
        ("^JOHN", "^JOHN"),
        ("DOE^JOHN^^^^^L", "DOE^JOHN"),
        ("van der Berg&van der&Berg^ANNA", "van der Berg^ANNA"),
        ("&van&Berg^ANNA", "van Berg^ANNA"),
        (" DOE ^ JOHN ", "DOE^JOHN"),
        ("", ""),
        ("^^^^", ""),
        ("D=OE^JO\\HN", "D OE^JO/HN"),
        ("DOE\n^JOHN\x07", "DOE^JOHN"),
        ('DOE^JOHN^""^""^""', "DOE^JOHN"),
        ('DOE^""^Q', "DOE^^Q"),
        ('""&van&""^ANNA', "van^ANNA"),
        ('""', ""),
        ('""^""^""', ""),
        ('"D"^JOHN', '"D"^JOHN'),
    ],
)
def test_prefix_and_suffix_change_places(field: str, name: str) -> None:
    assert pn(field) == name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (
            "YAMADA^TARO^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P",
            "YAMADA^TARO=山田^太郎=やまだ^たろう",
        ),
        ("やまだ^^^^^^L^P~山田^^^^^^L^I", "=山田=やまだ"),
        ("YAMADA^^^^^^L^A~山田^^^^^^L^I", "YAMADA=山田"),
        ("DOE^JOHN^^^^^L~ROE^JANE^^^^^M", "DOE^JOHN"),
        ("^^^^~DOE^JOHN", "DOE^JOHN"),
        ('""^""~DOE^JOHN', "DOE^JOHN"),
    ],
)
def test_repetitions_fill_the_groups_of_their_script(field: str, name: str) -> None:
    assert pn(field) == name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("DOE^JANE^^^^^M~ROE^JANE^^^^^L", "ROE^JANE"),
        ("JJ^^^^^^A~ROE^JANE", "ROE^JANE"),
        ("JJ^^^^^^A~DOE^JANE^^^^^M", "DOE^JANE"),
        ("JJ^^^^^^A~DOE^JANE^^^^^M~ROE^JANE~POE^JANE^^^^^L", "POE^JANE"),
        ("JJ^^^^^^A", "JJ"),
        ("SATO^^^^^^M^A~YAMADA^^^^^^L^A~佐藤^^^^^^M^I~山田^^^^^^L^I", "YAMADA=山田"),
        ("SATO^^^^^^M^A~佐藤^^^^^^M^I", "SATO=佐藤"),
        ("YAMADA^^^^^^L^A~佐藤^^^^^^M^I", "YAMADA"),
        ("やまだ^^^^^^L^P~SATO^^^^^^M^A", "SATO==やまだ"),
    ],
)
def test_the_legal_name_is_the_name_of_a_patient(field: str, name: str) -> None:
    assert pn(field) == name


@pytest.mark.parametrize(
    ("segment", "number", "field", "name"),
    [
        ("PV1", 8, "77^SMITH^ANN^B^JR^DR^MD", "SMITH^ANN^B^DR^JR MD"),
        ("OBR", 16, "77^SMITH^ANN^^^^^^^^^^^^A~77^スミス^^^^^^^^^^^^^P", "SMITH^ANN==スミス"),
        ("OBR", 16, "SMITH", "SMITH"),
        ("OBR", 16, "77^SMITH^ANN~88^JONES^BOB^^^^^^^L", "SMITH^ANN"),
        ("OBR", 16, "77^SMITH^ANN~88^ジョーンズ^^^^^^^^^^^^^P", "SMITH^ANN"),
        ("OBR", 16, '77^""^""', "77"),
        ("OBR", 34, '77&SMITH&""&""', "SMITH"),
        ("OBR", 34, "77&SMITH&ANN&B&JR&DR^20260314", "SMITH^ANN^B^DR^JR"),
        ("OBR", 34, "TECHNICIAN", "TECHNICIAN"),
        ("OBR", 34, "77^SMITH^ANN", "SMITH^ANN"),
    ],
)
def test_the_order_of_the_parts_is_that_of_the_field(
    segment: str, number: int, field: str, name: str
) -> None:
    assert pn(field, segment, number) == name


def test_one_component_is_a_family_name() -> None:
    assert to_family_pn("van Hek&van&Hek", STANDARD, str) == "van Hek"
