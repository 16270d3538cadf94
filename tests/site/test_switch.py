"""The switch to the other language, on which a reader goes on where he was."""

import pytest
from playwright.sync_api import expect

from tests.site.assessing import answers
from tests.site.keeping import keep, state

LINK = "#r=1.211321x0x22121010x322"
PLACES = (f"assessment/{LINK}", "certainties/referral/#ref-3", "archive/#referral", "glossary/#", "")
"""A shared result, an item, a filter, and pages without a place."""


@pytest.fixture
def page(open_browser, site):
    page = open_browser()
    keep(page, site, state(answers=answers("1" * 21)))
    return page


@pytest.mark.parametrize("place", PLACES)
def test_the_place_on_a_page_is_kept_however_the_link_is_opened(page, site, place):
    page.goto(site.url + place)
    switch = page.locator("a[hreflang=en]").first
    there = f"{site.url}en/{place.removesuffix('#')}"
    with page.context.expect_page() as opened:
        switch.click(button="middle")
    expect(opened.value).to_have_url(there)
    opened.value.close()
    switch.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(there)
    page.wait_for_load_state()  # the scripts have run
    page.locator("a[hreflang=nl]").first.click()
    expect(page).to_have_url(site.url + place.removesuffix("#"))


def test_what_the_place_shows_is_shown_in_the_other_language(page, site):
    page.goto(site.url + PLACES[0])
    page.locator("a[hreflang=en]").first.click()
    expect(page.locator("#result")).to_contain_text("Shared result")
    expect(page.locator("#result-title")).to_contain_text("on Referral")
    page.goto(f"{site.url}archive/")
    page.get_by_role("button", name="Referral").click()  # which changes the address, and tells nobody
    page.locator("a[hreflang=en]").first.click()
    expect(page.locator(".letter-filter [aria-pressed=true] b")).to_have_text("Referral")
    page.goto(f"{site.url}certainties/referral/#ref-3")
    page.evaluate("location.hash = '#ref-5'")
    page.locator("a[hreflang=en]").first.click()
    expect(page.locator(".item--linked")).to_have_attribute("id", "ref-5")
    expect(page.locator("#ref-5")).to_be_in_viewport()
