"""Templates: a text to copy, to print and to take along as a file; and the ways to it and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generator.content import load_newsletter
from tests.languages import NL
from tests.site.hosting import ROOT, Site
from tests.site.test_paper import on_paper, sheets

pytestmark = pytest.mark.slow

MAIL, TABLE = "templates/forward-lines/", "templates/discount-return/"

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def slugs() -> list[str]:
    return [one.slug for one in load_newsletter(ROOT).playbook.templates[NL]]


def written(slug: str) -> str:
    """What stands below the front matter of a template."""
    return (ROOT / f"docs/nl/templates/{slug}.md").read_text(encoding="utf-8").partition("\n---\n")[2]


@pytest.fixture
def open_page(open_browser: Open, site: Site) -> Open:
    def open_page(path: str, **options: object) -> Page:
        page = open_browser(permissions=["clipboard-read", "clipboard-write"], **options)
        page.goto(site.url + path, wait_until="networkidle")
        return page

    return open_page


def test_a_text_is_copied_and_taken_along_as_it_was_written(open_page: Open) -> None:
    page = open_page(MAIL)
    text = written("forward-lines").split("```")[1].removeprefix("text\n")
    page.get_by_role("button", name="Kopiëren").click()
    expect(page.locator(".z7-note")).to_contain_text("De tekst staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()") == text
    with page.expect_download() as download:
        page.get_by_role("button", name="Downloaden").click()
    assert download.value.suggested_filename.startswith("vijf-regels-om-door-te-sturen-")
    assert download.value.suggested_filename.endswith(".txt")
    assert Path(download.value.path()).read_text(encoding="utf-8") == text


def test_a_table_is_copied_with_tabs_between_its_cells(open_page: Open) -> None:
    page = open_page(TABLE)
    rows = [line.strip("| ") for line in written("discount-return").split("\n") if line.startswith("|")]
    page.get_by_role("button", name="Kopiëren").click()
    expect(page.locator(".z7-note")).to_contain_text("De tekst staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()").split("\n") == [
        *(row.replace(" | ", "\t") for row in rows if not row.startswith("---")),
        "",
    ]


def test_a_text_that_cannot_be_copied_is_there_to_select(open_page: Open) -> None:
    page = open_page(MAIL)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false; null"
    )
    page.get_by_role("button", name="Kopiëren").click()
    expect(page.locator(".z7-note")).to_contain_text("Selecteer de tekst en kopieer hem zelf.")


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_template_takes_one_sheet_with_all_that_is_said(
    open_page: Open, site: Site, slugs: list[str], folder: str
) -> None:
    page = open_page(folder + MAIL)
    assert len(on_paper(page, "article .highlight, article h2")) == 2
    assert on_paper(page, ".template-tools, .template-all, .signup") == []
    for slug in slugs:
        page.goto(f"{site.url}{folder}templates/{slug}/", wait_until="networkidle")
        assert sheets(page) == 1, slug


def test_it_is_printed_when_that_is_asked(open_page: Open) -> None:
    page = open_page(MAIL)
    page.evaluate("window.print = () => { window.printed = true }; null")
    page.get_by_role("button", name="Printen").click()
    assert page.evaluate("window.printed")


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("folder", ["", "en/"])
def test_templates_fit_any_window(
    open_page: Open, site: Site, slugs: list[str], width: int, folder: str
) -> None:
    page = open_page(f"{folder}templates/", viewport={"width": width, "height": 800})
    for slug in ("", *(f"{slug}/" for slug in slugs)):
        page.goto(f"{site.url}{folder}templates/{slug}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, slug


@pytest.mark.parametrize("path", ["templates/", MAIL, TABLE, "certainties/referral/"])
@pytest.mark.parametrize("width, scheme", [(360, "light"), (1280, "dark")])
def test_no_barrier_stands_before_a_template(open_page: Open, path: str, width: int, scheme: str) -> None:
    page = open_page(
        path, viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
    )
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_one_goes_from_an_item_to_its_template_and_back(open_page: Open, site: Site, scripts: bool) -> None:
    page = open_page("certainties/referral/", java_script_enabled=scripts)
    page.locator("#ref-3").get_by_role("link", name="Sjabloon: Vijf regels om door te sturen").press("Enter")
    expect(page.locator("h1")).to_contain_text("Vijf regels om door te sturen")
    assert page.locator(".template-tools").count() == scripts
    assert page.locator(".highlight code").is_visible()
    page.locator(".template-for").get_by_role("link").press("Enter")
    expect(page).to_have_url(f"{site.url}certainties/referral/#ref-3")


def test_a_template_is_found_by_searching_and_by_search_engines(open_page: Open, site: Site) -> None:
    assert f"<loc>{site.url}{MAIL}</loc>" in (site.folder / "sitemap.xml").read_text()
    page = open_page("")
    page.locator("[data-search-open]").first.click()
    page.get_by_role("searchbox").fill("doorsturen")
    expect(page.locator(f"dialog a[href*='{MAIL}']").first).to_be_visible()
