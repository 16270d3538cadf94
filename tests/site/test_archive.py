"""The archive, filtered by certainty without another page."""

import pytest
from playwright.sync_api import expect

from generator.content import load_newsletter
from tests.languages import NL


@pytest.fixture
def letters(site):
    return tuple(load_newsletter(site.project).archive.editions(NL))


@pytest.fixture
def page(open_browser):
    return open_browser()


def shown(page):
    """The addresses of the letters that one sees, below the archive."""
    links = page.locator(".letter-row a:visible")
    return [link.get_attribute("href").rstrip("/").rpartition("/")[2] for link in links.all()]


def weeks(letters, certainty=None):
    return [str(letter.week) for letter in letters if certainty in {None, letter.certainty}]


def button(page, name):
    return page.locator(".letter-filter").get_by_role("button", name=name)


def pressed(page):
    return page.locator(".letter-filter [aria-pressed=true] b").all_inner_texts()


def test_a_button_shows_the_letters_of_its_certainty(page, site, letters):
    page.goto(f"{site.url}archive/")
    expect(page.locator(".letter-filter")).to_have_role("group")
    expect(page.locator(".letter-filter")).to_have_accessible_name("Brieven over")
    assert (shown(page), pressed(page)) == (weeks(letters), ["Alle"])
    page.evaluate("window.stays = true")
    button(page, "Referral").click()
    assert (shown(page), pressed(page)) == (weeks(letters, "referral"), ["Referral"])
    expect(page.locator(".letter-filter").get_by_role("status")).to_have_text("1 brief")
    assert page.url == f"{site.url}archive/#referral"
    button(page, "Alle").click()
    assert shown(page) == weeks(letters)
    expect(page.locator(".letter-filter").get_by_role("status")).to_have_text(f"{len(letters)} brieven")
    assert page.url == f"{site.url}archive/"
    assert page.evaluate("window.stays")


def test_a_certainty_without_letters_says_so_in_a_sentence(page, site, letters):
    page.goto(f"{site.url}archive/")
    status = page.locator(".letter-filter").get_by_role("status")
    expect(button(page, "Rendement 0")).to_have_attribute("aria-pressed", "false")
    button(page, "Rendement 0").click()
    expect(status).to_have_text("Over Rendement is nog geen brief verschenen.")
    assert status.bounding_box()["height"] > 10
    assert shown(page) == []
    button(page, "Alle").click()
    assert shown(page) == weeks(letters)
    assert status.bounding_box()["height"] <= 1, "beside each choice stands how many there are"


def test_the_whole_row_leads_to_its_letter(page, site, letters):
    page.goto(f"{site.url}archive/")
    page.locator(".letter-row").last.click(position={"x": 10, "y": 10})  # on its mark
    page.wait_for_url(f"**/archive/{letters[-1].week}/")


def test_an_address_keeps_the_filter(page, site, letters):
    page.goto(f"{site.url}archive/#reputation")
    expect(page.locator(".letter-filter")).to_be_in_viewport()
    expect(button(page, "Reputatie")).to_have_attribute("aria-pressed", "true")
    assert (shown(page), pressed(page)) == (weeks(letters, "reputation"), ["Reputatie"])
    page.evaluate("location.hash = 'referral'")
    expect(button(page, "Referral")).to_have_attribute("aria-pressed", "true")
    assert shown(page) == weeks(letters, "referral")
    # A link to a heading filters nothing, and takes nothing away.
    page.evaluate("location.hash = 'year-2026'")
    page.wait_for_timeout(100)
    assert shown(page) == weeks(letters, "referral")
    page.goto(f"{site.url}archive/#nobody")
    page.reload()
    assert shown(page) == weeks(letters)


def test_a_certainty_leads_to_its_letters(page, site, letters):
    page.goto(f"{site.url}certainties/reputation/")
    page.click("article a[href$='archive/#reputation']")
    expect(button(page, "Reputatie")).to_have_attribute("aria-pressed", "true")
    assert shown(page) == weeks(letters, "reputation")
    page.go_back()
    page.go_forward()
    expect(button(page, "Reputatie")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".letter-filter").count() == 1


def test_a_year_without_letters_of_a_certainty_is_not_shown(page, site):
    address = f"{site.url}archive/"

    def add_a_year(route):
        body = route.fetch().text()
        older = (
            '<h2 id="1999">1999</h2><ul class="letter-rows"><li class="letter-row" data-certainty="rebound">'
            '<a href="1999-W01/">Old</a></li></ul>'
        )
        route.fulfill(body=body.replace('<svg class="symbols"', f'{older}<svg class="symbols"'))

    page.route(address, add_a_year)
    page.goto(address)
    expect(page.locator("[id='1999']")).to_be_visible()
    button(page, "Referral").click()
    expect(page.locator("[id='1999']")).to_be_hidden()
    button(page, "Terugkeer").click()
    expect(page.locator("[id='1999']")).to_be_visible()
    assert shown(page) == ["1999-W01"]


@pytest.mark.parametrize("scripts", ["off", "lost"])
def test_without_scripts_the_archive_is_one_list(open_browser, site, letters, scripts):
    page = open_browser(java_script_enabled=scripts == "lost")
    page.route("**/site.*.js", lambda route: route.abort())
    page.goto(f"{site.url}archive/#referral")
    assert shown(page) == weeks(letters)
    assert page.locator("article button:not(.signup *):visible").count() == 0
