"""Letters that are not out yet: in no file of the site, unless somebody asks for them, and then with a mark."""

import functools
import gzip
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from mkdocs.commands.build import build as build_here
from mkdocs.config import load_config

from generator import clock
from generator.content import load_newsletter
from generator.model import Language, Week
from tests.languages import EN, LANGUAGES, NL
from tests.site.hosting import ROOT, build, files_of, mkdocs

WEEK = Week.parse("2026-W47")
BEFORE = "2026-11-20T05:59:59+01:00"
"""A second before that letter is out."""
MARK = {NL: "nog niet verschenen", EN: "not out yet"}
PLACES = ("", "certainties/referral/", "archive/", "archive/2026-W46/", "archive/2026-W47/")
"""The pages of a language that name that letter."""


def add(path: Path, text: str) -> None:
    path.write_text(f"{path.read_text('utf-8')}\n{text}\n", "utf-8")


def read_all(folder: Path) -> dict[str, bytes]:
    """Every file, also as it is when it is unpacked."""
    read = {path: (folder / path).read_bytes() for path in files_of(folder)}
    return {
        path: gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        for path, content in read.items()
    }


def traces_of(sample: Path, files: dict[str, bytes]) -> list[tuple[str, bytes]]:
    """What can be found of that letter: titles, summaries, subjects, sentences, its week, its picture and its name."""
    traces = [str(WEEK).encode(), b"two-contacts"]
    issue = load_newsletter(sample).archive.issue(WEEK)
    assert issue
    for edition in issue.editions.values():
        sentences = [line for section in edition.sections for line in section.markdown.splitlines()]
        longest = max((line for line in sentences if "[" not in line), key=len)
        words = longest.split()
        traces += [edition.title.encode(), edition.summary[:40].encode(), edition.subject.encode()]
        traces += [" ".join(words[2:6]).encode()]
        traces += [image.source.read_bytes() for image in edition.images.values()]
    assert len(traces) >= 11
    return [(path, trace[:60]) for path, content in files.items() for trace in traces if trace in content]


# --- As files ---


def test_nothing_of_a_letter_is_in_any_file_until_it_is_out(sample, folder):
    """Not even where a page or an older letter links to it already."""
    add(
        sample / "newsletter/issues/2026-W46/nl.md",
        "[Straks](../2026-W47/nl.md), [zo](../2026-W47/two-contacts.png).",
    )
    add(sample / "newsletter/issues/2026-W46/en.md", "[Soon](../../../docs/en/archive/2026-W47.md).")
    add(sample / "docs/nl/glossary.md", "[Straks](../../newsletter/issues/2026-W47/nl.md).")
    build(sample, PUBLISHED_UNTIL=BEFORE)
    assert traces_of(sample, read_all(sample / "site")) == []
    # What is looked for can be found, also in what is packed.
    found = {path for path, _ in traces_of(sample, read_all(folder))}
    assert {
        "archive/2026-W47/index.html",
        "archive/2026-W47/two-contacts.png",
        "sitemap.xml",
        "sitemap.xml.gz",
        "en/archive/2026-W46/index.html",
    } <= found
    assert any(path.startswith("pagefind/fragment/") for path in found)
    assert "assets/cards/2026-W47.png" in files_of(folder)


@pytest.mark.slow
def test_a_letter_that_waits_changes_no_byte_of_the_site(sample):
    """As if nobody had written it."""
    build(sample, PUBLISHED_UNTIL=BEFORE)
    with_it = read_all(sample / "site")
    shutil.rmtree(sample / "newsletter/issues" / str(WEEK))
    build(sample, PUBLISHED_UNTIL=BEFORE)
    without = read_all(sample / "site")
    assert with_it.keys() == without.keys()
    assert [path for path in without if with_it[path] != without[path]] == []


