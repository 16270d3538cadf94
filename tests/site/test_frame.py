"""What stands around the text: the header, the menu, the contents and the footer, as readers of all kinds use them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.assessing import answers
from tests.site.hosting import Site
from tests.site.keeping import BLOCKED, FULL, done, keep, state

Open = Callable[..., Page]

WIDTHS = (320, 360, 640, 768, 1280)
"""Phones, a computer of 1280 at twice its size, a tablet, a computer."""

# --- As files ---

_OWN_NAME = {"header": "banner", "main": "main", "footer": "contentinfo"}
"""There is one of each on a page, so it needs no name."""


def test_landmarks_are_named_once_in_the_language_of_the_page(site: Site) -> None:
    names: dict[str, set[str]] = {"nl": set(), "en": set()}
    for address, page in site.pages.items():
        for element in _OWN_NAME:
            assert len(page.xpath(f"//body/{element}")) == 1, (address, element)
            assert not page.xpath(f"//body/{element}/@aria-label"), address
        labels = page.xpath("//nav/@aria-label")
        assert len(labels) == len(set(labels)) == len(page.xpath("//nav")), address
        names[page.get("lang")] |= set(labels)
    assert names["nl"] & names["en"] == {"Menu"}  # the same word in both
    assert {"Op deze pagina", "Vorige en volgende zekerheid"} < names["nl"]
    assert {"On this page", "Previous and next certainty"} < names["en"]


def test_no_page_has_what_a_validator_found_on_an_earlier_one(site: Site) -> None:
    """Html-validate (recommended) and Nu find nothing (30 November 2026); these are the kinds that they had found."""
    for path in site.folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("<!DOCTYPE html>\n<html lang="), path
        assert not re.search(r"<(?:br|hr|img|input|link|meta)\b[^>]*/>", text), path
    for address, page in site.pages.items():
        assert [name for name in page.xpath("//@id") if not re.fullmatch(r"[A-Za-z][\w-]*", name)] == [], (
            address
        )
        assert len(page.xpath("//h1")) == 1, address
        assert not page.xpath("//section[not(.//h2 | .//h3 | .//h4)] | //article[not(.//h1)]"), address
        for form in page.xpath("//form"):
            assert form.xpath(".//button[@type='submit']"), address
        boxes = page.xpath("//input[@type='checkbox' or @type='radio' or @type='hidden'][@autocomplete]")
        assert not boxes, address
        assert not page.xpath("//@tabindex[. != '-1']"), address
        assert not page.xpath("//button[not(@type)] | //label[not(@for) and not(.//input)]"), address
        assert not page.xpath(
            "//*[self::div or self::span or self::ul][not(@role)][@aria-label or @aria-labelledby]"
        )
        for name in ("for", "aria-controls", "aria-labelledby", "aria-describedby"):
            for one in " ".join(page.xpath(f"//@{name}")).split():
                assert page.xpath("//*[@id=$id]", id=one), (address, name, one)


def test_a_heading_is_named_by_its_text_alone(site: Site) -> None:
    for address, page in site.pages.items():
        for link in page.xpath("//*[self::h1 or self::h2 or self::h3 or self::h4]//a[@class='headerlink']"):
            assert (link.get("aria-hidden"), link.get("tabindex")) == ("true", "-1"), address


def test_the_menu_has_every_page_in_its_group_and_who_makes_it_and_privacy_are_in_the_footer(
    site: Site,
) -> None:
    for folder, groups in (("", ["Doen", "Lezen", "Over"]), ("en/", ["Do", "Read", "About"])):
        page = site.pages[site.url + folder]
        assert page.xpath("//nav[@id='menu']//*[@class='menu__title']/text()") == groups
        found = [
            [link.removesuffix("/") for link in group.xpath(".//a/@href")]
            for group in page.xpath("//nav[@id='menu']/ul/li")
        ]
        assert found[0] == ["assessment", "team-sheet", "course", "templates"]
        assert len([link for link in found[1] if link.startswith("certainties/")]) == 7
        assert "privacy" not in str(found)
        assert page.xpath("//footer//nav//a/@href") == ["who-makes-this/", "privacy/"]
        assert len(page.xpath("//nav[@id='menu']//*[@class='mark']")) == 7
        assert page.xpath("count(//*[contains(@class, 'wordmark')])") == 1


# --- In a browser ---

_STOPS = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const seen = box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight
    && box.width > 0 && box.height > 0;
  return [one === document.body, seen && one.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
    one.outerHTML.slice(0, 80)];
}"""


def walk(page: Page, key: str = "Tab", most: int = 250) -> Iterator[str]:
    """Where the focus goes, until it has left the page; every stop is seen."""
    for _ in range(most):
        page.keyboard.press(key)
        left, seen, name = page.evaluate(_STOPS)
        if left:
            return
        assert seen, name
        yield name
    raise AssertionError(f"still on the page after {most} stops")


