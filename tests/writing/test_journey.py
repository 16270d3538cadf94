"""The editor in a real browser: from nothing to a letter that can go out, and what happens when something breaks."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from generator.words import load_words
from tests.languages import LANGUAGES
from tests.machine import FLAGS, find_chromium
from tests.site.hosting import ROOT
from tests.writing.conftest import THOUGHT, WEEK, letter

COMING = "2026-W49"
"""The week after tests.clocks.NOW, which has no letter yet."""

PICTURE = ROOT / f"tests/sample/newsletter/issues/{WEEK}/two-contacts.png"

SERVE = """
import sys
from pathlib import Path
from generator.writing.server import open_writer
from tests.clocks import NOW, start_at
opened = open_writer(Path(sys.argv[1]), None, int(sys.argv[2]) or None, start_at(NOW))
print(opened.address, flush=True)
opened.server.serve_forever()
"""


@dataclass
class Desk:
    """A run of the server on a project."""

    root: Path
    address: str
    process: subprocess.Popen[str]

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].split("/")[0])

    def read(self, language: str = "nl", week: str = WEEK) -> str:
        return letter(self.root, language, week).read_text()


@contextmanager
def serve(root: Path, port: int = 0) -> Iterator[Desk]:
    command = [sys.executable, "-c", SERVE, str(root), str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Desk(root, process.stdout.readline().strip(), process)
        finally:
            process.kill()


@pytest.fixture
def desk(sample: Path) -> Iterator[Desk]:
    with serve(sample) as desk:
        yield desk


Open = Callable[..., Page]
EXPECTED = ("Failed to load resource", "net::ERR")
"""What the browser says of a call that was refused, or that nobody answered; a test asks for those."""


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page as somebody with a fresh browser. At the end no script has failed and the policy refused nothing."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        address: str, width: int = 1280, context: BrowserContext | None = None, **options: Any
    ) -> Page:
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": 800}, **options)
            contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda asked: None if asked.url.startswith(("http://127", "data:")) else wrong.append(asked.url),
        )
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [found for found in wrong if not found.startswith(EXPECTED)] == []


def text_of(page: Page, language: str = "nl") -> Locator:
    """The text of an editor. Only what is in sight, and some lines around it, is in the page."""
    return page.locator(f".column[data-language={language}] .cm-content")


def start_writing(page: Page) -> None:
    expect(page.locator("body[data-ready]")).to_be_attached()
    expect(page.locator("#verdict:not([data-is])")).to_be_attached()


def put_cursor_after(page: Page, words: str, language: str = "nl") -> None:
    """Find the words as an editor would, and put the cursor behind them."""
    text_of(page, language).focus()
    page.keyboard.press("Control+f")
    field = page.locator(f".column[data-language={language}] .cm-search [name=search]")
    field.press_sequentially(words)
    field.press("Enter")
    field.press("Escape")
    page.keyboard.press("ArrowRight")


def wait_saved(desk: Desk, words: str, language: str = "nl", week: str = WEEK) -> None:
    wait_until(lambda: words in desk.read(language, week))


def wait_until(found: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not found():
        assert time.monotonic() < end
        time.sleep(0.05)


# --- A letter from nothing ---


def test_from_nothing_to_a_letter_that_is_ready_in_both_languages(desk, open_page):
    page = open_page(desk.address)
    expect(page.locator("h1")).to_have_text("Ze hoorden alleen nog de boekhouding")
    page.get_by_role("button", name="Begin deze brief").click()
    expect(page).to_have_url(re.compile(f"/{COMING}/$"))
    start_writing(page)

    page.get_by_label("Titel").first.fill("Wat hoorde je klant na de factuur?")
    page.get_by_label("Titel").last.fill("What did your customer hear after the invoice?")
    facts = {
        "nl": (
            "dringend.",
            ["362 bedrijven", "446"],
            " Van 362 bedrijven dacht 80% dat het goed zat.",
            " Contacten tellen samen.",
        ),
        "en": (
            "firm.",
            ["362 firms", "446"],
            " Of 362 firms, 80% thought that all was well.",
            " Contacts count together.",
        ),
    }
    for language, (place, queries, *sentences) in facts.items():
        put_cursor_after(page, place, language)
        for query, sentence in zip(queries, sentences, strict=True):
            page.keyboard.type(sentence)
            page.get_by_role("button", name="Feit", exact=True).click()
            page.get_by_label("Zoek", exact=True).fill(query)
            expect(page.locator(".found button")).to_have_count(1)
            page.keyboard.press("Enter")
            expect(page.locator("dialog")).to_have_count(0)
            expect(text_of(page, language)).to_be_focused()
    page.locator("#file").set_input_files(PICTURE)
    page.get_by_label("Nederlands: wat is er te zien?").fill("Twee stippen met een lijn ertussen")
    page.get_by_label("Engels: wat is er te zien?").fill("Two dots with a line between them")
    page.get_by_role("button", name="Voeg in").click()

    expect(page.locator("dialog")).to_have_count(0)
    for language, alt in (
        ("nl", "Twee stippen met een lijn ertussen"),
        ("en", "Two dots with a line between them"),
    ):
        wait_saved(desk, f"![{alt}](two-contacts.png)", language, COMING)
        written = desk.read(language, COMING)
        assert "[^rep-bain-2005]" in written
        assert "[^rel-palmatier-2008]" in written
    expect(page.locator("#saved")).to_contain_text("Opgeslagen")
    expect(page.locator("#state")).to_have_text("Klaar")
    page.get_by_role("tab", name="Voorbeeld").click()
    frame = page.frame_locator("#screen iframe:not(.coming)")
    expect(frame.get_by_role("heading", level=1)).to_have_text(
        "What did your customer hear after the invoice?"
    )
    expect(frame.get_by_role("img", name="Two dots with a line between them")).to_have_count(1)
    page.get_by_role("link", name="Teksten").click()
    expect(
        page.locator(".row", has_text="Wat hoorde je klant na de factuur?").locator(".state")
    ).to_have_text("Klaar")


def test_a_new_thought_begins_with_its_title_and_has_its_state(desk, open_page):
    page = open_page(f"{desk.address}texts")
    page.get_by_label("Werktitel").fill("Waarom zwijgt je klant?")
    page.get_by_label("Zekerheid").select_option("rebound")
    page.get_by_role("button", name="Nieuwe gedachte").click()
    expect(page).to_have_url(re.compile("/thoughts/rebound/"))
    start_writing(page)
    expect(page.get_by_label("Titel").first).to_have_value("Waarom zwijgt je klant?")
    expect(page.get_by_role("tab", name="Voorbeeld")).to_have_count(0)


# --- What is inserted ---


def test_a_fact_that_needs_words_with_it_brings_them(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "B2B waren")
    page.keyboard.press("Control+Shift+F")
    page.get_by_label("Zoek", exact=True).fill("84%")
    expect(page.locator(".found__caveat")).to_contain_text("Noem erbij:")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    caveat = "van binnen het eigen bedrijf"
    wait_saved(desk, f"B2B waren ({caveat})[^ref-84-internal]")
    page.keyboard.press("Control+Shift+F")
    page.get_by_label("Zoek", exact=True).fill("84%")
    expect(page.locator(".found__caveat")).to_be_visible()
    page.keyboard.press("Enter")
    wait_saved(desk, f"B2B waren ({caveat})[^ref-84-internal][^ref-84-internal]")


def test_a_thought_names_the_facts_that_are_put_into_it(desk, open_page):
    page = open_page(f"{desk.address}{THOUGHT}/")
    start_writing(page)
    path = desk.root / f"newsletter/{THOUGHT}.nl.md"
    before = path.read_text()
    text_of(page).focus()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="Feit", exact=True).click()
    page.get_by_label("Zoek", exact=True).fill("362")
    expect(page.locator(".found button")).to_have_count(1)
    page.keyboard.press("Enter")
    wait_until(lambda: "[^rep-bain-2005]" in path.read_text())
    assert "rep-bain-2005" not in before
    for language in LANGUAGES:
        other = desk.root / f"newsletter/{THOUGHT}.{language}.md"
        wait_until(lambda other=other: re.search(r"sources: \[.*rep-bain-2005\]", other.read_text()))


def test_one_undo_takes_a_picture_out_of_both_languages_and_it_can_be_removed(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    before = {language: desk.read(language) for language in LANGUAGES}
    put_cursor_after(page, "B2B waren")
    page.locator("#file").set_input_files(PICTURE)
    for language in ("Nederlands", "Engels"):
        page.get_by_label(f"{language}: wat is er te zien?").fill("Twee stippen")
    page.get_by_role("button", name="Voeg in").click()
    for language in LANGUAGES:
        wait_saved(desk, "![Twee stippen](two-contacts-2.png)", language)
    expect(text_of(page)).to_be_focused()
    page.keyboard.press("Control+z")
    for language in LANGUAGES:
        wait_until(lambda language=language: desk.read(language) == before[language])
    page.keyboard.press("Control+y")
    for language in LANGUAGES:
        wait_saved(desk, "![Twee stippen](two-contacts-2.png)", language)
    loose = page.locator(".bar", has_text="two-contacts-2.png")
    expect(loose).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(loose).to_contain_text("in geen tekst gebruikt")
    loose.get_by_role("button", name="Haal weg").click()
    expect(loose).to_have_count(0)
    assert not (desk.root / f"newsletter/issues/{WEEK}/two-contacts-2.png").exists()
    assert list((desk.root / f"var/drafts/{WEEK}").glob("*-two-contacts-2.png"))


def test_a_picture_that_is_refused_is_not_described_first_and_a_large_one_can_be_made_smaller(
    desk, open_page, tmp_path
):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    dialog = page.get_by_role("dialog")
    (tmp_path / "geen.png").write_bytes(b"no picture")
    page.locator("#file").set_input_files(tmp_path / "geen.png")
    expect(dialog).to_contain_text("kan niet in een brief")
    expect(dialog.get_by_role("button")).to_have_text(["Sluit"])
    dialog.get_by_role("button", name="Sluit").click()
    large = tmp_path / "groot.png"
    Image.new("RGB", (1500, 1200)).save(large, compress_level=0)
    assert large.stat().st_size > 5_000_000
    page.locator("#file").set_input_files(large)
    expect(dialog).to_contain_text("hooguit 5 MB")
    dialog.get_by_role("button", name="Maak kleiner").click()
    for language in ("Nederlands", "Engels"):
        page.get_by_label(f"{language}: wat is er te zien?").fill("Niets")
    page.get_by_role("button", name="Voeg in").click()
    wait_saved(desk, "![Niets](groot.png)")
    assert (desk.root / f"newsletter/issues/{WEEK}/groot.png").stat().st_size <= 1_000_000


PASTED = {
    "<p>Gewoon <b>vet</b>, <i>schuin </i>en <b><i>beide</i></b>.</p><p>Nog een.</p>": (
        "Gewoon **vet**, *schuin* en ***beide***.\n\nNog een."
    ),
    '<b style="font-weight:normal" id="docs-internal-guid-1"><p><span style="font-weight:700">Kop</span>'
    '<span style="font-style:italic"> en </span><a href="https://example.org/a(b)">een <b>link</b></a></p></b>': (
        "**Kop** *en* [een **link**](https://example.org/a%28b%29)"
    ),
    "<h1>Groot</h1><h4>Klein</h4><ul><li>een</li><li>twee<ul><li>diep</li></ul></li></ul><ol><li>a</li></ol>": (
        "### Groot\n\n#### Klein\n\n- een\n- twee\n    - diep\n1. a"
    ),
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;"
    "</span></span>eerste<o:p></o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>"
    "<span style='mso-list:Ignore'>·</span>tweede</p>": "- eerste\n- tweede",
    "<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>een</p>": (
        "1. een"
    ),
    "<table><tr><td><h2>Mailchimp</h2><p>Tekst<br>verder</p></td></tr></table><img src=x alt=y>": (
        "### Mailchimp\n\nTekst  \nverder"
    ),
    "<table><tr><th>A</th><th>B</th></tr><tr><td>1 | 2</td><td><b>3</b></td></tr></table>": (
        "| A | B |\n| --- | --- |\n| 1 \\| 2 | **3** |"
    ),
    "<blockquote><p>een</p><p>twee</p></blockquote>": "> een\n> \n> twee",
    "<script>alert(1)</script><style>p{}</style><p onclick=alert(1)>2 * 3 &lt;b&gt; snake_case _x_ [y]</p>": (
        "2 \\* 3 &lt;b> snake_case \\_x\\_ \\[y\\]"
    ),
    '<p><a href="javascript:alert(1)">klik</a> <a href="/x">hier</a></p><p># geen kop</p><p>1. geen lijst</p>': (
        "klik hier\n\n\\# geen kop\n\n1\\. geen lijst"
    ),
    "<div style='white-space: pre;'>**bron**</div>": "",
    "<img src=x>": "",
}


def test_what_is_pasted_from_word_or_a_mail_becomes_markdown(shown, open_page):
    page = open_page(f"{shown.address}{WEEK}/")
    start_writing(page)
    read = """async ([address, html]) => {
        const { readPasted } = await import(address);
        const transfer = new DataTransfer();
        transfer.setData("text/html", html);
        return readPasted(transfer);
    }"""
    address = page.locator("script[src]").get_attribute("src").replace("write.js", "pasting.js")
    for html, expected in PASTED.items():
        assert page.evaluate(read, [address, html]) == expected, html


def test_a_paste_with_a_form_is_one_step_of_undo(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    before = desk.read()
    put_cursor_after(page, "B2B waren")
    page.evaluate(
        """(html) => {
            const { shadowRoot } = document.querySelector(".column[data-language=nl] .editor");
            const editor = shadowRoot.querySelector(".cm-content");
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/html", html);
            clipboardData.setData("text/plain", " en vet");
            const options = { clipboardData, bubbles: true, cancelable: true, composed: true };
            editor.dispatchEvent(new ClipboardEvent("paste", options));
        }""",
        "<p> en <b>vet</b></p>",
    )
    wait_saved(desk, "B2B waren en **vet**")
    page.keyboard.press("Control+z")
    wait_until(lambda: desk.read() == before)


def test_a_link_is_put_around_the_words_that_are_selected(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "B2B waren")
    for _ in "waren":
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Control+k")
    page.get_by_label("Zoek", exact=True).fill("https://example.org/")
    page.keyboard.press("Enter")
    wait_saved(desk, "B2B [waren](https://example.org/)")


PASTE = """(name) => {
    const editor = document.querySelector(".column[data-language=nl] .editor").shadowRoot.querySelector(".cm-content");
    const bytes = Uint8Array.from(atob(name), (one) => one.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "Mijn foto.png", { type: "image/png" }));
    const options = { clipboardData, bubbles: true, cancelable: true, composed: true };
    editor.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def test_a_picture_is_pasted_into_both_languages_after_as_many_paragraphs(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "B2B waren")
    page.evaluate(PASTE, b64encode(PICTURE.read_bytes()).decode())
    page.get_by_role("button", name="Voeg in").click()
    expect(page.get_by_role("dialog")).to_be_visible()  # without its words it is not taken
    page.get_by_label("Nederlands: wat is er te zien?").fill("Twee stippen")
    page.get_by_label("Engels: wat is er te zien?").fill("Two dots")
    page.get_by_role("button", name="Voeg in").click()
    for language, alt, first in (("nl", "Twee stippen", "Stel dat"), ("en", "Two dots", "Suppose")):
        wait_saved(desk, f"![{alt}](mijn-foto.png)", language)
        paragraphs = desk.read(language).split("\n\n")
        at = paragraphs.index(f"![{alt}](mijn-foto.png)")
        assert paragraphs[at - 1].startswith(first)
    assert (desk.root / f"newsletter/issues/{WEEK}/mijn-foto.png").is_file()


