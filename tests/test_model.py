"""Weeks, and what the values of the product answer."""

import json
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.content import Newsletter
from generator.errors import ContentError
from generator.model import Language, Languages, Problem, Week, parse_mailing_id, weeks_in
from tests.languages import EN, LANGUAGES, NL

DAYS = st.dates(date(1000, 1, 6), date(2999, 12, 1))
WEEKS = DAYS.map(Week.of)

# --- Season ---


@pytest.mark.parametrize(
    "week, season, suits",
    [
        ("2026-W50", ("december",), True),
        ("2026-W50", ("november", "W50"), True),
        ("2027-W50", ("W50",), True),
        ("2026-W50", ("november", "W05"), False),
        ("2026-W50", (), False),
        # The Friday decides: that of the last week of 2026 is the first day of 2027.
        ("2026-W53", ("december",), False),
        ("2026-W53", ("january",), True),
        ("2026-W53", ("W01",), False),
    ],
)
def test_a_thought_suits_the_weeks_and_months_of_its_season(
    newsletter: Newsletter, week: str, season: tuple[str, ...], suits: bool
) -> None:
    thought = replace(newsletter.playbook.thoughts[NL][0], season=season)
    assert thought.suits(Week.parse(week)) is suits


# --- Week ---


@given(WEEKS)
def test_a_week_is_read_back_from_what_it_is_written_as(week: Week) -> None:
    assert Week.parse(str(week)) == week


@given(DAYS)
def test_the_friday_of_a_week_lies_within_three_days_of_each_of_its_days(day: date) -> None:
    """Monday to Sunday: from four days before Friday to two after."""
    friday = Week.of(day).friday
    assert friday.isoweekday() == 5
    assert -2 <= (friday - day).days <= 4


@given(WEEKS)
def test_the_next_week_is_seven_days_on_and_greater(week: Week) -> None:
    assert week.next().friday - week.friday == timedelta(weeks=1)
    assert week.next() > week


@given(WEEKS, WEEKS)
def test_weeks_are_ordered_like_their_days_and_like_their_names(one: Week, other: Week) -> None:
    """Names sort as text, so that folders stand in order."""
    assert (one < other) == (one.friday < other.friday) == (str(one) < str(other))


@given(st.integers(1000, 2999))
def test_the_last_week_of_a_year_exists_and_the_one_after_it_does_not(year: int) -> None:
    last = weeks_in(year)
    assert last in {52, 53}
    assert Week.parse(f"{year}-W{last}").next() == Week(year + 1, 1)
    with pytest.raises(ValueError, match="there is no week"):
        Week.parse(f"{year}-W{last + 1}")


@pytest.mark.parametrize("year", [2015, 2020, 2026, 2032])
def test_long_years_have_53_weeks(year: int) -> None:
    assert weeks_in(year) == 53


def test_the_first_days_of_january_may_belong_to_the_year_before() -> None:
    assert Week.of(date(2027, 1, 3)) == Week(2026, 53)
    assert Week.of(date(2027, 1, 4)) == Week(2027, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-48",
        "2026-w48",
        "2026-W8",
        "2026-W048",
        " 2026-W48",
        "2026-W48\n",
        "0001-W01",
        "٢٠٢٦-W01",
    ],
)
def test_what_is_not_written_like_a_week_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"write it like 2026-W48"):
        Week.parse(text)


@pytest.mark.parametrize("text, count", [("2026-W54", 53), ("2025-W53", 52), ("2026-W00", 53)])
def test_a_week_that_does_not_exist_is_refused_with_the_number_of_weeks(text: str, count: int) -> None:
    with pytest.raises(ValueError, match=f"there is no week {text}; {text[:4]} has {count} weeks"):
        Week.parse(text)


@given(st.text())
def test_any_other_text_is_refused_and_nothing_worse_happens(text: str) -> None:
    try:
        week = Week.parse(text)
    except ValueError:
        return
    assert str(week) == text


# --- Problem ---


def test_a_problem_begins_with_its_place_as_terminals_link_it() -> None:
    assert str(Problem(Path("a/b.md"), 3, "is odd")) == "a/b.md:3: is odd"
    assert str(Problem(Path("a/b.md"), None, "is missing")) == "a/b.md: is missing"


def test_problems_are_listed_by_file_and_line() -> None:
    problems = [
        Problem(Path("b"), 1, "x"),
        Problem(Path("a"), 10, "x"),
        Problem(Path("a"), 9, "x"),
        Problem(Path("a"), None, "x"),
    ]
    assert str(ContentError(problems)) == "a: x\na:9: x\na:10: x\nb:1: x"


# --- Playbook, Archive, Edition ---


