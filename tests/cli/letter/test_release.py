"""`generate release`: what is out is recorded, and nothing else."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from generator.cli.letter.release import release_letters
from generator.content import Newsletter, load_newsletter
from generator.content.releases import PATH, load_releases
from generator.model import Archive, Week
from tests.clocks import STOPPED, stop_at

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
    assert "has the current text of the letter of 2026-W45." in capsys.readouterr().out
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
    assert "2 errors in published letters; nothing was recorded" in said.err
    assert (clean.root / PATH).read_text() == before
    release_letters(correct(clean, certainty="referral", updated=at(9)), None, at(12), dry_run=False)
    assert "2026-W45  nl        again, as corrected" in capsys.readouterr().out
    assert (clean.root / PATH).read_text() != before


@pytest.mark.parametrize(
    "week, said",
    [
        (Week(2026, 44), "there is no letter of 2026-W44; the nearest is 2026-W45; run `generate issue"),
        (Week(2026, 46), "the letter of 2026-W46 is not published until Friday 13 November 2026 at 06:00"),
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
    assert "2 errors in published letters; nothing was recorded" in said
    assert not (clean.root / PATH).exists()


def test_the_command_takes_a_week(sample: Path) -> None:
    done = CliRunner().invoke(main, obj=STOPPED, args=["--root", str(sample), "release", "2026-W01"])
    assert (done.exit_code, "there is no letter of 2026-W01" in done.output) == (2, True)


# --- What it does not need ---


def spoil(root: Path, *paths: str) -> None:
    for path in paths:
        with (root / path).open("a") as file:
            file.write("<<<<<<< HEAD\n")


def release(root: Path, *arguments: str, day: int = 13) -> Result:
    command = ["--root", str(root), "release", *arguments]
    return CliRunner().invoke(main, obj=stop_at(at(day)), args=command, catch_exceptions=False)


@pytest.mark.parametrize("week", [(), ("2026-W46",)])
def test_what_it_records_does_not_need_the_rest(sample: Path, week: tuple[str, ...]) -> None:
    """Neither the letter of a coming week, nor a page, nor a thought of another letter."""
    release(sample, "2026-W45")
    before = recorded(sample)
    spoil(
        sample,
        "newsletter/issues/2026-W47/nl.md",
        "docs/nl/certainties/rebound.md",
        "docs/nl/glossary.md",
        "newsletter/thoughts/rebound/a-no-with-a-date.nl.md",
    )
    done = release(sample, *week)
    assert done.exit_code == 0, done.output
    assert "4 problems in 4 files that are not needed here: see `generate check`.\n" in done.output
    for path in ("newsletter/issues/2026-W47", "docs", "newsletter/thoughts"):
        shutil.rmtree(sample / path)
    releases = load_releases(sample, [])
    assert set(before) == {Week(2026, 45)}
    assert {found for found, _ in releases} == {Week(2026, 45), Week(2026, 46)}


@pytest.mark.parametrize(
    "path",
    [
        "newsletter/issues/2026-W45/en.md",
        "newsletter/issues/2026-W46/nl.md",
        "docs/en/certainties/reputation.md",
        "newsletter/released.json",
    ],
)
def test_nothing_is_recorded_without_a_letter_that_is_out(sample: Path, path: str) -> None:
    release(sample, "2026-W45")
    content = (sample / PATH).read_bytes()
    spoil(sample, path)
    done = release(sample)
    assert done.exit_code == 1
    assert f"{path}:" in done.output
    if path != PATH:
        assert (sample / PATH).read_bytes() == content