# --- Fields ---


def test_another_thought_is_put_into_the_text_when_that_is_asked_for(desk, open_page):
    page = open_page(f"{desk.address}start")
    page.get_by_role("button", name="Begin deze brief").click()
    start_writing(page)
    before = desk.read("en", COMING)
    page.get_by_label("Zekerheid").select_option("referral")
    thought = page.get_by_label("Gedachte", exact=True)
    thought.select_option("would-you-introduce-yourself")
    wait_saved(desk, "thought: would-you-introduce-yourself", "en", COMING)
    expect(page.locator(".offer")).to_contain_text("Alleen dit veld is veranderd")
    page.get_by_role("button", name="Zet deze gedachte in de tekst").click()
    page.get_by_role("button", name="Zet in de tekst", exact=True).click()
    expect(page.get_by_label("Titel").first).to_have_value("Zou je jezelf introduceren?")
    expect(page.locator(".offer")).not_to_contain_text("Alleen dit veld is veranderd")
    written = desk.read("en", COMING)
    assert "certainty: referral\n" in written
    assert "best friend" in written
    versions = [one.read_text() for one in (desk.root / f"var/drafts/{COMING}").iterdir()]
    assert any("They only heard from accounts" in one for one in versions)
    page.get_by_role("button", name="Ongedaan maken").click()
    wait_until(lambda: desk.read("en", COMING) == before)
    expect(thought).to_have_value("last-heard-through-an-invoice")