@pytest.mark.parametrize(
    "width", [width if width == 360 else pytest.param(width, marks=pytest.mark.slow) for width in WIDTHS]
)
def test_the_keyboard_opens_the_menu_and_is_never_out_of_sight(
    open_browser: Open, site: Site, width: int
) -> None:
    page = open_browser(viewport={"width": width, "height": 740})
    page.goto(f"{site.url}certainties/referral/")
    page.locator("html.js").wait_for()
    closed = list(walk(page))
    assert not [name for name in closed if "menu__" in name or 'href="../../team-sheet/"' in name]
    assert [name for name in closed if "item__check" in name]

    button = page.get_by_role("button", name="Menu")
    button.focus()
    before = button.bounding_box()
    row, name = (page.locator(part).bounding_box() for part in (".top__row", ".wordmark"))
    assert row
    assert name
    assert row["height"] < 2 * name["height"]  # one line, also at 320 pixels
    page.keyboard.press("Enter")
    assert button.bounding_box() == before  # it stays under the thumb
    for part in ("#main", ".foot"):
        expect(page.locator(part)).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()  # paper has the page, not an empty sheet
    page.emulate_media(media="screen", forced_colors="active")
    assert button.bounding_box() == before
    page.emulate_media(forced_colors="none")
    title = page.locator(".menu__title").first.bounding_box()
    assert title
    assert title["x"] == name["x"]
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    expect(page.get_by_text("De 7 zekerheden", exact=True).filter(visible=True)).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 360:
        # What is behind the menu is not there, its heading and its main part among it.
        found = {rule["id"] for rule in Axe().run(page).response["violations"]}
        assert found <= {"landmark-one-main", "page-has-heading-one"}
    # From here the pages of the menu follow, each once, and nothing of what is behind it.
    stops = list(walk(page))
    assert len(stops) == 15
    assert all("<a href=" in name for name in stops)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("scripts", ["off", "lost"])
def test_without_scripts_the_menu_is_a_link_and_no_button_does_nothing(
    open_browser: Open, site: Site, scripts: str
) -> None:
    page = open_browser(java_script_enabled=scripts == "lost", viewport={"width": 360, "height": 740})
    page.route("**/site.*.js", lambda route: route.abort())
    page.goto(f"{site.url}certainties/referral/")
    assert not page.locator("header button").filter(visible=True).count()
    expect(page.locator("#menu")).to_be_hidden()
    page.get_by_role("link", name="Menu").click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Herhaling").click()
    assert page.url == f"{site.url}certainties/repetition/"


def test_who_comes_back_does_not_find_the_menu_open(open_browser: Open, site: Site) -> None:
    page = open_browser()
    page.goto(f"{site.url}certainties/referral/")
    page.get_by_role("button", name="Menu").click()
    page.locator("#menu").get_by_role("link", name="Herhaling").click()
    page.wait_for_url("**/repetition/")
    page.go_back()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#menu")).to_be_hidden()


