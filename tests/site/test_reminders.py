"""Reminders for a calendar: those that the build makes are those that calendar.js makes."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from generator.content import load_newsletter
from generator.render.page.reminders import Reminder, render_reminders, to_calendar
from tests.languages import EN, NL
from tests.site.assessing import evaluate
from tests.site.hosting import Site

pytestmark = pytest.mark.slow  # tests/site/test_journey.py walks through it in `make test`

MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
"""The Monday on which a file of that week says it was made."""


def by_script(page: Page, site: Site, reminder: dict[str, Any]) -> str:
    expression = "calendar.toCalendar(reminder, location.hostname, now)"
    return evaluate(page, site, "calendar", expression, reminder=reminder, now=MOMENT.timestamp() * 1000)


@pytest.mark.parametrize("language, folder", [(NL, ""), (EN, "en/")])
def test_the_build_and_the_scripts_write_the_same(open_browser, site, language, folder):
    page = open_browser()
    page.goto(f"{site.url}{folder}team-sheet/")
    newsletter = load_newsletter(site.project)
    week, again, *items = (
        one.content.decode() for one in render_reminders(newsletter, language, MOMENT + timedelta(days=3))
    )
    # Of the words of the page, as the button of a result does.
    expression = """(({ words }) => ({
      id: "assessment", date: "2027-01-11", summary: words.reminderAgain, text: words.reminderAgainText,
      url: new URL(".", location.href).href.replace("team-sheet", "assessment") }))(words)"""
    reminder = page.evaluate(
        f"async url => {{ const words = await import(url); return {expression} }}",
        site.script("words", folder),
    )
    assert by_script(page, site, reminder) == again

    item = next(one for one in items if "UID:item-ref-2@" in one)
    url = re.search(r"^URL:(.*)\r$", item.replace("\r\n ", ""), re.MULTILINE)[1]
    text = re.search(r"^SUMMARY:(.*)\r$", item.replace("\r\n ", ""), re.MULTILINE)[1].replace("\\,", ",")
    expression = """(({ itemReminder }) => ({ ...itemReminder("ref-2", text, url), date: "2026-11-30" }))"""
    reminder = page.evaluate(
        f"async ([module, text, url]) => {expression}(await import(module))",
        [site.script("reminder", folder), text, url],
    )
    assert by_script(page, site, reminder) == item

    unfolded = week.replace("\r\n ", "")
    values = dict(re.findall(r"^(SUMMARY|DESCRIPTION|URL):(.*)\r$", unfolded, re.MULTILINE)[:3])
    text = values["DESCRIPTION"].removesuffix(f"\\n{values['URL']}").replace("\\,", ",")
    summary = values["SUMMARY"].replace("\\,", ",")
    reminder = {"id": "week", "date": "2026-11-30", "summary": summary, "text": text, "url": values["URL"]}
    assert by_script(page, site, reminder) == week.replace("RRULE:FREQ=WEEKLY\r\n", "")


@pytest.mark.parametrize("text", ["a" * 200, "é" * 200, "🙂" * 60, "één; twee, drie\\vier\nvijf " * 9, ""])
def test_both_fold_and_escape_alike(open_browser, site, text):
    page = open_browser()
    page.goto(f"{site.url}team-sheet/")
    made = to_calendar(Reminder("x", date(2026, 11, 23), text, text, site.url), "127.0.0.1", MOMENT)
    reminder = {"id": "x", "date": "2026-11-23", "summary": text, "text": text, "url": site.url}
    assert by_script(page, site, reminder) == made


@pytest.mark.parametrize("path, name", [("", "week.ics"), ("assessment/", "again.ics")])
@pytest.mark.parametrize("folder", ["", "en/"])
def test_who_has_no_scripts_finds_them(open_browser, site, folder, path, name):
    page = open_browser(java_script_enabled=False)
    page.goto(f"{site.url}{folder}{path}")
    link = page.locator(f'a[href$="assets/calendar/{name}"]')
    expect(link).to_be_visible()
    assert (site.folder / folder / "assets/calendar" / name).read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
