"""The search of the real site, asked in a real browser: what must come first, what must be the same, and its dialog."""

import gzip
import json
import re
from itertools import chain
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from generator.content.style import load_style
from generator.model import Language
from generator.words import load_words
from tests.site.hosting import MISSING_PAGE, ROOT, Site
from tests.site.keeping import BLOCKED, FULL

FOLDERS = {"nl": "", "en": "en/"}

# What a reader types, and the page that must come first.
FIRST = {
    "nl": {
        "aanbeveling": "glossary/",
        "afmelden": "privacy/",
        "afspraken maken": "certainties/rebound/",
        "begrippenlijst": "glossary/",
        "boekhouding": "archive/2026-W48/",
        "bonus": "certainties/reputation/",
        "bewijs": "assessment/",
        "churn": "glossary/",
        "cold calling": "certainties/rebound/",
        "contactkaart": "archive/2026-W45/",
        "crm": "templates/renewal-sum/",
        "dmu": "templates/contact-map/",
        "forecast": "certainties/relations/",
        "hoe vraag ik om een introductie": "templates/referral-ask/",
        "introductie": "templates/referral-ask/",
        "introduceren": "templates/referral-ask/",
        "klantbehoud": "archive/2026-W48/",
        "korting": "templates/discount-return/",
        "marge": "certainties/revenue/",
        "nabespreking": "certainties/repetition/",
        "oefenen": "certainties/repetition/",
        "pipeline": "certainties/revenue/",
        "podium": "archive/2026-W47/",
        "privacy": "privacy/",
        "provisie": "certainties/revenue/",
        "referral": "certainties/referral/",
        "rss": "newsletter/",
        "telefoontje": "archive/2026-W48/",
        "teamblad": "team-sheet/",
        "terugwinnen": "certainties/rebound/",
        "toets": "assessment/",
        "verlengen": "templates/renewal-sum/",
        "verloren klanten terug": "certainties/rebound/",
    },
    "en": {
        "accounting": "archive/2026-W48/",
        "churn": "certainties/repeating/",
        "debrief": "certainties/repetition/",
        "discount": "templates/discount-return/",
        "dmu": "glossary/",
        "forecast": "certainties/relations/",
        "glossary": "glossary/",
        "how do I ask for an introduction": "templates/referral-ask/",
        "introductions": "templates/referral-ask/",
        "lost customers": "certainties/rebound/",
        "pipeline": "certainties/revenue/",
        "privacy": "privacy/",
        "quiz": "assessment/",
        "referral": "certainties/referral/",
        "team sheet": "team-sheet/",
        "unsubscribe": "privacy/",
    },
}

PAIRS = {
    "nl": "aanbeveling aanbevelingen, afspraak afspraken, aankoop aankopen, belofte beloften, beslisser beslissers, "
    "contact contacten, gesprek gesprekken, introductie introducties, klant klanten, leverancier leveranciers, "
    "offerte offertes, percentage percentages, verkoper verkopers, verlenging verlengingen, week weken",
    "en": "account accounts, checklist checklists, conversation conversations, customer customers, discount discounts, "
    "introduction introductions, promise promises, quarter quarters, referral referrals, renewal renewals",
}

SLIPS = {
    "nl": "kortign korting, referal referral, aanbevelling aanbeveling, introductei introductie, oferte offerte, "
    "verkoprr verkoper, klnaten klanten, rendament rendement",
    "en": "discuont discount, introducton introduction, reputatoin reputation, forecats forecast, promisse promise",
}

ASK = """async ([script, questions]) => {
  const { find } = await import(script);
  const found = {};
  for (const question of questions) {
    const { number, instead, show } = await find(question);
    found[question] = { number, instead, pages: await show(0, 99) };
  }
  return found;
}"""


@pytest.fixture
def ask(open_browser, site: Site):
    """Asks the search of a language all questions in one page; gives the pages by question, without later letters."""

    def ask(language: str, questions: list[str]) -> dict[str, Any]:
        page = open_browser()
        folder = site.url + FOLDERS[language]
        page.goto(f"{folder}privacy/")
        found = page.evaluate(ASK, [site.script("finder", FOLDERS[language]), questions])
        for answer in found.values():
            assert answer["number"] == len(answer["pages"])
            assert all(one["url"].startswith(folder.removeprefix(origin(site))) for one in answer["pages"])
            paths = [
                one["url"].removeprefix(folder.removeprefix(origin(site))).split("#")[0]
                for one in answer["pages"]
            ]
            answer["paths"] = [
                path for path in paths if not path.startswith("archive/") or path <= "archive/2026-W48/"
            ]
        return found

    return ask


