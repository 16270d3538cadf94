"""The style sheet of the feeds. How a feed looks in a browser is seen in tests/site/test_feeds.py."""

from dataclasses import replace
from urllib.parse import urljoin

import feedparser
import pytest
import tinycss2
from lxml import etree

from generator.content import Newsletter
from generator.render.feed.feeds import render_feeds
from generator.render.feed.style import render_style
from tests.languages import LANGUAGES, NL
from tests.render.editions import grow_archive

INSTRUCTION = b'<?xml-stylesheet type="text/css" href="'


def render(newsletter: Newsletter) -> dict[str, bytes]:
    made = {str(one.path): one.content for one in render_feeds(newsletter)}
    return {path: content for path, content in made.items() if path.endswith((".xml", ".css"))}  # type: ignore[misc]


@pytest.mark.parametrize("url", ["https://example.org/", "https://example.org/sales/map/"])
def test_every_feed_names_the_style_of_its_language_wherever_it_stands(newsletter, url):
    grown = grow_archive(newsletter, 40)
    made = render(replace(grown, settings=replace(grown.settings, site_url=url)))
    feeds = {path: content for path, content in made.items() if path.endswith(".xml")}
    assert {path.count("/") for path in feeds} >= {0, 1, 2, 3}
    for path, content in feeds.items():
        (instruction,) = etree.fromstring(content).xpath("preceding-sibling::processing-instruction()")
        assert instruction.get("type") == "text/css"
        style = "en/assets/feed.css" if path.startswith("en/") else "assets/feed.css"
        assert urljoin(url + path, instruction.get("href")) == url + style
        assert style in made


def test_programs_read_the_same_with_and_without_it(newsletter):
    for path, content in render(newsletter).items():
        if path.endswith(".xml"):
            line = next(line for line in content.splitlines(keepends=True) if line.startswith(INSTRUCTION))
            plain, styled = (feedparser.parse(one) for one in (content.replace(line, b""), content))
            assert not styled.bozo
            assert (styled.version, styled.feed, styled.entries) == (plain.version, plain.feed, plain.entries)


def strings_of(newsletter: Newsletter, language: str = NL) -> list[str]:
    """What the style sheet says, as a browser reads it; there is no mistake in it."""
    content = render_style(newsletter, language).content.decode()  # type: ignore[arg-type,union-attr]
    found = []
    for rule in tinycss2.parse_stylesheet(content, skip_comments=True, skip_whitespace=True):
        assert rule.type in {"qualified-rule", "at-rule"}
        declarations = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
        if rule.type == "qualified-rule":
            assert {one.type for one in declarations} == {"declaration"}
            found += [
                token.value
                for one in declarations
                if one.name == "content"
                for token in one.value
                if token.type == "string"
            ]
    return found


def test_it_speaks_the_language_of_its_feeds(newsletter):
    assert any("een app of website" in text for text in strings_of(newsletter))
    for language in LANGUAGES:
        said = strings_of(newsletter, language)
        assert said[0] == "Feed"
        assert f"https://example.org/{LANGUAGES.prefix(language)}archive/" in "".join(said)


@pytest.mark.usefixtures("sample")
def test_no_word_can_end_its_string(newsletter):
    odd = """“a" b' \\ *,:root /* < & é 🙂 */"""
    path = newsletter.root / "templates/words/nl.toml"
    text = path.read_text()
    line = next(line for line in text.splitlines() if line.startswith("feed_archived"))
    path.write_text(text.replace(line, f"feed_archived = '''{odd}'''"))
    assert odd in strings_of(newsletter)
