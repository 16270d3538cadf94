"""What a text of Python-Markdown becomes on the site."""

import re

import pytest

from generator.content.markdown.dialect import make_parser
from generator.render.page.markup import add_jumps, name_terms, tidy_markup


@pytest.mark.parametrize(
    "text, expected",
    [
        ("One  \nTwo", "<p>One<br>\nTwo</p>"),
        ("---", "<hr>"),
        ("![a > b](x.png)", '<p><img alt="a &gt; b" src="x.png"></p>'),
        ("Code `<br />` and fn:one", "<p>Code <code>&lt;br /&gt;</code> and fn:one</p>"),
    ],
)
def test_markup_is_as_html_writes_it(text: str, expected: str) -> None:
    assert tidy_markup(make_parser().convert(text)) == expected


def test_a_note_and_its_marks_have_names_without_a_colon_and_lead_to_each_other() -> None:
    made = tidy_markup(make_parser().convert("A.[^one] B.[^one]\n\n[^one]: Note."))
    for name in ("fn-one", "fnref-one", "fnref2-one"):
        assert f'id="{name}"' in made
        assert f'href="#{name}"' in made
    assert "fn:" not in made
    assert "fnref:" not in made


def test_a_cell_is_aligned_by_a_class_and_no_page_has_a_style():
    made = tidy_markup(make_parser().convert("| a | b | c |\n| --- | ---: | :-: |\n| 1 | 2 | 3 |"))
    assert '<td>1</td>\n<td class="right">2</td>\n<td class="center">3</td>' in made
    assert "style" not in made


def test_the_link_of_a_heading_is_no_part_of_its_name() -> None:
    made = tidy_markup('<h2 id="idea">Idea<a class="headerlink" href="#idea" title="Link">¶</a></h2>')
    assert '<a class="headerlink" aria-hidden="true" tabindex="-1" href="#idea"' in made


def test_each_term_has_a_name_of_its_own_below_the_heading_that_it_stands_under() -> None:
    text = (
        "## A to Z\n\n**Share of wallet** (*sow*)\n:   One.\n\n**Rolé & x**\n:   Two.\n\n"
        "## Rest\n\n**A to Z**\n:   Three.\n\n**3 x 3**\n:   Four.\n\nno\n: 4"
    )
    html, terms = name_terms(make_parser().convert(text))
    assert [(part, id_) for part, id_, _ in terms] == [
        ("a-to-z", "share-of-wallet"),
        ("a-to-z", "role-x"),
        ("rest", "a-to-z-2"),
        ("rest", "term-3-x-3"),
    ]
    assert [title for _, _, title in terms] == ["Share of wallet", "Rolé &amp; x", "A to Z", "3 x 3"]
    for _, id_, _ in terms:
        assert html.count(f'<dt id="{id_}"><strong>') == 1
    assert "<dt>no</dt>" in html


def test_what_stands_between_two_comments_gets_a_box() -> None:
    made = tidy_markup(
        make_parser().convert("A.\n\n<!-- action -->\n\n## B\n\n- C\n\n<!-- /action -->\n\nD.")
    )
    assert " ".join(made.split()) == (
        '<p>A.</p> <div class="action"> <h2 id="b">B</h2> <ul> <li>C</li> </ul> </div> <p>D.</p>'
    )
    assert tidy_markup("<!-- action --><p>A.</p>") == "<!-- action --><p>A.</p>"


def jumps(titles: str) -> list[str]:
    """The jumps to a list of these terms, each one letter."""
    text = "## Terms\n\n" + "".join(f"**{title}**\n:   One.\n\n" for title in titles.split())
    html, terms = name_terms(make_parser().convert(text))
    made = add_jumps(html, terms)
    assert made.replace(made[made.find("<ul") : made.find("<dl>")], "") == html or made == html
    return re.findall(r'<li><a href="#([^"]+)">(.)</a></li>', made)


def test_a_list_of_terms_in_the_order_of_the_alphabet_has_jumps_to_the_first_of_each_letter() -> None:
    assert jumps("Aap aas Één even Fier Geld Huis") == [
        ("aap", "A"),
        ("een", "E"),
        ("fier", "F"),
        ("geld", "G"),
        ("huis", "H"),
    ]


@pytest.mark.parametrize(
    "titles", ["Aap Bok Cel Dak", "Bok Aap Cel Dak Els", "Aap Bok Cel Dak Els 3x3", "Ω Bok Cel Dak Els"]
)
def test_a_list_that_is_short_or_in_another_order_has_none(titles: str) -> None:
    assert jumps(titles) == []
