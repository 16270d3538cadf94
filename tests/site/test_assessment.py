"""The assessment as a reader does it: the questions, the result, and what is kept of them."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
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


LIVE = ".assessment--live"


def shown(page: Page) -> str:
    """Which question is asked: only one is."""
    names = page.eval_on_selector_all(
        "#assessment input", "all => all.filter(one => one.checkVisibility()).map(one => one.name)"
    )
    (name,) = set(names)
    return name


def says(page: Page) -> str:
    """The sentence at the top of a result."""
    return " ".join(page.locator("#result-title").inner_text().split())


def rows(page: Page) -> list[str]:
    """The certainties of a result in their order, with their sums: referral 0."""
    return page.eval_on_selector_all(
        ".band__row",
        "all => all.map(one => `${one.dataset.certainty} ${one.querySelector('b').textContent}`)",
    )


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.name || document.activeElement.id")


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


# --- The questions ---


@pytest.mark.parametrize(
    "folder, heading",
    [
        ("", "Jullie zijn het zekerst van Herhaling en improviseren het meest bij Referral."),
        ("en/", "You are surest of Repetition and improvise most on Referral."),
    ],
)
def test_all_is_answered_with_the_keyboard_alone(visit, site, folder, heading):
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
    assert focused(page) == "result-title"
    assert says(page).startswith(heading)
    assert page.locator("#assessment").is_hidden()


def test_each_answer_is_kept_at_once_and_the_place_is_told(visit, site):
    page = visit()
    status = page.locator(".assessment__status")
    assert status.get_attribute("role") == "status"
    assert status.inner_text() == "Vraag 1 van 21"
    page.keyboard.press("Tab")  # no finger
    page.get_by_label("Ik kan het in één zin zeggen.").first.focus()
    page.keyboard.press("1")
    assert kept(page, site)["answers"] == {"relations-idea": "1"}
    assert status.inner_text() == "Vraag 2 van 21"
    assert page.locator(".step").first.get_attribute("aria-label") == "Relaties: 1 van 3 beantwoord"
    page.click("#assessment-previous")
    page.locator("[name=relations-idea]").first.focus()
    page.keyboard.press("?")
    assert kept(page, site)["answers"] == {"relations-idea": "x"}


def test_a_tap_moves_on_by_itself_and_so_does_the_same_answer_again(visit, site):
    page = visit()
    page.locator("label", has_text="Ik kan het in één zin zeggen.").first.click()
    expect(page.locator(".assessment__status")).to_have_text("Vraag 2 van 21")
    assert kept(page, site)["answers"] == {"relations-idea": "1"}
    page.go_back()
    expect(page.locator(".assessment__status")).to_have_text("Vraag 1 van 21")
    page.locator("label", has_text="Ik kan het in één zin zeggen.").first.click()
    expect(page.locator(".assessment__status")).to_have_text("Vraag 2 van 21")
    # The last one leads to the result.
    page.get_by_role("button", name="Herhaling").click()
    for _ in range(2):
        page.click("#assessment-next")
    page.locator("label.anchor:visible").first.click()
    expect(page.locator("#result-title")).to_have_text("Tussenstand")


def test_who_taps_back_at_once_is_not_carried_on(visit):
    page = visit(state(answers=answers("3" + "-" * 20)))
    page.locator("label.anchor:visible").first.click()
    page.click("#assessment-previous")
    page.wait_for_timeout(600)
    assert page.locator(".assessment__status").inner_text() == "Vraag 1 van 21"


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
    assert shown(page) == focused(page) == "reputation-idea"


@pytest.mark.parametrize("folder", ["", "en/"])
def test_each_question_fits_a_phone_and_nothing_else_is_on_the_page(visit, folder):
    page = visit(folder=folder, viewport={"width": 360, "height": 740})
    for number in range(21):
        bottom = page.evaluate("document.querySelector('#assessment-next').getBoundingClientRect().bottom")
        assert bottom <= 740, number
        assert page.evaluate("scrollY") == 0
        page.click("#assessment-next")
    page.go_back()
    expect(page.locator("#assessment")).to_be_visible()
    assert page.locator("article > :visible").evaluate_all("all => all.map(one => one.id)") == [
        "title",
        "assessment",
    ]


def test_one_goes_back_and_forth_between_questions_and_certainties(visit):
    page = visit()
    assert page.locator("#assessment-previous").is_hidden()
    page.click("#assessment-next")
    page.click("#assessment-next")
    assert shown(page) == focused(page) == "relations-execution"
    page.click("#assessment-previous")
    expect(page.locator(".assessment__status")).to_have_text("Vraag 2 van 21")
    page.get_by_role("button", name="Herhaling").click()
    assert shown(page) == "repetition-idea"
    assert page.locator("[aria-current=step]").get_attribute("aria-label") == "Herhaling: 0 van 3 beantwoord"
    page.click("#assessment-next")
    page.click("#assessment-next")
    assert page.locator("#assessment-next").inner_text() == "Bekijk de tussenstand"


def test_the_button_of_the_browser_goes_back_one_question_at_a_time(visit, site):
    """From question to question, from the result to the questions, forward again, and after a reload."""
    page = visit(state(answers=answers("3" * 18 + "---")))
    there, status = page.url, page.locator(".assessment__status")
    page.get_by_role("button", name="Relaties").click()
    page.click("#assessment-next")
    page.click("#assessment-next")
    assert shown(page) == "relations-execution"
    page.go_back()
    expect(status).to_have_text("Vraag 2 van 21")
    assert focused(page) == "relations-strategy"
    expect(page.locator(":focus")).to_be_in_viewport()
    page.reload()
    page.wait_for_selector(LIVE)
    assert shown(page) == "relations-strategy"
    page.go_forward()
    expect(status).to_have_text("Vraag 3 van 21")
    # “Vorige” takes the same way: it does not make the history longer.
    length = page.evaluate("history.length")
    page.click("#assessment-previous")
    expect(status).to_have_text("Vraag 2 van 21")
    assert page.evaluate("history.length") == length
    # With the keyboard into the last step, and to the result.
    page.get_by_role("button", name="Herhaling").click()
    page.locator("[name=repetition-idea]").first.focus()
    press(page, "000")
    page.click("#assessment-next")
    assert says(page).startswith("Jullie zijn het zekerst van")
    assert page.url == there
    page.reload()
    page.wait_for_selector(LIVE, state="attached")
    assert page.locator("#result-title").is_visible()
    page.go_back()
    expect(page.locator("#assessment")).to_be_visible()
    assert shown(page) == "repetition-execution"
    page.go_back()
    expect(status).to_have_text("Vraag 20 van 21")
    for _ in range(2):
        page.go_forward()
    expect(page.locator("#result-title")).to_be_focused()
    assert page.url == there


def test_the_button_of_the_browser_goes_back_to_a_result_that_was_shared(visit, site):
    page = visit(state(answers=answers(CODES)), f"#r=1.{'3' * 21}")
    page.click("#result-own")
    assert page.url == f"{site.url}assessment/"
    assert rows(page)[0] == "referral 0"
    page.go_back()
    expect(page.locator(".result__meta")).to_contain_text("Gedeelde uitslag")
    page.go_forward()
    expect(page.locator(".result__meta")).to_contain_text("Je uitslag")


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


def test_who_left_goes_on_at_the_first_open_question(visit, site):
    page = visit()
    page.locator("[name=relations-idea]").first.focus()
    press(page, "3210")
    page.get_by_role("link", name="Stoppen, later verder").click()
    page.wait_for_url(site.url)
    page.get_by_role("link", name="Ga verder (4 van 21)").click()
    page.wait_for_selector(LIVE)
    assert shown(page) == "reputation-strategy"
    assert page.locator("[name=reputation-idea][value='0']").is_checked()
    assert page.locator(".step").first.get_attribute("aria-label") == "Relaties: 3 van 3 beantwoord"
    assert page.locator(".step .done").count() == 4


def test_answers_are_the_same_in_the_other_language(visit, site):
    page = visit(state(answers=answers("3" + "-" * 20)))
    page.click(".site-language")
    page.wait_for_url(f"{site.url}en/assessment/")
    page.wait_for_selector(LIVE)
    assert page.locator("[name=relations-idea][value='3']").is_checked()
    assert page.locator(".assessment__status").inner_text() == "Question 2 of 21"


def test_two_tabs_agree(visit, site):
    page = visit()
    other = open_assessment(page.context.new_page(), site)
    page.locator("[name=relations-idea]").first.focus()
    page.keyboard.press("2")
    other.locator("[name=relations-idea][value='2']:checked").wait_for()
    assert other.locator(".step").first.get_attribute("aria-label") == "Relaties: 1 van 3 beantwoord"


@pytest.mark.parametrize("fragment", ["#question-referral", "#de-vragen"])
def test_a_link_to_the_questions_opens_them(visit, fragment):
    page = visit(state(answers=answers(CODES)), fragment)
    assert page.locator("#assessment").is_visible()
    assert page.locator("#result").is_hidden()
    assert shown(page) == ("referral-idea" if "referral" in fragment else "relations-idea")


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
    assert says(page).startswith("Jullie improviseren bij alle zeven. Begin bij Relaties:")


# --- The result ---


def test_the_weakest_comes_first_with_one_step_to_tick(visit, site):
    page = visit(state({"ref-1": done("2026-11-06"), "ref-2": unfit()}, answers(CODES)))
    assert says(page) == (
        "Jullie zijn het zekerst van Herhaling en improviseren het meest bij Referral. Er is geen idee, "
        "je weet niet of er gekozen is en het gebeurt als het toevallig uitkomt."
    )
    assert rows(page) == [
        "referral 0", "rebound 1", "revenue 3", "relations 4", "repeating 5", "reputation 6", "repetition 7",
    ]  # fmt: skip
    assert page.locator(".week .item__check").count() == 1
    page.locator("#week-ref-3").check()
    assert kept(page, site)["items"]["ref-3"] == done("2026-11-23")
    expect(page.locator(".week__title")).to_have_text("Deze week gedaan")
    expect(page.locator("#week-ref-3")).to_be_focused()
    expect(page.locator(".week__items")).to_contain_text("Gedaan op 23 november 2026")
    # What was ticked by mistake goes, and comes back.
    page.locator("#week-ref-3").uncheck()
    expect(page.locator(".week__title")).to_have_text("Deze week bij Referral")
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator("#week-ref-3")).to_be_checked()


def test_the_step_follows_the_ticks_of_another_tab(visit, site):
    page = visit(state(answers=answers(CODES)))
    assert page.locator("#week-ref-1").is_visible()
    other = page.context.new_page()
    other.goto(f"{site.url}certainties/referral/")
    other.locator("#tick-ref-1").check()
    expect(page.locator("#week-ref-2")).to_be_visible()


def test_a_finished_checklist_is_said_and_the_second_weakest_gives_the_step(visit):
    page = visit(state({f"ref-{number}": done("2026-11-05") for number in range(1, 7)}, answers(CODES)))
    assert rows(page)[0] == "referral 0"
    assert "De checklist van Referral is helemaal gedaan" in page.locator(".week").inner_text()
    assert page.locator("#week-reb-1").is_visible()


def test_level_certainties_are_named_and_one_of_them_comes_first(visit):
    page = visit(state(answers=answers("222 120 111 102 222 222 222")))
    assert rows(page)[0] == "reputation 3"
    assert (
        "Jullie improviseren het meest bij Reputatie, Referral en Herhaalaankoop. Begin bij Reputatie:"
        in says(page)
    )


def test_the_step_goes_into_a_calendar(visit):
    page = visit(state(answers=answers(CODES)))
    with page.expect_download() as download:
        page.click("#week-remind")
    text = Path(download.value.path()).read_bytes().decode()
    assert "DTSTART;TZID=Europe/Amsterdam:20261130T090000" in text
    assert "UID:item-ref-1@" in text
    expect(page.get_by_text("Je agenda krijgt een afspraak op 30 november 2026.")).to_be_visible()
    with page.expect_download() as download:
        page.click("#result-remind")
    assert download.value.suggested_filename.startswith("toets-opnieuw-")
    assert "UID:assessment@" in Path(download.value.path()).read_text(encoding="utf-8")


def test_not_knowing_is_shown_apart(visit):
    page = visit(state(answers=answers(CODES)))
    assert "“weet ik niet” (2 keer)" in page.locator(".result__legend").inner_text()
    assert page.locator(".cells__unknown").count() == 2
    assert "strategie weet ik niet" in page.locator(".band__row").first.text_content()
    page = visit(state(answers=answers("1" * 21)))
    assert "weet ik niet" not in page.locator(".result__legend").inner_text()


def test_cells_are_said_in_words_with_names_beside_them(visit):
    page = visit(state(answers=answers(CODES), snapshots=[THEN]), viewport={"width": 320, "height": 700})
    assert page.locator(".cells[aria-hidden=true]").count() == 7
    first = " ".join(page.locator(".band__row").first.text_content().split())
    assert first.startswith("Referral idee 0 van 3, strategie weet ik niet, uitvoering 0 van 3. ")
    assert page.locator(".band__name").first.inner_text() == "Referral"
    assert all(aspect.is_visible() for aspect in page.locator(".band__aspects span").all())
    assert page.locator(".band__head h4").all_inner_texts() == [
        "Hier improviseren jullie", "Hier zijn jullie op weg", "Hier zijn jullie zeker",
    ]  # fmt: skip


def test_a_result_becomes_a_picture(visit):
    page = visit(state(answers=answers(CODES)), color_scheme="dark")
    with page.expect_download() as download:
        page.click("#result-picture")
    with Image.open(download.value.path()) as picture:
        assert picture.size[0] == 1200
        assert picture.size[1] > 1000
        assert picture.convert("RGB").getpixel((5, 5)) == (0xFB, 0xF8, 0xF2)  # light, whatever the page is
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20


def test_a_result_is_shared_with_what_the_device_has(visit, site):
    page = visit(state(answers=answers(CODES)))
    page.evaluate("() => { navigator.share = async (data) => { window.shared = data } }")
    page.click("#result-share")
    shared = page.evaluate("window.shared")
    assert shared["url"] == f"{site.url}assessment/#r=1.{CODES.replace(' ', '')}"
    assert shared["text"].startswith(f"Doe eerst zelf de toets, vijf minuten: {site.url}assessment/")
    assert "Referral" not in shared["text"]  # who is to answer first should not know it
    # Who changes their mind is told nothing; where sharing fails, the link is copied.
    page.evaluate("() => { navigator.share = async () => { throw new DOMException('', 'AbortError') } }")
    page.click("#result-share")
    assert page.locator(".z7-note--shown").count() == 0
    page.evaluate("() => { navigator.share = async () => { throw new DOMException('', 'NotAllowedError') } }")
    page.click("#result-share")
    page.locator(".z7-note--shown").wait_for()
    mail = page.get_by_role("link", name="Je team mailen").get_attribute("href")
    assert mail.startswith("mailto:?subject=De%207%20zekerheden&body=")


def to_the_end(page: Page) -> None:
    """Past the last question, from wherever one is."""
    page.get_by_role("button", name="Herhaling").click()
    while page.locator("#assessment-next").is_visible():
        page.click("#assessment-next")


def test_who_answered_nothing_is_sent_back_to_the_beginning(visit):
    page = visit()
    to_the_end(page)
    assert "21 vragen staan open van de 21" in result_parts(page)["unfinished"]
    page.click("#result-finish")
    assert focused(page) == "relations-idea"


def test_an_unfinished_result_says_how_much_is_missing_and_no_more(visit):
    page = visit(state(answers=answers("333 33- 000 33- 333 333 33-")))
    to_the_end(page)
    assert "3 vragen staan open van de 21" in result_parts(page)["unfinished"]
    assert {"why", "seven", "actions"}.isdisjoint(result_parts(page))
    assert page.locator(".week").count() == 0
    page.click("#result-finish")
    assert focused(page) == "reputation-execution"


def test_a_result_says_that_it_comes_from_no_validated_instrument(visit):
    assert "geen meetinstrument" in result_parts(visit(state(answers=answers(CODES))))["caveat"]


def test_an_answer_can_be_changed(visit, site):
    page = visit(state(answers=answers(CODES), snapshots=[THEN]))
    page.click("#result-change")
    assert shown(page) == "relations-idea"
    page.get_by_role("button", name="Referral").click()
    press(page, "333")
    to_the_end(page)
    assert rows(page)[0] == "rebound 1"
    assert [one["date"] for one in kept(page, site)["snapshots"]] == ["2026-11-23", "2026-11-02"]


def test_starting_again_is_asked_and_keeps_ticks_and_earlier_results(visit, site):
    past = state({"ref-1": done()}, answers(CODES), [THEN])
    page = visit(past)
    page.click("#result-again")
    assert "21 antwoorden" in page.locator("dialog.z7-dialog").inner_text()
    page.keyboard.press("Escape")
    page.locator("dialog.z7-dialog").wait_for(state="detached")
    assert kept(page, site)["answers"] == past["answers"]
    page.click("#result-again")
    page.get_by_role("button", name="Opnieuw beginnen").click()
    page.wait_for_selector("#assessment:not([hidden])")
    now = kept(page, site)
    assert now["answers"] == {}
    assert (now["items"], now["snapshots"]) == (past["items"], past["snapshots"])
    assert shown(page) == focused(page) == "relations-idea"
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
    page.locator("[name=repetition-execution]").first.focus()
    page.keyboard.press("3")
    assert kept(page, site)["snapshots"] == [{"date": "2026-11-23", "answers": answers("1" * 20 + "3")}]
    page.clock.set_fixed_time("2026-11-24T12:00:00")
    page.locator("[name=repetition-execution]").first.focus()
    page.keyboard.press("0")
    assert [one["date"] for one in kept(page, site)["snapshots"]] == ["2026-11-24", "2026-11-23"]
    page.click("#assessment-next")
    assert result_parts(page)["change"] == "Sinds 23 november 2026: −3 (van 23 naar 20). Herhaling −3."


def test_the_change_since_last_time_shows_and_another_time_can_be_chosen(visit):
    now = {"date": "2026-11-20", "answers": answers(CODES)}
    page = visit(state(answers=answers(CODES), snapshots=[FIRST, now, THEN]))
    assert result_parts(page)["meta"] == "Je uitslag · 20 november 2026 · 26 van 63 punten"
    assert result_parts(page)["change"].startswith(
        "Sinds 2 november 2026: +2 (van 24 naar 26). Relaties +1, "
    )
    assert page.locator(".result__earlier li").count() == 2
    earlier = page.get_by_role("button", name="Vergelijken 5 oktober 2026")
    earlier.focus()
    page.keyboard.press("Enter")
    assert result_parts(page)["change"].startswith("Sinds 5 oktober 2026: +5 (van 21 naar 26).")
    assert focused(page) == "compare-2026-10-05"
    assert earlier.get_attribute("aria-pressed") == "true"
    assert page.locator(".band__change").first.inner_text() == "−3"
    page.keyboard.press("Enter")
    assert "change" not in result_parts(page)
    assert page.locator(":is(.cells__before, .band__change)").count() == 0


def test_a_first_result_has_nothing_to_be_compared_with(visit):
    page = visit(state(answers=answers(CODES), snapshots=[{"date": "2026-11-20", "answers": answers(CODES)}]))
    assert {"change", "earlier"}.isdisjoint(result_parts(page))
    assert page.locator(":is(.cells__before, .band__change)").count() == 0


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
        ":is(#assessment, #result, .kept) :is(button, label:not(.week label), .week a, .band__name)",
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


@pytest.mark.parametrize("kind", KINDS)
def test_text_of_twice_its_size_fits(visit, kind):
    past, fragment = KINDS[kind]
    page = visit(past, fragment, viewport={"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '250%'")  # our own is 125 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_focus_is_seen(visit):
    page = visit()
    for selector in ("[name=relations-idea] >> nth=0", "#assessment-next", ".step >> nth=0"):
        page.locator(selector).focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(({ outlineStyle, outlineWidth }) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement.closest('label') ?? document.activeElement))"
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
        ".kept",
        ".result .buttons",
        ".steps",
        "#assessment",
        ".result__earlier",
        ".top__menu",
    ):
        assert not any(one.is_visible() for one in page.locator(gone).all()), gone
    assert page.locator(".week").is_visible()


def test_the_scripts_of_the_assessment_are_fetched_on_its_page_only(open_browser, site: Site):
    page = open_browser()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}certainties/referral/", wait_until="networkidle")
    assert not [url for url in asked if "/assessment." in url]
