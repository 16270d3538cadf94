"""The preview in a real browser: what an editor sees and switches, what a letter cannot do, and who cannot look in."""

import http.server
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from generator.model import Week
from generator.preview import Preview, open_server
from generator.publication.preview import keep_preview
from tests.clocks import NOW

TESTS = Path(__file__).parents[1]
NL = "newsletter/issues/2026-W47/nl.md"
DARK, LIGHT = "rgb(27, 24, 21)", "rgb(251, 248, 242)"
PAPER = "getComputedStyle(document.body).backgroundColor"

EXPECTED = ("Loading the image 'data:,' violates", "Blocked script execution in")
"""What the browser says about the fences that a test tries."""

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, with two slips in its newest letter."""
    root = shutil.copytree(TESTS / "sample", tmp_path_factory.mktemp("preview") / "sample")
    shutil.copytree(TESTS.parent / "templates", root / "templates", dirs_exist_ok=True)
    edit(root, "## Food for action", "Wat een brief! TK.\n\n## Food for action")
    return root


@pytest.fixture(scope="module")
def address(project: Path) -> Iterator[str]:
    """Where the preview of the project is served, as `generate serve` does beside the site."""
    server = open_server(Preview(project, lambda: NOW), 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/preview/2026-W47/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page as a new reader; at the end no script has failed, and nothing was refused or asked elsewhere."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(address: str, width: int = 1280, **options: Any) -> Page:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        here = ("http://127.0.0.1:", "file:", "data:")
        page.on("request", lambda asked: None if asked.url.startswith(here) else wrong.append(asked.url))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [found for found in wrong if not found.startswith(EXPECTED)] == []


def edit(root: Path, old: str, new: str) -> None:
    path = root / NL
    path.write_text(path.read_text().replace(old, new))


def frame_of(page: Page, name: str) -> Frame:
    frame = page.locator(f"#{name}").element_handle().content_frame()
    frame.wait_for_load_state()
    return frame


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check(force=True)


def test_both_languages_stand_side_by_side_and_below_each_other_on_a_telephone(open_page, address):
    page = open_page(address)
    dutch, english = (page.locator(f"#letter-{language}").bounding_box() for language in ("nl", "en"))
    assert dutch["y"] == english["y"]
    assert dutch["x"] + dutch["width"] < english["x"]
    narrow = open_page(address, 360)
    dutch, english = (narrow.locator(f"#letter-{language}").bounding_box() for language in ("nl", "en"))
    assert dutch["y"] + dutch["height"] < english["y"]
    assert narrow.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("device", ["light", "dark"])
def test_the_letter_is_shown_in_the_scheme_that_was_chosen_and_not_in_that_of_the_device(
    open_page, address, device
):
    page = open_page(address, color_scheme=device)
    assert page.evaluate(PAPER) == (DARK if device == "dark" else LIGHT)
    for label, paper in (("Dark", DARK), ("Light", LIGHT)):
        choose(page, label)
        for language in ("nl", "en"):
            assert frame_of(page, f"letter-{language}").evaluate(PAPER) == paper


def test_each_width_is_the_one_that_the_letter_itself_sees(open_page, address):
    page = open_page(address)
    assert frame_of(page, "letter-nl").evaluate("innerWidth") == 360
    choose(page, "Desktop")
    assert frame_of(page, "letter-nl").evaluate("innerWidth") == 680
    box = page.locator("#letter-nl").bounding_box()
    column = page.locator("#letter-nl").evaluate(
        "one => one.closest('.edition').getBoundingClientRect().width"
    )
    assert column - 10 < box["width"] <= column, "shown smaller, as a whole"


def test_without_images_their_words_are_there(open_page, address):
    page = open_page(address)
    images = "[...document.images].map(one => [one.naturalWidth > 0, one.alt > ''])"
    # The mark is a decoration: its certainty is named beside it.
    assert frame_of(page, "letter-nl").evaluate(images) == [[True, False], [True, True]]
    choose(page, "Off")
    assert frame_of(page, "letter-nl").evaluate(images) == [[False, False], [False, True]]


def test_each_part_takes_the_place_of_the_letter(open_page, address):
    page = open_page(address)
    parts = {
        "Plain text": "text",
        "Headers": "headers",
        "Feed entry": "entry",
        "Page": "page",
        "Letter": "letter",
    }
    for label, panel in parts.items():
        choose(page, label)
        assert page.locator(".panel:visible").count() == 2
        assert page.locator(f".panel--{panel}:visible").count() == 2


def test_switches_are_worked_with_the_keyboard_and_last(open_page, address):
    page = open_page(address)
    page.locator("#part-letter").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.reload()
    assert page.locator("#width-desktop").is_checked()
    assert frame_of(page, "letter-en").evaluate(PAPER) == DARK


def test_a_letter_runs_nothing_and_belongs_to_nobody(open_page, address):
    page = open_page(address)
    frame = frame_of(page, "letter-nl")
    assert frame.evaluate("origin") == "null"
    assert page.evaluate("document.getElementById('letter-nl').contentDocument") is None
    page.route("**/nl/letter-dark.html*", run_script)
    choose(page, "Dark")
    assert frame_of(page, "letter-nl").evaluate("document.title") == "as it was"


def run_script(route: Any) -> None:
    """The same page as a letter that a template would have left a script in, with the fences of the server gone."""
    route.fulfill(
        content_type="text/html", body="<title>as it was</title><script>document.title = 'changed'</script>"
    )


@pytest.mark.parametrize(
    "width, scheme",
    [
        (360, "dark"),
        pytest.param(360, "light", marks=pytest.mark.slow),
        pytest.param(1280, "light", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(open_page, address, scheme, width):
    page = open_page(address, width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('.panel').forEach((one) => { one.style.display = 'block'; })")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    source = page.locator(".problem__place a").first.get_attribute("href")
    page.goto(address + source)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize(
    "width, scheme",
    [
        (360, "dark"),
        pytest.param(360, "light", marks=pytest.mark.slow),
        pytest.param(1280, "light", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
    ],
)
def test_what_is_coming_fits_and_axe_finds_nothing(open_page, address, scheme, width):
    page = open_page(address, width, color_scheme=scheme)
    page.get_by_role("link", name="What is coming").click()
    expect(page.locator("h1")).to_have_text("What is coming")
    expect(page.get_by_role("status")).to_have_text("Reloads on every save")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(PAPER) == (DARK if scheme == "dark" else LIGHT)
    assert page.locator(".plan__week").count() == 60
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    page.get_by_role("link", name="The letter").click()
    expect(page).to_have_url(address)


def test_what_is_coming_follows_a_save(open_page, address, project):
    """Without switches and frames: it once said that the preview had stopped."""
    page = open_page(f"{address}../plan/")
    said = "new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true})"
    page.evaluate(f"window.said = []; const status = document.getElementById('status'); {said}")
    path = project / "newsletter/thoughts/rebound/a-no-with-a-date.nl.md"
    text = path.read_text()
    path.write_text(text.replace("title: ", "title: Morgen weer. ", 1))
    try:
        expect(page.get_by_text("Morgen weer.")).to_be_visible()
        expect(page.get_by_role("status")).to_contain_text("Updated")
    finally:
        path.write_text(text)
    expect(page.get_by_text("Morgen weer.")).to_have_count(0)
    assert all(one.startswith(("Updated", "Follows")) for one in page.evaluate("said"))


def test_a_problem_leads_to_its_line(open_page, address):
    page = open_page(address)
    problem = page.locator(".problem--error", has_text="TK").first
    assert problem.locator("mark").inner_text() == "TK"
    problem.locator(".problem__place a").first.click()
    line = page.locator(":target")
    assert "Wat een brief! TK." in line.inner_text()
    assert "TK" in line.locator("mark").all_inner_texts()
    page.get_by_role("link", name="Back to the letter").click()
    assert page.url.startswith(address)


def test_the_page_follows_a_save_and_stays_where_it_was(open_page, address, project):
    page = open_page(address)
    choose(page, "Desktop")
    page.locator("#letter").scroll_into_view_if_needed()
    page.evaluate("document.body.dataset.stays = 'yes'")
    english = page.locator("#letter-en").element_handle()
    place = page.evaluate("scrollY")
    edit(project, "## Food for action", "Een verse zin.\n\n## Food for action")
    expect(page.locator("#letter-nl").content_frame.get_by_text("Een verse zin.")).to_have_count(1)
    expect(page.locator("#text-nl")).to_contain_text("Een verse zin.")
    expect(page.get_by_role("status")).to_contain_text("Updated")
    assert frame_of(page, "letter-nl").evaluate("scrollY") > 0, "the letter opens where it changed"
    assert page.evaluate("[document.body.dataset.stays, scrollY]") == ["yes", place]
    assert page.locator("#width-desktop").is_checked()
    assert english.evaluate("one => one.isConnected"), "the other language was not loaded again"


def test_the_page_lists_what_broke_and_comes_back_when_it_is_mended(open_page, address, project):
    page = open_page(address)
    edit(project, "certainty:", "certainti:")
    try:
        expect(page.locator("h1")).to_have_text("The letter cannot be shown")
        expect(page.locator(".problem").first).to_contain_text("certainti")
    finally:
        edit(project, "certainti:", "certainty:")
    expect(page.locator("#letter-nl")).to_have_count(1)


def test_without_scripts_both_letters_and_the_problems_are_there(open_page, address):
    page = open_page(address, java_script_enabled=False)
    assert page.locator(".problem--error").count() > 0
    for language in ("nl", "en"):
        assert page.frame_locator(f"#letter-{language}").get_by_role("heading", level=1).is_visible()
    choose(page, "Headers")
    assert page.locator(".panel--headers:visible").count() == 2


def test_a_page_elsewhere_reads_nothing(browser, address):
    """Another server on this machine is as near as a page can come without being ours."""

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Elsewhere</title><body></body>")

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with browser.new_context() as context:
        page = context.new_page()
        statuses: dict[str, int] = {}
        page.on("response", lambda found: statuses.update({found.url: found.status}))
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        read = "url => fetch(url).then(found => found.text(), () => 'refused')"
        assert page.evaluate(read, address) == "refused"
        for tag in ("iframe", "script", "img"):
            page.evaluate(
                """([tag, url]) => new Promise((done) => {
                    const one = Object.assign(document.createElement(tag), { src: url });
                    one.onload = one.onerror = done;
                    document.body.append(one);
                })""",
                [tag, f"{address}?{tag}"],
            )
            assert statuses.get(f"{address}?{tag}", 403) == 403
        with context.expect_page() as opened:
            page.evaluate("url => { window.other = open(url); }", address)
        opened.value.wait_for_load_state()
        assert "Preview" in opened.value.title(), "a person may follow a link"
        assert page.evaluate("window.other.closed || window.other.length") is True, (
            "and the page loses sight of it"
        )
    server.shutdown()
    server.server_close()


def test_files_on_a_disk_show_the_same(open_page, project, tmp_path):
    keep_preview(project, Week(2026, 47), tmp_path / "shown", NOW)
    page = open_page((tmp_path / "shown/index.html").as_uri())
    choose(page, "Dark")
    frame = frame_of(page, "letter-nl")
    assert frame.evaluate(PAPER) == DARK
    assert frame.evaluate("[...document.images].every(one => one.naturalWidth > 0)")
    page.locator(".problem--error .problem__place a").first.click()
    expect(page.locator(":target")).to_be_visible()
    page.get_by_role("link", name="Back to the letter").click()
    expect(page.locator("#letter-nl")).to_be_visible()
