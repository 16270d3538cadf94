"""The course on the site: its lessons, one after the other, and its feed."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generator.content.certainties import IDS
from tests.site.hosting import Site

Open = Callable[..., Page]


@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "dark")])
def test_no_barrier_stands_before_the_course(
    open_browser: Open, site: Site, folder: str, width: int, scheme: str
) -> None:
    page = open_browser(
        viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    for path in ("course/", "course/revenue/"):
        page.goto(f"{site.url}{folder}{path}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == [], path


def test_one_walks_from_the_menu_to_the_last_lesson(open_browser: Open, site: Site) -> None:
    page = open_browser(viewport={"width": 1280, "height": 900})
    page.goto(site.url)
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("link", name="De cursus van zeven weken").click()
    page.locator("ol.template-rows").get_by_role("link").first.click()
    for order, certainty in enumerate(IDS, start=1):
        expect(page).to_have_url(f"{site.url}course/{certainty}/")
        expect(page.locator(".masthead__when")).to_contain_text(f"les {order} van 7")
        expect(page.locator(".signup")).to_be_visible()
        if certainty != IDS[-1]:
            page.locator(".letter-cards [rel=next]").click()
    page.get_by_role("link", name="Alle lessen").click()
    expect(page).to_have_url(f"{site.url}course/")


def test_a_tick_in_a_lesson_is_a_tick_on_the_checklist(open_browser: Open, site: Site) -> None:
    page = open_browser(viewport={"width": 1280, "height": 900})
    page.goto(f"{site.url}course/referral/")
    page.get_by_role("checkbox").first.check()
    page.goto(f"{site.url}certainties/referral/")
    expect(page.locator("#ref-2").get_by_role("checkbox")).to_be_checked()


def test_search_engines_and_feed_readers_find_it(site: Site) -> None:
    sitemap = (site.folder / "sitemap.xml").read_text()
    head = (site.folder / "course/index.html").read_text().partition("</head>")[0]
    elsewhere = (site.folder / "index.html").read_text().partition("</head>")[0]
    for certainty in IDS:
        assert f"<loc>{site.url}course/{certainty}/</loc>" in sitemap
    assert f'href="{site.url}course/feed.xml"' in head
    assert "course/feed.xml" not in elsewhere
    assert f'xmlUrl="{site.url}en/course/feed.xml"' in (site.folder / "feeds.opml").read_text()


def test_a_lesson_is_found_by_searching(open_browser: Open, site: Site) -> None:
    page = open_browser(viewport={"width": 1280, "height": 900})
    page.goto(site.url)
    page.locator("[data-search-open]").first.click()
    page.get_by_role("searchbox").fill("draai het vel om")
    expect(page.locator("a[href*='course/rebound']").first).to_be_visible()