def origin(site: Site) -> str:
    return re.match("http://[^/]+", site.url)[0]


def split(pairs: str) -> list[list[str]]:
    return [pair.split() for pair in pairs.split(", ")]


@pytest.mark.parametrize("language", FOLDERS)
def test_the_right_page_comes_first(ask, language):
    found = ask(language, list(FIRST[language]))
    assert {question: (answer["paths"] or [""])[0] for question, answer in found.items()} == FIRST[language]


def test_a_word_that_only_has_the_same_stem_comes_last(ask):
    """Of “korting” the Dutch stemmer makes “kort”, which is in many headings."""
    paths = ask("nl", ["korting"])["korting"]["paths"]
    theirs = {f"certainties/{name}/" for name in ("relations", "rebound", "revenue")}
    assert theirs <= {*paths[: paths.index("privacy/")]}, paths


@pytest.mark.parametrize("language", FOLDERS)
def test_singular_and_plural_find_the_same(ask, language):
    pairs = split(PAIRS[language])
    found = ask(language, [*chain(*pairs)])
    for one, more in pairs:
        assert sorted(found[one]["paths"]) == sorted(found[more]["paths"]) != [], (one, more)


@pytest.mark.parametrize("language", FOLDERS)
def test_a_slip_is_forgiven_and_said(ask, language):
    slips = split(SLIPS[language])
    found = ask(language, [*chain(*slips)])
    for slip, right in slips:
        assert found[slip]["paths"] == found[right]["paths"] != [], (slip, right)
        assert found[slip]["instead"].startswith(right[:5])
        assert found[right]["instead"] == ""


def test_accents_and_capitals_make_no_difference(ask):
    same = [["financiele", "financiële", "FINANCIËLE"], ["één", "een"], ["enquete", "enquête", "ENQUÊTE"]]
    found = ask("nl", [*chain(*same)])
    for first, *others in same:
        assert found[first]["paths"]
        for other in others:
            assert sorted(found[other]["paths"]) == sorted(found[first]["paths"]), other


@pytest.mark.parametrize("language", FOLDERS)
def test_every_synonym_finds_what_it_is_said_to_mean(ask, language):
    synonyms = load_style(ROOT, [])[Language(language)].synonyms
    assert len(synonyms) > 50
    meant = sorted({word for words in synonyms.values() for word in words})
    found = ask(language, [*synonyms, *meant])
    assert [word for word in meant if not found[word]["paths"] or found[word]["instead"]] == []
    for typed, words in synonyms.items():
        assert {path for word in words for path in found[word]["paths"]} <= set(found[typed]["paths"]), typed


def test_what_is_nowhere_finds_nothing_and_what_else_was_asked_does(ask):
    nothing = ["xyzzy", "qqq", "<script>alert(1)</script>", '"', "*", "kwantumzwaartekracht", "a" * 100]
    slips = (("klanttevredenhied", "klanttevredenheid"), ("pipelien", "pipeline"))
    found = ask("nl", [*nothing, "xyzzy korting", "korting", "  korting  geven ", *chain(*slips)])
    assert {question: found[question]["number"] for question in nothing} == dict.fromkeys(nothing, 0)
    assert found["xyzzy korting"]["instead"] == "korting"
    assert found["  korting  geven "]["instead"] == ""
    for slip, right in slips:  # in what is typed for another word
        assert found[slip]["paths"] == found[right]["paths"] != []
    assert found["xyzzy korting"]["paths"] == found["korting"]["paths"]


def test_a_slip_is_one_letter(open_browser, site):
    page = open_browser()
    page.goto(f"{site.url}privacy/")
    is_slip = "async ([script, one, other]) => (await import(script)).isSlip(one, other)"
    for one, other, expected in (
        ("korting", "korting", True),
        ("korting", "kortin", True),
        ("korting", "kkorting", True),
        ("korting", "korring", True),
        ("korting", "kortign", True),
        ("abab", "baba", False),
        ("korting", "kotring", True),
        ("korting", "krotign", False),
        ("korting", "korti", False),
        ("aab", "ab", True),
        ("", "a", True),
        ("", "ab", False),
    ):
        for words in ((one, other), (other, one)):
            assert page.evaluate(is_slip, [site.script("finder"), *words]) is expected, words


