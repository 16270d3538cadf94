"""Each Markdown element, as every mail program can show it."""

import re
from typing import Any

import pytest
from lxml.html import HtmlElement

from generator.content import Newsletter
from generator.model import Image
from generator.render.email.html import COLUMN
from generator.render.email.message import render_email
from tests.render.editions import change_issue, change_text
from tests.render.mails import FULL, edition_of, mail, thought

REF = "https://example.org/certainties/referral/#"


def tags(element: HtmlElement) -> list[str]:
    """The tags of a tree in order, without what a parser adds."""
    return [child.tag for child in element.iterdescendants() if child.tag != "tbody"]


def rows(table: HtmlElement) -> list[list[str]]:
    return [[" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")]


def test_emphasis_and_breaks_stay_what_they_are(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "*een* **twee** ~~drie~~ `vier`  \nvijf")
    assert tags(cell) == ["p", "em", "strong", "del", "code", "br"]


def test_an_open_item_is_a_row_with_an_empty_box_that_is_spoken(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "- [ ] Tekst van het item. { #ref-2 }")
    (table,) = cell.find_class("items")
    (sign,) = table.iter("span")
    link = next(table.iter("a"))
    assert table.get("role") == "presentation"
    assert rows(table) == [["☐", "Tekst van het item.Gedaan · Herinner me maandag"]]
    assert (sign.get("role"), sign.get("aria-label")) == ("img", "Nog te doen:")
    assert (link.text, link.get("href")) == ("Tekst van het item.", REF + "ref-2")
    assert not list(cell.iter("ul", "li", "input"))


def test_an_item_that_is_done_has_a_ticked_box(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "- [x] Gedaan. { #ref-2 }")
    (sign,) = cell.iter("span")
    assert sign.text == "☑\N{VARIATION SELECTOR-15}", "a sign, not an emoji"
    assert sign.get("aria-label") == "Gedaan:"


def test_a_plain_item_between_checklist_items_keeps_a_bullet(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "- [ ] Wel. { #ref-1 }\n- niet")
    assert rows(cell.find_class("items")[0]) == [["☐", "Wel.Gedaan · Herinner me maandag"], ["•", "niet"]]


def test_items_below_items_are_rows_within_a_row(newsletter: Newsletter) -> None:
    cell = thought(
        newsletter, "- [ ] Boven. { #ref-1 }\n    - [x] Onder. { #ref-2 }\n- [ ] Na. { #ref-3 }\n\nSlot."
    )
    outer, inner = cell.find_class("items")
    assert outer in list(inner.iterancestors())
    assert [link.get("href") for link in cell.iter("a") if link.get("href").startswith(REF)] == [
        REF + "ref-1",
        REF + "ref-1-done",  # before the items below it
        REF + "ref-2",
        REF + "ref-3",
        REF + "ref-3-done",
    ]
    assert cell[-1].text == "Slot."


def test_a_nested_list_stays_a_list(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "- een\n    - twee\n\n3. drie")
    assert tags(cell) == ["ul", "li", "ul", "li", "ol", "li"]
    assert cell.find("ol").get("start") == "3"


def test_a_footnote_is_a_number_and_an_entry_in_the_list_of_sources(newsletter: Newsletter) -> None:
    page = mail(newsletter, "Bewezen.[^ref-kumar-2013] Nog eens.[^ref-kumar-2007]").html
    assert re.findall(r"<sup[^>]*>(.*?)</sup>", page) == ["1", "2"]
    notes = page.partition(">Bronnen<")[2]
    assert re.search(
        r"<ol[^>]*>\s*<li[^>]*><a href=\"https://example.org/about-the-numbers/#ref-kumar-2013\"", notes
    )
    assert notes.index("#ref-kumar-2013") < notes.index("#ref-kumar-2007")
    assert 'href="#' not in page, "a link within a mail leads nowhere in many programs"


def test_two_footnotes_side_by_side_are_not_number_twelve(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "Bewezen.[^ref-kumar-2013][^ref-kumar-2007]")
    assert cell.text_content().strip() == "Bewezen.1\N{NO-BREAK SPACE}2"


@pytest.mark.parametrize(
    "size, shown",
    [((300, 200), (300, 200)), ((COLUMN * 2, 500), (COLUMN, 250)), ((5000, 1), (COLUMN, 1))],
    ids=["small", "twice the column", "a line"],
)
def test_an_image_has_its_alt_and_a_size_that_fits(newsletter: Newsletter, size: Any, shown: Any) -> None:
    image = Image("plaat.png", newsletter.root / "plaat.png", *size)
    changed = change_issue(
        change_text(newsletter, FULL, "![Een plaat](plaat.png)"), FULL, images={"plaat.png": image}
    )
    mark, found = re.findall("<img[^>]*>", render_email(changed, edition_of(changed)).html)
    assert "assets/marks/" in mark
    assert 'alt="Een plaat"' in found
    assert 'src="https://example.org/archive/2026-W47/plaat.png"' in found
    assert f'width="{shown[0]}"' in found
    assert f'height="{shown[1]}"' in found
    assert f"max-width:{shown[0]}px" in found


