"""`generate`, run as an editor runs it."""

import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from generator.model import Week

EMAILS = ("email.html", "email.txt", "email.eml")


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], catch_exceptions=False)


def read_tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- issue ---


def test_a_new_issue_is_assembled_rendered_and_named(sample: Path) -> None:
    """One command writes both languages and renders both emails, the page and the feeds, and prints their paths."""
    done = run(sample, "issue", "--week", "2026-W49")

    assert done.exit_code == 0
    for language in ("nl", "en"):
        source = sample / f"newsletter/issues/2026-W49/{language}.md"
        assert source.read_text().startswith("---\ntitle: ")
        assert str(source) in done.output
        for name in EMAILS:
            path = sample / f"build/issues/2026-W49/{language}/{name}"
            assert path.stat().st_size > 500
            assert str(path) in done.output
        assert (sample / f"build/issues/2026-W49/{language}/page.md").exists()
    assert "2026-W49" in (sample / "build/feeds/feed.xml").read_text()
    assert "Next: make newsletter/issues/2026-W49/nl.md and en.md your own" in done.output


def test_the_same_command_twice_gives_the_same_bytes(sample: Path) -> None:
    """Nothing depends on the clock or on what was there before, nor on what was kept of an earlier run."""
    run(sample, "issue", "--week", "2026-W49")
    first = read_tree(sample)
    for _ in range(2):
        run(sample, "issue", "--week", "2026-W49")
        made = read_tree(sample)
        # It saw the new letter as text for the first time; that is to its advantage, and nobody's output.
        assert {path: made[path] for path in made if not path.startswith("build/cache/")} == {
            path: first[path] for path in first if not path.startswith("build/cache/")
        }
        shutil.rmtree(sample / "build/cache")


def test_what_a_person_wrote_is_kept_and_shown(sample: Path) -> None:
    """An edit survives the next run, and reaches email, text and feed."""
    run(sample, "issue", "--week", "2026-W49")
    source = sample / "newsletter/issues/2026-W49/nl.md"
    edited = source.read_text().replace(
        "## Food for action\n", "Een zin van de redactie.\n\n## Food for action\n"
    )
    source.write_text(edited)

    done = run(sample, "issue", "--week", "2026-W49")

    assert done.exit_code == 0
    assert source.read_text() == edited
    for path in (
        "issues/2026-W49/nl/email.html",
        "issues/2026-W49/nl/email.txt",
        "issues/2026-W49/nl/page.md",
        "feeds/feed.xml",
    ):
        assert "Een zin van de redactie." in (sample / "build" / path).read_text()
    assert "Een zin van de redactie." not in (sample / "build/feeds/en/feed.xml").read_text()


def test_a_dry_run_writes_nothing(sample: Path) -> None:
    """It shows the same table, and says so."""
    before = read_tree(sample)
    done = run(sample, "issue", "--week", "2026-W49", "--dry-run")
    assert done.exit_code == 0
    assert "email.html" in done.output
    assert "Nothing was written" in done.output
    assert read_tree(sample) == before


def test_certainty_and_thought_can_be_chosen(sample: Path) -> None:
    """The options decide what a new issue is made from."""
    thought = next((sample / "newsletter/thoughts/rebound").glob("*.nl.md")).name.removesuffix(".nl.md")
    done = run(sample, "issue", "--week", "2026-W49", "--certainty", "rebound", "--thought", thought)
    assert done.exit_code == 0
    text = (sample / "newsletter/issues/2026-W49/en.md").read_text()
    assert "certainty: rebound" in text
    assert f"thought: {thought}" in text


def test_choosing_a_thought_for_a_written_issue_is_refused(sample: Path) -> None:
    """The options would have to overwrite a person's text."""
    done = run(sample, "issue", "--week", "2026-W45", "--certainty", "rebound")
    assert done.exit_code == 2
    assert (
        "2026-W45 is written already: change its certainty or thought in newsletter/issues/2026-W45"
        in done.output
    )


def test_an_unknown_certainty_is_named_with_the_nearest_one(sample: Path) -> None:
    done = run(sample, "issue", "--week", "2026-W49", "--certainty", "reboud")
    assert (done.exit_code, done.output) == (
        1,
        "Error: unknown certainty “reboud”; did you mean “rebound”?\n",
    )


@pytest.mark.parametrize("week", ["2026-W54", "2026-48", "next"])
def test_a_week_that_does_not_exist_is_a_wrong_option(sample: Path, week: str) -> None:
    done = run(sample, "issue", "--week", week)
    assert done.exit_code == 2
    assert "2026-W48" in done.output or "2026 has 53 weeks" in done.output


def test_every_problem_of_every_file_is_shown_and_nothing_is_written(sample: Path) -> None:
    """Two mistakes in two files: each with its line, exit code 1, and the folder as it was."""
    for path in ("newsletter/issues/2026-W45/nl.md", "docs/en/index.md"):
        text = (sample / path).read_text()
        (sample / path).write_text(text.replace("summary:", "sumary:", 1))
    before = read_tree(sample)

    done = run(sample, "issue", "--week", "2026-W49")

    assert done.exit_code == 1
    assert "docs/en/index.md:3: error: unknown key “sumary”; did you mean “summary”?" in done.output
    assert (
        "newsletter/issues/2026-W45/nl.md:3: error: unknown key “sumary”; did you mean “summary”?"
        in done.output
    )
    assert "   3 │ sumary: " in done.output
    assert "2 problems; nothing was written" in done.output
    assert read_tree(sample) == before


