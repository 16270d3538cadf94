"""JSON Feed, held against its specification (https://www.jsonfeed.org/version/1.1/)."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from generator.content import Newsletter
from generator.render.feed.feeds import Format, list_feeds, render_feeds
from tests.languages import EN
from tests.render.editions import change_issue, empty_archive, grow_archive

TEXT, URL, DATE = r"(?s).*\S.*", r"https://\S+", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)"

FEED = {
    "version": r"https://jsonfeed\.org/version/1\.1",
    "title": TEXT,
    "home_page_url": URL,
    "feed_url": URL,
    "description": TEXT,
    "language": "nl|en",
}
ITEM = {
    "id": r"tag:example\.org,2026:issue/\d{4}-W\d\d/(nl|en)",
    "url": URL,
    "title": TEXT,
    "summary": TEXT,
    "content_html": TEXT,
    "date_published": DATE,
}
MORE = {"next_url": URL}
OPTIONAL = {"date_modified": DATE, "image": URL}


def render(newsletter: Newsletter) -> dict[str, Any]:
    forms = {str(feed.path(newsletter.settings, Format.JSON)) for feed in list_feeds(newsletter)}
    return {
        str(made.path): json.loads(made.content)
        for made in render_feeds(newsletter)
        if str(made.path) in forms
    }


def check(data: dict[str, Any], texts: dict[str, str], *, lists: set[str], optional: dict[str, str]) -> None:
    """Exactly these keys, each a string of its form; nothing null, no key of our own invention."""
    assert texts.keys() | lists <= data.keys() <= texts.keys() | lists | optional.keys()
    for key, form in (texts | optional).items():
        if key in data:
            assert re.fullmatch(form, data[key]), f"{key}: {data[key]!r}"


@pytest.mark.parametrize("count", [0, 3, 25])
def test_every_feed_is_as_the_specification_has_it(newsletter, count):
    grown = grow_archive(newsletter, count) if count else empty_archive(newsletter)
    for name, data in render(grown).items():
        check(data, FEED, lists={"authors", "items"}, optional=MORE)
        assert ("next_url" in data) == (count == 25 and "certainties" not in name)
        assert data["feed_url"] == f"https://example.org/{name}"
        assert data["home_page_url"] == data["feed_url"].removesuffix("feed.json")
        assert data["authors"] == [{"name": "Royal Dutch Updates"}]
        ids = [item["id"] for item in data["items"]]
        assert len(ids) == len(set(ids)) <= 23
        for item in data["items"]:
            check(item, ITEM, lists={"authors", "tags"}, optional=OPTIONAL)
            assert item["authors"] == [{"name": "Royal Dutch Updates"}]
            assert all(isinstance(tag, str) for tag in item["tags"])


def test_letters_are_the_same_as_in_the_xml_feeds(newsletter):
    data = render(newsletter)["en/feed.json"]
    editions = list(newsletter.archive.editions(EN))
    assert [item["title"] for item in data["items"]] == [edition.title for edition in editions]
    assert [item["summary"] for item in data["items"]] == [edition.summary for edition in editions]
    assert [datetime.fromisoformat(item["date_published"]) for item in data["items"]] == [
        edition.published for edition in editions
    ]
    assert [item["tags"] for item in data["items"]] == [["Referral"], ["Reputation"], ["Relations"]]


def test_what_a_letter_does_not_have_is_left_out(newsletter):
    items = render(newsletter)["feed.json"]["items"]
    assert [item.get("date_modified") for item in items] == [None, "2026-11-16T09:30:00+01:00", None]
    assert ["image" in item for item in items] == [True, False, False]


def test_ids_survive_a_new_title_a_new_slug_and_a_new_address(newsletter):
    moved = replace(newsletter, settings=replace(newsletter.settings, site_url="https://elders.example/"))
    before = render(newsletter)["feed.json"]["items"]
    after = render(change_issue(moved, "2026-W47", title="Anders", thought="anders"))["feed.json"]["items"]
    assert [item["id"] for item in after] == [item["id"] for item in before]
    assert after[0]["title"] == "Anders"


def test_any_text_is_written_as_it_is(newsletter):
    """Dutch letters are not escaped, and nothing that UTF-8 cannot hold reaches the file."""
    title = 'Eén “woord” \\ </script> "x" \ud800\x00'
    artifacts = render_feeds(change_issue(newsletter, "2026-W47", title=title))
    (content,) = (made.content for made in artifacts if str(made.path) == "feed.json")
    assert "Eén “woord”".encode() in content
    assert json.loads(content)["items"][0]["title"] == 'Eén “woord” \\ </script> "x" '
