"""The whole site, built by MkDocs from the real content, read as files and in a real browser."""

import filecmp
import html
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from mkdocs.config import load_config

from generator.cli.newsletter.serve import command as serve
from generator.content import load_newsletter
from generator.content.markdown.dialect import CONFIGS, EXTENSIONS, make_parser
from generator.mkdocs_hooks import on_config, on_page_content
from generator.model import Language
from generator.publication.search import build_index
from generator.render.feed.feedlist import Format, list_feeds
from generator.settings import TRIAL
from generator.words import load_words
from tests.languages import EN, LANGUAGES, NL
from tests.site.hosting import ROOT, build, files_of, mkdocs

# --- As files ---


def test_every_page_stands_in_both_languages(site):
    english = site.folder / "en"
    of_both = ("feeds.opml", "sw.js")
    dutch = [
        path
        for path in files_of(site.folder)
        if not path.startswith(("en/", "pagefind/")) and path not in of_both
    ]
    unhashed = [
        {re.sub(r"\.[0-9a-f]{8}\.", ".", path) for path in paths} for paths in (dutch, files_of(english))
    ]
    assert sorted(unhashed[0] ^ unhashed[1]) == []  # the scripts say other words
    newsletter = load_newsletter(site.project)
    for language, folder in ((NL, site.folder), (EN, english)):
        for letter in newsletter.archive.editions(language):
            assert (folder / "archive" / str(letter.week) / "index.html").is_file()


def test_every_link_and_asset_is_there_and_every_anchor(site):
    checked = 0
    for address, page in site.pages.items():
        for element in page.xpath("//*[@href or @src]"):
            target, anchor = urldefrag(urljoin(address, element.get("href") or element.get("src")))
            if not target.startswith(site.url):
                continue
            path = site.folder / target.removeprefix(site.url)
            assert (path / "index.html" if target.endswith("/") else path).is_file(), f"{address}: {target}"
            if anchor:
                assert site.pages[target].xpath("//*[@id=$id]", id=anchor), f"{address}: {target}#{anchor}"
            checked += 1
    assert checked > 1000


@pytest.mark.parametrize("folder", ["", "en/"])
def test_what_programs_are_told_leads_to_pages_and_items_that_are_there(site, folder):
    address = f"{site.url}{folder}assessment/"
    (data,) = site.pages[address].xpath("//*[@id='playbook']/@data-playbook")
    certainties = json.loads(data)["certainties"]
    assert len(certainties) == 7
    for certainty in certainties:
        page = site.pages[urljoin(address, certainty["url"])]
        assert page.xpath("string(//h1/text())") == certainty["title"]
        items = page.xpath("//li[@class='item']")
        assert [item["id"] for item in certainty["items"]] == [item.get("id") for item in items]
        for item, shown in zip(certainty["items"], items, strict=True):
            assert item["text"] == shown.xpath("string(*[@class='item__text'])")
        assert site.pages[address].xpath("//*[@id=$id]", id=f"mark-{certainty['id']}")


def test_what_only_editors_see_is_nowhere(site):
    """Neither the preview nor what is coming: no thought that no letter was made from."""
    files = [path for path in site.folder.rglob("*") if path.suffix in {".html", ".json", ".xml", ".js"}]
    assert not [path for path in files if "preview" in path.parts]
    newsletter = load_newsletter(site.project)
    used = {(issue.certainty, issue.thought) for issue in newsletter.archive.issues}
    coming = [
        html.escape(one.title, quote=False)
        for thoughts in newsletter.playbook.thoughts.values()
        for one in thoughts
        if (one.certainty, one.slug) not in used
    ]
    texts = {path: path.read_text("utf-8") for path in files}
    found = [(path, title) for path, text in texts.items() for title in coming if title in text]
    assert coming
    assert not found


def test_no_page_has_an_id_twice(site):
    for address, page in site.pages.items():
        ids = page.xpath("//@id")
        assert sorted(ids) == sorted(set(ids)), address


