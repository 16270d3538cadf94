"""A feed that somebody opens in a browser: what it is, how to follow it, and its letters."""

from typing import Any

import pytest
from playwright.sync_api import Page

LOOK = """element => { const style = getComputedStyle(element), after = getComputedStyle(element, "::after");
  return {shown: style.display !== "none", font: style.fontFamily, ink: style.color, says: after.content} }"""


def look(page: Page, selector: str) -> Any:
    return page.locator(selector).first.evaluate(LOOK)


@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "dark")])
def test_a_feed_is_a_page_for_people(open_browser, site, width, scheme):
    page = open_browser(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path, said in (
        ("feed.xml", "een app of website"),
        ("en/feed.xml", "an app or website"),
        ("certainties/referral/atom.xml", "een app of website"),
        ("en/atom.xml", "an app or website"),
    ):
        page.goto(site.url + path)
        rss = path.endswith("feed.xml")
        head, item, text = ("channel", "item", "description") if rss else ("feed", "entry", "subtitle")
        title = look(page, f"{head} > title")
        assert "Newsreader Display" in title["font"]
        assert title["ink"] == ("rgb(35, 30, 23)" if scheme == "light" else "rgb(235, 228, 216)")
        assert page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))") == [
            "loaded",
            "loaded",
        ]
        assert said in look(page, f"{head} > {text}")["says"]
        for name in ("title", "link", "category", "description" if rss else "summary"):
            assert look(page, f"{item} > {name}")["shown"], name
        # Of the moment the day only; and nothing of what is for programs.
        day = page.locator(f"{item} > {'pubDate' if rss else 'published'}").first.bounding_box()
        assert day is not None
        assert 60 < day["width"] < 140
        assert not look(page, f"{item} > {'guid' if rss else 'content'}")["shown"]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
