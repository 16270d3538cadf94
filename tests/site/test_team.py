"""The results of a team beside each other: members.js, spread.js, and the page of the team sheet."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.assessing import answers, evaluate
from tests.site.hosting import Site
from tests.site.keeping import BLOCKED, keep, kept, kept_text
from tests.site.test_paper import on_paper, sheets

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

TITLES = ["Relaties", "Reputatie", "Referral", "Herhaalaankoop", "Rendement", "Terugkeer", "Herhaling"]
MONDAY = "2026-11-23T09:00:00+01:00"
SCORES = {
    "Anouk": (3, 7, 8, 4, 7, 2, 8),
    "Bas": (6, 6, 1, 5, 6, 2, 7),
    "Chantal": (5, 7, 3, 4, 4, 7, 8),
    "Dirk": (3, 7, 2, 2, 6, 3, 8),
    "Esra": (7, 5, 3, 5, 7, 1, 8),
    "Bart-Jan van der Meulen": (4, 6, 5, 5, 5, 5, 8),
    "Fenna": (9, 6, 0, 5, 5, 9, 8),
    "Annelies": (0, 6, 9, 5, 5, 0, 8),
}
NO_DEAL = {"action": "", "owner": "", "date": ""}


def codes(sums: Sequence[int]) -> str:
    """Twenty-one answers with these sums."""
    return "".join(f"{min(3, one)}{min(3, max(0, one - 3))}{max(0, one - 6)}" for one in sums)


def link(sums: Sequence[int], site: str = "https://example.org/") -> str:
    return f"{site}assessment/#r=1.{codes(sums)}"


def members(*names: str) -> list[dict[str, Any]]:
    return [{"name": name, "answers": answers(codes(SCORES[name]))} for name in names]


def state(team: list[dict[str, Any]], deal: dict[str, str] = NO_DEAL, **more: Any) -> dict[str, Any]:
    kept = {"version": 2, "items": {}, "answers": {}, "snapshots": [], "log": {}, "notes": {}}
    return {**kept, "team": {"members": team, "deal": deal}, **more}


def names(page: Page) -> list[str]:
    return page.locator(".team__who li > :last-child").all_inner_texts()


def rows(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".team__head h3").all_inner_texts()]


def lines(page: Page) -> list[str]:
    return [text.replace("\xa0", " ") for text in page.locator(".team__line").all_inner_texts()]


def told(page: Page) -> list[str]:
    return page.locator(".team__told p").all_inner_texts()


def paste(page: Page, text: str) -> None:
    if page.locator(".team__edit:not([open])").count():
        page.locator(".team__edit summary").click()
    page.fill("#team-links", text)
    page.click("#team-read")


@pytest.fixture
def reader(open_browser, site):
    """Opens the page on Monday 23 November 2026, with what is kept."""

    def reader(found: Any = None, folder: str = "", fragment: str = "", **options: Any) -> Page:
        page = open_browser(timezone_id="Europe/Amsterdam", **options)
        page.context.clock.set_fixed_time(MONDAY)
        if found:
            keep(page, site, found)
        page.goto(f"{site.url}{folder}team-sheet/{fragment}")
        page.locator(".team--live").wait_for()
        return page

    return reader


# --- Pure: names and links in a text ---


@pytest.fixture(scope="module")
def pure(browser, site):
    """One page for all tests of what is pure."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.url}team-sheet/")
        page.locator(".team--live").wait_for()
        yield page


def read_links(page: Page, site: Site, text: str) -> dict[str, Any]:
    return evaluate(page, site, "members", "members.readLinks(playbook, text)", text=text)


ONE = link(SCORES["Anouk"])


@pytest.mark.parametrize(
    "text, found",
    [
        (ONE, ""),
        (f"Anouk: {ONE}", "Anouk"),
        (f"Anouk:{ONE}", "Anouk"),
        (f"- Anouk de Wit - {ONE}", "Anouk de Wit"),
        (f"1. Anouk\t{ONE}", "Anouk"),
        (f"Anouk <{ONE}>", "Anouk"),
        (f"Anouk (sales): {ONE}", "Anouk"),
        (f"[27-11-2026 09:12:33] Anouk van 't Hof: {ONE}", "Anouk van 't Hof"),
        (f"27-11-2026 09:12 - Anouk O’Neill-Smit: {ONE}", "Anouk O’Neill-Smit"),
        (f"Anouk de Wit  9:12 AM\n{ONE}", "Anouk de Wit"),
        (f"[27-11 09:12] Anouk de Wit\n\n{ONE}", "Anouk de Wit"),
        (f"Van: Anouk de Wit <anouk@example.org>\n{ONE}", "Anouk de Wit"),
        (f"Bas: hier is de mijne {ONE}", "Bas"),
        (f"Dit is de uitslag van Bas: {ONE}", ""),
        (f"Anouk: zo ziet de mijne eruit.\nEn de link is\n{ONE}", ""),
        (f"Ölaf Ångström: {ONE}", "Ölaf Ångström"),
        (f"王小明: {ONE}", "王小明"),
        (f"Jan 2: {ONE}", "Jan 2"),
        (f"[27-11-2026, 09:12:33] Jan 2: {ONE}", "Jan 2"),
        (f"27-11-2026 09:12 - N0: {ONE}", "N0"),
        (f"Anouk 27-11-2026 9:12 AM: {ONE}", "Anouk"),
        (f"12 Anouk: {ONE}", "Anouk"),
        (
            f"Anouk: Doe eerst zelf de toets: https://example.org/assessment/ Dit zijn de mijne: {ONE}",
            "Anouk",
        ),
        (
            f"Anouk 2: Take the test yourself first: https://example.org/en/assessment/ These are mine: {ONE}",
            "Anouk 2",
        ),
        (f"<img src=x onerror=alert(1)>: {ONE}", ""),
        (f"{'A' * 300}: {ONE}", "A" * 40),
    ],
)
def test_a_name_before_a_link_is_offered(pure, site, text, found):
    got = read_links(pure, site, text)
    assert [one["name"] for one in got["found"]] == [found]
    assert got["found"][0]["answers"] == answers(codes(SCORES["Anouk"]))
    assert (got["links"], got["bad"]) == (1, 0)


