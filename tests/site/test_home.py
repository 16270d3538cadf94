"""Home: as it was made, half-way through the assessment, and for who has a result."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.assessing import answers
from tests.site.hosting import Site
from tests.site.keeping import BLOCKED, done, keep, kept, state

CODES = "210 223 10x 211 232 110 332"
HALF = state(answers=answers("210 223 10x --- --- --- ---"))
KNOWN = state(
    {"ref-1": done("2026-11-18"), "rel-1": done("2026-11-10")},
    answers(CODES),
    [{"date": "2026-11-16", "answers": answers(CODES)}],
)


@pytest.fixture
def visit(open_browser, site) -> Callable[..., Page]:
    """Opens home for a reader with a past, on Tuesday 24 November 2026."""

    def visit(past: Any = None, folder: str = "", **options: Any) -> Page:
        page = open_browser(**options)
        page.clock.set_fixed_time("2026-11-24T12:00:00")
        if past:
            keep(page, site, past)
        page.goto(site.url + folder)
        page.wait_for_selector("html.js")
        return page

    return visit


@pytest.mark.parametrize(
    "folder, promise",
    [("", "21 vragen, 5 minuten: je weet welke"), ("en/", "21 questions, 5 minutes, and you know which")],
)
def test_a_first_screen_says_what_it_is_for_whom_and_what_one_gets(visit, folder, promise):
    page = visit(folder=folder, viewport={"width": 360, "height": 740})
    for text in ("verkoopteam leidt" if not folder else "lead a sales team", promise):
        assert page.get_by_text(text).first.evaluate("one => one.getBoundingClientRect().bottom") < 740
    button = page.locator(".hero .md-button--primary")
    expect(button).to_be_in_viewport(ratio=1)
    assert "5 min" in button.inner_text()
    expect(page.locator(".specimen__says")).to_be_in_viewport()
    assert page.locator("h1").inner_text() == (
        "Improviseren jullie?" if not folder else "Are you improvising?"
    )


def test_nothing_greets_a_newcomer_as_a_debt(visit, site):
    page = visit()
    text = page.locator("main").inner_text()
    assert "0 van" not in text
    assert "wissen" not in text.lower()
    assert page.locator(":is(.progress, .seven__score, .home-now :first-child)").count() == 0
    assert page.locator(".seven__number").all_inner_texts() == list("1234567")
    assert kept(page, site) is None


def test_the_page_reads_well_without_scripts(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(site.url)
    for part in (".hero h1", ".specimen", ".seven >> nth=0", ".signup"):
        assert page.locator(part).first.is_visible(), part
    assert page.locator(".home-now").is_hidden()


def test_the_opening_shows_when_the_scripts_do_not_come(open_browser, site):
    page = open_browser()
    keep(page, site, KNOWN)
    page.route("**/javascripts/site*.js", lambda _: None)  # it is never answered
    page.goto(site.url, wait_until="commit")
    expect(page.locator(".hero h1")).to_be_visible(timeout=20_000)


def test_who_is_half_way_goes_on_where_they_were(visit, site):
    page = visit(HALF)
    assert page.locator(".hero").is_hidden()
    assert page.locator("h1:visible").all_inner_texts() == ["Nog 12 vragen te gaan"]
    assert page.locator(".home-now .step__cells .done").count() == 9
    assert page.locator(".seven__score").count() == 3
    page.get_by_role("link", name="Ga verder (9 van 21)").click()
    expect(page.locator(".assessment__status")).to_have_text("Vraag 10 van 21")


def test_who_has_a_result_has_one_thing_to_do_this_week(visit, site):
    page = visit(KNOWN)
    assert page.locator("h1:visible").all_inner_texts() == ["Deze week"]
    assert page.locator(".eyebrow:visible").inner_text() == "dinsdag 24 november · week 48"
    assert page.locator(".week__title").inner_text() == "Referral · 1 van 9"
    assert page.get_by_text("Zo stonden jullie op 16 november 2026.").is_visible()
    assert page.get_by_text("Geen vijf minuten?").is_hidden()
    rebound = page.locator(".seven [data-certainty=rebound]")
    assert rebound.locator(".seven__score").inner_text() == "2 van 9"
    relations = page.locator(".seven [data-certainty=relations] .seven__score")
    assert relations.inner_text() == "3 van 9 · 1 van 6 gedaan"
    page.locator("#week-ref-2").check()
    expect(page.locator(".week__title")).to_have_text("Deze week gedaan")
    expect(page.locator("#week-ref-2")).to_be_focused()
    assert page.locator("#week-ref-3").is_visible()
    assert kept(page, site)["items"]["ref-2"] == done("2026-11-24")
    # The same in the other language.
    page.click(".site-language")
    page.wait_for_url(f"{site.url}en/")
    expect(page.locator(".week__title")).to_have_text("Done this week")


def test_the_weeks_before_stay_when_a_week_begins_again(visit, site):
    page = visit(KNOWN)
    log = page.locator(".log__weeks li")
    assert [" ".join(row.inner_text().split())[:16] for row in log.all()] == [
        "week 47 Vijf kla",
        "week 46 De DMU v",
    ]
    page.goto(f"{site.url}certainties/referral/")
    page.get_by_role("button", name="Week opnieuw beginnen").first.click()
    page.locator("dialog").get_by_role("button", name="Vinkjes weghalen").click()
    page.goto(site.url)
    assert page.locator("#week-ref-1").is_visible()
    expect(log).to_have_count(2)


def test_after_seven_weeks_the_assessment_is_asked_again(visit):
    page = visit(KNOWN)
    assert page.get_by_text("De toets opnieuw: vanaf 4 januari 2027.").is_visible()
    old = [{"date": "2026-10-06", "answers": answers(CODES)}]
    page = visit(state(answers=answers(CODES), snapshots=old))
    assert page.get_by_text("Je uitslag is van 6 oktober 2026").is_visible()
    assert page.get_by_role("link", name="Doe de toets opnieuw").is_visible()


def test_who_takes_the_assessment_again_is_no_stranger_meanwhile(visit):
    again = {**KNOWN, "answers": answers("333 3-- --- --- --- --- ---")}
    page = visit(again)
    assert page.locator("h1:visible").all_inner_texts() == ["Deze week"]
    assert page.locator(".week__title").inner_text() == "Referral · 1 van 9"
    assert page.locator(".log__weeks li").count() == 2
    page.get_by_role("link", name="Ga verder (4 van 21)").click()
    expect(page.locator(".assessment__status")).to_have_text("Vraag 5 van 21")


def test_of_a_busy_week_the_last_three_are_shown(visit):
    items = {f"ref-{number}": done("2026-11-23") for number in (1, 2)} | {
        "rel-1": done("2026-11-24"),
        "rel-2": done("2026-11-24"),
    }
    page = visit({**KNOWN, **state(items, answers(CODES), KNOWN["snapshots"])})
    assert page.locator(".week__items li").count() == 3
    assert page.locator("#week-ref-3").is_visible()


def test_whose_turn_it_is_follows_the_item_when_a_checklist_is_done(visit):
    items = {f"ref-{number}": done("2026-11-05") for number in range(1, 7)}
    page = visit(state(items, answers(CODES), KNOWN["snapshots"]))
    assert page.locator(".week__title").inner_text() == "Terugkeer · 2 van 9"
    assert "De checklist van Referral is helemaal gedaan" in page.locator(".week").inner_text()


def test_who_only_ticks_has_a_log_below_the_opening(visit):
    page = visit(state({"ref-1": done("2026-11-23")}))
    assert page.locator("h1:visible").all_inner_texts() == ["Improviseren jullie?"]
    assert page.locator(".log h2").inner_text() == "Wat je afvinkte"
    assert "Vijf klanten" in page.locator(".log__weeks").inner_text()


def test_a_tab_that_was_left_open_follows_the_day(visit):
    page = visit(KNOWN)
    page.clock.set_fixed_time("2026-12-04T08:00:00")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".eyebrow:visible")).to_have_text("vrijdag 4 december · week 49")


def test_the_letter_of_the_week_is_named_once_it_is_there(visit):
    page = visit(KNOWN)
    newest = date.fromisoformat(page.locator(".letter-sample__title").get_attribute("data-published") or "")
    for day, said in ((newest, "De brief van deze week:"), (newest + timedelta(4), "Vrijdag komt de brief.")):
        page.clock.set_fixed_time(f"{day}T12:00:00")
        page.reload()
        page.wait_for_selector(".week")
        assert page.get_by_text(said).is_visible(), day


def test_when_nothing_is_open_it_says_so(visit):
    items = {
        f"{short}-{n}": done("2026-11-05")
        for short in ("rel", "rep", "ref", "rpt", "rev", "reb", "rpn")
        for n in range(1, 9)
    }
    page = visit(state(items, answers(CODES)))
    assert "Op geen enkele checklist staat nog iets open." in page.locator(".week").inner_text()
    assert page.locator("#week-remind").count() == 0


def test_a_browser_that_keeps_nothing_shows_the_page_as_it_was_made(open_browser, site):
    page = open_browser()
    page.add_init_script(BLOCKED)
    page.goto(site.url)
    assert page.locator(".hero h1").is_visible()


@pytest.mark.slow
@pytest.mark.parametrize(
    "past, folder, scheme, width",
    [
        (None, "", "light", 320), (None, "en/", "dark", 1440), (HALF, "", "dark", 360), (HALF, "en/", "light", 768),
        (KNOWN, "", "dark", 320), (KNOWN, "en/", "light", 1440), (KNOWN, "", "light", 768),
    ],
)  # fmt: skip
def test_no_state_has_a_barrier_or_is_too_wide(visit, past, folder, scheme, width):
    page = visit(past, folder, color_scheme=scheme, viewport={"width": width, "height": 800})
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.eval_on_selector_all(
        "main :is(button, .z7-button, .md-button, .quiet-button)",
        """all => all.filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 43.9)
          .map(one => one.textContent)""",
    )
    assert small == []


@pytest.mark.slow
@pytest.mark.parametrize("past", [HALF, KNOWN], ids=["half", "known"])
def test_nobody_sees_the_opening_before_what_is_theirs(open_browser, site: Site, past):
    page = open_browser(viewport={"width": 360, "height": 740})
    keep(page, site, past)
    page.add_init_script(
        """window.seen = [];
        const look = () => {
          const hero = document.querySelector(".hero h1");
          const isStyled = getComputedStyle(document.documentElement).fontSize === "20px";
          if (hero && isStyled) window.seen.push(hero.checkVisibility({ checkVisibilityCSS: true }));
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);"""
    )
    page.goto(site.url)
    page.wait_for_selector(".home-now h1")
    seen = page.evaluate("window.seen")
    assert seen
    assert not any(seen)


def test_who_asked_for_the_letter_is_not_asked_on_every_page(visit, site):
    page = visit()
    # The service is not here; what it answers leaves the page where it is.
    page.evaluate("() => { document.querySelector('form.signup').action = '/subscribe' }")
    page.route("**/subscribe", lambda route: route.fulfill(status=204))
    page.fill("#signup-email", "reader@example.org")
    page.get_by_role("button", name="Meld me aan").click()
    expect(page.locator(".signup")).to_be_hidden()
    assert kept(page, site)["asked"] == "2026-11-24"
    assert "reader@example.org" not in str(kept(page, site))
    page.goto(f"{site.url}certainties/referral/")
    page.get_by_text("Je vroeg de brief aan op 24 november 2026. Niets gekregen?").click()
    expect(page.locator("#signup-email")).to_be_visible()
    page.goto(f"{site.url}privacy/")
    expect(page.locator(".kept__amount")).to_contain_text("dat je de brief aanvroeg")
    page.get_by_role("button", name="Alles wissen").click()
    page.locator("dialog").get_by_role("button", name="Wissen").click()
    expect(page.locator(".signup")).to_be_visible()
    assert kept(page, site) is None
