"""Letters as search engines read them. What is required was read at schema.org and in Google's guide to articles."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from lxml import html

from generator.render.page.articles import list_articles
from generator.render.page.cards import render_cards
from tests.languages import EN, LANGUAGES, NL
from tests.render.editions import change_issue, grow_archive

PAGE = "archive/2026-W47.md"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_each_letter_has_what_an_article_needs(newsletter, language):
    many = grow_archive(newsletter, 25)
    found = list_articles(many, language)
    editions = {edition.page: edition for edition in many.archive.editions(language)}
    assert found.keys() == editions.keys()
    cards = {many.settings.url(language, str(card.path)) for card in render_cards(many, language)}
    for page, text in found.items():
        data, edition = json.loads(text), editions[page]
        assert (data["@context"], data["@type"]) == ("https://schema.org", "Article")
        assert (data["headline"], data["description"]) == (edition.title, edition.summary)
        assert datetime.fromisoformat(data["datePublished"]) == edition.published
        assert datetime.fromisoformat(data["dateModified"]) == edition.updated
        assert data["inLanguage"] == language
        assert data["isAccessibleForFree"] is True
        for role in ("author", "publisher"):
            assert data[role]["@type"] == "Organization"
            assert data[role]["name"] == many.settings.sender_name
            assert urlsplit(data[role]["url"]).scheme == "https"
        assert data["image"]["url"] in cards
        assert (data["image"]["width"], data["image"]["height"]) == (1200, 630)
        assert data["url"] == data["mainEntityOfPage"] == many.settings.page_url(language, page)


def test_a_correction_moves_the_date_of_change_only(newsletter):
    later = next(newsletter.archive.editions(NL)).published + timedelta(days=3)
    before = json.loads(list_articles(newsletter, NL)[PAGE])
    after = json.loads(list_articles(change_issue(newsletter, "2026-W47", updated=later), NL)[PAGE])
    assert after == {**before, "dateModified": later.isoformat()}


@pytest.mark.parametrize(
    "odd",
    [
        "</script><script>alert(1)</script>",
        "<!-- <script>",
        "]]> --> <",
        "&lt;/script&gt; & 'a' \"b\" \\",
        "\u2028\u2029 é 🙂 {{ x }} {% y %}",
    ],
)
def test_no_text_can_leave_its_script(newsletter, odd):
    hostile = change_issue(newsletter, "2026-W47", title=odd, summary=odd)
    hostile = replace(hostile, settings=replace(hostile.settings, sender_name=odd))
    text = list_articles(hostile, EN)[PAGE]
    page = html.document_fromstring(
        f'<head><script type="application/ld+json">{text}</script><title>x</title></head><body>y</body>'
    )
    (script,) = page.iter("script")
    data = json.loads(script.text)
    assert data["headline"] == data["description"] == data["publisher"]["name"] == odd
    assert page.findtext(".//title") == "x"
    assert not set("<>&\u2028\u2029") & set(text)
