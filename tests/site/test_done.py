"""“Done”, as a letter links to it: the page of the item asks with one button, and only that button ticks."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site.keeping import done, keep, kept, state

pytestmark = pytest.mark.slow

PAGE = "certainties/referral/"
NOW = "2026-11-23T09:00:00+01:00"
ASKS = {"": "Gedaan op 23 november 2026? Vink het af", "en/": "Done on 23 November 2026? Tick it off"}


@pytest.fixture
def reader(open_browser):
    """Somebody on Monday 23 November 2026."""

    def reader(**options):
        page = open_browser(timezone_id="Europe/Amsterdam", **options)
        page.context.clock.set_fixed_time(NOW)
        return page

    return reader


def question(page):
    return page.locator(".item__ask")


def test_opening_the_link_of_a_letter_ticks_nothing_and_asks_once(reader, site):
    page = reader()
    for folder, text in ASKS.items():
        page.goto(f"{site.url}{folder}{PAGE}#ref-2-done")
        expect(question(page)).to_have_text(text)
        expect(page.locator("#ref-2 .item__ask")).to_be_in_viewport()
        expect(page.locator("#ref-2")).to_have_class("item item--live item--linked")
        expect(page.locator("#tick-ref-2")).not_to_be_checked()
        assert kept(page, site) is None
        assert (
            Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "best-practice"]}).violations_count == 0
        )


def test_the_button_ticks_today_with_the_keyboard_and_the_address_is_that_of_the_item(reader, site):
    page = reader()
    page.goto(f"{site.url}{PAGE}#ref-2-done")
    expect(question(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#tick-ref-2")).to_be_checked()
    expect(page.locator("#tick-ref-2")).to_be_focused()
    expect(page.locator("#date-ref-2")).to_have_text("Gedaan op 23 november 2026")
    expect(question(page)).to_have_count(0)
    assert page.url == f"{site.url}{PAGE}#ref-2"
    assert kept(page, site)["items"] == {"ref-2": done("2026-11-23")}
    page.reload()
    expect(page.locator("#tick-ref-2")).to_be_checked()
    expect(question(page)).to_have_count(0)


def test_the_box_answers_too_and_another_link_asks_about_another_item(reader, site):
    page = reader()
    page.goto(f"{site.url}{PAGE}#ref-2-done")
    page.locator("#tick-ref-2").check()
    expect(question(page)).to_have_count(0)
    page.evaluate("location.hash = '#ref-3-done'")
    expect(page.locator("#ref-3 .item__ask")).to_be_visible()
    page.evaluate("location.hash = '#ref-1'")
    expect(question(page)).to_have_count(0)


def test_what_is_done_already_keeps_its_day(reader, site):
    page = reader()
    keep(page, site, state({"ref-2": done("2026-11-20")}))
    page.goto(f"{site.url}{PAGE}#ref-2-done")
    expect(page.locator("#date-ref-2")).to_have_text("Gedaan op 20 november 2026")
    expect(question(page)).to_have_count(0)
    assert page.url.endswith("#ref-2")
    assert kept(page, site)["items"] == {"ref-2": done("2026-11-20")}


@pytest.mark.parametrize(
    "fragment",
    [
        "ref-99-done",
        "rel-1-done",
        "ref-2-done-done",
        "ref-2=DONE",
        "ref-2-done&ref-3-done",
        "REF-2-done",
        "ref-2%3Ddone",
        "tick-ref-2-done",
        "__proto__-1-done",
        "constructor-1-done",
        "<img src=x onerror=alert(1)>-done",
        "-done",
        f"{'a' * 5000}-1-done",
    ],
)
def test_a_forged_link_is_ignored(reader, site, fragment):
    page = reader()
    page.goto(f"{site.url}{PAGE}#{fragment}")
    expect(page.locator(".item--live")).to_have_count(6)
    expect(question(page)).to_have_count(0)
    expect(page.locator(".z7-note--shown")).to_have_count(0)
    assert kept(page, site) is None


def test_without_scripts_the_link_leads_to_the_item(open_browser, site):
    page = open_browser(java_script_enabled=False, viewport={"width": 800, "height": 500})
    page.goto(f"{site.url}{PAGE}#ref-4-done")
    expect(page.locator("#ref-4 .item__text")).to_be_in_viewport()
