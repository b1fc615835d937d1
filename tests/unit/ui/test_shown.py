from openworklist.ui.shown import to_markup, to_person


def test_a_value_is_text_whatever_it_holds() -> None:
    assert to_markup("<script>alert(1)</script>") == "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"


def test_what_cannot_be_seen_has_a_sign() -> None:
    assert to_markup("a\u202eb\x00") == (
        '<bdi>a<span class="sign">U+202E</span>b<span class="sign">NUL</span></bdi>'
    )


def test_a_long_value_is_cut_and_says_so() -> None:
    assert to_markup("x" * 20, 10) == f'<bdi>{"x" * 10}<span class="sign">… 10 more</span></bdi>'


def test_a_name_stands_as_people_read_it() -> None:
    assert to_person("MÜLLER^JÜRGEN^^DR.") == "<bdi>MÜLLER, DR. JÜRGEN</bdi>"
    assert to_person("Yamada^Tarou=山田^太郎=やまだ^たろう") == (
        '<bdi>Yamada, Tarou</bdi><span class="group-mark"> · </span><bdi>山田, 太郎</bdi>'
        '<span class="group-mark"> · </span><bdi>やまだ, たろう</bdi>'
    )
    assert to_person("=山田^太郎") == "<bdi>山田, 太郎</bdi>"
    assert to_person("") == ""
