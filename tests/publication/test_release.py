"""What is out is recorded, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.content import Newsletter, load_newsletter
from generator.content.releases import PATH
from generator.errors import RefusalError, RequestError
from generator.model import Archive, Week
from generator.publication.release import Recorded, release_letters
from tests.languages import EN, LANGUAGES, NL

EDITIONS = {"nl", "en"}


@pytest.fixture
def clean(sample: Path) -> Newsletter:
    """Two letters of the sample; the third one shows every element, and has a waiver of a check that is gone."""
    newsletter = load_newsletter(sample)
    return replace(newsletter, archive=Archive(newsletter.archive.issues[1:]))


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 5, tzinfo=UTC)


def recorded(root: Path) -> dict[Week, set[str]]:
    found: dict[Week, set[str]] = {}
    for week, language in load_newsletter(root).releases:
        found.setdefault(week, set()).add(str(language))
    return found


def test_what_is_out_is_recorded(clean: Newsletter) -> None:
    made = release_letters(clean, None, at(6))
    assert recorded(clean.root) == {Week(2026, 45): EDITIONS}
    assert made.editions == {(Week(2026, 45), language): False for language in LANGUAGES}
    assert [issue.week for issue in made.issues] == [Week(2026, 45)]


def test_nothing_is_recorded_before_its_moment(clean: Newsletter) -> None:
    assert release_letters(clean, None, at(5)) == Recorded([], {})
    assert not (clean.root / PATH).exists()


def test_a_dry_run_writes_nothing(clean: Newsletter) -> None:
    made = release_letters(clean, None, at(20), dry_run=True)
    assert not (clean.root / PATH).exists()
    assert (Week(2026, 46), EN) in made.editions


def test_a_second_run_changes_nothing_and_a_later_week_adds(clean: Newsletter) -> None:
    release_letters(clean, Week(2026, 45), at(20))
    first = (clean.root / PATH).read_text()
    clean = replace(clean, releases=load_newsletter(clean.root).releases)
    again = release_letters(clean, Week(2026, 45), at(20))
    assert (clean.root / PATH).read_text() == first
    assert (not again.editions, [issue.week for issue in again.issues]) == (True, [Week(2026, 45)])
    release_letters(clean, None, at(20))
    assert recorded(clean.root) == {Week(2026, 45): EDITIONS, Week(2026, 46): EDITIONS}


def correct(newsletter: Newsletter, **changes: object) -> Newsletter:
    *others, first = newsletter.archive.issues
    editions = {language: replace(edition, **changes) for language, edition in first.editions.items()}
    archive = Archive((*others, replace(first, editions=editions)))
    return replace(newsletter, archive=archive, releases=load_newsletter(newsletter.root).releases)


def test_a_change_is_recorded_with_a_later_date_only(clean: Newsletter) -> None:
    release_letters(clean, None, at(6))
    before = (clean.root / PATH).read_text()
    with pytest.raises(
        RefusalError, match=r"^2 errors in published letters; nothing was recorded$"
    ) as refused:
        release_letters(correct(clean, certainty="referral"), None, at(6))
    assert {problem.rule for problem in refused.value.problems} == {"changed-after-release"}
    assert (clean.root / PATH).read_text() == before
    made = release_letters(correct(clean, certainty="referral", updated=at(9)), None, at(12))
    assert made.editions[Week(2026, 45), NL], "it was recorded before"
    assert (clean.root / PATH).read_text() != before


@pytest.mark.parametrize(
    "week, said",
    [
        (Week(2026, 44), "there is no letter of 2026-W44; the nearest is 2026-W45; run `generate issue"),
        (Week(2026, 46), "the letter of 2026-W46 is not published until Friday 13 November 2026 at 06:00"),
    ],
)
def test_a_week_that_is_not_out_is_refused(clean: Newsletter, week: Week, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        release_letters(clean, week, at(6))


def test_a_draft_is_not_out(clean: Newsletter) -> None:
    drafts = correct(clean, draft=True)
    assert not release_letters(drafts, None, at(6)).editions
    with pytest.raises(RequestError, match="is a draft"):
        release_letters(drafts, Week(2026, 45), at(6))


def test_a_letter_with_an_error_is_refused_with_its_line(clean: Newsletter) -> None:
    with pytest.raises(RefusalError, match="2 errors in published letters; nothing was recorded") as refused:
        release_letters(correct(clean, published=at(5)), None, at(6))
    said = [str(problem) for problem in refused.value.problems]
    assert said[0].startswith("newsletter/issues/2026-W45/nl.md:7: “published” is Thursday 5 November 2026")
    assert not (clean.root / PATH).exists()
