"""`generate release`: what it says, and what it does not need."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from generator.content.releases import PATH, load_releases
from generator.model import Week
from tests.clocks import STOPPED, stop_at
from tests.publication.test_release import at, recorded


def test_it_says_what_was_recorded_and_what_comes_next(sample: Path) -> None:
    done = release(sample, "--dry-run", day=6)
    assert "2026-W45  nl        for the first time\n" in done.output
    assert done.output.endswith("Nothing was written (--dry-run). Next: run it again without --dry-run.\n")
    done = release(sample, day=6)
    assert "2026-W45  nl        for the first time\n" in done.output
    assert done.output.endswith("Next: commit newsletter/released.json.\n")
    done = release(sample, day=6)
    said = "Nothing to record: newsletter/released.json already has the current text of the letter of 2026-W45.\n"
    assert done.output == said


def test_a_letter_that_has_changed_is_recorded_with_a_later_date_only(sample: Path) -> None:
    release(sample, day=6)
    paths = [sample / f"newsletter/issues/2026-W45/{language}.md" for language in ("nl", "en")]
    for path in paths:
        path.write_text(path.read_text("utf-8").replace("summary: ", "summary: So ", 1), "utf-8")
    done = release(sample, day=6)
    assert done.exit_code == 1
    assert "(changed-after-release)\n" in done.stderr
    assert done.stderr.endswith("Error: 2 errors in published letters; nothing was recorded\n")
    for path in paths:
        dated = path.read_text("utf-8").replace("---\n", "---\nupdated: 2026-11-09T06:00:00+01:00\n", 1)
        path.write_text(dated, "utf-8")
    assert "2026-W45  nl        again, as corrected\n" in release(sample, day=12).output


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
