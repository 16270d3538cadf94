"""`generate release`: what is out is recorded, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from generator.cli.generate import main
from generator.cli.releasing import release_letters
from generator.content import Newsletter, load_newsletter
from generator.content.releases import PATH
from generator.model import Archive, Week

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


def test_what_is_out_is_recorded(clean: Newsletter, capsys: pytest.CaptureFixture[str]) -> None:
    release_letters(clean, None, at(6), dry_run=False)
    assert recorded(clean.root) == {Week(2026, 45): EDITIONS}
    said = capsys.readouterr().out
    assert "2026-W45  nl        for the first time" in said
    assert said.endswith("Next: commit newsletter/released.json.\n")


def test_nothing_is_recorded_before_its_moment(clean: Newsletter, capsys: pytest.CaptureFixture[str]) -> None:
    release_letters(clean, None, at(5), dry_run=False)
    assert not (clean.root / PATH).exists()
    assert "Nothing to record" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(clean: Newsletter, capsys: pytest.CaptureFixture[str]) -> None:
    release_letters(clean, None, at(20), dry_run=True)
    assert not (clean.root / PATH).exists()
    assert "2026-W46  en        for the first time" in capsys.readouterr().out


def test_a_second_run_changes_nothing_and_a_later_week_adds(
    clean: Newsletter, capsys: pytest.CaptureFixture[str]
) -> None:
    release_letters(clean, Week(2026, 45), at(20), dry_run=False)
    first = (clean.root / PATH).read_text()
    clean = replace(clean, releases=load_newsletter(clean.root).releases)
    release_letters(clean, Week(2026, 45), at(20), dry_run=False)
    assert (clean.root / PATH).read_text() == first
    assert "has the letter of 2026-W45 as it is." in capsys.readouterr().out
    release_letters(clean, None, at(20), dry_run=False)
    assert recorded(clean.root) == {Week(2026, 45): EDITIONS, Week(2026, 46): EDITIONS}


def correct(newsletter: Newsletter, **changes: object) -> Newsletter:
    *others, first = newsletter.archive.issues
    editions = {language: replace(edition, **changes) for language, edition in first.editions.items()}
    archive = Archive((*others, replace(first, editions=editions)))
    return replace(newsletter, archive=archive, releases=load_newsletter(newsletter.root).releases)


def test_a_change_is_recorded_with_a_later_date_only(
    clean: Newsletter, capsys: pytest.CaptureFixture[str]
) -> None:
    release_letters(clean, None, at(6), dry_run=False)
    before = (clean.root / PATH).read_text()
    capsys.readouterr()
    with pytest.raises(SystemExit):
        release_letters(correct(clean, certainty="referral"), None, at(6), dry_run=False)
    said = capsys.readouterr()
    assert "changed-after-release" in said.err
    assert "2 errors in what went out; nothing was recorded" in said.err
    assert (clean.root / PATH).read_text() == before
    release_letters(correct(clean, certainty="referral", updated=at(9)), None, at(12), dry_run=False)
    assert "2026-W45  nl        again, as corrected" in capsys.readouterr().out
    assert (clean.root / PATH).read_text() != before


@pytest.mark.parametrize(
    "week, said",
    [
        (Week(2026, 44), "2026-W44 has no letter; did you mean “2026-W4"),
        (Week(2026, 46), "the letter of 2026-W46 goes out on Friday 13 November 2026 at 06:00"),
    ],
)
def test_a_week_that_is_not_out_is_refused(clean: Newsletter, week: Week, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        release_letters(clean, week, at(6), dry_run=False)


def test_a_draft_is_not_out(clean: Newsletter, capsys: pytest.CaptureFixture[str]) -> None:
    drafts = correct(clean, draft=True)
    release_letters(drafts, None, at(6), dry_run=False)
    assert "Nothing to record" in capsys.readouterr().out
    with pytest.raises(click.UsageError, match="is a draft"):
        release_letters(drafts, Week(2026, 45), at(6), dry_run=False)


def test_a_letter_with_an_error_is_refused_with_its_line(
    clean: Newsletter, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        release_letters(correct(clean, published=at(5)), None, at(6), dry_run=False)
    said = capsys.readouterr().err
    assert "newsletter/issues/2026-W45/nl.md:7: error: “published” is Thursday 5 November 2026" in said
    assert "2 errors in what went out; nothing was recorded" in said
    assert not (clean.root / PATH).exists()


def test_the_command_takes_a_week(sample: Path) -> None:
    done = CliRunner().invoke(main, ["--root", str(sample), "release", "2026-W01"])
    assert (done.exit_code, "2026-W01 has no letter" in done.output) == (2, True)