def test_nothing_is_loaded_from_another_host(site):
    for address, page in site.pages.items():
        loaded = page.xpath(
            "//*/@src | //link[not(@rel='canonical' or @rel='alternate')]/@href | //*/@srcset"
        )
        assert loaded
        for target in loaded:
            assert urljoin(address, target).startswith(site.url)
        assert not page.xpath("//iframe | //object | //embed | //style[contains(., 'url(')]")
    for sheet in site.folder.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "@import" not in text
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text)


def test_each_page_names_its_address_and_that_of_its_other_language(site):
    for address, page in site.pages.items():
        if address.endswith("404.html"):
            assert not page.xpath("//link[@rel='canonical' or @hreflang]")
            assert page.xpath("//meta[@name='robots' and @content='noindex']")
            continue
        path = address.removeprefix(site.url).removeprefix("en/")
        assert page.xpath("//link[@rel='canonical']/@href") == [address]
        found = {
            link.get("hreflang"): link.get("href")
            for link in page.xpath("//link[@rel='alternate'][@hreflang]")
        }
        assert found == {"nl": site.url + path, "en": f"{site.url}en/{path}", "x-default": site.url + path}
        assert page.get("lang") == ("en" if address.startswith(f"{site.url}en/") else "nl")


def test_each_page_offers_the_feeds_its_own_language_first(site):
    newsletter = load_newsletter(site.project)
    titles = {
        feed.url(newsletter.settings, form): feed.title for feed in list_feeds(newsletter) for form in Format
    }
    for address, page in site.pages.items():
        offered = page.xpath("//link[@rel='alternate'][@type]")
        urls = [link.get("href") for link in offered]
        own, other = (
            (site.url, f"{site.url}en/") if page.get("lang") == "nl" else (f"{site.url}en/", site.url)
        )
        beside = [address] if "/certainties/" in address or address.endswith("/course/") else []
        assert urls == [base + form.file for base in (own, *beside, other) for form in Format]
        assert [link.get("type") for link in offered[:3]] == [form.media_type for form in Format]
        assert all(link.get("title").startswith(titles[link.get("href")]) for link in offered)
        assert len({link.get("title") for link in offered}) == len(offered)


def test_each_page_ends_with_the_form_to_subscribe_and_one_has_it_in_its_text(site):
    settings = load_newsletter(site.project).settings
    for address, page in site.pages.items():
        forms = page.xpath("//article//form[@class='signup']")
        if address.endswith("404.html"):
            assert not forms
            continue
        (form,) = forms
        language = Language(page.get("lang"))
        assert form.get("action") == f"{settings.service_url}{LANGUAGES.prefix(language)}subscribe"
        privacy, _ = form.xpath(".//a/@href")
        assert urljoin(address, privacy) == settings.url(language, "privacy/")
        in_text = address.endswith("/newsletter/") or page.xpath("//div[@class='hero']")
        assert (form.getnext() is None) is not bool(in_text), address


@pytest.mark.parametrize("path, first", [("404.html", "nl"), ("en/404.html", "en")])
def test_what_is_not_there_is_told_in_both_languages(site, path, first):
    page = site.pages[site.url + path]
    assert page.xpath("//article/div/@lang") == [first, "en" if first == "nl" else "nl"]
    assert len(page.xpath("//article/div[1]/h1 | //article/div[2]/h2")) == 2
    newsletter = load_newsletter(site.project)
    expected = set()
    for language in LANGUAGES:
        pages = [one.page for one in newsletter.playbook.certainties[language]]
        pages += ["index.md", next(newsletter.archive.editions(language)).page]
        expected |= {newsletter.settings.page_url(language, one) for one in pages}
    assert {urljoin(site.url + path, href) for href in page.xpath("//article//a/@href")} == expected


def test_the_sitemap_dates_a_letter_by_its_last_change(site):
    newest = next(load_newsletter(site.project).archive.editions(NL))
    sitemap = (site.folder / "sitemap.xml").read_text()
    entry = re.search(
        rf"<loc>{re.escape(site.url)}archive/{newest.week}/</loc>\s*<lastmod>(.*)</lastmod>", sitemap
    )
    assert entry
    assert entry[1] == newest.updated.date().isoformat()
    assert re.search(rf"<loc>{re.escape(site.url)}privacy/</loc>\s*</url>", sitemap)  # nobody knows


