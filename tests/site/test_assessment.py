"""The assessment as a reader does it: the questions, the result, and what is kept of them."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.assessing import KEYS, answers, open_assessment, result_parts
from tests.site.hosting import Site
from tests.site.keeping import BLOCKED, done, keep, kept, state, unfit

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

CODES = "211 321 0x0 221 210 10x 322"
THEN = {"date": "2026-11-02", "answers": answers("111 211 111 221 111 111 111")}
FIRST = {"date": "2026-10-05", "answers": answers("111 111 111 111 111 111 111")}


@pytest.fixture
def visit(open_browser, site) -> Callable[..., Page]:
    """Opens the assessment for a reader with a past, in a browser with these options."""

    def visit(past: Any = None, fragment: str = "", folder: str = "", **options: Any) -> Page:
        page = open_browser(**options)
        page.clock.set_fixed_time("2026-11-23T12:00:00")
        if past:
            keep(page, site, past)
        return open_assessment(page, site, fragment, folder)

    return visit


def shown(page: Page) -> str:
    """Which certainty is asked about."""
    (name,) = page.eval_on_selector_all(
        ".assessment__certainty",
        "all => all.filter(one => one.checkVisibility()).map(one => one.dataset.certainty)",
    )
    return name


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.id")


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


# --- The questions ---


@pytest.mark.parametrize(
    "folder, heading, weakest", [("", "Je uitslag", "Referral"), ("en/", "Your result", "Referral")]
)
def test_all_is_answered_with_the_keyboard_alone(visit, site, folder, heading, weakest):
    page = visit(folder=folder)
    page.locator(".skip").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused(page) == KEYS[0]:
            break
    press(page, CODES.replace(" ", "").replace("x", "?"))
    assert kept(page, site)["answers"] == answers(CODES)
    assert focused(page) == "assessment-next"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == heading
    assert result_parts(page)["name"] == weakest
    assert page.locator("#assessment").is_hidden()


def test_each_answer_is_kept_at_once_and_counted(visit, site):
    page = visit()
    status = page.locator(".assessment__status")
    assert status.get_attribute("role") == "status"
    assert status.inner_text() == "0 van 21 beantwoord"
    page.get_by_label("Ik kan het in één zin zeggen.").first.check()
    assert kept(page, site) == state(answers={"relations-idea": "1"})
    assert status.inner_text() == "1 van 21 beantwoord"
    assert page.locator(".assessment__bar").evaluate("bar => bar.value") == 1
    page.locator("[name=relations-idea][value=x]").check()
    assert kept(page, site) == state(answers={"relations-idea": "x"})
    assert status.inner_text() == "1 van 21 beantwoord"


def test_arrows_choose_and_enter_goes_on(visit, site):
    page = visit()
    page.locator("[name=relations-idea]").first.focus()
    press(page, ["Space", "ArrowDown", "ArrowDown"])
    assert kept(page, site)["answers"] == {"relations-idea": "2"}
    assert focused(page) == "relations-idea"
    page.keyboard.press("Enter")
    assert focused(page) == "relations-strategy"
    assert kept(page, site)["answers"] == {"relations-idea": "2"}


def test_a_key_with_a_modifier_is_left_to_the_browser(visit, site):
    page = visit()
    page.locator("[name=relations-idea]").first.focus()
    page.keyboard.press("Control+2")
    page.keyboard.press("7")
    assert kept(page, site) is None


def test_the_last_answer_of_a_certainty_leads_to_the_next_one(visit):
    page = visit()
    page.locator("[name=relations-idea]").first.focus()
    press(page, "000")
    assert shown(page) == "reputation"
    assert focused(page) == "reputation-idea"


def test_one_goes_back_and_forth_between_certainties(visit):
    page = visit()
    assert page.locator("#assessment-previous").is_hidden()
    page.click("#assessment-next")
    page.click("#assessment-next")
    assert (shown(page), focused(page)) == ("referral", "referral-idea")
    page.click("#assessment-previous")
    assert shown(page) == "reputation"
    page.get_by_role("button", name="Herhaling").click()
    assert shown(page) == "repetition"
    assert page.locator("[aria-current=step]").get_attribute("aria-label") == "Herhaling: 0 van 3 beantwoord"
    assert page.locator("#assessment-next").inner_text() == "Bekijk de tussenstand"


def test_the_button_of_the_browser_goes_back_one_step_at_a_time(visit, site):
    """From step to step, from the result to the questions, forward again, and after a reload."""
    page = visit(state(answers=answers("3" * 18 + "---")))
    there = page.url
    page.get_by_role("button", name="Relaties").click()
    page.click("#assessment-next")
    page.click("#assessment-next")
    assert shown(page) == "referral"
    page.go_back()
    expect(page.locator("[data-certainty=reputation]")).to_be_visible()
    assert (shown(page), focused(page)) == ("reputation", "reputation-idea")
    expect(page.locator(":focus")).to_be_in_viewport()
    page.reload()
    page.wait_for_selector(".backup")
    assert shown(page) == "reputation"
    page.go_forward()
    expect(page.locator("[data-certainty=referral]")).to_be_visible()
    # “Vorige” takes the same way: it does not make the history longer.
    length = page.evaluate("history.length")
    page.click("#assessment-previous")
    expect(page.locator("[data-certainty=reputation]")).to_be_visible()
    assert page.evaluate("history.length") == length
    # With the keyboard into the last step, and to the result.
    page.get_by_role("button", name="Terugkeer").click()
    page.locator("[name=rebound-execution]").first.focus()
    press(page, "1000")
    assert shown(page) == "repetition"
    page.click("#assessment-next")
    assert page.locator("#result h2").inner_text() == "Je uitslag"
    assert page.url == there
    page.reload()
    page.wait_for_selector(".backup")
    assert page.locator("#result h2").is_visible()
    page.go_back()
    expect(page.locator("#assessment")).to_be_visible()
    assert shown(page) == "repetition"
    page.go_back()
    expect(page.locator("[data-certainty=rebound]")).to_be_visible()
    for _ in range(2):
        page.go_forward()
    expect(page.locator("#result h2")).to_be_focused()
    assert page.url == there


def test_the_button_of_the_browser_goes_back_to_a_result_that_was_shared(visit, site):
    page = visit(state(answers=answers(CODES)), f"#r=1.{'3' * 21}")
    page.click("#result-own")
    assert page.url == f"{site.url}assessment/"
    assert result_parts(page)["name"] == "Referral"
    page.go_back()
    expect(page.locator("#result h2")).to_have_text("Gedeelde uitslag")
    page.go_forward()
    expect(page.locator("#result h2")).to_have_text("Je uitslag")


WATCH = """
  const heights = window.heights = [];
  const look = () => {
    const form = document.querySelector("#assessment");
    if (form) heights.push([form.getBoundingClientRect().height, form.checkVisibility({ checkVisibilityCSS: true })]);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
"""Notes at every frame how high the questions are, and whether one sees them."""


@pytest.mark.parametrize("past", [None, state(answers=answers(CODES))])
def test_at_no_frame_are_there_more_questions_than_one_is_asked(open_browser, site, past):
    page = open_browser(viewport={"width": 360, "height": 740})
    if past:
        keep(page, site, past)
    page.add_init_script(WATCH)
    page.route("**/javascripts/assessment*.js", lambda route: (time.sleep(0.5), route.continue_()))
    open_assessment(page, site)
    if past:
        page.click("#result-change")
    page.wait_for_function("heights.at(-1)[1]")
    heights = page.evaluate("heights")
    assert len(heights) > 10
    assert max(height for height, _ in heights) <= heights[-1][0]
    assert [seen for height, seen in heights if height < heights[-1][0]].count(True) == 0


def test_all_the_questions_show_when_the_scripts_do_not_come(open_browser, site):
    page = open_browser()
    page.route("**/javascripts/assessment*.js", lambda _: None)  # it is never answered
    page.goto(f"{site.url}assessment/")
    radios = page.locator("#assessment input[type=radio]")
    expect(radios.last).to_be_hidden()
    expect(radios.last).to_be_visible(timeout=20_000)
    boxes = page.locator(".assessment__certainty").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(boxes) > 300


def test_who_left_goes_on_at_the_first_open_question(visit):
    page = visit()
    assert page.get_by_text("Je was al begonnen").is_hidden()
    page.locator("[name=relations-idea]").first.focus()
    press(page, "3210")
    page.reload()
    page.wait_for_selector(".backup")
    assert shown(page) == "reputation"
    assert page.get_by_text("Je was al begonnen").is_visible()
    assert page.locator("[name=reputation-idea][value='0']").is_checked()
    assert page.locator(".step").first.get_attribute("aria-label") == "Relaties: 3 van 3 beantwoord"
    assert page.locator(".step--done").count() == 1


def test_answers_are_the_same_in_the_other_language(visit, site):
    page = visit(state(answers=answers("3" + "-" * 20)))
    page.click(".site-language")
    page.wait_for_selector(".backup")
    assert page.url == f"{site.url}en/assessment/"
    assert page.locator("[name=relations-idea][value='3']").is_checked()
    assert page.locator(".assessment__status").inner_text() == "1 of 21 answered"


def test_two_tabs_agree(visit, site):
    page = visit()
    other = open_assessment(page.context.new_page(), site)
    page.locator("[name=relations-idea][value='2']").check()
    other.locator("[name=relations-idea][value='2']:checked").wait_for()
    assert other.locator(".assessment__status").inner_text() == "1 van 21 beantwoord"


@pytest.mark.parametrize("fragment", ["#question-referral", "#de-vragen"])
def test_a_link_to_the_questions_opens_them(visit, fragment):
    page = visit(state(answers=answers(CODES)), fragment)
    assert page.locator("#assessment").is_visible()
    assert page.locator("#result").is_hidden()
    assert shown(page) == ("referral" if "referral" in fragment else "relations")


def test_without_scripts_all_questions_stand_on_the_page(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(f"{site.url}assessment/")
    radios = page.locator("#assessment input[type=radio]")
    assert radios.count() == 21 * 5
    assert all(radio.is_visible() for radio in radios.all())
    assert page.locator("#result").is_hidden()


def test_it_works_when_the_browser_keeps_nothing(open_browser, site):
    page = open_browser()
    page.add_init_script(BLOCKED)
    open_assessment(page, site)
    assert page.get_by_text("Je browser bewaart niets voor deze site").is_visible()
    page.locator("[name=relations-idea]").first.focus()
    press(page, "0" * 21)
    page.keyboard.press("Enter")
    assert result_parts(page)["name"] == "Relaties"


# --- The result ---


def test_the_weakest_comes_first_with_one_step_that_leads_to_its_item(visit, site):
    page = visit(state({"ref-1": done(), "ref-2": unfit()}, answers(CODES)))
    parts = result_parts(page)
    assert parts["weakest"].startswith("Je zwakste zekerheid Referral 0 van 9")
    link = page.locator(".result__step a")
    assert link.count() == 1
    text = link.inner_text()
    link.click()
    page.wait_for_url(f"{site.url}certainties/referral/#ref-3")
    assert text in page.locator("#ref-3").inner_text()


def test_the_step_follows_the_ticks_of_another_tab(visit, site):
    page = visit(state(answers=answers(CODES)))
    first = page.locator(".result__step a").inner_text()
    other = page.context.new_page()
    other.goto(f"{site.url}certainties/referral/")
    other.locator("#ref-1 input").check()
    page.wait_for_function(
        "first => document.querySelector('.result__step a').textContent !== first", arg=first
    )
    assert page.locator(".result__step a").get_attribute("href").endswith("#ref-2")


def test_a_finished_checklist_is_said_and_the_second_weakest_gives_the_step(visit):
    page = visit(state({f"ref-{number}": done() for number in range(1, 7)}, answers(CODES)))
    assert result_parts(page)["name"] == "Referral"
    assert "De checklist van Referral is helemaal gedaan" in result_parts(page)["step"]
    assert page.locator(".result__step a").get_attribute("href") == "../certainties/rebound/#reb-1"


def test_level_certainties_are_named_and_why_one_comes_first(visit):
    page = visit(state(answers=answers("222 120 111 102 222 222 222")))
    assert result_parts(page)["name"] == "Reputatie"
    assert result_parts(page)["tied"].startswith("Even laag: Referral en Herhaalaankoop.")


def test_not_knowing_is_shown_apart(visit):
    page = visit(state(answers=answers(CODES)))
    assert result_parts(page)["unknown"].startswith("2 keer “weet ik niet”")
    assert page.locator(".scores abbr").all_inner_texts() == ["?", "?"]
    assert page.locator(".figure__unknown").count() == 2
    page = visit(state(answers=answers("1" * 21)))
    assert "unknown" not in result_parts(page)


def test_pictures_say_in_words_what_they_show(visit):
    page = visit(state(answers=answers(CODES), snapshots=[THEN]))
    for kind, first in (("radar", "Relaties: 4 van 9"), ("bars", "Referral: 0 van 9, 1 keer weet ik niet")):
        picture = page.locator(f".figure--{kind}")
        assert picture.get_attribute("role") == "img"
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert page.locator(f"#{picture.get_attribute(attribute)}").text_content()
        text = picture.locator("desc").text_content()
        assert text.startswith(first)
        assert text.count(" van 9") == 14
        assert "Ter vergelijking, 2 november 2026" in text
        used = picture.locator("use").evaluate_all("all => all.map(use => use.getAttribute('href'))")
        assert len(used) == 7
        assert all(page.locator(f"symbol{mark}").count() == 1 for mark in used)


def test_the_table_has_every_score_the_weakest_first(visit):
    page = visit(state(answers=answers(CODES)))
    rows = [row.inner_text().split() for row in page.locator(".scores tr").all()]
    assert rows[0] == ["Zekerheid", "Idee", "Strategie", "Uitvoering", "Samen", "(0–9)"]
    assert rows[1] == ["Referral", "0", "?", "0", "0"]
    assert [row[-1] for row in rows[1:]] == ["0", "1", "3", "4", "5", "6", "7", "26"]
    assert rows[-1] == ["Alles", "13", "8", "5", "26"]


def test_who_answered_nothing_is_sent_back_to_the_beginning(visit):
    page = visit()
    page.get_by_role("button", name="Herhaling").click()
    page.click("#assessment-next")
    assert "21 vragen staan open van de 21" in result_parts(page)["unfinished"]
    page.click("#result-finish")
    assert focused(page) == "relations-idea"


def test_an_unfinished_result_says_how_much_is_missing_and_no_more(visit):
    page = visit(state(answers=answers("333 33- 000 33- 333 333 33-")))
    page.get_by_role("button", name="Herhaling").click()
    page.click("#assessment-next")
    assert "3 vragen staan open van de 21" in result_parts(page)["unfinished"]
    assert {"weakest", "step", "figures", "actions"}.isdisjoint(result_parts(page))
    page.click("#result-finish")
    assert focused(page) == "reputation-execution"


def test_a_result_says_that_it_comes_from_no_validated_instrument(visit):
    assert "geen gevalideerd meetinstrument" in result_parts(visit(state(answers=answers(CODES))))["caveat"]


def test_an_answer_can_be_changed(visit, site):
    page = visit(state(answers=answers(CODES), snapshots=[THEN]))
    page.click("#result-change")
    assert shown(page) == "relations"
    page.get_by_role("button", name="Referral").click()
    press(page, "333")
    page.get_by_role("button", name="Herhaling").click()
    page.click("#assessment-next")
    assert result_parts(page)["name"] == "Terugkeer"
    assert [one["date"] for one in kept(page, site)["snapshots"]] == ["2026-11-23", "2026-11-02"]


def test_starting_again_is_asked_and_keeps_ticks_and_earlier_results(visit, site):
    past = state({"ref-1": done()}, answers(CODES), [THEN])
    page = visit(past)
    page.click("#result-again")
    assert "21 antwoorden" in page.locator("dialog.z7-dialog").inner_text()
    page.keyboard.press("Escape")
    page.locator("dialog.z7-dialog").wait_for(state="detached")
    assert kept(page, site) == past
    page.click("#result-again")
    page.get_by_role("button", name="Opnieuw beginnen").click()
    page.wait_for_selector("#assessment:not([hidden])")
    assert kept(page, site) == {**past, "answers": {}}
    assert (shown(page), focused(page)) == ("relations", "relations-idea")
    assert page.locator("#assessment input:checked").count() == 0


def test_clearing_everything_leaves_the_questions(visit, site):
    page = visit(state({"ref-1": done()}, answers(CODES), [THEN]))
    page.get_by_role("button", name="Alles wissen").click()
    page.locator("dialog.z7-dialog").get_by_role("button", name="Wissen").click()
    page.wait_for_selector("#assessment:not([hidden])")
    assert page.locator("#result").is_hidden()
    assert kept(page, site) is None


# --- Earlier results ---


def test_a_finished_result_is_kept_by_its_day(visit, site):
    page = visit()
    page.locator("[name=relations-idea]").first.focus()
    press(page, "1" * 20)
    assert kept(page, site)["snapshots"] == []
    page.keyboard.press("1")
    assert kept(page, site)["snapshots"] == [{"date": "2026-11-23", "answers": answers("1" * 21)}]
    page.locator("[name=repetition-execution][value='3']").check()
    assert kept(page, site)["snapshots"] == [{"date": "2026-11-23", "answers": answers("1" * 20 + "3")}]
    page.clock.set_fixed_time("2026-11-24T12:00:00")
    page.locator("[name=repetition-execution][value='0']").check()
    assert [one["date"] for one in kept(page, site)["snapshots"]] == ["2026-11-24", "2026-11-23"]
    page.click("#assessment-next")
    assert result_parts(page)["change"] == "Sinds 23 november 2026: −3 (van 23 naar 20)."


def test_the_change_since_last_time_shows_and_another_time_can_be_chosen(visit):
    now = {"date": "2026-11-20", "answers": answers(CODES)}
    page = visit(state(answers=answers(CODES), snapshots=[FIRST, now, THEN]))
    assert result_parts(page)["total"] == "20 november 2026 · 26 van 63 punten"
    assert result_parts(page)["change"] == "Sinds 2 november 2026: +2 (van 24 naar 26)."
    assert page.locator(".result__earlier li").count() == 2
    earlier = page.get_by_role("button", name="Vergelijk met 5 oktober 2026")
    earlier.focus()
    page.keyboard.press("Enter")
    assert result_parts(page)["change"] == "Sinds 5 oktober 2026: +5 (van 21 naar 26)."
    assert focused(page) == "compare-2026-10-05"
    assert earlier.get_attribute("aria-pressed") == "true"
    assert page.locator(".scores tbody tr").first.locator("td").last.inner_text() == "−3"
    page.keyboard.press("Enter")
    assert "change" not in result_parts(page)
    assert page.locator(".figure__then").count() == 0


def test_a_first_result_has_nothing_to_be_compared_with(visit):
    page = visit(state(answers=answers(CODES), snapshots=[{"date": "2026-11-20", "answers": answers(CODES)}]))
    assert {"change", "earlier"}.isdisjoint(result_parts(page))
    assert page.locator(".scores thead th").count() == 5


# --- On the site ---


KINDS = {
    "questions": (state(answers=answers("3" + "-" * 20)), ""),
    "result": (state({"ref-1": done()}, answers(CODES), [THEN, FIRST]), ""),
    "shared": (state(answers=answers("2" * 21)), f"#r=1.{CODES.replace(' ', '')}"),
    "unfinished": (None, f"#r=1.{'3' * 20}-"),
}


# Each view in both languages, both schemes and both widths; each two of them together in some view.
@pytest.mark.parametrize(
    "folder, scheme, width, kinds",
    [
        ("", "light", 360, ("questions", "shared")),
        pytest.param("en/", "dark", 1280, ("questions", "shared"), marks=pytest.mark.slow),
        ("", "dark", 360, ("result", "unfinished")),
        pytest.param("en/", "light", 1280, ("result", "unfinished"), marks=pytest.mark.slow),
    ],
)
def test_no_view_has_a_barrier_that_axe_knows(visit, folder, scheme, width, kinds):
    for kind in kinds:
        past, fragment = KINDS[kind]
        page = visit(past, fragment, folder, color_scheme=scheme, viewport={"width": width, "height": 800})
        found = Axe().run(page).response["violations"]
        assert [(kind, rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []


@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_view_is_wider_than_a_narrow_phone_and_all_targets_can_be_hit(visit, kind, folder):
    past, fragment = KINDS[kind]
    page = visit(past, fragment, folder, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    small = page.eval_on_selector_all(
        ":is(#assessment, #result, .backup) :is(button, label, input[type=file], .result__step a)",
        """all => all.filter(one => one.checkVisibility()).map(one => [one.textContent, one.getBoundingClientRect()])
          .filter(([, { width, height }]) => width < 24 || height < 43.9).map(([text]) => text)""",
    )
    assert [text for text in small if len(text) < 40] == []  # a link in a sentence is as high as its lines
    if kind == "questions":
        page.click("#assessment-next")
        sizes = page.eval_on_selector_all(
            ".assessment__turn button:not([hidden])",
            "all => all.map(one => one.getBoundingClientRect().height)",
        )
        assert len(sizes) == 2
        assert len(set(sizes)) == 1
    # No drawing without names.
    drawn = page.locator(".figure:visible")
    assert drawn.count() == (1 if page.locator(".figure").count() else 0)
    assert all(figure.locator("text:visible").count() >= 7 for figure in drawn.all())


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_twice_its_size_fits(visit, kind):
    past, fragment = KINDS[kind]
    page = visit(past, fragment, viewport={"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '250%'")  # our own is 125 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_what_scripts_add_is_as_wide_as_the_text(visit):
    page = visit(viewport={"width": 1440, "height": 800})
    widths = page.eval_on_selector_all(
        "#assessment, .backup, .signup", "all => all.map(one => one.getBoundingClientRect().width)"
    )
    assert len(widths) == 3
    assert len(set(widths)) == 1


def test_the_focus_is_seen(visit):
    page = visit()
    for selector in ("[name=relations-idea] >> nth=0", "#assessment-next", ".step >> nth=0"):
        page.locator(selector).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(({ outlineStyle, outlineWidth }) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none", selector
        assert outline[1] >= 2, selector


@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.parametrize(
    "codes",
    [CODES, "111 111 111 111 111 111 111", "xxx xxx xxx xxx xxx xxx xxx"],
    ids=["usual", "level", "unknown"],
)
def test_a_result_prints_on_one_page(visit, folder, codes):
    """Also with everything that can be said about one."""
    ids = {f"{short}-{number}": done() for short in ("rel", "ref") for number in range(1, 7)}
    page = visit(state(ids, answers(codes), [THEN, FIRST]), folder=folder, color_scheme="dark")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.emulate_media(media="print")
    for gone in (
        ".backup",
        ".result .buttons",
        ".steps",
        "#assessment",
        ".result__earlier",
        ".top__menu",
    ):
        assert not any(one.is_visible() for one in page.locator(gone).all()), gone
    assert page.locator(".result__step").is_visible()


def test_the_scripts_of_the_assessment_are_fetched_on_its_page_only(open_browser, site: Site):
    page = open_browser()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}certainties/referral/", wait_until="networkidle")
    assert not [url for url in asked if "/assessment." in url]