def test_months_are_ticked_and_sources_are_found_and_removed(desk, open_page):
    page = open_page(f"{desk.address}{THOUGHT}/")
    start_writing(page)
    path = desk.root / f"newsletter/{THOUGHT}.en.md"
    for month in ("december", "maart"):
        page.get_by_label(month).check()
    wait_until(lambda: "season: [march, december]\n" in path.read_text())
    chips = page.locator(".field--sources .chip")
    names = [one.inner_text() for one in chips.all()]
    page.get_by_role("button", name="Bron toevoegen").click()
    page.get_by_label("Zoek", exact=True).fill("362")
    page.keyboard.press("Enter")
    wait_until(lambda: re.search(r"sources: \[.*rep-bain-2005\]", path.read_text()))
    expect(chips).to_have_count(len(names) + 1)
    chips.last.get_by_role("button").focus()
    page.keyboard.press("Enter")
    wait_until(lambda: "rep-bain-2005" not in path.read_text())
    expect(chips.last.get_by_role("button")).to_be_focused()


def test_files_that_disagree_on_what_they_share_are_shown_and_agreed_on(sample, open_page):
    path = letter(sample, "en")
    old = "actions: [ref-1, ref-2, ref-3]"
    path.write_text(path.read_text().replace(old, "actions: [ref-1, ref-2]"))
    with serve(sample) as desk:
        page = open_page(f"{desk.address}{WEEK}/")
        start_writing(page)
        bar = page.locator("#bar-apart-actions")
        expect(bar).to_contain_text("staat niet in elke taal hetzelfde")
        expect(page.locator("#bar-out")).to_be_visible()  # though it cannot be read as a letter
        bar.get_by_role("button", name="Nederlands: Vijf klanten").click()
        wait_saved(desk, old, "en")
        expect(bar).to_have_count(0)
        assert old in desk.read()


