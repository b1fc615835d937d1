import pytest

from openworklist.domain.errors import UserError
from openworklist.domain.user import check_name, check_password, check_preferences, fold_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ada", "ada"),
        (" Ada.Lovelace ", "ada.lovelace"),
        ("ΜΑΡΙΑ", "μαρια"),
        ("Jose\u0301", "josé"),
        ("ada@hospital.example", "ada@hospital.example"),
        ("山田", "山田"),
    ],
)
def test_a_name_has_one_spelling(typed: str, name: str) -> None:
    assert check_name(typed) == fold_name(name) == name


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "a\0b", "a\u202eb", "x" * 65, "\ud800", "user:ada"])
def test_a_name_that_nobody_can_have(name: str) -> None:
    with pytest.raises(UserError) as caught:
        check_name(name)
    assert caught.value.code == "user.name-invalid"


@pytest.mark.parametrize(
    "password",
    [
        "short1234",
        "",
        "aaaaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabca",
        "1234567890",
        "0987654321",
        "abcdefghijkl",
        "Ada.Lovelace",
        "ada.lovelace2026!",
        "ada.lovelaceada.lovelace",
        "x" * 1025,
    ],
)
def test_a_password_that_is_too_easy(password: str) -> None:
    with pytest.raises(UserError) as caught:
        check_password(password, "ada.lovelace")
    assert caught.value.code == "user.password-weak"
    assert not password or password not in str(caught.value)


@pytest.mark.parametrize(
    "password", ["correct horse", "κωδικός-μου", "山田太郎山田花子一二三", "ada.lovelace is who I am"]
)
def test_a_password_that_will_do(password: str) -> None:
    check_password(password, "ada.lovelace")


def test_preferences_are_a_language_and_a_theme_or_none() -> None:
    check_preferences("", "")
    check_preferences("pt-BR", "dark")
    for language, theme in (("en", "pink"), ("english please", ""), ("en\n", "")):
        with pytest.raises(UserError):
            check_preferences(language, theme)
