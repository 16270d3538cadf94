"""A new reader, from “do we improvise?” to a tick that is still there on Friday, as one story."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.hosting import Site
from tests.site.keeping import keep, kept_text, state, unfit
from tests.site.test_offline import wait_for
from tests.site.test_paper import sheets

ANSWERS = "222 2x1 010 222 332 211 222"
"""Typed on the keyboard; Referral is the weakest."""
WORDS = {
    "": ("Doe de toets", "Bekijk je uitslag", "Vijf klanten genoteerd", "Eén klant", "2026-W47"),
    "en/": ("Take the test", "See your result", "Listed five customers", "Asked one customer", "2026-W47"),
}


@pytest.mark.parametrize("folder, width", [("", 390), ("en/", 1280)])
def test_a_reader_finds_one_thing_to_do_and_finds_it_done(
    open_browser: Callable[..., Page], browser: Browser, site: Site, folder: str, width: int
) -> None:
    button, finish, first_item, second, week = WORDS[folder]
    look = {"viewport": {"width": width, "height": 800}, "permissions": ["clipboard-read", "clipboard-write"]}
    page = open_browser(service_workers="allow", **look)

    # Three minutes: the home page, the questions, one step.
    page.goto(site.url + folder)
    page.get_by_role("link", name=button).click()
    page.wait_for_selector(".assessment__status")  # the scripts have run
    page.locator("#assessment input").first.focus()
    for answer in ANSWERS.replace(" ", ""):
        page.keyboard.press("?" if answer == "x" else answer)
    expect(page.get_by_role("button", name=finish)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#result-title")).to_contain_text("Referral")
    assert sheets(page) == 1
    page.click("#result-copy")
    page.get_by_role("status").filter(has_text=re.compile("klembord|clipboard")).wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    expect(page.locator(".week__item")).to_contain_text(first_item)
    page.locator(".week__read").click()
    page.locator("#tick-ref-1").check()
    assert page.url == f"{site.url}{folder}certainties/referral/#ref-1"
    # What comes next stands at the top; somebody else does it.
    expect(page.locator(".strip").get_by_role("checkbox")).to_have_accessible_name(re.compile(second))
    page.get_by_role("button", name=second).click()
    page.locator("#owner-ref-2").fill("Noor")
    page.locator("#owner-ref-2").press("Escape")
    assert sheets(page) == 1

    # A colleague sees the result, and keeps his own ticks and answers.
    colleague = open_browser(**look)
    own = state({"ref-1": unfit()}, {"relations-idea": "3"})
    keep(colleague, site, own)
    before = kept_text(colleague, site)
    colleague.goto(link)
    expect(colleague.locator("#result-title")).to_contain_text("Referral")
    assert kept_text(colleague, site) == before

    # Friday, the browser was closed: the letter leads to the item, which is done.
    # Not from open_browser: this one has what the first one kept.
    again = browser.new_context(service_workers="allow", storage_state=page.context.storage_state(), **look)
    friday = again.new_page()
    friday.goto(f"{site.url}{folder}archive/{week}/")
    letter = friday.locator("li.item", has_text=first_item)
    expect(letter.get_by_role("checkbox")).to_be_checked()
    letter.get_by_role("link").first.click()
    expect(friday.locator("#tick-ref-1")).to_be_checked()
    expect(friday.locator("#ref-1")).to_be_in_viewport()
    expect(friday.locator("#ref-2 .item__note")).to_have_text("Noor")

    # In the train, without a network: what was read, and the other six.
    other = f"{site.url}{folder}certainties/repetition/"
    wait_for(friday, f"await caches.match('{other}')")
    friday.context.set_offline(True)
    friday.goto(other)
    expect(friday.locator("#tick-rpn-1")).to_be_visible()
    friday.goto(f"{site.url}{folder}certainties/referral/#ref-1")
    expect(friday.locator("#tick-ref-1")).to_be_checked()
    again.close()
