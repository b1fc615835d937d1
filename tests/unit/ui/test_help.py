import tomllib
from pathlib import Path

import pytest

from openworklist.ui.help.guides import find_guide
from openworklist.ui.help.making import make_page
from openworklist.ui.help.page import Page
from openworklist.ui.help.search import find
from openworklist.ui.help.shelf import open_shelf, read_shelf

ROOT = Path(__file__).parents[3]
ELSEWHERE = "# Where `things` are\n\nHere.\n"


def make(folder: Path, text: str, path: str = "page.md") -> Page:
    for name, content in {"other.md": ELSEWHERE, "below/README.md": ELSEWHERE, path: text}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, "utf-8")
    return make_page(path.removesuffix(".md").removesuffix("/README"), read_shelf(folder))


def test_the_first_line_is_the_title_and_headings_have_anchors(tmp_path: Path) -> None:
    page = make(tmp_path, "# A `page`\n\nText.\n\n## TLS, and who may: 2\n\n### Twice\n\n## Twice\n")

    assert page.title == "A page"
    assert "A page" not in page.html
    assert [(each.level, each.anchor) for each in page.contents] == [
        (2, "tls-and-who-may-2"), (3, "twice"), (2, "twice-1"),
    ]  # fmt: skip
    assert '<h2 id="twice-1">Twice</h2>' in page.html


@pytest.mark.parametrize(
    ("path", "written", "shown"),
    [
        ("page.md", "[it](other.md#here)", '<a href="/help/other#here">it</a>'),
        ("page.md", "[other.md](other.md)", '<a href="/help/other">Where things are</a>'),
        ("page.md", "[below/](below/README.md)", '<a href="/help/below">Where things are</a>'),
        ("below/README.md", "[it](../other.md)", '<a href="/help/other">it</a>'),
        ("below/page.md", "[it](README.md)", '<a href="/help/below">it</a>'),
        ("page.md", "[it](#here)", '<a href="#here">it</a>'),
        ("page.md", "[it](https://example.org/x)", '<a href="https://example.org/x">it</a>'),
        ("page.md", "![it](below/it.svg)", '<img src="/help/below/it.svg" alt="it" />'),
        (
            "page.md",
            "[the `code`](../src/code.py) is there",
            '<p>the <code class="nowrap">code</code> is there</p>',
        ),
        ("page.md", "[it](../README.md)", "<p>it</p>"),
    ],
)
def test_links_lead_to_pages_of_the_help(tmp_path: Path, path: str, written: str, shown: str) -> None:
    assert shown in make(tmp_path, f"# A page\n\n{written}\n", path).html


def test_html_is_text_and_comments_are_left_out(tmp_path: Path) -> None:
    page = make(tmp_path, "# A page\n\n<!-- a note -->\n<b onclick=x>bold</b> [x](javascript:alert)\n")

    assert page.html == "<p>&lt;b onclick=x&gt;bold&lt;/b&gt; [x](javascript:alert)</p>\n"


def test_tables_stand_in_a_box_and_a_row_about_a_code_is_led_to(tmp_path: Path) -> None:
    page = make(
        tmp_path, "# A page\n\n## Codes\n\n| code | many |\n|---|--:|\n| `a.b-c` | 1 |\n| `1 <` | 2 |\n"
    )

    assert 'role="region" aria-label="Table 1 – Codes"' in page.html
    assert page.html.count("<tr id=") == page.html.count('<tr id="a.b-c">') == 1
    assert "style=" not in page.html
    assert '<td class="number">1</td>' in page.html


def test_only_code_with_columns_is_moved_from_side_to_side(tmp_path: Path) -> None:
    columns = f"date      time\n{'2026':50}  <10:15>"
    page = make(
        tmp_path,
        f"# A page\n\n```\n{columns}\n```\n\n```json\n{{\n  1\n}}\n```\n\n```\nlong {'x' * 90}\n```\n",
    )

    assert page.html.count("<pre>") == 2
    assert page.html.count('<pre class="columns" tabindex="0">') == 1
    assert "&lt;10:15&gt;" in page.html


def test_a_column_without_a_head_has_no_empty_one(tmp_path: Path) -> None:
    page = make(tmp_path, "# A page\n\n| what | |\n|---|---|\n| 1 | 2 |\n")

    assert "<th>what</th>\n<td></td>" in page.html


def test_search_wants_every_word_and_shows_headings_first(tmp_path: Path) -> None:
    page = make(
        tmp_path,
        "# Scanners\n\nA port of its own: no import.\n\n## The port\n\nIt is 11112.\n\n## Rest\n\n"
        "| what | how |\n|---|---|\n| `dicom_port` | a Number, no name |\n",
    )

    def found(text: str) -> list[str]:
        return [hit.address for hit in find([page], text)]

    assert found("port") == ["/help/page#the-port", "/help/page", "/help/page#dicom_port"]
    assert found("PORT own") == ["/help/page"]
    assert found("scanners number") == ["/help/page#dicom_port"]
    assert found("import") == ["/help/page"]
    assert found("port nowhere") == found(" ") == []
    assert find([page], "number")[0].parts == ("dicom_port – a ", "Number", ", no name")
    assert find([page], "port")[0].parts == ("It is 11112.",)


def test_long_text_is_cut_around_what_was_found(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(200)]
    page = make(tmp_path, f"# A page\n\n{' '.join(words)}\n")

    shown = "".join(find([page], "word150")[0].parts)

    assert "word150" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


def test_a_page_below_another_has_its_help_unless_it_has_one_of_its_own() -> None:
    assert find_guide("/nodes/rules/edit") == "/help/filters-and-stations"
    assert find_guide("/nodes/scanners/one") == "/help/connect-a-scanner"
    assert find_guide("/help/mapping") == find_guide("/") == ""


def test_the_package_takes_the_docs_along_to_where_they_are_looked_for() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]

    assert build["targets"]["wheel"]["force-include"] == {"docs": "openworklist/ui/docs"}
    assert open_shelf().pages[""] == ROOT / "docs" / "README.md"  # nothing is packed in a checkout
