"""HTML for the pages of the site."""

import pytest

from generator.render.markdown import mark_outside

OWN = "https://example.org/"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://doi.org/10.1/2">',
        '<a class="x" href="http://example.org/">',  # not ours: another scheme
        '<a href="https://example.org.evil/">',
        '<a title="1 &gt; 0" href="https://letter.example.org/?a=1&amp;b=2">',
    ],
)
def test_a_link_that_leads_away_is_marked(link):
    assert mark_outside(f"<p>{link}text</a></p>", OWN) == f'<p>{link[:-1]} rel="external">text</a></p>'


@pytest.mark.parametrize(
    "link",
    [
        '<a href="../glossary/#nrr">',
        '<a href="https://example.org/feed.xml">',
        '<a href="mailto:post@example.org">',
        '<a href="#fn:1">',
        '<a rel="me" href="https://elsewhere.example/">',  # it says already what it is
        '<abbr title="https://elsewhere.example/">',
        '<code>&lt;a href="https://elsewhere.example/"&gt;</code>',
    ],
)
def test_what_stays_here_is_left_alone(link):
    assert mark_outside(f"<p>{link}text</a></p>", OWN) == f"<p>{link}text</a></p>"