def test_a_certainty_and_an_item_are_found_by_id(newsletter: Newsletter) -> None:
    playbook = newsletter.playbook
    certainty, item = playbook.item(EN, "ref-2")
    assert certainty is playbook.certainty(EN, "referral")
    assert item.text == "Asked one of them for an introduction to one named person."
    assert certainty.page == "certainties/referral.md"


def test_what_is_not_there_is_a_key_error(newsletter: Newsletter) -> None:
    with pytest.raises(KeyError, match="referal"):
        newsletter.playbook.certainty(NL, "referal")
    with pytest.raises(KeyError, match="ref-9"):
        newsletter.playbook.item(NL, "ref-9")


def test_the_text_of_a_page_and_of_a_letter_is_its_sections(newsletter: Newsletter) -> None:
    """Rebuilt from its sections, a text is what stands below the front matter of its file."""
    edition = newsletter.archive.issues[-1].editions[NL]
    for text in (edition, newsletter.playbook.certainty(NL, "referral")):
        below = text.source.read_text(encoding="utf-8").split("---\n", 2)[2]
        assert text.markdown == below.strip()


def test_readers_see_published_issues_only_newest_first(newsletter: Newsletter) -> None:
    newest, middle, oldest = newsletter.archive.issues
    draft = replace(middle, editions={**middle.editions, EN: replace(middle.editions[EN], draft=True)})
    archive = replace(newsletter.archive, issues=(newest, draft, oldest))
    assert draft.draft
    assert [edition.week for edition in archive.editions(NL)] == [newest.week, oldest.week]
    assert [edition.week for edition in archive.editions(NL, "relations")] == [oldest.week]


def test_an_issue_is_found_by_its_week(newsletter: Newsletter) -> None:
    issue = newsletter.archive.issue(Week(2026, 46))
    assert issue is not None
    assert (issue.certainty, issue.thought, issue.draft) == ("reputation", "bet-on-the-answer", False)
    assert newsletter.archive.issue(Week(2026, 48)) is None


def test_a_letter_is_numbered_from_the_oldest_that_readers_have(newsletter: Newsletter) -> None:
    newest, middle, oldest = newsletter.archive.issues
    assert [newsletter.archive.number(issue.editions[EN]) for issue in (newest, middle, oldest)] == [3, 2, 1]
    archive = replace(newsletter.archive, issues=(newest, replace(middle, skipped=True), oldest))
    assert archive.number(newest.editions[NL]) == 2
    assert archive.number(middle.editions[NL]) == 2, "the number that it would get"


def test_reading_takes_a_minute_for_each_200_words_that_are_read(newsletter: Newsletter) -> None:
    edition = newsletter.archive.issues[-1].editions[NL]

    def minutes(count: int) -> int:
        text = "een [twee](https://example.org/een/adres)[^ref-kumar-2013] { #ref-1 } " + "woord " * count
        return replace(edition, sections=(replace(edition.sections[0], markdown=text),)).minutes

    heading, written = 3, 2
    assert [minutes(count - heading - written) for count in (5, 200, 201, 400, 401)] == [1, 1, 2, 2, 3]


def test_the_archive_until_a_moment_has_what_was_out_by_then(newsletter: Newsletter) -> None:
    moment = datetime(2026, 11, 13, 5, 0, tzinfo=UTC)  # 06:00 in Amsterdam, to the second
    weeks = [issue.week.number for issue in newsletter.archive.until(moment).issues]
    assert weeks == [46, 45]


def test_dutch_stands_at_the_root_of_the_site() -> None:
    assert [LANGUAGES.prefix(language) for language in LANGUAGES] == ["", "en/"]


def test_languages_are_one_value_wherever_they_are_read() -> None:
    german = Languages({NL: "Dutch", EN: "English", Language("de"): "German"})
    assert german.find("de") == "de"
    assert german.find("fr") is None
    assert {Language("de"): 1} == {german.others[-1]: 1}
    assert json.loads(json.dumps({"language": german[2]})) == {"language": "de"}
    again = pickle.loads(pickle.dumps(german))  # noqa: S301 (ours)
    assert (again, again.names, again.default) == (german, german.names, NL)
    assert Languages({Language("de"): "German", NL: "Dutch"}).editors == "de"
    assert german.editors == EN


# --- What names a mailing ---


@pytest.mark.parametrize("text", ["2026-W48", "course-1", "course-7"])
def test_the_name_of_a_mailing_is_read_back_and_fits_its_column(text: str) -> None:
    assert str(parse_mailing_id(text)) == text
    assert len(text) == 8


@pytest.mark.parametrize("text", ["course-0", "course-8", "course-12", "course-", "Course-1", "2026-W54", ""])
def test_anything_else_names_no_mailing(text: str) -> None:
    with pytest.raises(ValueError, match=r"lesson|week"):
        parse_mailing_id(text)