def test_code_is_a_cell_that_breaks_long_lines(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "```python\nif x < 1:\n    return  'a'\n```\n\nNa.")
    assert tags(cell) == ["table", "tr", "td", "pre", "code", "p"]
    assert cell.findtext(".//code") == "if x < 1:\n    return  'a'\n"
    assert "white-space:pre-wrap" in cell.find(".//pre").get("style")
    assert cell[-1].text == "Na."


def test_a_quote_is_a_quote_with_its_line_on_a_cell(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "> Eerst.\n>\n> Dan.")
    assert tags(cell) == ["blockquote", "table", "tr", "td", "p", "p"]
    assert "border-left" in cell.find(".//td").get("style")


def test_a_quote_in_a_quote_has_two_lines(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "> Eerst.\n>\n> > Dan.")
    assert tags(cell) == ["blockquote", "table", "tr", "td", "p", "blockquote", "table", "tr", "td", "p"]


def test_an_admonition_is_a_cell_with_its_title_as_text(newsletter: Newsletter) -> None:
    cell = thought(newsletter, '!!! note "Let op"\n    Vraag het eerst.')
    assert tags(cell) == ["div", "table", "tr", "td", "p", "p"]
    title, text = cell.iter("p")
    assert (title.text, text.text) == ("Let op", "Vraag het eerst.")
    assert "bold" in title.get("style")
    assert "bold" not in text.get("style")


def test_an_admonition_without_a_title_has_no_bold_text(newsletter: Newsletter) -> None:
    (text,) = thought(newsletter, '!!! note ""\n    Vraag het eerst.').iter("p")
    assert "bold" not in text.get("style")


def test_a_definition_list_stays_one(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "Naam\n:   Uitleg.")
    assert tags(cell) == ["dl", "dt", "dd"]


def test_headings_below_a_section_begin_at_three_and_skip_no_level(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "##### Vijf\n\n###### Zes\n\n### Drie\n\n##### Vijf")
    assert tags(cell) == ["h3", "h4", "h3", "h4"]


def test_a_table_is_a_data_table_with_heads_and_sides(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "| Naam |  | Getal |\n|:--|--|--:|\n| a | b | 1 |")
    (table,) = cell.iter("table")
    assert table.get("role") is None
    assert [(head.text, head.get("scope")) for head in table.iter("th")] == [
        ("Naam", "col"),
        ("Getal", "col"),
    ]
    assert [child.get("align") for child in table.iter("td")] == [None, "left", None, "right"]
    assert rows(table) == [["Naam", "", "Getal"], ["a", "b", "1"]]


def test_a_rule_and_an_abbreviation_stay(newsletter: Newsletter) -> None:
    cell = thought(newsletter, "B2B\n\n---\n\n*[B2B]: van bedrijf tot bedrijf")
    assert tags(cell) == ["p", "abbr", "hr"]


@pytest.mark.parametrize(
    "markdown",
    [
        "Voor <script>alert(1)</script> na.",
        '<img src=x onerror="alert(1)"> Voor na.',
        "<style>p { display: none }</style>\n\nVoor na.",
        "<iframe src='https://example.com'></iframe> Voor na.",
        '<form action="https://example.com"><button>Klik</button></form> Voor na.',
        '<p onclick="alert(1)">Voor na.</p>',
    ],
)
def test_raw_html_does_nothing(newsletter: Newsletter, markdown: str) -> None:
    changed = change_issue(newsletter, FULL, images={"x": Image("x", newsletter.root / "x", 1, 1)})
    page = mail(changed, markdown).html.partition("<body")[2]
    assert "Voor" in page
    assert not re.search(r"<(script|style|iframe|form|button)|onerror|onclick|alert\(", page)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_a_link_that_runs_something_is_text(newsletter: Newsletter, address: str) -> None:
    email = mail(newsletter, f"[Lees dit]({address}) nu.")
    for part in (email.html, email.text):
        assert "Lees dit" in part
        assert address not in part
    assert ">Lees dit nu.<" in email.html


@pytest.mark.parametrize(
    "opening, title",
    [
        ("!!! note", "Opmerking"),
        ("!!! warning", "Waarschuwing"),
        ('!!! warning "Let op"', "Let op"),
        ("!!! custom", "Custom"),
    ],
)
def test_an_admonition_without_a_title_says_its_kind_in_the_language(
    newsletter: Newsletter, opening: str, title: str
) -> None:
    (label,) = thought(newsletter, f"{opening}\n    Tekst.\n").find_class("label")
    assert label.text_content() == title
    assert f"| {title}\n|" in mail(newsletter, f"{opening}\n    Tekst.\n").text
