"""A feed that somebody opens in a browser: what it is, how to follow it, and its letters."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

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


@pytest.mark.parametrize("folder, told", [("", "De link staat op het klembord."), ("en/", "clipboard")])
def test_one_address_to_copy_and_the_others_folded(open_browser, site, folder, told):
    page = open_browser(
        viewport={"width": 360, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    page.goto(f"{site.url}{folder}newsletter/")
    page.locator(".feed-address button").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".z7-note")).to_contain_text(told)
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}{folder}feed.xml"
    listed = page.locator(".feed-list a")
    assert listed.count() == 10 * 3 + 1
    expect(listed.first).to_be_hidden()
    page.locator(".feed-list summary").press("Enter")
    expect(listed.last).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The form comes before the feeds, and letters to judge by before the form.
    tops = [
        page.locator(path).first.evaluate("element => element.getBoundingClientRect().top")
        for path in ("article a[href*='archive/']", ".signup", ".feed-address")
    ]
    assert tops == sorted(tops)
