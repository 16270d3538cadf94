"""Reminders as iCalendar files. That the scripts of the site write the same is seen in tests/site/test_reminders.py."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generator.content import Newsletter
from generator.model import Language
from generator.render.page.reminders import render_reminders
from tests.languages import EN, NL

NOW = datetime(2026, 11, 27, 6, tzinfo=UTC)
"""A Friday, at seven in Amsterdam."""


def write(newsletter: Newsletter, language: Language = NL, moment: datetime = NOW) -> dict[str, bytes]:
    made = {one.path.name: one.content for one in render_reminders(newsletter, language, moment)}
    return {name: content for name, content in made.items() if isinstance(content, bytes)}


def read(content: bytes) -> dict[str, Any]:
    """The properties of the one event, as a calendar reads them; the alarm leaves its own out."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[-1] == ""
    begin, end = lines.index("BEGIN:VEVENT"), lines.index("BEGIN:VALARM")
    texts = dict(line.split(":", 1) for line in lines[begin + 1 : end])
    return {
        name: re.sub(r"\\([\\;,n])", lambda one: "\n" if one[1] == "n" else one[1], text)
        for name, text in texts.items()
    }


@pytest.mark.parametrize("language", [NL, EN])
def test_the_lines_are_those_of_the_standard(newsletter: Newsletter, language: Language) -> None:
    for content in write(newsletter, language).values():
        assert content.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.org//")
        assert content.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
        assert b"\n" not in content.replace(b"\r\n", b"")
        assert max(map(len, content.split(b"\r\n"))) <= 75
        opened: list[str] = []
        for line in content.decode().split("\r\n"):
            if line.startswith("BEGIN:"):
                opened.append(line[6:])
            elif line.startswith("END:"):
                assert opened.pop() == line[4:]
        assert opened == []


def test_every_monday_at_nine_and_once_after_seven_weeks(newsletter: Newsletter) -> None:
    week, again = map(read, list(write(newsletter).values())[:2])
    assert week["DTSTART;TZID=Europe/Amsterdam"] == "20261130T090000"
    assert (week["RRULE"], week["DURATION"]) == ("FREQ=WEEKLY", "PT15M")
    assert (week["UID"], week["URL"]) == ("week@example.org", "https://example.org/")
    assert again["DTSTART;TZID=Europe/Amsterdam"] == "20270111T090000"
    assert "RRULE" not in again
    assert (again["UID"], again["URL"]) == ("assessment@example.org", "https://example.org/assessment/")
    assert again["DESCRIPTION"].endswith(":\nhttps://example.org/assessment/")


@pytest.mark.parametrize("language", [NL, EN])
def test_each_item_next_monday_under_the_id_that_the_site_gives_it(
    newsletter: Newsletter, language: Language
) -> None:
    made = write(newsletter, language)
    items = [item for one in newsletter.playbook.certainties[language] for item in one.items]
    assert made.keys() == {"week.ics", "again.ics", *(f"{item.id}.ics" for item in items)}
    found = read(made["ref-2.ics"])
    assert (found["UID"], found["DTSTART;TZID=Europe/Amsterdam"]) == (
        "item-ref-2@example.org",
        "20261130T090000",
    )
    assert "RRULE" not in found
    assert found["URL"] == newsletter.settings.url(language, "certainties/referral/#ref-2")
    assert found["SUMMARY"] == next(item.text for item in items if item.id == "ref-2")


def test_it_says_so_in_the_language_of_the_page_under_the_same_id(newsletter: Newsletter) -> None:
    dutch, english = (list(map(read, write(newsletter, language).values())) for language in (NL, EN))
    assert [one["UID"] for one in dutch] == [one["UID"] for one in english]
    assert english[0]["URL"] == "https://example.org/en/"
    assert not {one["SUMMARY"] for one in dutch[:2]} & {one["SUMMARY"] for one in english[:2]}


def test_a_week_has_the_same_bytes_and_the_next_counts_on(newsletter: Newsletter) -> None:
    """The week begins on Monday in Amsterdam, not in Greenwich."""
    monday = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert {
        write(newsletter, moment=monday + timedelta(hours=hours))["week.ics"] for hours in range(168)
    } == {write(newsletter)["week.ics"]}
    before, now = (
        read(write(newsletter, moment=moment)["again.ics"])
        for moment in (monday - timedelta(seconds=1), monday)
    )
    assert int(now["SEQUENCE"]) - int(before["SEQUENCE"]) == 7 * 24 * 60
    assert now["DTSTAMP"] == "20261123T000000Z"


def test_a_site_in_a_folder_and_an_old_moment_are_no_trouble(newsletter: Newsletter) -> None:
    settings = replace(newsletter.settings, site_url="https://user.example.org:8443/playbook/")
    made = read(
        write(replace(newsletter, settings=settings), moment=datetime(2020, 1, 1, tzinfo=UTC))["week.ics"]
    )
    assert (made["UID"], made["URL"]) == ("week@user.example.org", "https://user.example.org:8443/playbook/")
    assert made["SEQUENCE"] == "0"