def test_a_letter_that_is_out_says_what_a_change_does(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    bar = page.locator("#bar-out")
    expect(bar).to_contain_text("niet in de mails die al zijn verstuurd")
    expect(page.get_by_role("button", name="Verwijder deze brief")).to_have_count(0)
    bar.get_by_role("button").click()
    for language in LANGUAGES:
        wait_until(lambda language=language: re.search(r"^updated: 20.*T", desk.read(language), re.MULTILINE))


def test_a_field_keeps_its_place_while_its_remark_goes(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    title = page.get_by_label("Titel").first
    title.fill("Een titel!")
    expect(page.locator(".field--title .field__remark").first).to_be_visible()
    below = page.get_by_label("Onderwerp van de mail").first
    place = below.bounding_box()
    page.keyboard.press("Backspace")
    expect(page.locator(".field--title .field__remark")).to_have_count(0)
    assert below.bounding_box() == place


def test_a_text_that_nobody_else_has_is_deleted_and_kept_as_a_version(desk, open_page):
    page = open_page(f"{desk.address}start")
    page.get_by_role("button", name="Begin deze brief").click()
    start_writing(page)
    page.get_by_role("button", name="Verwijder deze brief").click()
    page.get_by_role("button", name="Verwijder", exact=True).click()
    expect(page).to_have_url(re.compile("/texts$"))
    assert not (desk.root / f"newsletter/issues/{COMING}").exists()
    versions = [one.read_text() for one in (desk.root / f"var/drafts/{COMING}").iterdir()]
    assert any("They only heard from accounts" in one for one in versions)


def test_the_preview_is_shown_first_when_there_are_no_remarks(desk, open_page):
    page = open_page(f"{desk.address}start")
    page.get_by_role("button", name="Begin deze brief").click()
    start_writing(page)
    remarks = page.locator("#count").inner_text()
    chosen = page.get_by_role("tab", name="Opmerkingen" if remarks else "Voorbeeld")
    expect(chosen).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Voorbeeld").click()
    page.locator("#reading-languages").get_by_label("Engels").check()
    frame = page.frame_locator("#screen iframe:not(.coming)")
    expect(frame.get_by_role("heading", level=1)).to_have_text("They only heard from accounts")


def test_what_both_languages_share_is_saved_in_both(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    page.locator(".field--actions summary").click()
    page.get_by_role("checkbox", name="Eén van hen om een introductie").uncheck()
    for language in LANGUAGES:
        wait_until(lambda language=language: "actions: [ref-1, ref-3]" in desk.read(language))
    page.get_by_label("Onderwerp van de mail").first.fill("Een ander onderwerp")
    wait_saved(desk, "subject: Een ander onderwerp")
    assert "Een ander onderwerp" not in desk.read("en")
    expect(page.locator(".field--summary .field__cut").first).to_contain_text("Een ander onderwerp")


def test_another_action_brings_its_line_and_takes_the_old_one_away(desk, open_page):
    path = letter(desk.root)
    path.write_text(path.read_text().replace("De aanbeveler een", "Zelf geschreven: een"))
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    page.locator(".field--actions summary").click()
    asked = page.get_by_role("checkbox", name="Eén van hen om een introductie")
    asked.uncheck()
    for language in LANGUAGES:
        wait_until(lambda language=language: "{ #ref-2 }" not in desk.read(language))
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(asked).to_be_checked()
    for language in LANGUAGES:
        wait_until(lambda language=language: "{ #ref-2 }" in desk.read(language))
    page.get_by_role("checkbox", name="De aanbeveler een").uncheck()
    wait_until(lambda: "{ #ref-3 }" not in desk.read("en"))
    assert "Zelf geschreven: een" in desk.read(), "a line that was changed by hand stays"
    for name in ("Vijf klanten genoteerd", "Eén van hen om"):
        page.get_by_role("checkbox", name=name).uncheck()
    wait_until(lambda: "{ #ref" not in desk.read("en"))
    page.get_by_role("checkbox", name="Eén van hen om").check()
    line = "- [ ] Asked one of them for an introduction to one named person. { #ref-2 }"
    wait_until(lambda: f"Begin with the first point.\n\n{line}\n\n*[B2B]" in desk.read("en"))


def test_undo_acts_on_the_field_that_has_the_cursor_and_on_nothing_else(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    title = page.get_by_label("Titel").first
    before = title.input_value()
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Dit blijft.")
    wait_saved(desk, "Dit blijft.")
    title.click()
    for name in ("Vet", "Cursief", "Ongedaan maken", "Opnieuw"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    page.keyboard.press("End")
    page.keyboard.type(" en meer")
    wait_saved(desk, f"{before} en meer")
    page.locator("#tool-undo").click(force=True)
    expect(title).to_be_focused()
    page.keyboard.press("Control+z")
    expect(title).to_have_value(before)
    for _ in range(3):  # nothing is left to undo there
        page.keyboard.press("Control+z")
    expect(title).to_have_value(before)
    expect(text_of(page)).to_contain_text("Dit blijft.")
    page.keyboard.press("Control+Shift+z")
    expect(title).to_have_value(f"{before} en meer")
    page.keyboard.press("Control+z")
    wait_until(lambda: f"{before} en meer" not in desk.read())
    page.get_by_role("link", name="Teksten").focus()
    expect(page.get_by_role("button", name="Ongedaan maken")).to_be_disabled()
    text_of(page).focus()
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(text_of(page)).not_to_contain_text("Dit blijft.")
    wait_until(lambda: "Dit blijft." not in desk.read())
    expect(title).to_have_value(before)


# --- Remarks ---


def test_a_remark_appears_at_its_words_and_its_cure_applies(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Dat is een intensieef gesprek, TK.")
    mark = text_of(page).locator(".remark", has_text="intensieef")
    expect(mark).to_have_count(1)
    expect(text_of(page).locator(".remark--error", has_text="TK").last).to_be_visible()
    mark.hover()
    tip = page.locator(".cm-tooltip", has_text="intensieef")
    expect(tip).to_be_visible()
    page.mouse.move(0, 0)
    row = page.locator(".remark[data-key]", has_text="“intensieef”")
    row.get_by_role("button", name="intensief", exact=True).click()
    expect(text_of(page)).to_contain_text("Dat is een intensief gesprek")
    expect(mark).to_have_count(0)
    wait_saved(desk, "Dat is een intensief gesprek, TK.")


def test_remarks_are_walked_with_the_keyboard(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Wat een gesprekk.")
    remark = page.locator(".remark[data-key]", has_text="gesprekk")
    expect(remark.get_by_role("button", name="gesprek", exact=True)).to_be_visible()
    page.get_by_label("Titel").first.focus()
    while remark.get_attribute("aria-current") != "true":
        page.keyboard.press("F8")
    expect(text_of(page)).to_be_focused()
    expect(page.locator(".cm-tooltip")).to_contain_text("gesprekk")
    page.keyboard.press("Control+.")
    wait_until(lambda: "gesprekk" not in desk.read())


def test_a_new_thought_opens_with_what_is_still_to_do(desk, open_page):
    page = open_page(f"{desk.address}texts")
    page.get_by_label("Werktitel").fill("Wie belt jou dan eigenlijk")
    page.get_by_role("button", name="Nieuwe gedachte").click()
    start_writing(page)
    expect(page.locator("#verdict")).to_have_text("8 nog te doen")
    expect(page.locator(".remark, .field__remark")).to_have_count(0)
    page.locator(".todo").nth(1).get_by_role("button", name="Samenvatting").click()
    page.keyboard.type("Je klant belt iemand, en dat ben jij niet.")
    expect(page.locator("#verdict")).to_contain_text("7 nog te doen")


def test_a_word_is_added_and_a_remark_waived_and_both_come_back(desk, open_page):
    words = desk.root / "newsletter/words.nl.txt"
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Een gesprekk, en dan dit!")
    remark = page.locator(".remark[data-key]", has_text="gesprekk")
    remark.get_by_role("button", name="Woord toevoegen").click()
    expect(remark).to_have_count(0)
    assert words.read_text() == "gesprekk\n"
    top = page.locator(".tools").bounding_box()
    said = page.locator("#toast").bounding_box()
    assert top
    assert said
    assert said["y"] + said["height"] <= top["y"] + top["height"]
    page.locator("#toast").get_by_role("button", name="Ongedaan maken").click()
    expect(remark).to_have_count(1)
    assert not words.exists()
    remark.locator(".remark__go").click()  # the same can be done at the words
    at_words = page.locator("[role=tooltip]")
    expect(at_words.get_by_role("button", name="Woord toevoegen")).to_be_visible()
    expect(at_words.get_by_role("button", name="Toch zo laten")).to_be_visible()

    loud = page.locator(".remark[data-key]", has_text="uitroepteken")
    loud.get_by_role("button", name="Toch zo laten").click()
    page.get_by_label("Reden").fill("Het is een citaat: echt waar")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_have_count(0)
    wait_saved(desk, 'exclamation: "Het is een citaat: echt waar"')
    waived = page.locator(".waived", has=loud)
    expect(waived).to_have_count(1)
    waived.locator("summary").click()
    loud.get_by_role("button", name="Meld dit weer").click()
    expect(waived).to_have_count(0)
    assert "exclamation" not in desk.read()


# --- What changes elsewhere ---


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_a_file_that_changed_elsewhere_is_never_written_over(desk, open_page, choice):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    page.route("**/save", lambda route: route.abort())
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Hier getypt.")
    expect(page.locator("#saved")).to_have_text("Niet opgeslagen")
    path = letter(desk.root)
    path.write_text(path.read_text().replace("De volgorde:", "Elders getypt. De volgorde:"))
    page.unroute("**/save")
    expect(page.locator("#notice-conflict")).to_be_visible()
    page.keyboard.type(" En verder.")  # no window took the keys
    expect(text_of(page)).to_contain_text("Hier getypt. En verder.")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Vergelijk").click()
    dialog = page.get_by_role("dialog", name="Nederlands is elders gewijzigd")
    expect(dialog.locator("ins", has_text="Hier")).to_be_visible()
    expect(dialog.locator("del", has_text="Elders")).to_be_visible()
    assert "Hier getypt." not in desk.read()
    names = {"mine": "Houd de tekst van hier", "theirs": "Neem die uit het bestand"}
    dialog.get_by_role("button", name=names[choice]).click()
    kept, left = (
        ("Hier getypt.", "Elders getypt.") if choice == "mine" else ("Elders getypt.", "Hier getypt.")
    )
    expect(text_of(page)).to_contain_text(kept)
    wait_saved(desk, kept)
    assert left not in desk.read()
    page.get_by_role("button", name="Versies").click()
    expect(page.locator(".versions .found button").first).to_be_visible()
    versions = [one.read_text() for one in (desk.root / f"var/drafts/{WEEK}").iterdir()]
    assert any(left in one for one in versions), "what was not chosen is a version"


def test_what_another_program_writes_is_shown_and_can_be_undone(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    path = letter(desk.root)
    path.write_text(path.read_text().replace("Stel dat je", "Elders getypt. Stel dat je"))
    expect(text_of(page)).to_contain_text("Elders getypt.")
    expect(page.get_by_text("Nederlands is elders gewijzigd en hier bijgewerkt.")).to_be_visible()
    text_of(page).focus()
    page.keyboard.press("Control+z")
    expect(text_of(page)).not_to_contain_text("Elders getypt.")


def test_a_second_tab_is_noticed_in_both(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    other = open_page(f"{desk.address}{WEEK}/", context=page.context)
    for one in (page, other):
        expect(one.locator("#notice-tabs")).to_contain_text("ander tabblad")
    other.goto(f"{desk.address}texts")
    expect(page.locator("#notice-tabs")).to_have_count(0)


def test_an_earlier_version_comes_back(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Weg ermee.")
    wait_saved(desk, "Weg ermee.")
    page.get_by_role("button", name="Versies").click()
    expect(page.locator(".versions ins").first).to_contain_text("Weg")
    page.get_by_role("button", name="Zet deze terug").click()
    expect(text_of(page)).not_to_contain_text("Weg ermee.")
    wait_until(lambda: "Weg ermee." not in desk.read())
    expect(page.locator("#toast")).to_contain_text("is terug. Ongedaan maken haalt")
    assert any("Weg ermee." in one.read_text() for one in (desk.root / f"var/drafts/{WEEK}").iterdir())
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(text_of(page)).to_contain_text("Weg ermee.")
    wait_saved(desk, "Weg ermee.")


# --- Nothing is lost ---


def test_a_reload_keeps_undo(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    before = desk.read()
    put_cursor_after(page, "Begin bij het eerste punt.")
    page.keyboard.type(" Dit gaat weer weg.")
    wait_saved(desk, "Dit gaat weer weg.")
    page.reload()
    start_writing(page)
    expect(text_of(page)).to_contain_text("Dit gaat weer weg.")
    text_of(page).focus()
    page.keyboard.press("Control+z")
    wait_until(lambda: desk.read() == before)


def test_what_is_typed_while_the_server_is_gone_is_there_in_its_next_run(sample, open_page):
    with serve(sample) as desk:
        page = open_page(f"{desk.address}{WEEK}/")
        start_writing(page)
        os.kill(desk.process.pid, signal.SIGKILL)
        desk.process.wait()
        put_cursor_after(page, "B2B waren")
        page.keyboard.type(" zonder server getypt")
        expect(page.locator("#notice-failure")).to_contain_text("Het programma is gestopt")
        assert "zonder server getypt" not in desk.read()
    with serve(sample, desk.port) as again:
        other = open_page(f"{again.address}{WEEK}/", context=page.context)
        start_writing(other)
        expect(text_of(other)).to_contain_text("zonder server getypt")
        wait_saved(again, "zonder server getypt")


def test_a_browser_that_is_killed_loses_only_what_was_typed_last(desk, tmp_path, browser):
    """Who types without a pause is saved all the same, several times a second, and what was saved stays whole."""
    program = find_chromium()
    assert program
    options = ["--no-sandbox", "--remote-debugging-port=0", f"--user-data-dir={tmp_path / 'profile'}"]
    with subprocess.Popen(
        [program, *FLAGS, *options, "about:blank"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        address = next(found[1] for line in process.stderr if (found := re.search(r"(ws://\S+)", line)))
        page = browser.browser_type.connect_over_cdp(address).contexts[0].new_page()
        page.goto(f"{desk.address}{WEEK}/")
        start_writing(page)
        put_cursor_after(page, "Begin bij het eerste punt.")
        saved: list[int] = []

        def type_on(number: int) -> bool:
            page.keyboard.type(f" woord{number}.")
            if (found := count_words(desk)) > (saved[-1] if saved else 0):
                saved.append(found)
            return len(saved) == SAVES

        numbers = itertools.count()
        wait_until(lambda: type_on(next(numbers)))
        os.kill(process.pid, signal.SIGKILL)
    assert count_words(desk) >= saved[-1]


SAVES = 5
"""While somebody types on."""


def count_words(desk: Desk) -> int:
    """How many of the words that were typed are in the file; none is missing between them."""
    found = [int(one) for one in re.findall(r"woord(\d+)\.", desk.read())]
    assert found == [*range(len(found))]
    return len(found)


# --- Each page, for everybody ---

PLACES = {"letter": f"{WEEK}/", "start": "start", "texts": "texts", "plan": "plan", "problems": "problems"}


def show_inbox(page: Page) -> None:
    if (side := page.get_by_role("button", name="Nakijken")).is_visible():
        side.click()
    page.get_by_role("tab", name="Voorbeeld").click()
    page.get_by_label("Inbox").check(force=True)


def show_actions(page: Page) -> None:
    if not page.locator(".field--actions").is_visible():
        page.locator("#shared-says").click()
    page.locator(".field--actions summary").click()


def show_thought(page: Page) -> None:
    page.goto(page.url.replace(f"{WEEK}/", f"{THOUGHT}/"))
    start_writing(page)
    show_actions(page)
    expect(page.locator(".chip").first).to_be_visible()


STATES: dict[str, Callable[[Page], None]] = {
    "fields": show_actions,
    "fields of a thought": show_thought,
    "fact": lambda page: page.locator("#tool-fact").click(),
    "hand": lambda page: page.locator("#tool-hand").click(),
    "proof": lambda page: page.locator("#tool-proof").click(),
    "versions": lambda page: page.locator("#tool-versions").click(),
    "find": lambda page: page.locator("#tool-find").click(),
    "remark": lambda page: page.keyboard.press("F8"),
    "inbox": show_inbox,
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A project that no test changes, under git and with slips in its newest letter, which were not handed in."""
    root = shutil.copytree(ROOT / "tests/sample", tmp_path_factory.mktemp("shown") / "sample")
    shutil.copytree(ROOT / "templates", root / "templates", dirs_exist_ok=True)
    who = ("-c", "user.name=Editor", "-c", "user.email=editor@example.org")
    for arguments in (
        ["init", "--quiet"],
        ["remote", "add", "origin", "https://example.org/letters.git"],
        ["add", "newsletter"],
        [*who, "commit", "--quiet", "--message=Begin"],
    ):
        subprocess.run(["git", *arguments], cwd=root, check=True)
    path = letter(root)
    path.write_text(path.read_text().replace("Begin bij", "Wat een brief! TK. Begin bij"))
    with serve(root) as desk:
        yield desk


SLOW = pytest.mark.slow
SIZES = [
    (360, "dark"),
    pytest.param(768, "light", marks=SLOW),
    (1280, "light"),
]


def examine(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width, scheme", SIZES)
@pytest.mark.parametrize("place", PLACES)
def test_each_page_fits_and_axe_finds_nothing(shown, open_page, place, width, scheme):
    page = open_page(f"{shown.address}{PLACES[place]}", width, color_scheme=scheme)
    if place == "letter":
        start_writing(page)
    examine(page, width)


@pytest.mark.parametrize("width, scheme", SIZES)
@pytest.mark.parametrize("state", [*STATES])
def test_each_state_of_the_page_fits_and_axe_finds_nothing(shown, open_page, state, width, scheme):
    page = open_page(f"{shown.address}{WEEK}/", width, color_scheme=scheme)
    start_writing(page)
    STATES[state](page)
    page.wait_for_load_state("networkidle")
    examine(page, width)


def test_the_interface_is_in_both_languages_and_remembers_which(shown, open_page):
    page = open_page(f"{shown.address}texts")
    expect(page.locator("h1")).to_have_text("Teksten")
    page.get_by_role("link", name="English").click()
    expect(page.locator("h1")).to_have_text("Texts")
    page.get_by_role("link", name="Planning").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_on_a_telephone_one_language_is_shown_at_a_time(shown, open_page):
    page = open_page(f"{shown.address}{WEEK}/", 360)
    start_writing(page)
    expect(text_of(page, "nl")).to_be_visible()
    expect(text_of(page, "en")).not_to_be_visible()
    page.get_by_role("button", name="Engels").click()
    expect(text_of(page, "nl")).not_to_be_visible()
    expect(text_of(page, "en")).to_be_visible()
    side = page.get_by_role("button", name="Nakijken")
    expect(side.locator(".count")).to_have_text(page.locator("#count").inner_text())
    sizes = [one.bounding_box() for one in page.locator(".tools button").all() if one.is_visible()]
    assert all(size and size["height"] >= 44 and size["width"] >= 44 for size in sizes), sizes
    side.click()
    expect(page.locator("#verdict")).to_be_visible()


def test_the_letter_follows_the_cursor(shown, open_page):
    page = open_page(f"{shown.address}{WEEK}/")
    start_writing(page)
    page.get_by_role("tab", name="Voorbeeld").click()
    expect(page.locator("#screen iframe:not(.coming)")).to_have_count(1)
    put_cursor_after(page, "Begin bij het eerste punt.")
    letter_in_sight = page.frame_locator("#screen iframe:not(.coming)").locator("html")
    wait_until(lambda: letter_in_sight.evaluate("scrollY") > 0)


def test_the_preview_opens_with_the_newest_save_of_the_language_edited_last(desk, open_page):
    page = open_page(f"{desk.address}{WEEK}/")
    start_writing(page)
    page.get_by_role("tab", name="Voorbeeld").click()
    frame = page.frame_locator("#screen iframe:not(.coming)")
    expect(frame.get_by_text("Begin bij het eerste punt.")).to_have_count(1)
    page.get_by_role("tab", name="Opmerkingen").click()
    put_cursor_after(page, "Begin with the first point.", "en")
    page.keyboard.type(" Then go on.")
    wait_saved(desk, "Then go on.", "en")
    page.get_by_role("tab", name="Voorbeeld").click()
    expect(frame.get_by_text("Then go on.")).to_have_count(1)


def test_who_hands_in_a_text_with_errors_is_told_first(shown, open_page):
    page = open_page(f"{shown.address}{WEEK}/")
    start_writing(page)
    expect(page.locator("#count")).not_to_have_text("")
    page.locator("#tool-hand").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Deze tekst is nog niet klaar")
    chosen = dialog.get_by_role("checkbox", name="Brief 2026-W47, Nederlands")
    expect(chosen).to_be_checked()
    chosen.uncheck()
    expect(dialog.get_by_role("button", name="Lever in")).to_be_disabled()


def test_an_old_address_says_in_each_language_what_to_open(shown, open_page):
    page = open_page(shown.address.replace("/write/", "/write/0"))
    expect(page.locator("h1")).to_have_text("Dit adres is niet meer geldig")
    expect(page.locator("[lang=en]").last).to_contain_text("make write")
    assert Axe().run(page).violations_count == 0


# --- Words ---


def test_every_text_that_the_scripts_say_is_there():
    """And no text of the interface is left that nothing says."""
    folder = ROOT / "templates/write"
    scripts, pages = (
        "\n".join(path.read_text() for path in folder.glob(kind) if path.name != "codemirror.js")
        for kind in ("*.js", "*.html")
    )
    code = scripts + pages
    said = {*re.findall(r'say\("(\w+)"', scripts), *re.findall(r"words\.(\w+)", pages)}
    words = load_words(ROOT)["nl"]["write"]
    assert said <= words.keys() | {"format"}
    own = {
        key
        for key in words
        if f'\n{key} = "' in (ROOT / "templates/words/nl.toml").read_text().partition("[write]")[2]
    }
    families = tuple(set(re.findall(r"say\(`(\w+_)\$", code)) | set(re.findall(r'words\["(\w+_)" ~', code)))
    left = {
        key for key in own if key not in code and not key.startswith(families) and not key.endswith("_one")
    }
    assert left - load_words(ROOT)["nl"]["write.refused"].keys() == set()