def test_many_links_come_from_any_text_in_their_order(pure, site):
    mail = f"""Hoi,
Anouk: {link(SCORES["Anouk"])}. Bas: ({link(SCORES["Bas"])}), en die van Chantal is {link(SCORES["Chantal"])}
> Dirk {link(SCORES["Dirk"], "http://elders.example:8080/playbook/")}
https://eur01.safelinks.example/?url=https%3A%2F%2Fexample.org%2Fassessment%2F%23r%3D1.{codes(SCORES["Esra"])}&data=05
#r=1.{codes(SCORES["Fenna"])}
https://example.org/assessment/#r=1.012 https://example.org/#ref-3
"""
    got = read_links(pure, site, mail)
    assert [one["answers"] for one in got["found"]] == [
        answers(codes(SCORES[name])) for name in ("Anouk", "Bas", "Chantal", "Dirk", "Esra", "Fenna")
    ]
    assert [one["name"] for one in got["found"]] == ["Anouk", "Bas", "", "Dirk", "", ""]
    assert (got["links"], got["bad"]) == (7, 1)


@pytest.mark.parametrize("part", ["https://", "#r=1.", "Anouk: ", "[", "(", "9", "\n", "%23r%3D", "a", "- "])
def test_a_text_of_any_kind_is_read_in_time(pure, site, part):
    got = read_links(pure, site, part * (100_000 // len(part)))
    assert got["found"] == []


# --- Pure: what is added ---


def add(page: Page, site: Site, team: list[Any], found: list[Any]) -> dict[str, Any]:
    expression = (
        "members.addMembers(playbook, {members: team, deal: null}, found, number => `Uitslag ${number}`)"
    )
    return evaluate(page, site, "members", expression, team=team, found=found)


def named(name: str, sums: Sequence[int] | str) -> dict[str, Any]:
    return {"name": name, "answers": answers(sums if isinstance(sums, str) else codes(sums))}


def test_what_is_there_stays_and_what_comes_is_added(pure, site):
    team = members("Anouk", "Bas")
    got = add(pure, site, team, [named("", SCORES["Dirk"]), named("Esra", SCORES["Esra"])])
    assert [one["name"] for one in got["team"]["members"]] == ["Anouk", "Bas", "Uitslag 3", "Esra"]
    assert got["added"] == got["team"]["members"][2:]
    assert got["told"] == {"twice": [], "unfinished": [], "left": 0, "alike": [], "named": []}


def test_the_same_result_again_is_not_added(pure, site):
    found = [named("Anouk", SCORES["Anouk"]), named("", SCORES["Anouk"]), named("", SCORES["Bas"])] * 2
    got = add(pure, site, members("Anouk"), found)
    assert [one["name"] for one in got["team"]["members"]] == ["Anouk", "Uitslag 2"]
    assert got["told"]["twice"] == ["Anouk", "Anouk", "Anouk", "Anouk", "Uitslag 2"]


def test_two_people_with_the_same_answers_are_told(pure, site):
    got = add(pure, site, members("Anouk"), [named("Bas", SCORES["Anouk"])])
    assert [one["name"] for one in got["added"]] == ["Bas"]
    assert got["told"]["alike"] == [["Anouk", "Bas"]]
    got = add(pure, site, members("Anouk"), [named("Bas", SCORES["Anouk"]), named("Cas", SCORES["Anouk"])])
    assert got["told"]["alike"] == [["Anouk", "Bas", "Cas"]]


def test_two_results_of_one_name_are_told_apart(pure, site):
    long = "A" * 40
    found = [named("Anouk", SCORES["Bas"]), named("Anouk", SCORES["Dirk"])]
    found += [named(long, SCORES["Esra"]), named(long, SCORES["Fenna"])]
    got = add(pure, site, members("Anouk"), found)
    assert [one["name"] for one in got["team"]["members"]] == [
        "Anouk", "Anouk 2", "Anouk 3", long, f"{long[:38]} 2"
    ]  # fmt: skip
    assert got["told"]["named"] == ["Anouk", "Anouk", long]


def test_an_unfinished_result_is_refused(pure, site):
    found = [
        named("Bas", "333 333 333 333 333 333 33-"),
        named("", "3" + "-" * 20),
        named("", SCORES["Dirk"]),
    ]
    got = add(pure, site, [], found)
    assert [one["name"] for one in got["added"]] == ["Uitslag 1"]
    assert got["told"]["unfinished"] == ["Bas", "Uitslag 2"]


def test_a_team_has_eight_results_at_most(pure, site):
    found = [named("", (number, *SCORES["Bas"][1:])) for number in range(10)]
    got = add(pure, site, members("Anouk"), found)
    assert len(got["team"]["members"]) == 8
    assert got["told"]["left"] == 3


# --- Pure: how far they are apart ---


def spread(page: Page, site: Site, team: list[Any]) -> list[dict[str, Any]]:
    found = evaluate(page, site, "spread", "spread.spreadOf(playbook, team)", team=team)
    for row in found:
        row["certainty"] = row["certainty"]["title"]
    return found


def meaning(page: Page, site: Site, *sums: Sequence[int]) -> tuple[str, list[str], list[str], bool]:
    team = [named(str(number), one) for number, one in enumerate(sums)]
    found = evaluate(
        page, site, "spread", "spread.meaningOf(playbook, spread.spreadOf(playbook, team))", team=team
    )
    agree, differ = ([row["certainty"]["title"] for row in found[key]] for key in ("agree", "differ"))
    return found["kind"], agree, differ, found["far"]


def test_the_widest_spread_comes_first(pure, site):
    found = spread(pure, site, members("Anouk", "Bas", "Chantal", "Dirk", "Esra"))
    assert [(row["certainty"], row["lowest"], row["highest"], row["spread"]) for row in found] == [
        ("Referral", 1, 8, 7),
        ("Terugkeer", 1, 7, 6),
        ("Relaties", 3, 7, 4),
        ("Herhaalaankoop", 2, 5, 3),  # as wide as Rendement, and lower on the whole
        ("Rendement", 4, 7, 3),
        ("Reputatie", 5, 7, 2),
        ("Herhaling", 7, 8, 1),
    ]
    assert [one["name"] for one in found[0]["scores"]] == ["Anouk", "Bas", "Chantal", "Dirk", "Esra"]


def test_a_tie_in_everything_keeps_the_order_of_the_playbook(pure, site):
    found = spread(pure, site, [named("A", (4,) * 7), named("B", (6,) * 7)])
    assert [row["certainty"] for row in found] == TITLES


def test_not_knowing_counts_nothing_and_is_named(pure, site):
    found = spread(pure, site, [named("A", "xx2" + "222" * 6), named("B", "222" * 7)])
    assert (found[0]["certainty"], found[0]["spread"]) == ("Relaties", 4)
    assert [(one["sum"], one["unknown"]) for one in found[0]["scores"]] == [(2, 2), (6, 0)]


def test_who_did_not_answer_everything_of_a_certainty_is_not_compared_there(pure, site):
    """A kept result may be of a time when the playbook asked other questions."""
    found = spread(
        pure, site, [named("A", "33-" + "222" * 6), named("B", "222" * 7), named("C", "---" + "000" * 6)]
    )
    assert found[0]["certainty"] != "Relaties"
    (row,) = (row for row in found if row["certainty"] == "Relaties")
    assert (row["absent"], row["spread"], [one["name"] for one in row["scores"]]) == (["A", "C"], 0, ["B"])


@pytest.mark.parametrize("size", range(2, 9))
def test_a_team_of_any_size_has_seven_rows(pure, site, size):
    found = spread(pure, site, members(*[*SCORES][:size]))
    assert sorted(row["certainty"] for row in found) == sorted(TITLES)
    assert all(len(row["scores"]) == size for row in found)
    assert [row["spread"] for row in found] == sorted((row["spread"] for row in found), reverse=True)


@pytest.mark.parametrize(
    "sums, expected",
    [
        ([SCORES["Anouk"]], ("alone", [], [], False)),
        ([], ("alone", [], [], False)),
        ([(5,) * 7] * 3, ("equal", TITLES, TITLES, False)),
        ([(1,) * 7, (3,) * 7], ("low", [], TITLES, False)),
        ([(7,) * 7, (9,) * 7], ("high", [], TITLES, False)),
        ([(5,) * 7, (5, 5, 6, 5, 5, 5, 5)], ("close", [t for t in TITLES if t != "Referral"], ["Referral"], False)),
        ([(4,) * 7, (4, 4, 7, 4, 4, 4, 6)], ("mixed", [*TITLES[:2], *TITLES[3:6]], ["Referral"], False)),
        ([(4,) * 7, (5, 9, 9, 5, 5, 5, 5)], ("mixed", [TITLES[0], *TITLES[3:]], ["Reputatie", "Referral"], True)),
        ([(2,) * 7, (4, 4, 8, 4, 4, 4, 4)], ("apart", [], ["Referral"], True)),
    ],
)  # fmt: skip
def test_what_the_rows_mean(pure, site, sums, expected):
    kind, agree, differ, far = meaning(pure, site, *sums)
    assert (kind, sorted(agree), sorted(differ), far) == (
        expected[0], sorted(expected[1]), sorted(expected[2]), expected[3]
    )  # fmt: skip


@pytest.mark.parametrize(
    "given, initials",
    [
        (["Anouk", "Bas"], ["A", "B"]),
        (["Anouk", "Bas", "Bart", "chantal"], ["A", "B1", "B2", "C"]),
        (["Bas", "Bente de Wit"], ["Ba", "BW"]),
        (["Uitslag 1", "Uitslag 2", "Uitslag 3"], ["U1", "U2", "U3"]),
        (["Anouk", "Anouk 2"], ["An", "A2"]),
        (["Éva", "王小明", "🙂", "<img onerror>"], ["É", "王", "?", "I"]),
    ],
)
def test_initials_tell_people_apart(pure, site, given, initials):
    assert evaluate(pure, site, "spread", "spread.initialsOf(given)", given=given) == initials


# --- The page ---


def test_pasted_links_become_a_team_and_nothing_leaves_the_browser(reader, site):
    page = reader()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    paste(
        page,
        "\n".join(f"{name}: {link(SCORES[name])}" for name in ("Anouk", "Bas", "Chantal", "Dirk", "Esra")),
    )
    expect(page.locator("#team-say")).to_have_text(
        "Jullie zijn het eens over Herhaling en kijken heel anders naar Referral."
    )
    expect(page.locator("#team-say")).to_be_focused()
    assert names(page) == ["Anouk", "Bas", "Chantal", "Dirk", "Esra"]
    assert rows(page) == [
        "Referral", "Terugkeer", "Relaties", "Herhaalaankoop", "Rendement", "Reputatie", "Herhaling"
    ]  # fmt: skip
    assert lines(page)[:3] == [
        "Begin hier. Vraag Bas (1) en Anouk (8) om een voorbeeld van vorige maand.",
        "Laagst Esra (1), hoogst Chantal (7).",
        "Laagst Anouk en Dirk (3), hoogst Esra (7).",
    ]
    assert page.locator(".scale .said").first.locator("li").all_inner_texts() == [
        "Anouk: 8 van 9", "Bas: 1 van 9", "Chantal: 3 van 9", "Dirk: 2 van 9", "Esra: 3 van 9"
    ]  # fmt: skip
    assert asked == []
    assert kept(page, site)["team"]["members"] == members("Anouk", "Bas", "Chantal", "Dirk", "Esra")
    page.reload()
    assert names(page) == ["Anouk", "Bas", "Chantal", "Dirk", "Esra"]


def test_in_english(reader):
    page = reader(state(members("Anouk", "Bas", "Chantal")), folder="en/")
    expect(page.locator("#team-say")).to_have_text(
        re.compile("^You agree on .* and are far apart on Referral\\.$")
    )
    assert lines(page)[0] == "Begin here. Ask Bas (1) and Anouk (8) for an example from last month."
    assert page.locator(".team__count").inner_text().startswith("3 results · 23 November 2026")


@pytest.mark.parametrize(
    "sums, sentence, begins",
    [
        ([(5,) * 7] * 3, "Jullie geven overal hetzelfde cijfer.", False),
        ([(1,) * 7] * 2 + [(2,) * 7], "Jullie zijn het eens: het is nog zeven keer improviseren.", True),
        ([(8,) * 7, (9,) * 7], "0 en 1 zijn het eens: alle zeven staan.", True),
        (
            [(5,) * 7, (5, 6, 5, 5, 5, 5, 5), (5,) * 7],
            "Jullie zijn het bijna overal eens: het scheelt nergens meer dan één punt.",
            True,
        ),
        ([(2,) * 7, (5, 5, 5, 5, 5, 5, 4)], "0 en 1 zijn het nergens eens, en het minst over zes van de zeven.", True),
        (
            [(5,) * 7, (5, 5, 8, 5, 5, 5, 9)],
            "0 en 1 zijn het eens over vijf van de zeven en kijken anders naar Herhaling.",
            True,
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_what_it_means(reader, sums, sentence, begins):
    page = reader(state([named(str(number), one) for number, one in enumerate(sums)]))
    expect(page.locator("#team-say")).to_have_text(sentence)
    assert lines(page)[0].startswith("Begin hier.") == begins
    assert page.locator(".team__row--first").count() == begins


def test_two_is_thin_and_one_is_nothing_to_compare(reader):
    page = reader(state(members("Anouk", "Bas")))
    expect(page.locator(".team__about")).to_contain_text("Twee uitslagen is dun")
    page.locator(".team__edit summary").click()
    page.get_by_role("button", name="Weghalen: Anouk").click()
    expect(page.locator("#team-say")).to_have_text("Leg er nog een uitslag naast.")
    expect(page.locator(".deal")).to_be_hidden()
    assert rows(page) == []


def test_bad_links_are_counted_and_the_good_ones_kept(reader):
    page = reader()
    good = [f"{name} {link(SCORES[name])}" for name in ("Anouk", "Bas")]
    unfinished = f"Chantal: https://example.org/#r=1.33-{'2' * 18}"
    paste(page, "\n".join([*good, ONE[:-1], ONE.replace("#r=1", "#r=2"), unfinished, good[0]]))
    assert names(page) == ["Anouk", "Bas"]
    assert told(page) == [
        "2 van de 6 links konden we niet lezen. Vaak is er een stukje afgevallen: vraag die opnieuw.",
        "Niet toegevoegd, want nog niet alles is beantwoord: Chantal. Een half ingevulde toets lijkt lager dan hij is.",
        "Stond er al: Anouk.",
    ]
    expect(page.locator(".team__told")).to_be_visible()


@pytest.mark.parametrize(
    "text, said",
    [
        ("", "In deze tekst staat geen link"),
        ("https://example.org/assessment/", "In deze tekst staat geen link"),
        (ONE[:-3], "Deze link konden we niet lezen."),
        (f"Bas: #r=1.{'3' * 20}-", "Niet toegevoegd, want nog niet alles is beantwoord: Bas."),
    ],
)
def test_what_brings_nothing_says_why_and_stays_to_mend(reader, site, text, said):
    page = reader()
    paste(page, text)
    assert len(told(page)) == 1
    assert told(page)[0].startswith(said)
    expect(page.locator("#team-links")).to_have_value(text)
    expect(page.locator("#team-links")).to_be_focused()
    assert kept_text(page, site) is None


def test_more_than_eight_do_not_fit(reader):
    page = reader(state(members(*SCORES)))
    paste(page, f"{link((5,) * 7)} {link((6,) * 7)}")
    assert told(page) == ["Er passen 8 uitslagen op het blad. 2 uitslagen vielen af."]
    assert len(names(page)) == 8


def test_a_name_is_only_ever_text(reader, site):
    name = "<img src=x onerror=alert(1)>"
    page = reader(state([{**members("Anouk")[0], "name": name}, *members("Bas")]))
    assert names(page)[0] == name
    page.locator(".team__edit summary").click()
    field = page.locator("#team-name-1")
    field.fill("<b>'\"`{{x}}\u202e")
    field.blur()
    expect(page.locator(".team__who li").nth(1)).to_contain_text("<b>'\"`{{x}}")
    assert page.locator(".team img, .team b, .deal b").count() == 0
    assert name in page.locator("#team-say").inner_text()


def test_a_name_is_asked_for_where_none_came_along(reader, site):
    page = reader()
    paste(page, f"Anouk: {link(SCORES['Anouk'])}\nhier is die van mij {link(SCORES['Bas'])}")
    field = page.locator("#team-name-1")
    expect(field).to_be_focused()
    expect(field).to_have_value("Uitslag 2")
    page.keyboard.type("Bas")  # in the place of what is selected
    page.keyboard.press("Tab")
    assert names(page) == ["Anouk", "Bas"]
    expect(page.get_by_role("button", name="Weghalen: Bas")).to_be_focused()
    field.fill("Anouk")  # which somebody else has
    field.blur()
    assert names(page) == ["Anouk", "Anouk 2"]
    field.fill("  ")
    field.blur()
    assert names(page) == ["Anouk", "Anouk 2"]
    expect(field).to_have_value("Anouk 2")


def test_the_own_result_is_offered_with_one_button(reader, site):
    own = answers(codes(SCORES["Esra"]))
    page = reader(state([], answers=own))
    page.get_by_role("button", name="Mijn uitslag toevoegen").click()
    expect(page.locator("#team-name-0")).to_be_focused()
    expect(page.locator("#team-name-0")).to_have_value("Ik")
    assert kept(page, site)["team"]["members"] == [{"name": "Ik", "answers": own}]
    assert kept(page, site)["answers"] == own
    expect(page.locator("#team-own")).to_be_hidden()


def test_an_unfinished_own_result_is_not_offered(reader):
    page = reader(state([], answers=answers("3" * 20 + "-")))
    expect(page.locator("#team-own")).to_be_hidden()


def test_a_result_from_its_own_page_is_added_at_once(reader, site):
    page = reader(fragment=f"#r=1.{codes(SCORES['Anouk'])}")
    field = page.locator("#team-name-0")
    expect(field).to_be_focused()
    expect(field).to_have_value("Uitslag 1")
    assert "#" not in page.url
    expect(page.locator("#team-links")).to_have_value("")
    page.reload()
    page.locator(".team--live").wait_for()
    assert names(page) == ["Uitslag 1"]
    expect(page.locator("#team-links")).to_be_visible()  # as it asks for another one

    page.evaluate("fragment => { location.hash = fragment }", f"#r=1.{codes(SCORES['Bas'])}")
    expect(page.locator("#team-name-1")).to_be_focused()
    page.get_by_role("button", name="Ongedaan maken").click()
    assert names(page) == ["Uitslag 1"]


@pytest.mark.parametrize("team", [(), ("Anouk", "Bas", "Chantal")])
@pytest.mark.parametrize(
    "fragment, said",
    [
        ("#r=", "Deze link konden we niet lezen."),
        (f"#r=1.{'3' * 20}-", "Niet toegevoegd"),
        ("#r=2.3", "Deze link"),
    ],
)
def test_a_result_that_cannot_be_added_is_always_told(reader, team, fragment, said):
    page = reader(state(members(*team)), fragment=fragment)
    expect(page.locator(".team__told")).to_contain_text(said)
    expect(page.locator(".team__told")).to_be_visible()
    expect(page.locator("#team-links")).to_be_focused()
    assert names(page) == [*team]


def test_the_own_result_comes_first_as_long_as_the_sheet_is_empty(reader):
    page = reader(state([], answers=answers(codes(SCORES["Esra"]))))
    buttons = page.locator(".team__edit .z7-button:visible")
    assert buttons.first.inner_text() == "Mijn uitslag toevoegen"
    assert page.locator(".team__edit .z7-button--main:visible").all_inner_texts() == [
        "Mijn uitslag toevoegen"
    ]
    buttons.first.click()
    assert page.locator(".team__edit .z7-button--main:visible").all_inner_texts() == ["Leg ze naast elkaar"]


def test_what_became_of_it_takes_the_place_of_what_was_said(reader):
    page = reader()
    paste(page, f"Anouk: {link(SCORES['Anouk'])}")
    expect(page.locator(".z7-note")).to_contain_text("1 uitslag toegevoegd.")
    paste(page, "niets")
    expect(page.locator(".z7-note--shown")).to_have_count(0)
    assert len(told(page)) == 1
    paste(page, f"Bas {ONE} Bas {link(SCORES['Bas'])} Bas {link(SCORES['Dirk'])} Cas {link(SCORES['Dirk'])}")
    assert told(page) == [
        "Anouk en Bas gaven precies dezelfde antwoorden. Is dat niet steeds dezelfde link?",
        "Bas 3 en Cas gaven precies dezelfde antwoorden. Is dat niet steeds dezelfde link?",
        (
            "Van Bas staat er meer dan één uitslag op het blad. "
            "Deed dezelfde persoon de toets opnieuw, haal de oude dan weg."
        ),
    ]
    page.get_by_role("button", name="Weghalen: Cas").click()
    assert told(page) == []


@pytest.mark.parametrize(
    "folder, unknown, ends",
    [
        ("", "Weet ik niet: A (1 keer) en B (2 keer).", "Laagst A (4), hoogst B, C, D en 2 anderen (6)."),
        ("en/", "I don’t know: A (once) and B (2 times).", "Lowest A (4), highest B, C, D and 2 others (6)."),
    ],
)  # fmt: skip
def test_more_than_three_are_counted_and_not_knowing_is_said_in_words(reader, folder, unknown, ends):
    team = [named("A", "x22" + "112" + "222" * 5), named("B", "xx2" + "222" * 6)]
    page = reader(state([*team, *(named(name, "222" * 7) for name in "CDEF")]), folder)
    assert unknown in lines(page)[0]
    assert lines(page)[1] == ends


@pytest.mark.parametrize("act", ["add", "remove", "rename", "clear"])
def test_everything_can_be_undone(reader, site, act):
    deal = {"action": "Bel vijf klanten", "owner": "Bas", "date": "2026-12-04"}
    page = reader(state(members("Anouk", "Bas", "Chantal"), deal))
    before = kept(page, site)["team"]
    page.locator(".team__edit summary").click()
    if act == "add":
        paste(page, link(SCORES["Dirk"]))
    elif act == "remove":
        page.get_by_role("button", name="Weghalen: Bas").click()
        expect(page.locator(".z7-note")).to_contain_text("Bas staat niet meer op het blad.")
        expect(page.locator("#team-name-1")).to_be_focused()
    elif act == "rename":
        page.fill("#team-name-1", "Basje")
        page.locator("#team-name-1").blur()
        expect(page.locator(".z7-note")).to_contain_text("Bas heet nu Basje.")
    else:
        page.get_by_role("button", name="Blad leegmaken").click()
        expect(page.locator("#team-links")).to_be_focused()
        assert kept_text(page, site) is None
        expect(page.locator(".team__who")).to_have_count(0)
        assert page.locator("#deal-owner").input_value() == ""
        assert page.locator(".team-sheet__line span").all_text_contents() == ["", "", ""]
    page.get_by_role("button", name="Ongedaan maken").click()
    origin = {
        "add": "#team-read",
        "remove": "#team-remove-1",
        "rename": "#team-name-1",
        "clear": "#team-clear",
    }[act]
    expect(page.locator(origin)).to_be_focused()
    assert kept(page, site)["team"] == before
    assert names(page) == ["Anouk", "Bas", "Chantal"]
    expect(page.get_by_label("Eén eigenaar")).to_have_value("Bas")


def test_what_was_agreed_since_outlives_an_undo(reader, site):
    page = reader(state(members("Anouk", "Bas", "Chantal")))
    page.locator(".team__edit summary").click()
    page.get_by_role("button", name="Weghalen: Bas").click()
    page.get_by_label("Eén eigenaar").fill("Anouk")
    page.get_by_label("Eén eigenaar").blur()
    page.get_by_role("button", name="Ongedaan maken").click()
    assert names(page) == ["Anouk", "Bas", "Chantal"]
    assert kept(page, site)["team"]["deal"]["owner"] == "Anouk"


# --- One action, one owner, one date ---


def test_an_agreement_is_proposed_and_goes_into_a_calendar(reader, site):
    page = reader(state(members("Anouk", "Bas"), items={"ref-1": {"state": "done", "date": "2026-11-20"}}))
    action, owner, date = (page.get_by_label(name) for name in ("Eén actie", "Eén eigenaar", "Eén datum"))
    assert "introductie" in action.input_value()  # the second item of Referral
    expect(page.locator(".deal__proposal")).to_have_text("Voorstel: het eerste open punt van Referral.")
    expect(date).to_have_value("2026-11-27")
    expect(owner).to_have_value("")
    assert kept(page, site)["team"]["deal"] == NO_DEAL  # nobody agreed yet

    page.get_by_role("button", name="Afspraak maken voor ieders agenda").click()
    expect(page.locator(".z7-note")).to_contain_text("Vul nog in wie het doet")
    expect(owner).to_be_focused()
    owner.fill("Bas")
    action.fill("Bel vijf klanten; vraag door, noteer")
    with page.expect_download() as download:
        page.get_by_role("button", name="Afspraak maken voor ieders agenda").click()
    expect(page.locator(".z7-note")).to_contain_text("27 november 2026")
    assert download.value.suggested_filename == "teamafspraak-2026-11-23.ics"
    text = download.value.path().read_text("utf-8").replace("\n ", "")
    assert "UID:team@127.0.0.1\n" in text
    assert "DTSTART;TZID=Europe/Amsterdam:20261127T090000\n" in text
    assert "SUMMARY:Bel vijf klanten\\; vraag door\\, noteer (Bas)\n" in text
    assert f"URL:{site.url}team-sheet/\n" in text
    assert kept(page, site)["team"]["deal"] == {
        "action": "Bel vijf klanten; vraag door, noteer", "owner": "Bas", "date": "2026-11-27"
    }  # fmt: skip
    expect(page.locator(".deal--made")).to_be_visible()


def test_only_what_was_filled_in_is_kept(reader, site):
    page = reader(state(members("Anouk", "Bas")))
    action, owner = (page.get_by_label(name) for name in ("Eén actie", "Eén eigenaar"))
    proposed = action.input_value()
    owner.fill("Bas")
    owner.blur()
    assert kept(page, site)["team"]["deal"] == {**NO_DEAL, "owner": "Bas"}
    far = {"name": "Cas", "answers": answers(codes((3, 7, 8, 4, 7, 2, 0)))}
    keep(page.context.new_page(), site, state([*members("Anouk"), far], {**NO_DEAL, "owner": "Bas"}))
    expect(page.locator(".deal__proposal")).to_have_text("Voorstel: het eerste open punt van Herhaling.")
    assert action.input_value() != proposed
    expect(owner).to_have_value("Bas")


@pytest.mark.parametrize(
    "field, value, said",
    [
        ("Eén datum", "", "Vul nog in wanneer het klaar is"),
        ("Eén datum", "2026-11-22", "Die datum is al voorbij."),
        ("Eén actie", "", "Vul nog in wat er gebeurt"),
        ("Eén eigenaar", " ", "Vul nog in wie het doet"),
    ],
)
def test_an_agreement_that_lacks_something_is_not_made(reader, field, value, said):
    page = reader(state(members("Anouk", "Bas")))
    page.get_by_label("Eén eigenaar").fill("Bas")
    page.get_by_label(field).fill(value)
    page.get_by_role("button", name="Afspraak maken voor ieders agenda").click()
    expect(page.locator(".z7-note")).to_contain_text(said)
    expect(page.get_by_label(field)).to_be_focused()
    expect(page.locator(".deal--made")).to_have_count(0)


@pytest.mark.parametrize("text", ["Bel", "", "Bel\n\n\n\n"])
def test_the_first_tap_arrives_after_writing(reader, text):
    page = reader(
        state(members("Anouk", "Bas")), viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page.get_by_label("Eén eigenaar").fill("Bas")
    action = page.get_by_label("Eén actie")
    action.tap()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)  # the field changes when it is left, as it does for a reader
    button = page.get_by_role("button", name="Afspraak maken voor ieders agenda")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    page.touchscreen.tap(before["x"] + before["width"] / 2, before["y"] + before["height"] - 4)
    expect(page.locator(".z7-note")).to_contain_text(
        "Stuur dit bestand" if text else "Vul nog in wat er gebeurt"
    )


def test_who_writes_is_not_interrupted(reader, site):
    page = reader(state(members("Anouk", "Bas")))
    page.get_by_label("Eén actie").fill("Bel")
    other = page.context.new_page()
    keep(other, site, state(members("Anouk", "Bas", "Dirk")))
    expect(page.locator(".team__who li")).to_have_count(3)
    expect(page.get_by_label("Eén actie")).to_have_value("Bel")
    expect(page.get_by_label("Eén actie")).to_be_focused()


# --- Everywhere ---


def test_what_was_kept_by_an_older_version_is_an_empty_sheet(reader, site):
    old = {"version": 1, "items": {}, "answers": answers(codes(SCORES["Bas"])), "snapshots": []}
    page = reader(old)
    expect(page.locator("#team-own")).to_be_visible()
    expect(page.locator(".team__who")).to_have_count(0)


def test_without_storage_it_works_until_the_page_is_left(open_browser, site):
    page = open_browser()
    page.add_init_script(BLOCKED)
    page.goto(f"{site.url}team-sheet/")
    page.locator(".team--live").wait_for()
    paste(page, f"Anouk {link(SCORES['Anouk'])}\nBas {link(SCORES['Bas'])}")
    assert names(page) == ["Anouk", "Bas"]
    expect(page.locator(".z7-note")).to_contain_text("Je browser bewaart niets")


def test_without_scripts_there_is_a_sheet_to_print(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(f"{site.url}team-sheet/")
    expect(page.locator(".team-sheet tbody tr")).to_have_count(7)
    expect(page.locator(".team-sheet__line").last).to_be_visible()
    expect(page.get_by_role("heading", name="Zo werkt het")).to_be_visible()
    assert page.locator("article").inner_text().count("Eén eigenaar") == 1


@pytest.mark.parametrize("folder", ["", "en/"])
@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("size", [2, 5, 8])
def test_a_team_takes_one_sheet(reader, folder, size, alike):
    team = members(*[*SCORES][:size])
    if alike:
        team = [{**member, "answers": answers("221" * 7)} for member in team]
    action = (
        "Vraag vijf klanten om een introductie en noteer wat zij zelf bevestigen, met naam en datum. " * 2
    )
    page = reader(
        state(team, {"action": action.strip(), "owner": "Bas de Vries", "date": "2026-12-04"}), folder
    )
    assert sheets(page) == 1
    assert len(on_paper(page, ".team__row")) == 7
    assert on_paper(page, ".team-sheet__line")[1].endswith("Bas de Vries")
    assert on_paper(page, ".team-sheet__scores, .team button, .team textarea, .team__edit, .signup") == []


def test_an_empty_sheet_is_printed_with_the_scores_that_are_known(reader):
    page = reader(state([], answers=answers(codes(SCORES["Esra"]))))
    assert sheets(page) == 1
    cells = on_paper(page, ".team-sheet__scores td:nth-of-type(1)")
    assert cells == [str(score) for score in SCORES["Esra"]]
    assert on_paper(page, ".team-sheet__line") == ["Eén actie", "Eén eigenaar", "Eén datum"]


# Each size in both schemes, each width in both, and the fullest one in all widths.
@pytest.mark.parametrize(
    "size, width, scheme",
    [
        (0, 320, "light"), (0, 1440, "dark"), (1, 360, "dark"), (1, 768, "light"), (3, 360, "light"),
        (3, 1440, "light"), (3, 768, "dark"), (8, 320, "dark"), (8, 360, "light"), (8, 768, "dark"), (8, 1440, "light"),
    ],
)  # fmt: skip
def test_no_state_has_a_barrier_or_runs_out_of_the_window(reader, size, width, scheme):
    team = members(*[*SCORES][:size])
    own = answers("2x1" * 7)
    page = reader(
        state(team, answers=own),
        viewport={"width": width, "height": 740},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page.eval_on_selector(".team__edit", "one => { one.open = true }")
    if size == 3:
        paste(page, "#r=1.0 #r=1.1")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for target in page.locator(".team :is(a, button, input, textarea, summary), .wordmark, .skip").all():
        if target.is_visible():
            assert target.bounding_box()["height"] >= 43.9, target.evaluate("one => one.outerHTML")


@pytest.mark.parametrize("name", ["X" * 40, "een.heel.lange.naam.van.iemand@example.o"])
def test_a_long_name_stays_within_the_window(reader, name):
    team = [{**members("Anouk")[0], "name": name}, *members("Bas")]
    deal = {"action": "Y" * 80, "owner": name, "date": "2026-12-04"}
    page = reader(state(team, deal), viewport={"width": 320, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.locator(".team__edit summary").click()
    page.get_by_role("button", name=f"Weghalen: {name}").click()
    expect(page.locator(".z7-note")).to_contain_text(name)
    paste(page, f"Bas {link(SCORES['Anouk'])} Bas {link(SCORES['Dirk'])}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [320, 1440])
def test_nobody_covers_another_on_the_line(reader, width):
    page = reader(state(members(*SCORES)), viewport={"width": width, "height": 740})
    boxes = page.eval_on_selector_all(
        ".scale__drawn",
        """all => all.map(one => [...one.querySelectorAll(".coin")].map(coin => {
          const { left, top, width, height } = coin.getBoundingClientRect();
          return [left + width / 2, top + height / 2, width / 2];
        }))""",
    )
    for row in boxes:
        assert len(row) == 8
        for place, (x, y, radius) in enumerate(row):
            for other_x, other_y, other_radius in row[place + 1 :]:
                assert (x - other_x) ** 2 + (y - other_y) ** 2 >= (radius + other_radius - 1) ** 2


@pytest.mark.parametrize("count, width, height", [(3, 1440, 900), (8, 1440, 900), (5, 1280, 800)])
def test_what_they_think_and_agree_on_is_one_screen(reader, count, width, height):
    """Seven rows and the agreement beside them, on a notebook."""
    page = reader(state(members(*list(SCORES)[:count])), viewport={"width": width, "height": height})
    for part in (".team__rows", ".deal"):
        assert page.locator(part).evaluate("one => one.getBoundingClientRect().bottom") <= height
    rows, deal = (page.locator(part).bounding_box() for part in (".team__rows", ".deal"))
    assert rows["x"] + rows["width"] < deal["x"]


def test_shapes_remain_where_the_colours_are_the_readers(reader):
    page = reader(state([named("A", "x22" + "222" * 6), *members("Bas")]), forced_colors="active")
    edges = "one => [getComputedStyle(one).borderTopStyle, getComputedStyle(one).borderTopWidth]"
    assert page.locator(".coin--unknown").evaluate(edges) == ["dashed", "2px"]
    assert page.locator(".coin--end").first.evaluate(edges) == ["solid", "2px"]
    assert (
        page.locator(".scale__range").first.evaluate("one => getComputedStyle(one).borderTopWidth") == "3px"
    )


def test_the_whole_of_it_by_keyboard(reader, site):
    page = reader()
    page.locator("#team-links").focus()
    page.keyboard.insert_text(f"Anouk {link(SCORES['Anouk'])}\nBas {link(SCORES['Bas'])}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#team-say")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#team-name-0")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # removes Anouk
    assert names(page) == ["Bas"]
    expect(page.locator("#team-name-0")).to_be_focused()


def test_all_that_is_kept_is_in_an_export(reader, site):
    team = members("Anouk", "Bas")
    page = reader(state(team))
    page.goto(f"{site.url}privacy/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Alles exporteren").click()
    text = download.value.path().read_text("utf-8")
    assert json.loads(text)["kept"]["team"]["members"] == team
