"""The site without a network, in a real browser: what a reader has seen opens, and nothing else is affected."""

import functools
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from generator.content import load_newsletter
from generator.render.page.offline import render_worker
from tests.site.hosting import Host, Site

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

SPARED = ("favicon.svg", "favicon.png")
"""What a page does without: a tab then has no picture."""
RULES = "[...document.styleSheets].map(sheet => sheet.cssRules.length)"
FEEDS = ("feed.xml", "atom.xml", "feed.json", "feeds.opml", "certainties/referral/feed.xml")


@dataclass
class Hosted:
    """A folder of this machine as a web server that can be slow, and remembers what it was asked."""

    folder: Path
    url: str = ""
    cache_control: str = "no-store"
    """The browser keeps nothing by itself: what opens without a network, the worker has kept."""
    asked: list[str] = field(default_factory=list)
    slow: threading.Event = field(default_factory=threading.Event)
    answer: threading.Event = field(default_factory=threading.Event)

    def put(self, path: str, old: str, new: str) -> None:
        """Publish a page with another text."""
        file = self.folder / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def hosted(site: Site, tmp_path: Path) -> Iterator[Hosted]:
    """Two copies of the site on one host: at playbook/ and at other/."""
    for name in ("playbook", "other"):
        shutil.copytree(site.folder, tmp_path / "hosted" / name)
    hosted = Hosted(tmp_path / "hosted")

    class Slow(Host):
        def do_GET(self) -> None:  # noqa: N802 (http.server calls it so)
            hosted.asked.append(self.path.split("?")[0])
            if hosted.slow.is_set() and not self.path.endswith((".js", ".css")):
                hosted.answer.wait(20)
            super().do_GET()

        def end_headers(self) -> None:
            self.send_header("Cache-Control", hosted.cache_control)
            super().end_headers()

    handler = functools.partial(Slow, directory=str(hosted.folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hosted.url = f"http://127.0.0.1:{server.server_port}/playbook/"
    yield hosted
    hosted.answer.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Another reader, whose browser allows service workers."""
    contexts: list[BrowserContext] = []

    def reader(**options: Any) -> Page:
        contexts.append(browser.new_context(service_workers="allow", **options))
        return contexts[-1].new_page()

    yield reader
    for context in contexts:
        context.close()


def visit(page: Page, url: str) -> None:
    """Open a page twice, and stay until the worker has the last of the core pages."""
    page.goto(url)
    wait_for(page, "navigator.serviceWorker.controller")
    page.goto(url)
    wait_for(
        page,
        "await caches.match(`${document.documentElement.lang === 'en' ? ROOT + 'en/' : ROOT}certainties/repetition/`)",
    )


def wait_for(page: Page, condition: str) -> None:
    """Wait until a JavaScript expression is true, in which ROOT is where the site begins."""
    function = f"async ROOT => Boolean({condition})"
    root = page.evaluate("navigator.serviceWorker.ready.then(registration => registration.scope)")
    ends = time.monotonic() + 60
    while not page.evaluate(function, root):
        assert time.monotonic() < ends, condition
        time.sleep(0.05)


def go_offline(page: Page) -> None:
    page.context.set_offline(True)


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


def heading(page: Page) -> str:
    return page.locator("h1").inner_text().rstrip("¶")


def addresses_kept(page: Page) -> list[str]:
    return page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(request.url);
          return found;
        }"""
    )


def test_a_page_that_was_seen_opens_with_its_looks_and_its_scripts(reader, hosted):
    page = reader()
    visit(page, f"{hosted.url}archive/")
    rules = page.evaluate(RULES)
    assert sum(rules) > 200
    go_offline(page)
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.reload(wait_until="load")
    assert heading(page) == "Brieven"
    assert page.locator("html.js").count() == 1
    assert page.evaluate(RULES) == rules
    assert [found for found in wrong if not found.endswith(SPARED)] == []


@pytest.mark.parametrize("language, title", [("", "Terugkeer"), ("en/", "Rebound")], ids=["nl", "en"])
def test_a_core_page_opens_that_was_never_seen(reader, hosted, language, title):
    page = reader()
    visit(page, f"{hosted.url}{language}privacy/")
    go_offline(page)
    page.goto(f"{hosted.url}{language}certainties/rebound/")
    assert heading(page) == title
    page.goto(f"{hosted.url}{language}assessment/")
    expect(page.locator("#assessment input").first).to_be_visible()  # once its script has run
    page.goto(f"{hosted.url}{language}")
    assert page.locator(".seven").is_visible()


def test_a_style_that_only_one_core_page_names_comes_with_it(reader, hosted):
    hosted.put(
        "playbook/glossary/index.html", "</head>", '<link rel="stylesheet" href="../assets/one.css"></head>'
    )
    (hosted.folder / "playbook/assets/one.css").write_text("h1 { color: red }")
    page = reader()
    visit(page, hosted.url)
    assert f"{hosted.url}assets/one.css" in addresses_kept(page)


def test_the_self_assessment_works_where_it_was_never_opened(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    go_offline(page)
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.goto(f"{hosted.url}assessment/", wait_until="load")
    page.locator("#assessment label").nth(3).click()
    page.locator("#assessment input:checked").wait_for(state="attached")
    assert [url for url in failed if url.endswith((".js", ".css"))] == []


@pytest.mark.parametrize(
    "language, title, home",
    [
        ("", "Deze pagina staat nog niet op dit apparaat", "De 7 zekerheden"),
        ("en/", "This page is not on this device yet", "The 7 certainties"),
    ],
    ids=["nl", "en"],
)
def test_a_page_that_was_never_seen_is_a_plain_sentence(reader, hosted, language, title, home):
    page = reader()
    visit(page, hosted.url + language)
    go_offline(page)
    answer = page.goto(f"{hosted.url}{language}about-the-numbers/")
    assert answer
    assert answer.status == 503
    assert heading(page) == title
    assert page.locator("html").get_attribute("lang") == (language.strip("/") or "nl")
    # In the style of the house, whose letters are on this device.
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('20px Newsreader'))")
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded", "loaded"]
    page.click(f"header a:has-text('{home}')")
    page.locator(".seven").wait_for()
    assert page.url == hosted.url + language
    page.go_back()
    page.click("main a")
    assert page.url == f"{hosted.url}{language}archive/"


@pytest.mark.parametrize("language", ["", "en/"], ids=["nl", "en"])
def test_the_latest_letters_open_that_were_never_seen(reader, hosted, language):
    archive = f"playbook/{language}archive"
    weeks = sorted(
        (path.name for path in (hosted.folder / archive).glob("*-W*") if path.is_dir()), reverse=True
    )
    older = '<a href="2026-W01/">An older one.</a>'
    hosted.put(f"{archive}/index.html", "</main>", f"{older}</main>")
    shutil.copytree(hosted.folder / archive / weeks[0], hosted.folder / archive / "2026-W01")
    page = reader()
    visit(page, hosted.url + language)
    wait_for(page, f"await caches.match('{hosted.url}{language}archive/{weeks[3]}/')")
    go_offline(page)
    for week in weeks[:4]:
        answer = page.goto(f"{hosted.url}{language}archive/{week}/")
        assert answer
        assert answer.status == 200
        assert page.locator("main p").count() > 3
    assert f"{hosted.url}{language}archive/2026-W01/" not in addresses_kept(page)


def test_a_feed_is_never_answered_from_a_copy(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    fetches = "feed => fetch(feed).then(answer => answer.ok, () => false)"
    assert [feed for feed in FEEDS if not page.evaluate(fetches, hosted.url + feed)] == []
    assert [url for url in addresses_kept(page) if url.endswith(FEEDS)] == []
    go_offline(page)
    assert [feed for feed in FEEDS if page.evaluate(fetches, hosted.url + feed)] == []
    for feed in FEEDS:
        with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
            page.goto(hosted.url + feed)


def test_nothing_is_kept_of_feeds_of_others_of_the_other_language_or_of_the_worker_itself(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    page.evaluate("fetch('../other/certainties/referral/').then(answer => answer.text())")
    page.evaluate("fetch('../other/assets/favicon.svg').then(answer => answer.text())")
    page.evaluate("fetch('sw.js').then(answer => answer.text())")
    found = addresses_kept(page)
    assert len(found) == len(set(found)) > 15
    assert [url for url in found if not url.startswith(hosted.url)] == []
    assert [url for url in found if url.endswith((".xml", ".opml", "sw.js", "feed.json"))] == []
    assert [url for url in found if "?" in url or "#" in url] == []
    assert [url for url in found if url.startswith(f"{hosted.url}en/")] == []
    assert [path for path in hosted.asked if path.startswith("/playbook/en/")] == []


def test_nothing_is_kept_of_the_service_where_it_lives_below_the_site(reader, hosted, site):
    """Its addresses open one reader's own page, and what they show holds for a moment."""
    newsletter = load_newsletter(site.project)
    settings = replace(newsletter.settings, service_url=f"{hosted.url}letter/")
    worker = render_worker(replace(newsletter, settings=settings))
    (hosted.folder / "playbook/sw.js").write_bytes(worker.content)
    own = hosted.folder / "playbook/letter/manage/token"
    own.mkdir(parents=True)
    shutil.copy(hosted.folder / "playbook/privacy/index.html", own)
    page = reader()
    visit(page, hosted.url)
    page.goto(f"{hosted.url}letter/manage/token/")
    page.goto(f"{hosted.url}privacy/")
    assert f"{hosted.url}privacy/" in addresses_kept(page)
    assert [url for url in addresses_kept(page) if "/letter/" in url] == []


def test_a_change_of_a_page_is_seen_on_the_next_visit(reader, hosted):
    page = reader()
    visit(page, f"{hosted.url}glossary/")
    hosted.put("playbook/glossary/index.html", "</h1>", "</h1><p>Nieuw.</p>")
    page.goto(hosted.url)
    page.goto(f"{hosted.url}glossary/")
    assert "Nieuw." in text_of(page)
    go_offline(page)
    page.reload()
    assert "Nieuw." in text_of(page)


def test_it_is_seen_also_where_browsers_may_keep_a_page_for_an_hour(reader, hosted):
    hosted.cache_control = "max-age=3600"
    page = reader()
    visit(page, hosted.url)
    page.goto(f"{hosted.url}glossary/")
    hosted.put("playbook/glossary/index.html", "</h1>", "</h1><p>Nieuw.</p>")
    page.goto(hosted.url)
    page.goto(f"{hosted.url}glossary/")
    assert "Nieuw." in text_of(page)


def test_a_page_gets_the_styles_and_scripts_of_its_day(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    for name, old, new in (
        ("stylesheets/site", ":root {", "main { outline: 7px solid red } :root {"),
        ("javascripts/site", "const $words", "document.documentElement.id = 'new'; const $words"),
    ):
        (path,) = hosted.folder.glob(f"playbook/assets/{name}.*.min.*")
        changed = path.rename(path.with_name(re.sub(r"\.[0-9a-f]{8}\.", ".01234567.", path.name)))
        hosted.put(f"playbook/{changed.relative_to(hosted.folder / 'playbook')}", old, new)
        hosted.put("playbook/index.html", path.name, changed.name)
    page.goto(hosted.url)
    assert page.locator("main").first.evaluate("main => getComputedStyle(main).outlineWidth") == "7px"
    assert page.evaluate("document.documentElement.id") == "new"


def test_who_looks_in_once_gets_what_he_sees_and_pays_for_it_once(reader, hosted):
    hosted.cache_control = "max-age=600"
    page = reader()
    page.goto(f"{hosted.url}certainties/referral/")
    wait_for(page, f"await caches.match('{hosted.url}certainties/referral/')")
    page.wait_for_timeout(1500)
    assert not [url for url in addresses_kept(page) if url.endswith("/glossary/") or "/assessment." in url]
    assert [path for path in set(hosted.asked) if hosted.asked.count(path) > 1] == []
    go_offline(page)
    page.reload()
    assert heading(page) == "Referral"


def test_who_reads_on_gets_the_core(reader, hosted):
    page = reader()
    page.goto(hosted.url)
    wait_for(page, "navigator.serviceWorker.controller")
    page.locator("main a[href$='certainties/rebound/']").first.click()
    page.locator("h1:has-text('Terugkeer')").wait_for()
    wait_for(page, "await caches.match(`${ROOT}certainties/repetition/`)")


def test_a_page_that_is_gone_is_forgotten(reader, hosted):
    page = reader()
    visit(page, f"{hosted.url}archive/2026-W45/")
    shutil.rmtree(hosted.folder / "playbook/archive/2026-W45")
    page.reload()
    assert "Deze pagina is er niet" in text_of(page)
    go_offline(page)
    page.reload()
    assert heading(page) == "Deze pagina staat nog niet op dit apparaat"


def test_a_slow_network_is_waited_for_three_seconds_when_there_is_a_copy(reader, hosted):
    page = reader()
    visit(page, f"{hosted.url}glossary/")
    hosted.slow.set()
    began = page.evaluate("performance.timeOrigin")
    page.goto(f"{hosted.url}glossary/", wait_until="commit")
    took = page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")
    assert page.evaluate("performance.timeOrigin") > began
    assert took > 2900  # and not without end: the host has not answered yet


def test_a_page_without_a_copy_is_waited_for_as_long_as_it_takes(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    hosted.slow.set()
    threading.Timer(4, hosted.answer.set).start()
    page.goto(f"{hosted.url}about-the-numbers/")
    assert heading(page) != "Deze pagina staat nog niet op dit apparaat"
    assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStart") > 3900


def test_the_search_answers_without_a_network(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    wait_for(page, "await caches.match(`${ROOT}pagefind/pagefind-entry.json`)")  # the last that is kept of it
    go_offline(page)
    page.goto(f"{hosted.url}certainties/rebound/")
    for question, title in (
        ("afspraken", "Relaties"),
        ("kortign", "Rendement"),
        ("podium", "Wie zet je op het podium?"),
    ):
        page.keyboard.press("Control+k")
        page.get_by_role("searchbox").fill(question)
        page.locator(".search__result a", has_text=title).wait_for()
        page.keyboard.press("Escape")


def test_of_an_old_index_nothing_stays(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    kept = "await caches.match(`${ROOT}pagefind/pagefind-entry.json`)"
    wait_for(page, kept)
    old = f"{hosted.url}pagefind/index/nl_0000000.pf_index"
    other = old.replace("nl_", "en_")
    page.evaluate(
        """async ([old, other]) => { const cache = await caches.open((await caches.keys())[0]);
          for (const address of [old, other]) await cache.put(address, new Response("old"));
          await cache.delete(`${location.origin}/playbook/pagefind/pagefind-entry.json`); }""",
        [old, other],
    )
    page.reload()
    wait_for(page, kept)
    wait_for(page, f"!(await caches.match('{old}'))")
    assert other in addresses_kept(page)  # the other language has an index of its own


def test_words_that_were_searched_for_are_not_kept_and_the_page_opens_with_them(reader, hosted):
    page = reader()
    visit(page, f"{hosted.url}glossary/?h=vraag")
    assert f"{hosted.url}glossary/" in addresses_kept(page)
    go_offline(page)
    page.goto(f"{hosted.url}glossary/?h=antwoord#begin")
    assert heading(page) != "Deze pagina staat nog niet op dit apparaat"


def test_a_visit_the_same_day_fetches_the_core_no_second_time(reader, hosted):
    page = reader()
    visit(page, hosted.url)
    page.wait_for_timeout(500)
    hosted.asked.clear()
    page.goto(f"{hosted.url}privacy/")
    page.wait_for_timeout(1500)
    assert "/playbook/privacy/" in hosted.asked
    assert not [path for path in hosted.asked if "/certainties/" in path]


def test_who_saves_data_gets_what_he_asks_for_and_no_more(reader, hosted):
    page = reader()
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'connection', {value: {saveData: true}, configurable: true})"
    )
    page.goto(hosted.url)
    wait_for(page, "navigator.serviceWorker.controller")
    page.goto(f"{hosted.url}privacy/")
    page.wait_for_timeout(1500)
    assert not [path for path in hosted.asked if "/certainties/" in path]
    go_offline(page)
    page.reload()
    assert heading(page) == "Privacy"


def test_two_projects_of_one_host_leave_each_other_alone(reader, hosted):
    page = reader()
    other = hosted.url.replace("playbook", "other")
    visit(page, hosted.url)
    visit(page, other)
    before = page.evaluate("caches.keys()")
    assert sorted(name.split("#")[0] for name in before) == sorted([hosted.url, other])
    # A new worker of the one begins with a cache of its own, and takes only its own old one away.
    (hosted.folder / "other/sw.js").write_text(
        (hosted.folder / "other/sw.js").read_text().replace('version": "', 'version": "0')
    )
    page.evaluate("navigator.serviceWorker.ready.then(registration => registration.update())")
    wait_for(page, f"!(await caches.keys()).includes('{before[1]}')")
    assert before[0] in page.evaluate("caches.keys()")
    go_offline(page)
    page.goto(f"{hosted.url}certainties/rebound/")
    assert heading(page) == "Terugkeer"


def test_switched_off_it_leaves_nothing_behind(reader, hosted, site):
    page = reader()
    visit(page, hosted.url)
    page.evaluate("caches.open('somebody else')")
    newsletter = load_newsletter(site.project)
    off = replace(newsletter, settings=replace(newsletter.settings, offline=False))
    (hosted.folder / "playbook/sw.js").write_bytes(render_worker(off).content)
    for file in (hosted.folder / "playbook").rglob("*.html"):
        file.write_text(file.read_text().replace('<meta name="offline" content="sw.js">', ""))
    page.goto(f"{hosted.url}glossary/")  # no more than that: the browser looks for a new worker by itself
    gone = "navigator.serviceWorker.getRegistrations().then(all => all.length === 0)"
    ends = time.monotonic() + 60
    while not page.evaluate(gone):
        assert time.monotonic() < ends
        time.sleep(0.05)
    assert page.evaluate("caches.keys()") == ["somebody else"]
    go_offline(page)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(hosted.url)


def test_a_browser_without_workers_reads_as_before(reader, hosted):
    page = reader()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_init_script("navigator.serviceWorker.register = () => Promise.reject(new Error('forbidden'))")
    page.goto(hosted.url, wait_until="networkidle")
    assert wrong == []
    assert addresses_kept(page) == []
