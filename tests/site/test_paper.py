"""The site on paper: printed to PDF by a real browser, and its pages counted."""

import functools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.site.assessing import CERTAINTIES, answers, open_assessment
from tests.site.hosting import Host, Site
from tests.site.keeping import done, keep, note, state, unfit

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

POINT = 96 / 72  # a point of paper, in pixels of a style sheet

Open = Callable[..., Page]


def sheets(page: Page) -> int:
    """How many sheets of A4 it takes, on the paper that the style sheet asks for."""
    page.evaluate("document.fonts.ready")
    pdf = page.pdf(prefer_css_page_size=True)
    sizes = {tuple(map(float, box)) for box in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)}
    assert [(round(width), round(height)) for width, height in sizes] == [(595, 842)]
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def on_paper(page: Page, selector: str) -> list[str]:
    """What of it would be printed."""
    page.emulate_media(media="print")
    return page.eval_on_selector_all(
        selector, "all => all.filter(one => one.checkVisibility()).map(one => one.textContent.trim())"
    )


@contextmanager
def another_address(site: Site) -> Iterator[str]:
    """The same files at another address than the settings name, as a preview or a mirror has them."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(site.folder.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/playbook/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_certainty_takes_one_sheet(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser()
    for certainty in CERTAINTIES:
        page.goto(f"{site.url}{folder}certainties/{certainty}/", wait_until="networkidle")
        assert sheets(page) == 1, certainty


@pytest.mark.parametrize("scripts", [True, False])
def test_everything_of_a_certainty_is_on_its_sheet_in_a_size_to_read(
    open_browser: Open, site: Site, scripts: bool
) -> None:
    page = open_browser(java_script_enabled=scripts)
    page.goto(f"{site.url}certainties/referral/", wait_until="networkidle")
    assert sheets(page) == 1
    headings = [text.rstrip("¶") for text in on_paper(page, "article h2")]
    assert headings == [
        "Waarom", "Strategie", "Uitvoering", "Checklist", "Meten", "Voor wie leidt", "Valkuilen", "Bronnen"
    ]  # fmt: skip
    sizes = page.eval_on_selector_all(
        "article :is(p, li)",
        """all => all.filter(one => one.checkVisibility() && one.textContent.trim())
          .map(one => [Boolean(one.closest(".footnote")), parseFloat(getComputedStyle(one).fontSize)])""",
    )
    assert len(sizes) > 30
    assert all(size >= (7 if note else 8.5) * POINT - 0.01 for note, size in sizes)


def test_what_is_only_for_a_screen_is_not_printed(open_browser: Open, site: Site) -> None:
    page = open_browser()
    page.goto(f"{site.url}certainties/referral/", wait_until="networkidle")
    assert page.locator(".item__more").count() == 6
    assert page.locator(".strip--live").is_visible()
    assert page.locator(".latest").is_visible()
    assert (
        on_paper(
            page,
            "nav ul, button, .progress, .strip, .strip-progress, .item__facts, .item__panel, .headerlink, "
            ".footnote-backref, .top__row > :not(.wordmark), .menu, "
            ".contents, .latest ~ *, .signup *",
        )
        == []
    )
    assert on_paper(page, ".wordmark") == ["De 7 zekerheden"]
    assert on_paper(page, ".foot__address") == [f"{site.url}certainties/referral/"]


@pytest.mark.parametrize("scripts", [True, False])
def test_an_address_is_printed_where_a_link_leads_elsewhere(
    open_browser: Open, site: Site, scripts: bool
) -> None:
    page = open_browser(java_script_enabled=scripts)
    with another_address(site) as url:
        page.goto(f"{url}certainties/referral/", wait_until="networkidle")
        page.emulate_media(media="print")
    added = page.eval_on_selector_all(
        "article a:not(.latest ~ * a)",
        """all => all.filter(one => one.checkVisibility()).map(one =>
          [one.href, Boolean(one.closest(".footnote")), getComputedStyle(one).fontSize,
           getComputedStyle(one, "::after").content.replaceAll('"', "")])""",
    )
    own = [(size, after) for href, _, size, after in added if href.startswith((url, site.url))]
    other = [one for one in added if not one[0].startswith((url, site.url))]
    assert len(own) > 5
    assert all(after == "none" and size != "0px" for size, after in own)
    assert [after for _, note, _, after in other if not note] == [
        " (https://www.acm.nl)",
        " (https://www.autoriteitpersoonsgegevens.nl)",
    ]
    # In a note the address stands in the place of its link.
    notes = [(href, size, after) for href, note, size, after in other if note]
    assert len(notes) >= 5
    assert all((size, after) == ("0px", href) for href, size, after in notes)


def test_boxes_are_printed_as_they_were_ticked(open_browser: Open, site: Site) -> None:
    page = open_browser()
    keep(page, site, state(items={"ref-2": done(), "ref-3": unfit()}))
    page.goto(f"{site.url}certainties/referral/", wait_until="networkidle")
    assert sheets(page) == 1
    page.emulate_media(media="print")
    drawn = page.eval_on_selector_all(
        "li .item__check",
        """all => all.map(one => [one.id, getComputedStyle(one).borderTopStyle,
          getComputedStyle(one, "::after").borderBottomStyle])""",
    )
    assert drawn == [
        [f"tick-ref-{number}", "solid", "solid" if number == 2 else "none"] for number in range(1, 7)
    ]
    struck = "one => getComputedStyle(one).textDecorationLine"
    assert page.locator("#text-ref-3").evaluate(struck) == "line-through"


@pytest.mark.parametrize("folder", ["", "en/"])
def test_owners_and_notes_are_printed_on_the_same_sheet(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser()
    notes = {f"ref-{number}": note("Noor de Wit", "Eerst Bas bellen; hij kent ze.") for number in (1, 3)}
    keep(page, site, state({"ref-1": done(), "ref-2": done(), "ref-6": unfit()}, notes=notes))
    page.goto(f"{site.url}{folder}certainties/referral/", wait_until="networkidle")
    page.locator(".item__more").first.click()
    assert sheets(page) == 1
    assert on_paper(page, ".item__note") == ["Noor de Wit: Eerst Bas bellen; hij kent ze."] * 2
    assert on_paper(page, ".item__panel, .strip") == []
    (size,) = set(
        page.eval_on_selector_all(
            ".item__note:not([hidden])", "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
    )
    assert size >= 8 * POINT - 0.01


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_result_takes_one_sheet_and_stands_there_alone(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser()
    # Everything that a result can say: unknown answers, a tie, an earlier result.
    then = {"date": "2026-11-02", "answers": answers("111 211 111 221 111 111 111")}
    keep(page, site, state(answers=answers("211 321 0x0 221 210 000 322"), snapshots=[then]))
    open_assessment(page, site, folder=folder)
    page.locator("#result").wait_for()
    assert sheets(page) == 1
    assert len(on_paper(page, "#result h2")) == 1
    assert on_paper(page, "#result :is(.result__tied, .result__unknown, .result__change)")
    assert on_paper(page, "#assessment, article button, .backup") == []


@pytest.mark.parametrize(
    "folder, scripts, scale",
    [
        ("", True, "Dat verzin ik ter plekke."),
        ("en/", True, "I would have to improvise."),
        ("", False, "Sommigen van ons doen dat."),
    ],
)
def test_the_questions_take_one_sheet_with_each_scale_once(
    open_browser: Open, site: Site, folder: str, scripts: bool, scale: str
) -> None:
    page = open_browser(java_script_enabled=scripts)
    page.goto(f"{site.url}{folder}assessment/", wait_until="networkidle")
    assert on_paper(page, ".paper-test") != []
    assert sheets(page) == 1
    rows = [row.inner_text().split("\t") for row in page.locator(".paper-test__questions tr").all()]
    assert len(rows) == 21
    assert all([cell.strip() for cell in row if len(cell.strip()) == 1] == [*"0123?"] for row in rows)
    asked = page.locator(".question__text").all_text_contents()
    assert [any(question in row for row in rows) for question in asked] == [True] * 21
    assert page.locator("body").inner_text().count(scale) == 1
    assert on_paper(page, "#assessment, .backup, .signup, article button, .paper-test ~ h2") == []
    small = page.eval_on_selector_all(
        ".paper-test :is(p, th, td:not(.paper-test__sum))",
        "all => Math.min(...all.map(one => parseFloat(getComputedStyle(one).fontSize)))",
    )
    assert small >= 8.5 * POINT - 0.01


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_letter_takes_one_sheet_and_says_whose_it_is(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser()
    for path in (site.folder / folder / "archive").glob("*-W*"):
        page.goto(f"{site.url}{folder}archive/{path.name}/", wait_until="networkidle")
        assert sheets(page) == 1, path.name
        assert on_paper(page, ".masthead__name") == ["Royal Dutch Updates"]
        assert on_paper(page, ".action .item") != []
        assert on_paper(page, ".forward, .letter-cards, .letter-all, .signup") == []


@pytest.mark.parametrize("folder", ["", "en/"])
def test_the_team_sheet_takes_one_sheet(open_browser: Open, site: Site, folder: str) -> None:
    page = open_browser()
    page.goto(f"{site.url}{folder}team-sheet/", wait_until="networkidle")
    assert sheets(page) == 1
    assert len(on_paper(page, ".team-sheet tbody tr")) == 7


def test_paper_is_light_also_from_a_dark_screen(open_browser: Open, site: Site) -> None:
    page = open_browser(color_scheme="dark")
    page.goto(f"{site.url}certainties/referral/")
    colour = "one => getComputedStyle(one).color"
    assert page.locator("h1").evaluate(colour) == "rgb(235, 228, 216)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("h1").evaluate(colour) == "rgb(0, 0, 0)"


def test_a_long_page_takes_as_many_sheets_as_it_needs(open_browser: Open, site: Site) -> None:
    """So the counting above can count further than one."""
    page = open_browser()
    page.goto(f"{site.url}about-the-numbers/", wait_until="networkidle")
    assert sheets(page) > 3


def test_a_heading_differs_from_the_one_below_it(open_browser: Open, site: Site) -> None:
    """On a screen and on paper: a certainty from the findings about it."""
    page = open_browser()
    page.goto(f"{site.url}about-the-numbers/")
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        sizes = [
            page.locator(f"article {level}").filter(visible=True).last.evaluate(size)
            for level in ("h2", "h3:has(+ .studies)", "h4")
        ]
        assert sizes[0] > sizes[1] > 1.1 * sizes[2], (media, sizes)
