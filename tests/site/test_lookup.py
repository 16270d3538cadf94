"""What is looked up: the studies on “About the numbers”, and the terms of the glossary."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generator.content import load_newsletter
from tests.site.hosting import Site

Open = Callable[..., Page]

NUMBERS = "about-the-numbers/"
KUMAR = "ref-kumar-2013"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_link_to_a_folded_study_opens_it_and_its_name_is_in_sight(
    open_browser: Open, site: Site, width: int, scripts: bool
) -> None:
    page = open_browser(viewport={"width": width, "height": 700}, java_script_enabled=scripts)
    page.goto(f"{site.url}{NUMBERS}#{KUMAR}")
    study = page.locator("tr", has=page.locator(f"#{KUMAR}"))
    assert page.locator(".studies details[open]").count() == 1
    expect(page.locator(f"#{KUMAR}")).to_be_in_viewport()
    expect(study.get_by_role("heading", name="Kumar e.a. (2013)")).to_be_in_viewport()


def test_a_footnote_of_a_certainty_leads_to_its_study(open_browser: Open, site: Site) -> None:
    page = open_browser()
    page.goto(f"{site.url}certainties/referral/")
    page.locator(f".footnote a[href$='#{KUMAR}']").click()
    expect(page.locator(f"#{KUMAR}")).to_be_in_viewport()


@pytest.mark.parametrize("folder", ["", "en/"])
def test_each_study_shows_its_limit_and_folds_the_rest(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser(viewport={"width": 320, "height": 700})
    page.goto(f"{site.url}{folder}{NUMBERS}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    studies = page.locator(".studies tbody tr").all()
    assert len(studies) > 40
    assert page.locator(".studies details[open]").count() == 0
    for study in studies:
        name, cells = study.locator("h4"), study.locator("td").all()
        shown = [cell.inner_text().partition("\n")[0].strip() for cell in cells]
        assert len(shown) == 4
        assert all(shown)
        assert cells[2].locator(".studies__label").is_visible()
        fold = study.locator("summary")
        assert fold.bounding_box()["height"] >= 44
        labels = fold.get_attribute("aria-labelledby").split()
        assert [page.locator(f"#{label}").inner_text() for label in labels] == [
            fold.inner_text(),
            name.inner_text(),
        ]


def test_what_is_folded_says_what_was_found_what_its_authors_make_of_it_and_where(site: Site) -> None:
    studies = {
        study.get("id"): study.getparent()
        for study in site.pages[f"{site.url}{NUMBERS}"].xpath("//table[@class='studies']//details/p[@id]")
    }
    for fact in load_newsletter(site.project).playbook.facts.values():
        if fact.use != "avoid":
            text = studies[fact.id].text_content()
            assert fact.claim["nl"] in text
            assert fact.concludes["nl"] in text
            found = bool(studies[fact.id].xpath(".//a"))
            assert found == (fact.doi is not None or fact.url is not None)
            assert ("Online vindplaats nog niet gevonden." in text) == (not found)


def test_a_table_has_its_heads_where_it_has_columns(open_browser: Open, site: Site) -> None:
    for width, seen in ((1280, True), (360, False)):
        page = open_browser(viewport={"width": width, "height": 700})
        page.goto(f"{site.url}{NUMBERS}")
        assert page.locator(".studies thead").first.is_visible() == seen


def test_on_paper_every_study_stands_open(open_browser: Open, site: Site) -> None:
    page = open_browser()
    page.goto(f"{site.url}{NUMBERS}")
    page.emulate_media(media="print")
    claims = page.locator(".studies details > p[id]").all()
    assert len(claims) > 40
    assert all(claim.bounding_box()["height"] > 10 for claim in claims)
    assert not page.locator(".studies summary").first.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_open_study_has_a_barrier_that_axe_knows(open_browser: Open, site: Site, scheme: str) -> None:
    page = open_browser(color_scheme=scheme, viewport={"width": 360, "height": 700})
    for address in (f"{NUMBERS}#{KUMAR}", "glossary/"):
        page.goto(site.url + address)
        page.locator("html.js").wait_for()
        assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("folder", ["", "en/"])
def test_each_letter_of_the_glossary_leads_to_its_first_term(site: Site, folder: str) -> None:
    page = site.pages[f"{site.url}{folder}glossary/"]
    terms = {term.get("id"): term.text_content().strip() for term in page.iter("dt")}
    assert None not in terms
    (letters,) = page.find_class("letters")
    jumps = {link.text: terms[link.get("href").removeprefix("#")] for link in letters.iter("a")}
    firsts = {title[0]: title for title in reversed(terms.values())}
    assert jumps == firsts
    assert len(jumps) > 10


def test_a_letter_is_as_large_as_a_thumb(open_browser: Open, site: Site) -> None:
    page = open_browser(viewport={"width": 320, "height": 700})
    page.goto(f"{site.url}glossary/")
    for letter in page.locator(".letters a").all():
        box = letter.bounding_box()
        assert min(box["width"], box["height"]) >= 44
    page.get_by_role("link", name="W", exact=True).click()
    expect(page.locator("dt", has_text="Walviscurve")).to_be_in_viewport()
