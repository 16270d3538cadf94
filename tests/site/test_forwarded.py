"""The page of a letter for whom a reader sent it to: it says whom it is for, and the form tells how they came."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from generator.content import load_newsletter
from tests.languages import EN, LANGUAGES, NL

pytestmark = pytest.mark.slow

SAYS = {NL: "Een collega stuurde je deze brief.", EN: "A colleague sent you this letter."}


@pytest.fixture
def week(site):
    *_, letter = load_newsletter(site.project).archive.editions(NL)
    return letter.week


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scripts", [True, False])
def test_who_got_it_from_a_reader_is_told_whom_it_is_for(open_browser, site, week, language, scripts):
    page = open_browser(java_script_enabled=scripts, viewport={"width": 360, "height": 740})
    page.goto(f"{site.url}{LANGUAGES.prefix(language)}archive/{week}/#forwarded")
    told = page.locator(".forwarded")
    expect(told).to_be_visible()
    expect(told).to_contain_text(SAYS[language])
    expect(page.locator("h1")).to_be_in_viewport()  # the letter begins at its beginning
    expect(page.locator("input[name=from]")).to_have_value("forward" if scripts else "letter")
    if scripts:
        assert (
            Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "best-practice"]}).violations_count == 0
        )
    told.get_by_role("link").click()
    expect(page.locator("#signup-title")).to_be_in_viewport()


@pytest.mark.parametrize("fragment", ["", "#x", "#forwarded=1", "#FORWARDED"])
def test_everybody_else_sees_the_letter_alone(open_browser, site, week, fragment):
    page = open_browser()
    page.goto(f"{site.url}archive/{week}/{fragment}")
    expect(page.locator(".forwarded")).to_be_hidden()
    expect(page.locator("input[name=from]")).to_have_value("letter")


def test_a_letter_is_passed_on_by_that_address_and_other_pages_tell_nothing(open_browser, site, week):
    page = open_browser()
    page.goto(f"{site.url}archive/{week}/")
    link = page.locator(".forward a")
    assert link.get_attribute("data-url") == f"{site.url}archive/{week}/#forwarded"
    assert f"archive%2F{week}%2F%23forwarded" in link.get_attribute("href")
    page.goto(f"{site.url}newsletter/")
    expect(page.locator("form.signup input[name=from]")).to_have_count(0)
