"""What a text of Python-Markdown becomes on the site."""

import pytest

from generator.content.markdown.dialect import make_parser
from generator.render.page.markup import tidy_markup


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


def test_the_link_of_a_heading_is_no_part_of_its_name() -> None:
    made = tidy_markup('<h2 id="idea">Idea<a class="headerlink" href="#idea" title="Link">¶</a></h2>')
    assert '<a class="headerlink" aria-hidden="true" tabindex="-1" href="#idea"' in made