# --- What is in the index -------------------------------------------------------------------------------------------


def read_fragments(site: Site, language: str) -> dict[str, dict[str, Any]]:
    """What Pagefind knows of each page, by its address below the folder of the language."""
    fragments = {}
    for path in (site.folder / "pagefind/fragment").glob(f"{language}_*"):
        found = json.loads(gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd"))
        fragments[found["url"].removeprefix(f"/{FOLDERS[language]}")] = found
    return fragments


@pytest.mark.parametrize("language", FOLDERS)
def test_the_texts_are_in_the_index_and_what_is_around_them_is_not(site, language):
    fragments = read_fragments(site, language)
    pages = {
        address.removeprefix(site.url + FOLDERS[language])
        for address in site.pages
        if address.startswith(f"{site.url}en/") == (language == "en") and not address.endswith(".html")
    }
    assert fragments.keys() == pages - {"archive/"}  # it would be a result for each title
    words = load_words(ROOT)[Language(language)]
    for path, fragment in fragments.items():
        text = fragment["content"]
        for sign in ("¶", "↩", "☐"):
            assert sign not in text + fragment["meta"]["title"], path
        for around in ("signup_title", "signup_forwarded", "signup_trap"):
            assert words["form"][around] not in text
        is_letter, is_lesson = path.startswith("archive/"), path.startswith("course/") and path != "course/"
        assert ("byline" in fragment["meta"]) == (is_letter or is_lesson)
        assert not is_letter or re.search(r"\d{1,2} \w+ 20\d\d.* · \w", fragment["meta"]["byline"])
    texts = " ".join(fragment["content"] for path, fragment in fragments.items() if path != "newsletter/")
    for name in ("latest_letters", "forward_who", "write_back", "other_letters"):
        assert words["site"][name] not in texts
    assert (
        "november 2026" not in fragments["certainties/referral/"]["content"].lower()
    )  # of the letters below it
    source = "Defining, Measuring, and Managing Business Reference Value"
    assert source not in texts
    assert any(source in page.text_content() for page in site.pages.values())
    for question in site.pages[f"{site.url}{FOLDERS[language]}assessment/"].xpath(
        "//*[@class='question__text']/text()"
    ):
        assert question not in texts  # 21 results for words that every certainty has


def test_nothing_is_left_of_other_searches(site):
    names = [path.relative_to(site.folder).as_posix() for path in site.folder.rglob("*")]
    assert not [
        name for name in names if re.search("lunr|workers/|search_index|pagefind-.*ui|wasm.unknown", name)
    ]


# --- The dialog -----------------------------------------------------------------------------------------------------


def search(page: Page, question: str) -> None:
    page.keyboard.press("/")
    expect(page.locator("#search-query")).to_be_focused()
    page.keyboard.insert_text(question)


@pytest.mark.parametrize("folder, word, found", [("", "afspraken", "gevonden"), ("en/", "promises", "found")])
def test_a_reader_searches_by_keyboard(open_browser, site, folder, word, found):
    page = open_browser(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}{folder}glossary/", wait_until="networkidle")
    assert not [
        url for url in asked if "pagefind" in url or "finder" in url
    ]  # who does not search pays nothing
    opener = page.locator("[data-search-open]")
    opener.focus()
    page.keyboard.press("Enter")
    search_box = page.get_by_role("searchbox")
    expect(search_box).to_be_focused()
    expect(page.locator(".search__help a").first).to_be_visible()
    page.keyboard.insert_text(word)
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text(found)
    results = page.locator(".search__result a")
    expect(page.locator(".search__help")).to_be_hidden()
    assert page.locator(".search__excerpt mark").first.inner_text()
    page.keyboard.press("ArrowDown")
    expect(results.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(results.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search_box).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Control+k")
    expect(search_box).to_be_focused()
    box = page.locator("#search").bounding_box()
    assert box
    page.mouse.click(box["x"] + 5, box["y"] + 5)  # between its parts: nothing is pressed
    expect(search_box).to_be_visible()
    assert "privacy" not in str(results.first.get_attribute("href"))
    search_box.fill("privacy")
    search_box.press("Enter")  # opens the first page of this question, not of the one before
    page.wait_for_url("**/privacy/**")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("width, scheme", [(320, "light"), (1280, "dark")])
def test_no_state_of_the_dialog_has_a_barrier_that_axe_knows(open_browser, site, width, scheme):
    page = open_browser(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page.goto(f"{site.url}?q=klanten")  # an address can ask
    expect(page.get_by_role("searchbox")).to_have_value("klanten")
    expect(page.locator(".search__result")).to_have_count(10)
    said = page.get_by_role("dialog").get_by_role("status")
    for question, text in (("klanten", "gevonden"), ("kortign", "“korting”"), ("xyzzy", "“xyzzy”"), ("", "")):
        page.get_by_role("searchbox").fill(question)
        expect(said).to_contain_text(text)
        found = Axe().run(
            page,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
        assert page.evaluate("document.querySelector('#search').scrollWidth") <= width
        expect(page.locator(".search__help")).to_be_visible(visible=question in {"xyzzy", ""})
    page.get_by_role("searchbox").fill("gesprek")
    more = page.locator(".search__more")
    more.click()
    expect(page.locator(".search__result a").nth(10)).to_be_focused()
    expect(more).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator(".search__close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_what_is_found_on_this_page_is_gone_to_from_the_menu(open_browser, site):
    page = open_browser(viewport={"width": 360, "height": 740})
    page.goto(f"{site.url}certainties/referral/")
    for _ in range(2):  # the second time the address stays the same
        page.get_by_role("button", name="Menu").click()
        search(page, "doorstuurbare")
        expect(page.locator(".search__result a").first).to_have_attribute("href", re.compile("#checklist$"))
        page.keyboard.press("Enter")
        expect(page.locator("#menu")).to_be_hidden()
        expect(page.locator("h2#checklist")).to_be_in_viewport()


def test_a_key_in_a_field_is_a_letter(open_browser, site):
    page = open_browser()
    page.goto(site.url)
    page.locator(".signup input[name=email]").press("/")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".signup input[name=email]")).to_have_value("/")


@pytest.mark.parametrize("storage", [BLOCKED, FULL])
def test_it_works_where_nothing_may_be_kept(open_browser, site, storage):
    page = open_browser()
    page.add_init_script(storage)
    page.goto(f"{site.url}archive/2026-W48/")
    search(page, "podium")
    expect(page.locator(".search__result")).to_have_count(1)
    expect(page.locator(".search__byline")).to_contain_text("20 november 2026 · Referral")


def test_it_says_so_when_the_index_cannot_be_fetched(open_browser, site):
    page = open_browser()
    page.route("**/pagefind/*.json*", lambda route: route.abort())
    page.goto(site.url)
    search(page, "korting")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text(
        load_words(ROOT)[Language("nl")]["script"]["searchFailed"]
    )
    page.unroute_all()
    page.keyboard.press("Backspace")  # asked again, it tries again
    expect(page.locator(".search__result").first).to_be_visible()


def test_without_scripts_there_is_no_button_and_every_page_is_linked(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(site.url)
    expect(page.locator("[data-search-open]")).to_be_hidden()
    linked = set(page.locator("a[href]").evaluate_all("links => links.map(link => link.href.split('#')[0])"))
    pages = {
        address
        for address in site.pages
        if not re.search(r"/en/|/(archive|course|templates)/.|\.html$", address)
    }
    assert pages <= linked


def test_a_page_that_is_not_there_has_a_field_that_asks_the_search(open_browser, site):
    page = open_browser()
    page.goto(site.url + MISSING_PAGE)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Waar was je naar op zoek?").fill("podium")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#search input")).to_have_value("podium")
    expect(page.locator(".search__result a").first).to_have_attribute("href", re.compile("2026-W47"))
    assert not [url for url in asked if "podium" in url], "what is searched for goes to no server"


@pytest.mark.parametrize("scripts", ["off", "lost"])
def test_without_scripts_it_has_none(open_browser, site, scripts):
    page = open_browser(java_script_enabled=scripts == "lost")
    page.route("**/site.*.js", lambda route: route.abort())
    page.goto(site.url + MISSING_PAGE)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("article input")).to_be_hidden()