def colours(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


@pytest.mark.parametrize("script", ["", BLOCKED, FULL], ids=["kept", "blocked", "full"])
def test_the_colours_can_be_chosen_whatever_the_storage_does(
    open_browser: Open, site: Site, script: str
) -> None:
    page = open_browser(color_scheme="dark")
    page.add_init_script(script)
    page.goto(site.url)
    device = colours(page)
    switch = page.locator("[data-colour-switch]")
    expect(switch).to_have_accessible_name("Kleuren zoals je apparaat; zet op licht")
    switch.click()
    expect(switch).to_have_accessible_name("Lichte kleuren; zet op donker")
    light = colours(page)
    switch.click()
    expect(switch).to_have_accessible_name("Donkere kleuren; zet op zoals je apparaat")
    assert colours(page) == device != light
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#menu")).to_be_visible()
    page.keyboard.press("Escape")
    page.emulate_media(color_scheme="light")
    assert colours(page) == device
    # It holds on the next page, in the other language too, where a browser keeps it, and can be undone.
    page.goto(f"{site.url}en/glossary/")
    switch = page.locator("[data-colour-switch]")
    kept = "Dark colours; change to those of your device"
    expect(switch).to_have_accessible_name("Colours like your device; change to light" if script else kept)
    assert colours(page) == (light if script else device)
    if not script:
        switch.click()
        page.reload()
        assert colours(page) == light


_COVERED = """() => [...document.querySelectorAll("h1, h2, h3, legend, button, input, summary, main a")]
  .filter(one => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(one => !one.closest(".signup__trap"))
  .flatMap(one => {
    const box = one.getClientRects()[0];
    if (!box || box.top < 0 || box.bottom > innerHeight || !box.width || !box.height) return [];
    const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
    if (top && (one.contains(top) || top.contains(one))) return [];
    return [`${one.outerHTML.slice(0, 70)} under ${top?.outerHTML.slice(0, 70)}`];
  })"""
"""What is on the screen and has something else on top."""


@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_nothing_covers_what_a_script_or_a_link_goes_to(open_browser: Open, site: Site, width: int) -> None:
    page = open_browser(viewport={"width": width, "height": 740})

    def look(selector: str) -> None:
        target = page.locator(selector).first
        expect(target).to_be_in_viewport()
        box = target.bounding_box()
        assert box
        assert box["y"] >= 0, selector
        page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")
        assert page.evaluate(_COVERED) == [], (page.url, selector)

    for address, selector in (
        ("certainties/referral/#ref-4", "#ref-4"),
        ("certainties/referral/#meten", "#meten"),
        ("certainties/referral/#fn-ref-kumar-2013", "#fn-ref-kumar-2013"),
        ("archive/#referral", ".letter-filter"),
        ("about-the-numbers/#de-bronnen", "#de-bronnen"),
        (f"assessment/#r=1.{'210' * 7}", "#result h2"),
    ):
        page.goto(site.url + address)
        page.locator("html.js").wait_for()
        look(selector)
    # Through the assessment: each step, and the result.
    page.goto(f"{site.url}assessment/")
    page.locator("[name=relations-idea]").first.focus()
    for number in range(21):
        page.keyboard.press(str(number % 4))
        look(":focus")
    page.keyboard.press("Enter")
    look("#result h2")
    # And up again, from the end of the page.
    page.keyboard.press("End")
    page.evaluate("scrollBy(0, -200)")
    assert page.evaluate(_COVERED) == []


@pytest.mark.slow
def test_where_colours_are_the_readers_every_bar_and_state_is_seen(open_browser: Open, site: Site) -> None:
    page = open_browser(forced_colors="active", viewport={"width": 360, "height": 740})
    keep(page, site, state({"ref-1": done(), "ref-2": done()}, answers("3" * 3 + "-" * 18)))

    def differ(one: str, other: str) -> None:
        shots = [page.locator(selector).first.screenshot() for selector in (one, other)]
        assert shots[0] != shots[1], (one, other)

    page.goto(f"{site.url}certainties/referral/")
    full, ground = page.locator(".progress__part").first.evaluate(
        "part => [getComputedStyle(part).backgroundColor, getComputedStyle(part.parentElement).backgroundColor]"
    )
    assert full != ground
    assert page.locator(".progress__part").first.bounding_box()["width"] > 10  # type: ignore[index]
    differ("#tick-ref-1", "#tick-ref-3")
    page.goto(f"{site.url}archive/")
    differ(".letter-filter [aria-pressed=true]", ".letter-filter [aria-pressed=false]")
    pressed, free = (
        page.locator(f".letter-filter [aria-pressed={value}]").first.evaluate(
            "one => getComputedStyle(one).borderWidth"
        )
        for value in ("true", "false")
    )
    assert pressed != free
    page.goto(f"{site.url}assessment/")
    page.locator(".assessment__status").wait_for()
    differ(".step >> nth=0", ".step >> nth=2")
    assert (
        page.locator(".wordmark").evaluate(
            "one => parseFloat(getComputedStyle(one, '::after').borderTopWidth)"
        )
        > 1
    )


@pytest.mark.slow
def test_text_and_labels_are_set_in_fonts_of_the_site(open_browser: Open, site: Site) -> None:
    page = open_browser(viewport={"width": 1280, "height": 800})
    client = page.context.new_cdp_session(page)
    client.send("DOM.enable")
    client.send("CSS.enable")
    for path in ("", "certainties/referral/", "newsletter/", "assessment/"):
        page.goto(site.url + path)
        page.locator("html.js").wait_for()
        page.evaluate("document.fonts.ready")
        used: Counter[Any] = Counter()
        root = client.send("DOM.getDocument", {"depth": -1})["root"]["nodeId"]
        for selector in (".top", "main", ".foot"):
            node = client.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
            for part in client.send("DOM.querySelectorAll", {"nodeId": node, "selector": "*"})["nodeIds"]:
                for font in client.send("CSS.getPlatformFontsForNode", {"nodeId": part})["fonts"]:
                    used[font["familyName"], font["isCustomFont"]] += font["glyphCount"]
        own = sum(count for (_, custom), count in used.items() if custom)
        assert {name for name, custom in used if custom} >= {"Instrument Sans"}, used
        # A sign that no alphabet has, such as ☐ and ↩, may come from the machine.
        assert own / used.total() > 0.99, (path, used)
