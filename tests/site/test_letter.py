"""The page of a letter: whose it is, what there is to do, and sending it on."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from generator.content import load_newsletter
from generator.model import Edition
from tests.languages import NL
from tests.site.hosting import Site

Open = Callable[..., Page]

SHARING = """([refused]) => {
  window.shared = [];
  navigator.canShare = () => true;
  navigator.share = async message => {
    window.shared.push(message);
    if (refused) throw new DOMException("", refused);
  };
}"""
"""A device that has something to share with."""


@pytest.fixture
def letter(site: Site) -> Edition:
    """The second one of the site, so that it has a letter on both sides."""
    *_, letter, _ = load_newsletter(site.project).archive.editions(NL)
    return letter


@pytest.fixture
def address(site: Site, letter: Edition) -> str:
    return f"{site.url}archive/{letter.week}/"


def test_it_is_one_column_that_begins_with_whose_it_is(open_browser: Open, address: str) -> None:
    page = open_browser(viewport={"width": 1440, "height": 900})
    page.goto(address)
    boxes: list[Any] = [
        page.locator(f"article > {part}").first.bounding_box()
        for part in (".masthead", "h1", ".action", ".letter-cards", ".signup")
    ]
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)
    assert {round(box["x"] + box["width"] / 2) for box in boxes} == {720}
    assert {round(box["width"]) for box in boxes} == {570}
    expect(page.locator(".masthead")).to_contain_text("Royal Dutch Updates nr 2 ·")
    assert not page.locator(".contents").count()


def test_what_there_is_to_do_is_ticked_in_its_box(open_browser: Open, address: str, letter: Edition) -> None:
    page = open_browser(viewport={"width": 360, "height": 740})
    page.goto(address)
    box = page.locator(".action")
    expect(box.get_by_role("heading", name="Food for action")).to_have_attribute("lang", "en")
    paint = "one => getComputedStyle(one).backgroundColor"
    assert box.evaluate(paint) != page.locator("html").evaluate(paint)
    box.locator(f"[data-item={letter.actions[0]}] .item__text").click()
    expect(box.get_by_role("checkbox").first).to_be_checked()
    assert page.url == address
    box.get_by_role("link", name="De hele checklist").click()
    page.wait_for_url(f"**/certainties/{letter.certainty}/")


def test_a_device_that_shares_is_asked_to(open_browser: Open, address: str, letter: Edition) -> None:
    page = open_browser()
    page.add_init_script(f"({SHARING})(['AbortError'])")
    page.goto(address)
    page.get_by_role("link", name="Stuur door").click()
    assert page.evaluate("shared") == [{"title": letter.title, "url": f"{address}#forwarded"}]
    assert page.url == address


def test_a_device_that_shares_need_not_say_whether_it_can(
    open_browser: Open, address: str, letter: Edition
) -> None:
    page = open_browser()
    page.add_init_script(f"({SHARING})([]); navigator.canShare = undefined")
    page.goto(address)
    page.get_by_role("link", name="Stuur door").click()
    assert page.evaluate("shared") == [{"title": letter.title, "url": f"{address}#forwarded"}]


@pytest.mark.parametrize("shares", [False, True])
def test_else_it_goes_by_mail(open_browser: Open, address: str, shares: bool) -> None:
    """Also where the device refuses; one who thinks better of it gets no mail to write."""
    page = open_browser()
    if shares:
        page.add_init_script(f"({SHARING})(['NotAllowedError'])")
    page.goto(address)
    went = page.context.new_cdp_session(page)
    asked: list[str] = []
    went.send("Page.enable")
    went.on("Page.frameRequestedNavigation", lambda event: asked.append(event["url"]))
    page.get_by_role("link", name="Stuur door").click()
    page.wait_for_timeout(200)
    assert [url.partition("?")[0] for url in asked] == ["mailto:"]
    assert page.url == address


def test_its_address_can_be_copied(open_browser: Open, address: str) -> None:
    page = open_browser(permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}#food-for-action")
    page.locator(".forward").get_by_role("button", name="Link kopiëren").click()
    expect(page.locator(".z7-note")).to_contain_text("De link staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}#forwarded"


def test_without_scripts_it_is_sent_on_by_mail(open_browser: Open, address: str) -> None:
    page = open_browser(java_script_enabled=False)
    page.goto(address)
    assert page.locator(".forward :is(a, button)").count() == 1
    expect(page.locator(".forward a")).to_have_attribute("href", re.compile("^mailto:"))


def test_who_got_it_forwarded_is_asked_to_sign_up(open_browser: Open, site: Site, address: str) -> None:
    page = open_browser()
    for url, title in (
        (address, "Kreeg je dit doorgestuurd? Meld je aan"),
        (site.url, "Elke vrijdag in je inbox"),
    ):
        page.goto(url)
        expect(page.get_by_role("form", name=title)).to_be_visible()


def test_the_letters_beside_it_are_cards_that_are_pressed_anywhere(open_browser: Open, address: str) -> None:
    page = open_browser(viewport={"width": 360, "height": 740})
    page.goto(address)
    for which, direction in (("Vorige · nr 1", "prev"), ("Volgende · nr 3", "next")):
        card = page.locator(".letter-card", has_text=which)
        link = card.locator(f"a[rel={direction}]").get_attribute("href")
        assert link
        card.click(position={"x": 12, "y": 12})
        page.wait_for_url(f"**/archive/{link.strip('./')}/")
        page.go_back()


def test_where_colours_are_the_readers_the_box_has_an_edge(open_browser: Open, address: str) -> None:
    page = open_browser(forced_colors="active")
    page.goto(address)
    edges = page.locator(".action").evaluate("one => getComputedStyle(one).borderLeftWidth")
    assert float(edges.removesuffix("px")) > 1