def test_a_title_is_named_once(site):
    titles = [page.findtext(".//title") for page in site.pages.values()]
    assert titles.count("De 7 zekerheden") == titles.count("The 7 certainties") == 1
    for page in site.pages.values():
        assert len(page.xpath("//h1")) == 1


@pytest.mark.slow
def test_the_same_content_gives_the_same_bytes_on_any_day(site, tmp_path):
    """In one run or, as `generate site` does it, in two."""
    apart = {"TRANSLATIONS": "", "SEARCH_INDEX": ""}
    build(site.project, "--site-dir", str(tmp_path / "nl"), SOURCE_DATE_EPOCH="0", **apart)
    assert not (tmp_path / "nl/en").exists()
    english = ("-f", "mkdocs.en.yml", "--site-dir", str(tmp_path / "nl/en"))
    build(site.project, *english, SOURCE_DATE_EPOCH="86400", **apart)
    build_index(tmp_path / "nl", load_newsletter(site.project))
    assert files_of(tmp_path / "nl") == files_of(site.folder)
    _, different, unreadable = filecmp.cmpfiles(
        site.folder, tmp_path / "nl", files_of(site.folder), shallow=False
    )
    assert (different, unreadable) == ([], [])


# --- As MkDocs is told to ---


def read_config(name: str) -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node))
    return yaml.load((ROOT / name).read_text(encoding="utf-8"), Loader)  # noqa: S506 (it is a safe one)


def test_the_site_speaks_the_dialect_of_the_letters():
    assert set(read_config("mkdocs.yml")["markdown_extensions"]) == set(EXTENSIONS)
    assert set(read_config("mkdocs.en.yml")["markdown_extensions"]) <= set(EXTENSIONS)
    for name in ("mkdocs.yml", "mkdocs.en.yml"):
        assert CONFIGS["footnotes"].items() <= read_config(name)["markdown_extensions"]["footnotes"].items()


def test_both_languages_have_the_same_navigation():
    assert read_config("mkdocs.yml")["nav"]
    assert "nav" not in read_config("mkdocs.en.yml")  # it inherits that one


@pytest.mark.slow
def test_mistakes_are_listed_one_a_line_and_the_old_site_stays(sample):
    build(sample)
    before = files_of(sample / "site")
    for language in ("nl", "en"):
        issue = sample / f"newsletter/issues/2026-W47/{language}.md"
        issue.write_text(issue.read_text().replace("summary:", "sumary:"))
    done = mkdocs(sample, "build", "--strict")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    errors = [line for line in done.stderr.splitlines() if "-  newsletter/issues/2026-W47/" in line]
    assert [line.rpartition("/")[2][:6] for line in errors] == ["en.md:", "nl.md:"]
    assert all(
        re.fullmatch(r"ERROR   -  .*\.md:4: unknown key “sumary”; did you mean “summary”\?", line)
        for line in errors
    )
    assert files_of(sample / "site") == before


def test_a_template_with_an_unknown_name_is_told_like_any_mistake(sample):
    template = sample / "templates/page/masthead.html"
    template.write_text(template.read_text().replace("{{ date }}", "{{ dat }}"))
    done = mkdocs(sample, "build")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "templates/page/masthead.html:9: “dat” is not known here" in done.stderr


@pytest.mark.parametrize(
    "until, weeks",
    [
        ("2026-11-13T06:00:00+01:00", ["2026-W45", "2026-W46"]),
        ("2026-11-13T04:59:59Z", ["2026-W45"]),
        ("2026-11-20", ["2026-W45", "2026-W46"]),
        ("2025-11-20", []),
    ],
)
def test_letters_can_wait_for_a_moment(sample, monkeypatch, until, weeks):
    monkeypatch.setenv("PUBLISHED_UNTIL", until)
    config = load_config(str(sample / "mkdocs.yml"))
    on_config(config)
    for language in LANGUAGES:
        letters = config.extra["newsletter"].archive.editions(language)
        assert sorted(str(letter.week) for letter in letters) == weeks


@pytest.mark.slow
def test_before_the_first_letter_is_out_there_is_a_site_without_letters(sample):
    build(sample, PUBLISHED_UNTIL="2025-11-20")
    for folder in (sample / "site", sample / "site/en"):
        assert not list(folder.glob("archive/*/index.html"))
        assert "2026-W" not in (folder / "feed.json").read_text()