@pytest.mark.slow
def test_both_languages_are_built_for_one_moment_for_which_mkdocs_asks_the_clock(sample, monkeypatch):
    """A clock that has struck six between the two would put the letter into one of them."""
    moments = [datetime.fromisoformat(BEFORE)]
    monkeypatch.setattr(clock, "read_clock", lambda: moments.pop(0))
    monkeypatch.delenv("PUBLISHED_UNTIL", raising=False)
    build_here(load_config(str(sample / "mkdocs.yml")))
    for folder in (sample / "site", sample / "site/en"):
        assert sorted(path.name for path in folder.glob("archive/*-W*")) == ["2026-W45", "2026-W46"]
        assert str(WEEK) not in (folder / "feed.json").read_text()


@pytest.mark.parametrize("said", ["maybe", "2", "[1]"])
def test_what_is_neither_yes_nor_no_is_told_in_a_sentence(sample, said):
    done = mkdocs(sample, "build", FUTURE=said)
    assert done.returncode == 1
    assert (
        f"“{said}” is neither yes nor no; set FUTURE=1 to include letters that are not published yet"
        in done.stdout
    )
    assert "Traceback" not in done.stderr


# --- As somebody sees it who asks for it ---


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with a letter that is not out yet."""
    sample = tmp_path_factory.mktemp("future")
    shutil.copytree(ROOT / "tests/sample", sample, dirs_exist_ok=True)
    shutil.copytree(ROOT / "templates", sample / "templates", dirs_exist_ok=True)
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        shutil.copy2(ROOT / name, sample)
    (sample / "src").symlink_to(ROOT / "src")
    build(sample, PUBLISHED_UNTIL=BEFORE, FUTURE="1")
    return sample / "site"


class Host(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Host, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_every_page_that_names_it_says_that_it_is_not_out(folder, language):
    pages = {
        path.relative_to(folder / LANGUAGES.prefix(language))
        .parent.as_posix()
        .replace(".", "", 1): html.parse(path)
        for path in (folder / LANGUAGES.prefix(language)).rglob("index.html")
        if bool(LANGUAGES.prefix(language)) or "en" not in path.relative_to(folder).parts
    }
    naming = {path for path, page in pages.items() if page.xpath("//article//a[contains(@href, '2026-W47')]")}
    marked = {path for path, page in pages.items() if page.xpath("//article//*[@class='not-out']")}
    assert {*naming, f"archive/{WEEK}"} == marked == {place.rstrip("/") for place in PLACES}
    for path in marked:
        for mark in pages[path].xpath("//*[@class='not-out']"):
            assert mark.text_content().startswith(f"{MARK[language]} · ")


def test_its_feeds_hold_what_is_out_all_the_same(folder):
    for path in folder.rglob("*"):
        if path.name in {"feed.xml", "atom.xml", "feed.json"}:
            assert str(WEEK) not in path.read_text("utf-8"), path


@pytest.mark.parametrize(
    "language, scheme, width",
    [(NL, "light", 360), (EN, "dark", 768), (NL, "dark", 1280)],
)
def test_the_mark_can_be_read_by_everybody(
    open_browser: Callable[..., Any], url: str, language: Language, scheme: str, width: int
) -> None:
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    for place in PLACES:
        page.goto(f"{url}{LANGUAGES.prefix(language)}{place}")
        mark = page.locator("article .not-out:visible").first
        mark.scroll_into_view_if_needed()
        assert MARK[language] in mark.inner_text()
        found = Axe().run(page, ".not-out").response
        assert [rule["id"] for rule in found["violations"]] == []
        assert any(rule["id"] == "color-contrast" for rule in found["passes"])
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_mark_is_printed(open_browser, url):
    page = open_browser()
    page.emulate_media(media="print")
    for place in ("archive/2026-W47/", "archive/", ""):
        page.goto(f"{url}{place}")
        mark = page.locator("article .not-out:visible").first
        assert mark.evaluate("mark => getComputedStyle(mark).borderTopStyle") == "solid"
