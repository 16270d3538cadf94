"""Texts to take along from the page of a certainty: copied, printed or as a file; and without scripts."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from markdown import Markdown
from playwright.sync_api import expect

from generator.content.markdown.dialect import CONFIGS, EXTENSIONS
from tests.site.test_paper import on_paper, sheets

pytestmark = pytest.mark.slow

MAIL = """Beste {naam},

Je zei dat <persoon> hier ook mee zit & meer: een regel die zo lang is dat hij op een telefoon niet op één regel past.

  Groet, {jij}
"""
SECTION = f"""## Sjablonen {{ .templates }}

### Mail

Stuur hem na het gesprek.

```text
{MAIL}```

### Kaart

```text
Naam:
```

"""


@pytest.fixture
def page(open_browser, site):
    """The page of a certainty with two texts, as the dialect writes them."""
    parser = Markdown(extensions=list(EXTENSIONS), extension_configs=CONFIGS)

    def add(route):
        body = (site.folder / "certainties/repeating/index.html").read_text(encoding="utf-8")
        before, heading, after = body.partition('<h2 id="meten"')
        assert heading
        heading = heading.replace("<h2", '<h2 class="after-templates"')
        route.fulfill(
            body=before + parser.reset().convert(SECTION) + heading + after, content_type="text/html"
        )

    def open_page(**options):
        page = open_browser(permissions=["clipboard-read", "clipboard-write"], **options)
        page.route("**/certainties/repeating/", add)
        page.goto(f"{site.url}certainties/repeating/", wait_until="networkidle")
        return page

    return open_page


def test_a_text_is_copied_as_it_was_written(page):
    page = page()
    button = page.get_by_role("button", name="Kopiëren Mail")
    button.click()
    expect(page.locator(".z7-note")).to_contain_text("De tekst staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()") == MAIL
    expect(page.get_by_role("button", name="Kopiëren Kaart")).to_have_count(1)
    assert page.locator(".template-tools").count() == 2


def test_a_text_that_cannot_be_copied_is_there_to_select(page):
    page = page()
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false; null"
    )
    page.get_by_role("button", name="Kopiëren Mail").click()
    expect(page.locator(".z7-note")).to_contain_text("Selecteer de tekst en kopieer hem zelf.")


def test_a_text_is_a_file_with_its_name(page):
    page = page()
    with page.expect_download() as download:
        page.get_by_role("button", name="Downloaden Mail").click()
    assert download.value.suggested_filename.startswith("mail-")
    assert download.value.suggested_filename.endswith(".txt")
    assert Path(download.value.path()).read_text(encoding="utf-8") == MAIL


def test_a_text_is_printed_alone_and_the_page_without_it(page):
    page = page()
    assert sheets(page) == 1
    assert on_paper(page, "h2.templates, h3, .highlight, .template-tools") == []
    assert "Stuur hem na het gesprek." not in on_paper(page, "article p")
    assert on_paper(page, "h2#checklist, h2#meten ~ p") != []
    page.emulate_media(media="screen")
    page.evaluate("window.print = () => { window.printed = document.documentElement.className }; null")
    page.get_by_role("button", name="Printen Mail").click()
    assert "printed-alone" in page.evaluate("window.printed")
    assert on_paper(page, "article > *") == ["Mail", MAIL.strip()]
    assert sheets(page) == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert on_paper(page, "h2#checklist") != []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_fit_any_window_and_have_no_barrier(page, width, scheme):
    page = page(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    code = page.locator("h2.templates ~ .highlight pre").first
    assert code.evaluate("one => one.scrollWidth <= one.clientWidth")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []


def test_without_scripts_a_text_is_there_to_read(page):
    page = page(java_script_enabled=False)
    assert page.locator("h2.templates ~ .highlight code").first.text_content() == MAIL
    assert page.locator(".template-tools").count() == 0