def test_a_day_that_is_none_is_told_in_a_sentence(sample):
    done = mkdocs(sample, "build", PUBLISHED_UNTIL="friday")
    assert done.returncode == 1
    assert "“friday” is not a date and time; write it like 2026-11-27T06:00:00+01:00" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_letters_are_previewed_while_somebody_writes_and_never_published(sample):
    issue = "newsletter/issues/2026-W46"
    for language in ("nl", "en"):
        path = sample / issue / f"{language}.md"
        path.write_text(path.read_text().replace("\n---\n", "\ndraft: true\n---\n", 1))
    before = "2026-11-20T05:59:59+01:00"  # then 2026-W47 is not out
    with (sample / "newsletter/settings.toml").open("a") as settings:
        settings.write('\n[service]\nurl = "https://letter.example.org/"\n')
    build(sample)
    assert not [path for path in files_of(sample / "site") if "preview" in path or "email" in path]
    assert 'action="https://letter.example.org/subscribe"' in (sample / "site/index.html").read_text()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with (sample / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
            cwd=sample,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PUBLISHED_UNTIL": before},
            stdout=log,
            stderr=log,
        )
    try:
        fetch(f"http://{address}/", patience=60)
        page = fetch(f"http://{address}/preview/2026-W46/")
        assert 'href="../2026-W47/"' in page
        letter = fetch(f"http://{address}/preview/2026-W46/nl/letter-light.html")
        # Its links lead to this machine, and not to where the site will be.
        assert f"http://{address}/certainties/reputation/#rep-1" in letter
        assert f'href="http://{address}/archive/2026-W46/"' in page
        # What is not out yet is shown, and says so.
        not_out = "not out yet · Friday 20 November 2026 at 06:00"
        for path in ("en/archive/2026-W47/", "en/archive/", "preview/2026-W47/"):
            assert not_out in fetch(f"http://{address}/{path}"), path
        assert "not out yet" not in page
        # Neither letter nor site answers to another name.
        for path in ("/", "/preview/2026-W46/"):
            asked = urllib.request.Request(f"http://{address}{path}", headers={"Host": "example.org"})
            with pytest.raises(urllib.error.HTTPError, match="403"):
                urllib.request.urlopen(asked)  # noqa: S310 (on this machine)
        # Nothing that a browser has kept comes between a person and the last save.
        assert "unregister()" in fetch(f"http://{address}/sw.js")
        assert 'name="offline"' not in fetch(f"http://{address}/en/")
        assert f"http://{address}/en/feed.xml" in fetch(f"http://{address}/feeds.opml")
        # Nobody signs up for the real letter from here.
        assert f'action="{TRIAL}en/subscribe"' in fetch(f"http://{address}/en/")
    finally:
        server.terminate()
        server.wait()
    assert f"The letters: http://{address}/preview/" in (sample / "serve.log").read_text()


def test_a_trial_of_the_service_is_where_the_forms_of_a_trial_of_the_site_lead():
    (port,) = (option.default for option in serve.params if option.name == "port")
    (host,) = (option.default for option in serve.params if option.name == "host")
    assert f"http://{host}:{port}/" == TRIAL


def fetch(url: str, patience: float = 0) -> str:
    ends = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url) as response:  # noqa: S310 (on this machine)
                return response.read().decode()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)


# --- In a browser ---


def test_the_language_switch_stays_on_the_page_without_any_script(open_browser, site):
    page = open_browser(java_script_enabled=False)
    for path in site.kinds[:-1]:
        page.goto(site.url + path)
        for folder in ("en/", ""):
            page.click(".site-language")
            assert page.url == site.url + folder + path


