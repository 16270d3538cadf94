"""Checklists that remember, in a real browser: items, progress, links to items, and what is wrong with the storage."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.site import keeping
from tests.site.assessing import KEYS
from tests.site.keeping import BLOCKED, FULL, done, keep, kept, kept_text, state, unfit

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

PAGE = "certainties/referral/"
NOW = "2026-11-23T09:00:00+01:00"


@pytest.fixture
def reader(open_browser):
    """Somebody on Monday 23 November 2026."""

    def reader(**options):
        page = open_browser(timezone_id="Europe/Amsterdam", **options)
        page.context.clock.set_fixed_time(NOW)
        return page

    return reader


@pytest.fixture
def page(reader):
    return reader()


def check(page, item):
    return page.locator(f"#tick-{item}")


def item(page, item):
    return page.locator(f"#{item}")


def button(page, name):
    return page.get_by_role("button", name=name)


def more(page, item):
    """What else there is to do with an item: opened."""
    opening = page.locator("li.item").filter(has=check(page, item)).locator(".item__more")
    if opening.get_attribute("aria-expanded") == "false":
        opening.click()
    return page.locator(f"#more-{item}")


def open_from_home(page):
    """The page of these items, by a link that is followed."""
    page.locator(".seven").get_by_role("link", name="Referral", exact=True).click()
    page.wait_for_url(f"**/{PAGE}")


def note(page):
    return page.locator(".z7-note")


def says_nothing(page):
    expect(page.locator(".z7-note")).to_have_count(1)
    expect(page.locator(".z7-note--shown")).to_have_count(0)
    assert page.locator(".z7-note :visible").all_inner_texts() in ([], ["", ""])


# --- Open, done, not applicable ---


@pytest.mark.parametrize(
    "folder, date", [("", "Gedaan op 23 november 2026"), ("en/", "Done on 23 November 2026")]
)
def test_a_ticked_item_is_done_with_its_date(page, site, folder, date):
    page.goto(site.url + folder + PAGE)
    check(page, "ref-2").check()
    expect(item(page, "ref-2")).to_contain_text(date)
    assert kept(page, site) == state({"ref-2": done("2026-11-23")})
    check(page, "ref-2").uncheck()
    expect(item(page, "ref-2")).not_to_contain_text(date)
    assert kept(page, site) is None


def test_the_text_of_an_item_is_its_label(page, site):
    page.goto(site.url + PAGE)
    item(page, "ref-4").get_by_text("Elke ontvangen introductie").click()
    expect(check(page, "ref-4")).to_be_checked()
    expect(
        item(page, "ref-4").get_by_role("checkbox", name="Elke ontvangen introductie")
    ).to_have_accessible_description("Gedaan op 23 november 2026")


def test_ticks_survive_a_reload_and_a_switch_of_language(page, site):
    page.goto(site.url + PAGE)
    check(page, "ref-2").check()
    page.reload()
    expect(check(page, "ref-2")).to_be_checked()
    page.click(".site-language")
    page.wait_for_url("**/en/certainties/referral/")
    expect(check(page, "ref-2")).to_be_checked()
    expect(check(page, "ref-1")).not_to_be_checked()


def test_ticks_survive_the_browser_being_closed(reader, site):
    page = reader()
    page.goto(site.url + PAGE)
    check(page, "ref-2").check()
    page = reader(storage_state=page.context.storage_state())
    page.goto(f"{site.url}{PAGE}#ref-2")
    expect(check(page, "ref-2")).to_be_checked()


def test_two_open_tabs_agree(page, site):
    page.goto(site.url + PAGE)
    other = page.context.new_page()
    other.goto(f"{site.url}en/{PAGE}")
    check(page, "ref-2").check()
    expect(check(other, "ref-2")).to_be_checked()
    expect(item(other, "ref-2")).to_contain_text("Done on 23 November 2026")
    check(other, "ref-1").check()
    expect(page.locator(".progress__text")).to_have_text("2 van 6 gedaan")
    other.evaluate("localStorage.clear()")
    expect(check(page, "ref-2")).not_to_be_checked()


def test_an_item_that_does_not_apply_is_neither_open_nor_done(page, site):
    page.goto(site.url + PAGE)
    unfitting = more(page, "ref-4").get_by_role("button", name="Niet van toepassing Elke ontvangen")
    expect(unfitting).to_have_attribute("aria-pressed", "false")
    check(page, "ref-4").check()
    unfitting.click()
    expect(unfitting).to_have_attribute("aria-pressed", "true")
    expect(check(page, "ref-4")).not_to_be_checked()
    expect(check(page, "ref-4")).to_have_accessible_description("Niet van toepassing")
    assert kept(page, site)["items"] == {"ref-4": unfit("2026-11-23")}
    check(page, "ref-4").check()
    expect(unfitting).to_have_attribute("aria-pressed", "false")
    unfitting.click()
    unfitting.click()
    assert kept(page, site) is None


def test_the_keyboard_does_all_of_it(page, site):
    page.goto(f"{site.url}{PAGE}#ref-2")
    page.keyboard.press("Tab")
    expect(check(page, "ref-2")).to_be_focused()
    page.keyboard.press("Space")
    expect(check(page, "ref-2")).to_be_checked()
    page.keyboard.press("Tab")
    opening = page.get_by_role("button", name="Meer over: Eén klant")
    expect(opening).to_be_focused()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(opening).to_have_attribute("aria-expanded", "true")
    for label in ("owner", "note", "remind", "copy", "unfit"):
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.matches('.item__links a')"):
            page.keyboard.press("Tab")
        expect(page.locator(f"#{label}-ref-2")).to_be_focused()
    page.keyboard.press("Enter")
    assert kept(page, site)["items"] == {"ref-2": unfit("2026-11-23")}
    page.keyboard.press("Escape")
    expect(opening).to_be_focused()
    expect(opening).to_have_attribute("aria-expanded", "false")
    expect(page.locator("#more-ref-2")).to_be_hidden()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.matches('.item__links a')"):
        page.keyboard.press("Tab")
    expect(check(page, "ref-3")).to_be_focused()


# --- Who does it, and a note ---


def field(page, item, name):
    more(page, item)
    return page.locator(f"#{name}-{item}")


@pytest.mark.parametrize("folder, who, what", [("", "Wie", "Notitie"), ("en/", "Who", "Note")])
def test_an_item_has_an_owner_and_a_note_which_another_tab_follows(page, site, folder, who, what):
    page.goto(site.url + folder + PAGE)
    other = page.context.new_page()
    other.goto(site.url + PAGE)
    panel = more(page, "ref-2")
    panel.get_by_label(who, exact=True).fill("  Noor ")
    page.keyboard.press("Tab")
    assert kept(page, site) == state(notes={"ref-2": keeping.note("Noor")})
    expect(item(page, "ref-2").locator(".item__note")).to_have_text("Noor")
    expect(item(other, "ref-2").locator(".item__note")).to_have_text("Noor")
    more(other, "ref-2").get_by_label("Notitie").fill("<b>Eerst</b> Bas bellen")
    other.keyboard.press("Tab")
    expect(item(page, "ref-2").locator(".item__note")).to_have_text("Noor: <b>Eerst</b> Bas bellen")
    expect(panel.get_by_label(what, exact=True)).to_have_value("<b>Eerst</b> Bas bellen")
    page.reload()
    expect(item(page, "ref-2").locator(".item__note")).to_be_visible()
    expect(page.locator(".item__note:visible")).to_have_count(1)


def test_what_somebody_types_is_kept_as_long_as_it_may_be_and_survives_another_tab(page, site):
    page.goto(site.url + PAGE)
    field(page, "ref-2", "owner").press_sequentially("N" * 70)
    field(page, "ref-2", "note").press_sequentially("T" * 510)
    other = page.context.new_page()
    other.goto(site.url + PAGE)
    check(other, "ref-1").check()
    expect(check(page, "ref-1")).to_be_checked()
    # Nobody takes words away while they are typed.
    expect(field(page, "ref-2", "note")).to_have_value("T" * 500)
    page.keyboard.press("Escape")
    assert kept(page, site)["notes"] == {"ref-2": keeping.note("N" * 60, "T" * 500)}
    expect(field(page, "ref-2", "note")).to_have_value("T" * 500)


def test_whoever_turns_to_something_else_keeps_what_was_typed(page, site):
    page.goto(site.url + PAGE)
    field(page, "ref-2", "note").fill("Bas bellen")
    page.evaluate(
        "Object.defineProperty(document, 'hidden', { value: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert kept(page, site)["notes"] == {"ref-2": keeping.note(text="Bas bellen")}


@pytest.mark.parametrize("name, part", [("owner", "owner"), ("note", "text")])
def test_a_note_that_goes_can_be_taken_back(page, site, name, part):
    mine = state({"ref-1": done()}, notes={"ref-2": keeping.note("Noor", "Bas bellen")})
    keep(page, site, mine)
    page.goto(site.url + PAGE)
    field(page, "ref-2", name).fill("")
    page.keyboard.press("Tab")
    left = {"owner": "Noor", "text": "Bas bellen", part: ""}
    assert kept(page, site)["notes"] == {"ref-2": left}
    expect(note(page)).to_contain_text("Die tekst is weg.")
    button(page, "Ongedaan maken").click()
    expect(note(page)).to_contain_text("Alles staat weer zoals het was.")
    assert kept(page, site) == mine
    expect(page.locator(f"#{name}-ref-2")).to_have_value(mine["notes"]["ref-2"][part])


def test_an_item_can_be_put_into_a_calendar(page, site):
    page.goto(site.url + PAGE)
    with page.expect_download() as download:
        more(page, "ref-2").get_by_role("button", name="Zet in mijn agenda").click()
    assert download.value.suggested_filename == "deze-week-2026-11-23.ics"
    lines = Path(download.value.path()).read_text(encoding="utf-8").replace("\n ", "").splitlines()
    assert "UID:item-ref-2@127.0.0.1" in lines
    assert "DTSTART;TZID=Europe/Amsterdam:20261130T090000" in lines
    assert f"URL:{site.url}{PAGE}#ref-2" in lines
    expect(note(page)).to_contain_text("30 november 2026")


# --- This week: the next item, above the text ---


def strip(page):
    return page.locator(".strip")


def test_the_next_item_is_ticked_above_the_text_and_the_one_after_it_follows(page, site):
    keep(page, site, state({"ref-2": done(), "ref-3": unfit()}))
    page.goto(site.url + PAGE)
    box = strip(page).get_by_role("checkbox")
    expect(box).to_have_accessible_name(re.compile("^Vijf klanten"))
    expect(strip(page).get_by_role("heading")).to_have_text("Deze week · 1 van 5 gedaan")
    expect(page.locator(".item--next")).to_have_attribute("id", "ref-1")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    expect(check(page, "ref-1")).to_be_checked()
    expect(note(page)).to_contain_text("Gedaan. Nu: Elke ontvangen introductie")
    expect(box).to_have_accessible_name(re.compile("^Elke ontvangen"))
    expect(box).not_to_be_checked()
    expect(box).to_be_focused()
    expect(page.locator(".item--next")).to_have_attribute("id", "ref-4")
    expect(strip(page).get_by_role("heading")).to_have_text("Deze week · 2 van 5 gedaan")
    assert kept(page, site)["log"]["ref-1"] == ["2026-11-23"]
    button(page, "Ongedaan maken").click()
    expect(box).to_have_accessible_name(re.compile("^Vijf klanten"))
    assert kept(page, site) == state({"ref-2": done(), "ref-3": unfit()})


def test_a_slip_above_the_text_is_taken_back_by_another_tap(page, site):
    page.goto(site.url + PAGE)
    box = strip(page).get_by_role("checkbox")
    box.click()
    box.click()
    assert kept(page, site) is None
    wait_until_it_stands_still(page)
    expect(box).to_have_accessible_name(re.compile("^Vijf klanten"))
    expect(box).not_to_be_checked()


def test_the_item_above_the_text_follows_the_list_and_other_tabs(page, site):
    page.goto(site.url + PAGE)
    box = strip(page).get_by_role("checkbox")
    check(page, "ref-1").check()
    expect(box).to_have_accessible_name(re.compile("^Eén klant"))
    other = page.context.new_page()
    other.goto(site.url + PAGE)
    check(other, "ref-2").check()
    expect(box).to_have_accessible_name(re.compile("^Eén aanbeveler"))
    check(other, "ref-1").uncheck()
    expect(box).to_have_accessible_name(re.compile("^Vijf klanten"))


def test_the_item_above_the_text_goes_into_a_calendar(page, site):
    keep(page, site, state({"ref-1": done()}))
    page.goto(site.url + PAGE)
    remind = strip(page).get_by_role("button", name="Zet in mijn agenda")
    expect(remind).to_have_accessible_description(re.compile("^De eerstvolgende maandag om 9.00 uur"))
    with page.expect_download() as download:
        remind.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "UID:item-ref-2@127.0.0.1" in text
    strip(page).get_by_role("link", name="Alle punten").click()
    expect(page.locator("h2#checklist")).to_be_in_viewport()


@pytest.mark.parametrize(
    "folder, said, again",
    [
        ("", "Alles voor deze week is gedaan.", "Week opnieuw beginnen"),
        ("en/", "Everything for this week is done.", "Start the week again"),
    ],
)
def test_a_week_in_which_all_is_done_says_so_and_can_begin_again(page, site, folder, said, again):
    mine = state({f"ref-{number}": done() for number in range(1, 6)})
    keep(page, site, mine)
    page.goto(site.url + folder + PAGE)
    strip(page).get_by_role("checkbox").press("Space")
    expect(strip(page)).to_contain_text(said)
    expect(strip(page).locator(".strip__all")).to_be_focused()
    expect(strip(page).get_by_role("checkbox")).to_be_hidden()
    expect(strip(page).locator(".z7-button--main")).to_be_hidden()
    begin = strip(page).get_by_role("button", name=again)
    begin.click()
    page.get_by_role("dialog").locator(".z7-button--main").click()
    expect(strip(page).get_by_role("checkbox")).to_be_focused()
    expect(begin).to_be_hidden()
    assert kept(page, site)["items"] == {}
    assert len(kept(page, site)["log"]) == 6  # when it was done stays
    earlier = "Eerder: 20 november 2026" if not folder else "Earlier: 20 November 2026"
    expect(check(page, "ref-1")).to_have_accessible_description(earlier)
    page.locator(".z7-note__undo").click()
    expect(strip(page)).to_contain_text(said)
    assert kept(page, site)["items"] == {**mine["items"], "ref-6": done("2026-11-23")}


def test_where_nothing_applies_there_is_nothing_to_begin_again(page, site):
    keep(page, site, state({f"ref-{number}": unfit() for number in range(1, 7)}))
    page.goto(site.url + PAGE)
    expect(strip(page)).to_contain_text("Niets van toepassing")
    expect(button(page, "Week opnieuw beginnen")).to_have_count(0)


@pytest.mark.parametrize("size", [(360, 740), (1280, 800)])
def test_progress_stays_in_view_below_the_field_and_covers_nothing_that_is_gone_to(reader, site, size):
    page = reader(viewport={"width": size[0], "height": size[1]})
    page.goto(site.url + PAGE)
    progress = page.locator(".strip-progress")
    page.locator("#waarom").evaluate("one => one.scrollIntoView({block: 'start'})")
    wait_until_it_stands_still(page)
    expect(progress).to_be_hidden()  # nothing is done
    keep(page, site, state({"ref-1": done()}))
    page.goto(f"{site.url}{PAGE}#ref-3")
    expect(progress).to_be_visible()
    expect(progress).to_have_text("1 van 6 gedaan")
    bar, box = progress.bounding_box(), check(page, "ref-3").bounding_box()
    assert box["y"] >= bar["y"] + bar["height"] or box["x"] + box["width"] <= bar["x"]
    check(page, "ref-3").check()
    expect(progress).to_have_text("2 van 6 gedaan")
    page.keyboard.press("Home")
    expect(progress).to_be_hidden()


@pytest.mark.parametrize("size", [(320, 256), (640, 400), (720, 450)])
def test_progress_leaves_a_low_window_to_the_text(reader, site, size):
    page = reader(viewport={"width": size[0], "height": size[1]})
    keep(page, site, state({"ref-1": done()}))
    page.goto(f"{site.url}{PAGE}#ref-3")
    wait_until_it_stands_still(page)
    expect(page.locator(".strip-progress")).to_be_hidden()


@pytest.mark.parametrize("motion, moves", [("no-preference", True), ("reduce", False)])
def test_the_point_of_the_mark_travels_once_unless_motion_is_unwanted(reader, site, motion, moves):
    page = reader(reduced_motion=motion)
    page.goto(site.url + PAGE)
    point = ".certainty-mark .mark__accent"
    name, count = page.locator(point).evaluate(
        "one => [getComputedStyle(one).animationName, getComputedStyle(one).animationIterationCount]"
    )
    assert (name != "none", count) == (moves, "1")


# --- Letters and items know each other ---


def letter_with(site, item):
    path = next(
        path
        for path in sorted(site.folder.glob("archive/*/index.html"))
        if f'data-item="{item}"' in path.read_text(encoding="utf-8")
    )
    return f"archive/{path.parent.name}/"


@pytest.mark.parametrize("folder", ["", "en/"])
def test_an_action_can_be_ticked_in_its_letter_and_opens_its_item(page, site, folder):
    letter = letter_with(site, "rep-2")
    page.goto(site.url + folder + letter)
    # Whoever taps its words ticks it, and stays.
    page.locator("li[data-item=rep-2] .item__text").click()
    expect(check(page, "rep-2")).to_be_checked()
    assert page.url == site.url + folder + letter
    link = page.locator("li[data-item=rep-2] .item__open")
    expect(link).to_have_accessible_name(re.compile("(Naar de|To the) checklist .{9,}"))
    page.click("li[data-item=rep-2] .item__open")
    page.wait_for_url("**/certainties/reputation/#rep-2")
    expect(check(page, "rep-2")).to_be_checked()
    expect(item(page, "rep-2")).to_be_in_viewport()
    # And back: the item names the letter.
    item(page, "rep-2").get_by_role("link").last.click()
    page.wait_for_url(f"**/{letter}")
    expect(check(page, "rep-2")).to_be_checked()


def marked(page):
    return page.evaluate("Array.from(document.querySelectorAll('.item--linked'), item => item.id)")


def top(page, item):
    return page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", item)


def wait_until_it_stands_still(page):
    page.evaluate("new Promise(done => setTimeout(done, 250))")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_link_to_an_item_goes_there_and_marks_it(reader, site, width):
    page = reader(viewport={"width": width, "height": 500})

    def is_there(item):
        expect(page.locator(f"#{item}.item--linked")).to_be_visible()
        wait_until_it_stands_still(page)
        assert marked(page) == [item]
        assert 0 <= top(page, item) < 150

    page.goto(f"{site.url}{PAGE}#ref-2")
    is_there("ref-2")
    page.evaluate("location.hash = 'ref-4'")
    is_there("ref-4")
    page.go_back()
    is_there("ref-2")
    page.goto(site.url + letter_with(site, "rep-2"))
    page.click("li[data-item=rep-2] .item__open")
    is_there("rep-2")


def test_who_comes_back_finds_the_page_where_it_stood(page, site):
    page.goto(f"{site.url}{PAGE}#ref-2")
    wait_until_it_stands_still(page)
    page.mouse.wheel(0, -300)
    wait_until_it_stands_still(page)
    before = top(page, "ref-2")
    assert before > 300
    page.reload()
    wait_until_it_stands_still(page)
    assert (top(page, "ref-2"), marked(page)) == (before, ["ref-2"])
    page.goto(f"{site.url}certainties/repeating/")
    page.go_back()
    page.wait_for_url("**/referral/#ref-2")
    expect(page.locator("li .item__check")).to_have_count(6)
    wait_until_it_stands_still(page)
    assert (top(page, "ref-2"), marked(page)) == (before, ["ref-2"])


@pytest.mark.parametrize("where", ["certainty", "letter"])
def test_the_link_to_an_item_can_be_copied(reader, site, where):
    page = reader(permissions=["clipboard-read", "clipboard-write"])
    certainty, name = ("referral", "ref-2") if where == "certainty" else ("reputation", "rep-2")
    page.goto(site.url + (f"{PAGE}?utm=x#ref-1" if where == "certainty" else letter_with(site, name)))
    more(page, name).get_by_role("button", name="Link kopiëren").click()
    expect(note(page)).to_contain_text("De link staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}certainties/{certainty}/#{name}"
    assert kept(page, site) is None


def test_a_link_is_copied_in_the_old_way_where_there_is_no_clipboard(reader, site):
    page = reader(permissions=["clipboard-read", "clipboard-write"])
    page.add_init_script("Object.defineProperty(navigator.clipboard, 'writeText', { value: undefined })")
    page.goto(site.url + PAGE)
    copy = more(page, "ref-2").get_by_role("button", name="Link kopiëren")
    copy.click()
    expect(note(page)).to_contain_text("De link staat op het klembord.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.url}{PAGE}#ref-2"
    expect(copy).to_be_focused()
    assert page.locator("textarea:not(.item__panel *)").count() == 0


def test_a_link_that_cannot_be_copied_is_shown(page, site):
    page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false"
    )
    page.goto(site.url + PAGE)
    more(page, "ref-2").get_by_role("button", name="Link kopiëren").click()
    expect(note(page)).to_contain_text(f"Dit is de link: {site.url}{PAGE}#ref-2")
    button(page, "Sluiten").click()
    says_nothing(page)


# --- Progress ---


def test_progress_counts_what_applies_and_is_said(page, site):
    page.goto(site.url + PAGE)
    bar, text = page.get_by_role("progressbar", name="Voortgang"), page.locator(".progress__text")
    expect(text).to_have_attribute("role", "status")
    expect(text).to_have_text("")
    expect(bar).to_have_count(0)  # nobody begins with an empty bar
    check(page, "ref-1").check()
    more(page, "ref-4").get_by_role("button", name="Niet van toepassing").click()
    expect(text).to_have_text("1 van 5 gedaan")
    assert [bar.get_attribute(f"aria-value{name}") for name in ("min", "now", "max", "text")] == [
        "0",
        "1",
        "5",
        "1 van 5 gedaan",
    ]
    part = page.locator(".progress__part")
    moves = "part => parseFloat(getComputedStyle(part).transitionDuration) > 0.01"
    assert part.evaluate(moves)
    page.emulate_media(reduced_motion="reduce")
    assert not part.evaluate(moves)
    # What had begun to move goes on to its end.
    part.evaluate("part => Promise.all(part.getAnimations().map((one) => one.finished))")
    assert part.evaluate("part => part.offsetWidth / part.parentElement.clientWidth") == pytest.approx(
        0.2, abs=0.02
    )


def test_nothing_that_applies_is_no_progress_at_all(page, site):
    keep(page, site, state({f"ref-{number}": unfit() for number in range(1, 7)}))
    page.goto(site.url + PAGE)
    expect(page.locator(".progress__text")).to_have_text("Niets van toepassing")


# --- Starting again, clearing ---


def test_the_week_starts_again_for_one_certainty_after_a_question(page, site):
    mine = state(
        {"ref-1": done(), "ref-2": done(), "ref-4": unfit(), "rel-1": done()}, {"relations-idea": "2"}
    )
    keep(page, site, mine)
    page.goto(site.url + PAGE)
    start = button(page, "Week opnieuw beginnen")
    start.click()
    dialog = page.get_by_role("dialog", name="De week opnieuw beginnen?")
    expect(dialog).to_contain_text("Dit haalt 2 vinkjes weg bij Referral. Wanneer je iets deed, blijft")
    expect(dialog.get_by_role("button", name="Annuleren")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(start).to_be_focused()
    assert kept(page, site) == mine
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Vinkjes weghalen").click()
    expect(note(page)).to_contain_text("De week begint opnieuw.")
    expect(page.locator(".progress__text")).to_have_text("")
    assert kept(page, site) == {**mine, "items": {"ref-4": unfit(), "rel-1": done()}}
    expect(start).to_have_count(0)  # there is nothing to start again
    expect(check(page, "ref-1")).to_be_focused()
    expect(check(page, "ref-1")).to_have_accessible_description("Eerder: 20 november 2026")


def test_clearing_everything_says_what_goes(page, site):
    snapshot = {"date": "2026-11-20", "answers": {"relations-idea": "1"}}
    mine = state(
        {"ref-1": done(), "rel-2": unfit(), "reb-1": done()},
        {"relations-idea": "2"},
        [snapshot],
        notes={"ref-1": keeping.note("Noor")},
    )
    keep(page, site, mine)
    page.goto(f"{site.url}privacy/")
    button(page, "Alles wissen").click()
    dialog = page.get_by_role("dialog", name="Alles wissen?")
    expect(dialog).to_contain_text(
        "2 vinkjes, 1 keer “niet van toepassing”, 1 antwoord van de toets, 1 bewaarde uitslag, "
        "1 week in het logboek en 1 notitie"
    )
    page.keyboard.press("Enter")  # on what leaves everything as it is
    expect(dialog).to_have_count(0)
    assert kept(page, site) == mine
    button(page, "Alles wissen").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(note(page)).to_contain_text("Alles is gewist.")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('z7'))") == []
    expect(button(page, "Alles wissen")).to_have_count(0)
    expect(button(page, "Bestand importeren")).to_be_focused()
    note(page).get_by_role("button", name="Ongedaan maken").click()
    expect(button(page, "Alles wissen")).to_be_visible()
    assert kept(page, site) == mine


@pytest.mark.parametrize("path", [PAGE, "privacy/"])
def test_who_comes_for_the_first_time_is_not_asked_to_clear_anything(page, site, path):
    page.goto(site.url + path)
    expect(page.locator(".strip--live, .kept__amount")).to_have_count(1)
    expect(button(page, "Alles wissen")).to_have_count(0)
    expect(button(page, "Week opnieuw beginnen")).to_have_count(0)
    if path == PAGE:
        expect(page.get_by_text(re.compile("0 van"))).to_have_count(0)


def test_what_there_is_none_of_is_not_named(page, site):
    keep(page, site, state({"ref-1": unfit()}))
    page.goto(f"{site.url}en/privacy/")
    button(page, "Clear everything").click()
    expect(page.get_by_role("dialog", name="Clear everything?")).to_contain_text(
        "all seven certainties: 1 ‘not applicable’."
    )


def test_a_key_that_turns_the_page_does_nothing_in_a_dialog(page, site):
    keep(page, site, state({"ref-1": done()}))
    page.goto(site.url + PAGE)
    button(page, "Week opnieuw beginnen").click()
    page.keyboard.press("n")
    page.keyboard.press("s")
    wait_until_it_stands_still(page)
    assert page.url == site.url + PAGE
    expect(button(page, "Annuleren")).to_be_focused()


def test_a_question_goes_with_its_page(page, site):
    keep(page, site, state({"ref-1": done()}))
    page.goto(site.url)
    open_from_home(page)
    button(page, "Week opnieuw beginnen").click()
    expect(page.locator("dialog.z7-dialog")).to_be_visible()
    page.go_back()
    expect(page.locator(".seven__one")).to_have_count(7)
    expect(page.locator("dialog.z7-dialog")).to_have_count(0)
    assert kept(page, site)["items"] == {"ref-1": done()}


# --- Undoing ---


def lose_by_a_slip(page):
    check(page, "ref-1").uncheck()


def lose_by_not_applicable(page):
    more(page, "ref-1").get_by_role("button", name="Niet van toepassing").click()


def lose_the_week(page):
    button(page, "Week opnieuw beginnen").click()
    button(page, "Vinkjes weghalen").click()


def lose_everything(page):
    page.goto(page.url.partition("certainties")[0] + "privacy/")
    button(page, "Alles wissen").click()
    page.get_by_role("dialog").get_by_role("button", name="Wissen").click()


@pytest.mark.parametrize(
    "lose, said, origin",
    [
        (lose_by_a_slip, "Het vinkje van 20 november 2026 is weg.", "tick-ref-1"),
        (lose_by_not_applicable, "Het vinkje van 20 november 2026 is weg.", "unfit-ref-1"),
        (lose_the_week, "De week begint opnieuw.", ""),
        (lose_everything, "Alles is gewist.", ""),
    ],
)
def test_what_goes_can_be_taken_back_with_its_dates(page, site, lose, said, origin):
    snapshot = {"date": "2026-10-05", "answers": {"relations-idea": "1"}}
    mine = state({"ref-1": done(), "ref-4": unfit(), "rel-1": done()}, {"relations-idea": "2"}, [snapshot])
    keep(page, site, mine)
    page.goto(site.url + PAGE)
    lose(page)
    expect(note(page).get_by_role("status").filter(has_text=said)).to_be_visible()
    assert kept(page, site) != mine
    undo = note(page).get_by_role("button", name="Ongedaan maken")
    undo.press("Enter")
    expect(note(page)).to_contain_text("Alles staat weer zoals het was.")
    expect(undo).to_be_hidden()
    assert kept(page, site) == mine
    assert page.evaluate("document.activeElement !== document.body")
    if PAGE in page.url:
        expect(check(page, "ref-1")).to_be_checked()
    if origin:
        expect(page.locator(f"#{origin}")).to_be_focused()


def test_undoing_leaves_what_was_done_since(page, site):
    keep(page, site, state({"ref-1": done(), "ref-2": done(), "rel-1": done()}))
    page.goto(site.url + PAGE)
    lose_everything(page)
    other = page.context.new_page()
    other.goto(site.url + PAGE)
    check(other, "ref-2").check()
    check(other, "ref-3").check()
    button(page, "Ongedaan maken").click()
    now = done("2026-11-23")
    assert kept(page, site)["items"] == {"ref-1": done(), "ref-2": now, "ref-3": now, "rel-1": done()}


def test_there_is_nothing_to_undo_once_something_else_is_done(page, site):
    keep(page, site, state({"ref-1": done()}))
    page.goto(site.url + PAGE)
    check(page, "ref-1").uncheck()
    expect(button(page, "Ongedaan maken")).to_be_visible()
    check(page, "ref-2").check()
    says_nothing(page)
    expect(button(page, "Ongedaan maken")).to_be_hidden()


# --- When the storage refuses ---


@pytest.mark.parametrize("script, when", [(BLOCKED, "at once"), (FULL, "at the first tick")])
def test_storage_that_refuses_is_told_and_ticking_goes_on(page, site, script, when):
    page.add_init_script(script)
    page.goto(site.url)
    open_from_home(page)
    if when == "at the first tick":
        expect(check(page, "ref-2")).to_be_visible()
        says_nothing(page)
    check(page, "ref-2").check()
    expect(page.get_by_role("status").filter(has_text="Je browser bewaart niets")).to_be_visible()
    expect(check(page, "ref-2")).to_be_checked()
    expect(page.locator(".progress__text")).to_have_text("1 van 6 gedaan")
    # Once closed it is not said again on this page; what was ticked is there until it goes.
    button(page, "Sluiten").click()
    check(page, "ref-3").check()
    expect(page.locator(".progress__text")).to_have_text("2 van 6 gedaan")
    says_nothing(page)


@pytest.mark.parametrize(
    "text, said, left",
    [
        ('{"version": 99}', "Een nieuwere versie van deze site", ""),
        ("{", "Wat hier bewaard was, is onleesbaar geworden.", ":corrupt"),
    ],
)
def test_storage_that_cannot_be_read_is_told_and_stays(page, site, text, said, left):
    keep(page, site, text)
    page.goto(site.url + PAGE)
    expect(note(page)).to_contain_text(said)
    expect(page.locator(".progress__text")).to_have_text("")
    check(page, "ref-2").check()
    expect(page.locator(".progress__text")).to_have_text("1 van 6 gedaan")
    assert kept_text(page, site, left) == text


def test_a_page_without_a_checklist_does_not_trouble_anybody_with_storage(page, site):
    page.add_init_script(BLOCKED)
    page.goto(f"{site.url}privacy/", wait_until="networkidle")
    says_nothing(page)


# --- Any page, any window ---


def test_nothing_is_doubled_after_ten_changes_of_page(page, site):
    page.add_init_script(
        "window.writes = 0; const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (key, text) {"
        "  if (key.startsWith('z7:')) writes += 1;"
        "  set.call(this, key, text);"
        "}"
    )
    page.goto(site.url)
    for _ in range(5):
        open_from_home(page)
        expect(page.locator("li .item__check")).to_have_count(6)
        page.go_back()
        expect(page.locator(".seven__one")).to_have_count(7)
    open_from_home(page)
    check(page, "ref-2").check()
    assert page.evaluate("window.writes") == 1
    counts = {
        name: page.locator(name).count()
        for name in (
            "li .item__check",
            ".item__more",
            ".item__panel",
            ".strip .item__check",
            ".strip-progress",
            ".progress",
            ".checklist-tools",
            ".z7-note",
        )
    }
    assert counts == {
        "li .item__check": 6,
        ".item__more": 6,
        ".item__panel": 6,
        ".strip .item__check": 1,
        ".strip-progress": 1,
        ".progress": 1,
        ".checklist-tools": 1,
        ".z7-note": 1,
    }
    button(page, "Week opnieuw beginnen").click()
    assert page.locator("dialog.z7-dialog").count() == 1


def test_without_scripts_a_checklist_is_a_list(open_browser, site):
    page = open_browser(java_script_enabled=False)
    page.goto(f"{site.url}{PAGE}#ref-2")
    assert page.locator("li.item").count() == 6
    expect(item(page, "ref-2")).to_have_text(re.compile("^☐ Eén klant"))
    expect(item(page, "ref-2")).to_be_in_viewport()
    assert page.locator("article :is(input, button):not(.signup *), .progress, .strip-progress").count() == 0
    assert strip(page).get_by_role("link").all_inner_texts() == [
        "Vijf klanten genoteerd met een resultaat dat zij zelf bevestigden.",
        "Alle punten",
    ]
    strip(page).get_by_role("link").first.click()
    assert page.url.endswith(f"{PAGE}#ref-1")
    page.goto(site.url)
    assert page.locator(".seven__one").count() == 7


def places(page):
    return page.evaluate(
        "Object.fromEntries(Array.from(document.querySelectorAll('h1, h2[id], li.item, .seven__one'),"
        "element => [element.id || element.dataset.item || element.dataset.certainty,"
        "Math.round(element.getBoundingClientRect().top + scrollY)]))"
    )


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", [PAGE, "letter", ""])
def test_what_scripts_add_has_its_room_from_the_start(reader, site, path, width):
    path = path.replace("letter", letter_with(site, "rep-2"))
    page = reader(viewport={"width": width, "height": 800})
    page.route(
        "**/javascripts/site.*.js", lambda route: route.fulfill(content_type="text/javascript", body="")
    )
    page.goto(site.url + path, wait_until="networkidle")
    scripted = page.locator(".progress, .item--live" if path else "html.js")
    assert not scripted.count()
    before = places(page)
    page.unroute_all()
    page.goto(site.url + path, wait_until="networkidle")
    assert scripted.count()
    assert before == places(page)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_moves_when_the_next_item_follows_another(reader, site, width):
    page = reader(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.goto(site.url + PAGE, wait_until="networkidle")
    before = places(page)
    names = set()
    for number in range(1, 7):
        box = strip(page).get_by_role("checkbox")
        names.add(box.evaluate("one => one.labels[0].textContent"))
        box.press("Space")
        expect(box.and_(page.locator(":checked"))).to_have_count(0)
        if number == 1:
            before = {**places(page)}  # the dates of the list have come
        assert places(page)["waarom"] == before["waarom"]
    assert len(names) == 6


def test_an_item_stays_where_it_is_when_it_is_ticked(reader, site):
    page = reader(viewport={"width": 360, "height": 640})
    page.goto(f"{site.url}{PAGE}#ref-2", wait_until="networkidle")
    page.evaluate("scrollBy(0, -40)")  # away from the edge, where the browser would scroll before a click
    more(page, "ref-2")
    tools = item(page, "ref-2").get_by_role("button")
    before = [check(page, "ref-2").bounding_box(), *(tool.bounding_box() for tool in tools.all())]
    check(page, "ref-2").check()
    after = [check(page, "ref-2").bounding_box(), *(tool.bounding_box() for tool in tools.all())]
    assert before == after


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_state_of_a_checklist_has_a_barrier_that_axe_knows(reader, site, scheme):
    page = reader(color_scheme=scheme, viewport={"width": 360, "height": 800}, reduced_motion="reduce")
    keep(page, site, state({"ref-1": done(), "ref-4": unfit()}))

    def barriers():
        return [
            (rule["id"], node["html"])
            for rule in Axe().run(page).response["violations"]
            for node in rule["nodes"]
        ]

    page.goto(site.url)
    expect(page.locator(".seven__one").first).to_be_visible()
    assert barriers() == []
    page.goto(f"{site.url}{PAGE}#ref-1")
    expect(page.locator(".strip-progress")).to_be_visible()
    field(page, "ref-2", "owner").fill("Noor")
    assert barriers() == []
    strip(page).get_by_role("checkbox").press("Space")
    expect(note(page)).to_contain_text("Gedaan. Nu:")
    assert barriers() == []
    for number in (3, 5, 6):
        check(page, f"ref-{number}").check()
    expect(strip(page)).to_contain_text("Alles voor deze week is gedaan.")
    assert barriers() == []
    page.locator(".checklist-tools").get_by_role("button", name="Week opnieuw beginnen").click()
    assert barriers() == []
    button(page, "Vinkjes weghalen").click()
    expect(note(page)).to_contain_text("De week begint opnieuw.")
    assert barriers() == []


@pytest.mark.parametrize("path", [PAGE, "letter", "", "archive/"])
def test_every_target_is_as_large_as_a_thumb_and_lies_under_no_other(reader, site, path):
    page = reader(viewport={"width": 360, "height": 640}, reduced_motion="reduce")
    keep(page, site, state({"rep-2": done(), "ref-2": done()}, dict.fromkeys(KEYS, "1")))
    page.goto(site.url + path.replace("letter", letter_with(site, "rep-2")))
    expect(page.locator("article :is(input, button):not(.signup *)").first).to_be_visible()
    for opening in page.locator(".item__more").all():
        opening.click()
    targets = page.locator(
        "article :is(input, button, textarea, .item__open, a.quiet-button, a.z7-button)"
        ":not([type=hidden], .signup__trap *)"
    ).filter(visible=True)
    assert targets.count() >= 2
    for target in targets.all():
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 43.99, target.inner_text()
        covered = target.evaluate(
            """target => {
              const { left, right, top, bottom } = target.getBoundingClientRect();
              const corners = [left + 2, right - 2].flatMap(x => [top + 2, bottom - 2].map(y => [x, y]));
              return corners.filter(([x, y]) => document.elementFromPoint(x, y) !== target);
            }"""
        )
        assert covered == [], target.inner_text()


def test_states_show_without_colours_of_ours(reader, site):
    """With forced colours: what is done, how far one is, which item was linked to, and what is chosen."""
    page = reader(forced_colors="active")
    aspects = ("idea", "strategy", "execution")
    keep(page, site, state({"ref-1": done()}, {f"relations-{aspect}": "1" for aspect in aspects}))
    page.goto(f"{site.url}{PAGE}#ref-2")
    expect(check(page, "ref-1")).to_be_checked()
    style = "(one, [name, pseudo]) => getComputedStyle(one, pseudo)[name]"

    def look(selector, name, pseudo=None):
        return page.locator(selector).first.evaluate(style, [name, pseudo])

    paper = look("html", "backgroundColor")
    assert look(".progress__part", "backgroundColor") != look(".progress__bar", "backgroundColor")
    assert look("#tick-ref-1", "backgroundColor", "::before") != paper
    assert look("#tick-ref-2", "borderTopColor", "::before") != paper
    assert look("#tick-ref-2", "backgroundColor", "::before") != look(
        "#tick-ref-1", "backgroundColor", "::before"
    )
    assert look("#tick-ref-1", "borderBottomColor", "::after") != look(
        "#tick-ref-1", "backgroundColor", "::before"
    )
    assert look("#tick-ref-2", "borderTopWidth", "::before") > look(
        "#tick-ref-3", "borderTopWidth", "::before"
    )
    assert look(".strip", "borderTopStyle") == "solid"
    assert look("#ref-2", "borderLeftColor") != paper
    assert look("#ref-3", "borderLeftColor") == paper
    page.goto(f"{site.url}archive/#referral")
    pressed, other = ".letter-filter [aria-pressed=true]", ".letter-filter [aria-pressed=false]"
    assert look(pressed, "borderTopStyle") == "solid" != look(other, "borderTopStyle")
    assert look(pressed, "borderTopColor") != paper
    page.goto(f"{site.url}assessment/")
    page.locator(".assessment--live").wait_for()
    answered, here, empty = (f".step__cells {kind}" for kind in (".done", ".now", ":not(.done, .now)"))
    assert look(answered, "borderTopColor") != paper != look(here, "borderTopColor")
    assert look(here, "borderTopColor") != look(answered, "borderTopColor")
    assert float(look(answered, "borderTopWidth")[:-2]) > 2 * float(look(empty, "borderTopWidth")[:-2])
    page.get_by_role("button", name="Relaties").click()
    chosen, free = ".anchor:has(:checked)", ".anchor:not(:has(:checked))"
    assert paper != look(chosen, "borderLeftColor") != look(free, "borderLeftColor")
    assert float(look(chosen, "borderLeftWidth")[:-2]) > float(look(free, "borderLeftWidth")[:-2])


@pytest.mark.parametrize("path", [f"{PAGE}#ref-2", "", "archive/"])
def test_nothing_is_cut_off_on_a_narrow_phone_with_text_twice_as_large(reader, site, path):
    page = reader(viewport={"width": 320, "height": 640})
    sizes = {"fontSizes": {"standard": 32, "fixed": 26}}
    page.context.new_cdp_session(page).send("Page.setFontSizes", sizes)
    keep(
        page,
        site,
        state({"ref-1": done(), "ref-2": unfit()}, notes={"ref-2": keeping.note("Noor", "N" * 80)}),
    )
    page.goto(site.url + path, wait_until="networkidle")
    for opening in page.locator(".item__more").all():
        opening.click()
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") >= 40
    wide = page.evaluate(
        "Array.from(document.querySelectorAll("
        "  'article :is(.strip, .item, .progress, .checklist-tools, .letter-filter) *, .pager *'))"
        ".filter(element => element.getBoundingClientRect().right > innerWidth).map(element => element.outerHTML)"
    )
    assert wide == []
    if "certainties" in path:
        assert page.locator("#text-ref-2").bounding_box()["width"] > 160  # words, not letters
        expect(page.locator(".strip-progress")).to_be_hidden()