def test_the_problems_of_the_letter_are_shown_with_their_place(sample: Path) -> None:
    """Not those of other letters; and what comes next is to look at them."""
    for week in ("2026-W45", "2026-W46"):
        path = sample / f"newsletter/issues/{week}/nl.md"
        path.write_text(path.read_text().replace("summary: ", "summary: Kijk! ", 1))
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 0
    assert "newsletter/issues/2026-W45/nl.md:3:14: warning: “!” shouts" in done.output
    assert "             ^\n" in done.output
    assert "2026-W46/nl.md:" not in done.output
    assert "Next: " in done.output


def test_a_draft_is_in_the_feeds_of_the_editor_and_nowhere_else(sample: Path) -> None:
    """`generate issue` shows a draft as it will be; the next letter's feeds leave it out."""
    run(sample, "issue", "--week", "2026-W49")
    for language in ("nl", "en"):
        path = sample / f"newsletter/issues/2026-W49/{language}.md"
        path.write_text(path.read_text().replace("\n---\n", "\ndraft: true\n---\n", 1))

    done = run(sample, "issue", "--week", "2026-W49")
    assert "delete “draft: true”" in done.output
    assert "issue/2026-W49" in (sample / "build/feeds/feed.xml").read_text()
    run(sample, "issue", "--week", "2026-W45")
    assert "issue/2026-W49" not in (sample / "build/feeds/feed.xml").read_text()


def test_a_template_with_an_unknown_name_is_named_with_its_line(sample: Path) -> None:
    template = sample / "templates/email/letter.txt"
    template.write_text("{{ subjcet }}\n" + template.read_text())
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 1
    assert done.output.startswith("Error: templates/email/letter.txt:1: 'subjcet' is undefined")


def test_a_target_that_cannot_be_written_is_one_sentence(sample: Path) -> None:
    (sample / "build").write_text("a file where a folder must be")
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 1
    assert (
        done.output == f"Error: {sample / 'build'}: cannot be written: File exists\n"
        or "Not a directory" in done.output
    )


def test_without_a_week_it_is_the_coming_friday(sample: Path) -> None:
    """The clock is read here: the letter that is made has not gone out yet, and goes out within seven days."""
    done = run(sample, "issue", "--dry-run")
    week = Week.parse(done.output[:8])
    today = datetime.now(UTC).date()
    assert today - timedelta(days=1) <= week.friday <= today + timedelta(days=7)


# --- plan ---


def test_plan_shows_the_weeks_and_what_is_missing(sample: Path) -> None:
    """The sample has few thoughts: a year needs more, and the plan says how to begin one."""
    done = run(sample, "plan", "--weeks", "52")
    assert done.exit_code == 0
    assert done.output.count("ready to assemble") > 0
    assert re.search(
        r"Next: write \d+ thoughts, the first before [\d-]+: generate new thought \w+\n", done.output
    )


def test_plan_shows_the_season_of_a_thought_and_whether_it_is_now(sample: Path) -> None:
    """A thought with no other of its certainty comes when it must; the plan says that it is early or late."""
    folder = sample / "newsletter/thoughts/rebound"
    for path in folder.glob("*.md"):
        path.write_text(path.read_text().replace("sources:", "season: [W01, W02]\nsources:", 1))
    lines = run(sample, "plan", "--weeks", "9").output.splitlines()
    assert lines[0].split() == ["week", "friday", "certainty", "thought", "season", "state"]
    (line,) = [line for line in lines if "a-no-with-a-date" in line]
    week = line.split()[0]
    season = "W01 W02" if week[-3:] in {"W01", "W02"} else "W01 W02 (not now)"
    assert line.split()[2:] == ["rebound", "a-no-with-a-date", *season.split(), "ready", "to", "assemble"]


# --- as a program ---


def test_help_loads_nothing_that_makes_letters() -> None:
    """`generate --help` is quick because it imports Click and little else."""
    code = (
        "import sys; from generator.cli.generate import main; main(['--help'], standalone_mode=False);"
        "print(sorted({'pydantic', 'yaml', 'jinja2', 'markdown', 'lxml', 'feedgen', 'mkdocs'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_command_has_help_with_an_example() -> None:
    for name, command in main.commands.items():
        text = CliRunner().invoke(main, [name, "--help"]).output
        assert f"generate {name}" in text, f"{name} has no example"
        assert command.get_short_help_str()


def test_outside_a_project_it_says_where_to_go(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from generator.cli.generate import main; main(['plan'])"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is not in a project" in done.stderr


def test_the_folder_above_is_found(sample: Path) -> None:
    """An editor may be anywhere in the project."""
    code = "from generator.cli.generate import main; main(['plan', '--weeks', '1'])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=sample / "newsletter/issues",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
