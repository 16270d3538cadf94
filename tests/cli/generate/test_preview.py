"""`generate preview`: a letter as files, to show to others."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from tests.clocks import STOPPED
from tests.courses import write_course


@pytest.fixture(autouse=True)
def _here(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["preview", *arguments], obj=STOPPED)


def test_an_unknown_week_is_a_slip_that_names_what_there_is():
    done = run("2026-W49", "--static", "shown")
    assert done.exit_code == 2
    assert (
        "there is no letter of 2026-W49; the nearest is 2026-W47; run `generate issue 2026-W49`"
        in done.stderr
    )
    assert run("week48", "--static", "shown").exit_code == 2


def test_without_a_letter_it_says_how_to_begin(sample):
    for week in (sample / "newsletter/issues").iterdir():
        week.rename(sample / week.name)
    done = run("--static", "shown")
    assert done.exit_code == 1
    assert "there is no letter yet; run `generate issue` to make the first one" in done.stderr


def test_it_is_always_written_to_a_folder():
    done = run()
    assert done.exit_code == 2
    assert "--static is missing" in done.stderr


def test_another_text_that_cannot_be_read_is_one_line(sample):
    (sample / "newsletter/issues/2026-W45/nl.md").write_text("nothing\n")
    done = run("2026-W47", "--static", "shown")
    assert done.exit_code == 0, done.stderr
    assert "1 problem in 1 file that is not needed here: see `generate check`.\n" in done.stdout


def test_the_page_is_written_as_files(sample):
    done = run("2026-W46", "--static", "shown")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Wrote shown/: the letter of 2026-W46 in ")
    assert "2026-W46" in (sample / "shown/index.html").read_text()
    assert str(sample) not in "".join(path.read_text() for path in (sample / "shown").rglob("*.html"))
    assert run("--static", "newsletter").exit_code == 1


def test_nothing_is_written_of_what_cannot_be_read(sample):
    (sample / "newsletter/issues/2026-W47/nl.md").write_text("nothing\n")
    done = run("--static", "shown")
    assert done.exit_code == 1
    assert "newsletter/issues/2026-W47/nl.md:1" in done.stderr
    assert "the front matter is missing" in done.stderr
    assert not (sample / "shown").exists()


def test_a_lesson_is_shown_as_it_is_mailed(sample):
    done = run("course-2", "--static", "shown")
    assert done.exit_code == 2
    assert "there are no lessons; write them, or begin with: generate course" in done.stderr
    write_course(sample)
    done = run("course-2", "--static", "shown")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("Wrote shown/: lesson 2 of the course in ")
    page = (sample / "shown/index.html").read_text("utf-8")
    assert "course-2" in page
    for language, sentence in (("nl", "De cursus · les 2 van 7"), ("en", "The course · lesson 2 of 7")):
        assert sentence in page, "as plain text"
        assert sentence in (sample / f"shown/{language}/letter-dark.html").read_text("utf-8")