# Each language, scheme and width meets each of the others once: what is wrong for a reader of two of them is found.
@pytest.mark.parametrize(
    "folder, scheme, width",
    [
        ("", "light", 360),
        pytest.param("", "dark", 1280, marks=pytest.mark.slow),
        pytest.param("en/", "light", 1280, marks=pytest.mark.slow),
        pytest.param("en/", "dark", 360, marks=pytest.mark.slow),
    ],
)
def test_no_page_has_a_barrier_that_axe_knows(open_browser, site, folder, scheme, width):
    page = open_browser(color_scheme=scheme, viewport={"width": width, "height": 800})
    for path in site.kinds:
        page.goto(site.url + folder + path)
        found = Axe().run(page).response["violations"]
        assert [(path, rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize("folder, scripts", [("", True), ("en/", False)])
def test_no_page_is_wider_than_a_narrow_phone(open_browser, site, folder, scripts):
    page = open_browser(java_script_enabled=scripts, viewport={"width": 320, "height": 640})
    for path in site.kinds:
        page.goto(site.url + folder + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize("width", [360, 1280])
def test_what_a_page_is_about_is_seen_first(open_browser, site, width):
    page = open_browser(viewport={"width": width, "height": 800})
    for path in site.kinds:
        page.goto(site.url + path)
        box = page.locator("h1").bounding_box()
        assert box
        assert 0 < box["y"] < box["y"] + box["height"] < 400
        assert page.locator(".site-language").is_visible()


def test_the_keyboard_can_skip_to_the_text(open_browser, site):
    page = open_browser()
    page.goto(f"{site.url}certainties/referral/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/certainties/referral/#main")


def test_answers_are_sent_nowhere_when_no_script_takes_them(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(f"{site.url}assessment/")
    page.locator("input[name=relations-idea][value='2']").check()
    page.keyboard.press("Enter")
    assert page.locator("form #assessment, #assessment form").count() == 0
    assert page.url == f"{site.url}assessment/"
    assert page.locator("input[name=relations-idea][value='2']").is_checked()


def test_a_link_to_an_item_marks_it(open_browser, site):
    page = open_browser()
    page.goto(f"{site.url}certainties/referral/#ref-2")
    colour = "element => getComputedStyle(element).borderLeftColor"
    assert page.locator("#ref-2").evaluate(colour) != page.locator("#ref-1").evaluate(colour)


# --- What an author may write, and no page of ours has --------------------------------------------------------------

ODD = """
<div class="admonition tip"><p class="admonition-title">Tip</p><p>Tekst.</p></div>
<div class="admonition danger"><p class="admonition-title">Gevaar</p><p>Tekst.</p></div>
<div class="highlight"><pre><code>een regel code die veel langer is\n</code></pre></div>
<pre><code>ingesprongen code\n</code></pre>
<dl><dt>Term</dt><dd>Omschrijving</dd></dl>
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_admonitions_and_code_look_like_the_house(site, open_browser, scheme):
    page = open_browser(color_scheme=scheme, viewport={"width": 1200, "height": 900})
    page.goto(f"{site.url}glossary/")
    page.evaluate(
        "odd => document.querySelector('.md-content__inner').insertAdjacentHTML('beforeend', odd)", ODD
    )
    text = page.locator(".md-content__inner > p").first.bounding_box()
    for part in (".admonition", ".highlight", "pre", "dl"):
        for found in page.locator(f".md-content__inner > {part}").all():
            box = found.bounding_box()
            assert box["width"] <= text["width"] + 1, part
    colours = page.evaluate(
        """() => {
          const probe = document.createElement("i");
          document.body.append(probe);
          probe.style.color = "var(--z7-accent)";
          return [getComputedStyle(probe).color,
            ...[...document.querySelectorAll(".admonition")].map(one => getComputedStyle(one).borderLeftColor)];
        }"""
    )
    assert len(set(colours)) == 1, "each kind has the colour of the house"


def test_an_admonition_without_a_title_is_named_in_the_language_of_the_page():
    made = make_parser().convert('!!! warning\n    Tekst.\n\n!!! tip "Let op"\n    Tekst.\n')
    for language, words in load_words(ROOT).items():
        settings = SimpleNamespace(site_url="https://example.org/")
        extra = {"words": load_words(ROOT), "newsletter": SimpleNamespace(settings=settings)}
        config = SimpleNamespace(extra=extra, theme={"language": language})
        named = on_page_content(made, page=None, config=config, files=None)
        titles = re.findall(r'admonition-title">([^<]*)', named)
        assert titles == [words["aside"]["warning"], "Let op"]
