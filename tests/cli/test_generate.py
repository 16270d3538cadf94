"""`generate`, run as an editor runs it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from generator.assemble import plan_weeks
from generator.cache import Cache
from generator.cli import Group
from generator.cli.generate import main
from generator.clock import Clock
from generator.content import Newsletter, load_newsletter
from generator.content.needs import need_site
from generator.errors import ContentError, PublishError
from generator.model import Archive, Week
from generator.publication.issue import make_issue
from tests.clocks import NOW, STOPPED, stop_at
from tests.languages import NL

GENERATE = Path(sys.executable).with_name("generate")
EMAILS = ("email.html", "email.txt", "email.eml")


def run(root: Path, *arguments: str, clock: Clock = STOPPED) -> Result:
    return CliRunner().invoke(main, obj=clock, args=["--root", str(root), *arguments], catch_exceptions=False)


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


def test_a_letter_whose_file_has_nearly_the_right_name_is_not_made_again(sample: Path) -> None:
    """`nl.MD` comes from Windows or a phone; the other edition would have been lost with it."""
    folder = sample / "newsletter/issues/2026-W47"
    (folder / "nl.md").rename(folder / "nl.MD")
    (folder / "en.md").write_text((folder / "en.md").read_text() + "\nMY WORK OF TODAY\n")
    before = read_tree(sample)
    for command in (["issue", "--week", "2026-W47"], ["check", "2026-W47"]):
        done = run(sample, *command)
        assert done.exit_code == 1
        assert (
            "newsletter/issues/2026-W47/nl.MD: error: is not an edition; rename it to nl.md\n" in done.output
        )
    assert read_tree(sample) == before


@pytest.mark.usefixtures("sample")
def test_what_exists_is_never_written_over_whatever_was_read(newsletter: Newsletter) -> None:
    """A reader that overlooked a letter, or somebody who has just written it: one sentence, and nothing changes."""
    root = newsletter.root
    shutil.rmtree(root / "newsletter/issues/2026-W46")
    (root / "newsletter/issues/2026-W47/nl.md").unlink()
    unread = replace(newsletter, archive=Archive(()))
    before = read_tree(root)
    with pytest.raises(PublishError) as error:
        make_issue(unread, Cache(), Week(2026, 47), NOW)
    assert str(error.value) == "newsletter/issues/2026-W47/en.md already exists; nothing was written"
    assert read_tree(root) == before


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
        "the letter of 2026-W45 exists already; change its certainty or thought in newsletter/issues/2026-W45"
        in done.output
    )


def test_an_unknown_certainty_is_named_with_the_nearest_one(sample: Path) -> None:
    done = run(sample, "issue", "--week", "2026-W49", "--certainty", "reboud")
    assert (done.exit_code, done.output) == (
        1,
        "Error: unknown certainty “reboud”; did you mean “rebound”?\n",
    )


@pytest.mark.parametrize("week", ["2026-W54", "202648", "nxt"])
def test_a_week_that_does_not_exist_is_a_wrong_option(sample: Path, week: str) -> None:
    done = run(sample, "issue", "--week", week)
    assert done.exit_code == 2
    assert "2026-W48" in done.output or "2026 has 53 weeks" in done.output


def test_every_problem_of_every_file_is_shown_and_nothing_is_written(sample: Path) -> None:
    """Two mistakes in two files that it needs: each with its line, exit code 1, and the folder as it was."""
    thought = "newsletter/thoughts/rebound/a-no-with-a-date.nl.md"
    for path in (thought, "docs/en/certainties/rebound.md"):
        text = (sample / path).read_text()
        (sample / path).write_text(text.replace("summary:", "sumary:", 1))
    before = read_tree(sample)

    done = run(sample, "issue", "--week", "2026-W49")

    assert done.exit_code == 1
    assert (
        "docs/en/certainties/rebound.md:5: error: unknown key “sumary”; did you mean “summary”?"
        in done.output
    )
    assert f"{thought}:3: error: unknown key “sumary”; did you mean “summary”?" in done.output
    assert "   3 │ sumary: " in done.output
    assert "2 problems; correct them and try again" in done.output
    assert read_tree(sample) == before


def spoil(root: Path, *paths: str) -> None:
    for path in paths:
        text = (root / path).read_text()
        assert "\nsummary:" in text
        (root / path).write_text(text.replace("\nsummary:", "\nsumary:", 1))


def test_a_written_letter_is_made_whatever_is_wrong_with_another_text(sample: Path) -> None:
    """The same but for the names of those before it; and the feeds are those of the letters that can be read."""
    run(sample, "issue", "--week", "2026-W47")
    before = read_tree(sample / "build")
    shutil.rmtree(sample / "build")
    spoil(
        sample,
        "newsletter/issues/2026-W46/nl.md",
        "docs/en/certainties/relations.md",
        "docs/nl/certainties/rebound.md",
        "docs/nl/glossary.md",
        "newsletter/thoughts/rebound/a-no-with-a-date.nl.md",
    )
    done = run(sample, "issue", "--week", "2026-W47")
    assert done.exit_code == 0, done.output
    assert "5 problems in 5 files that are not needed here: see `generate check`.\n" in done.output
    assert "the choice of the thought" not in done.output
    after = read_tree(sample / "build")
    letters = {path for path in before if path.startswith("issues/") and path.endswith((".html", ".txt"))}
    earlier = re.compile(
        rb'<tr><td class="earlier".*?</td></tr>\n|\n\n(EERDERE BRIEVEN|EARLIER LETTERS)\n.*?(?=\n\n---)',
        re.DOTALL,
    )
    assert len(letters) == 4
    assert {path: earlier.sub(b"", after[path]) for path in letters} == {
        path: earlier.sub(b"", before[path]) for path in letters
    }
    assert all(b"2026-W46/" in before[path] and b"2026-W46/" not in after[path] for path in letters)
    assert set(before) - set(after) == {
        path for path in before if path.startswith("feeds") and {"relations", "rebound"} & {*Path(path).parts}
    }
    feed = after["feeds/feed.xml"].decode()
    assert "issue/2026-W47" in feed
    assert "issue/2026-W46" not in feed, "it cannot be read"
    assert "issue/2026-W45" not in feed, "it is about relations, whose page cannot be read in English"


def test_a_new_letter_is_made_whatever_is_wrong_with_the_others_and_says_so(sample: Path) -> None:
    """The choice of its thought may depend on the letter that cannot be read."""
    spoil(
        sample, "newsletter/issues/2026-W46/nl.md", "newsletter/issues/2026-W45/nl.md", "docs/nl/glossary.md"
    )
    done = run(sample, "issue", "--week", "2026-W49")
    assert done.exit_code == 0
    assert "3 problems in 3 files that are not needed here: see `generate check`.\n" in done.output
    line = "2026-W46, 2026-W45 cannot be read, so the choice of the thought does not take it into account.\n"
    assert line in done.output
    assert line not in run(sample, "issue", "--week", "2026-W49").output, "it is written now"
    chosen = run(sample, "issue", "--week", "2026-W50", "--thought", "who-calls-you")
    assert "the choice of the thought" not in chosen.output


@pytest.mark.parametrize(
    "path",
    ["newsletter/issues/2026-W47/en.md", "docs/nl/certainties/referral.md", "newsletter/evidence.yaml"],
)
def test_a_letter_is_not_made_without_what_it_needs(sample: Path, path: str) -> None:
    text = (sample / path).read_text()
    (sample / path).write_text(f"{text}<<<<<<< HEAD\n")
    before = read_tree(sample)
    done = run(sample, "issue", "--week", "2026-W47")
    assert done.exit_code == 1
    assert f"{path}:" in done.output
    assert "1 problem; correct it and try again" in done.output
    assert read_tree(sample) == before


def test_a_skipped_week_has_no_letter_and_the_next_one_is_made(sample: Path) -> None:
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text().replace("= 20", '= 20\nskip = ["2026-W49"]', 1))
    done = run(sample, "issue", "--week", "2026-W49")
    assert done.exit_code == 2
    assert (
        "newsletter/settings.toml skips 2026-W49; to make or send its letter, remove the week from “skip”"
        in done.output
    )
    assert not (sample / "newsletter/issues/2026-W49").exists()
    assert run(sample, "issue", "--dry-run").output.startswith("2026-W50: ")


def test_plan_shows_a_skipped_week_and_goes_on_after_it(sample: Path) -> None:
    """The letters before and after it come in the same order as without it."""
    before = [line.split() for line in run(sample, "plan", "--weeks", "5").output.splitlines()[1:5]]
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text().replace("= 20", '= 20\nskip = ["2026-W49", "2026-W51"]', 1))
    after = [line.split() for line in run(sample, "plan", "--weeks", "6").output.splitlines()[1:7]]
    assert after[0] == ["2026-W49", "2026-12-04", "–", "–", "skipped"]
    assert after[2] == ["2026-W51", "2026-12-18", "–", "–", "skipped"]
    assert [line[2:4] for line in (after[1], *after[3:])] == [line[2:4] for line in before]


def skip(sample: Path, *weeks: str) -> None:
    path = sample / "newsletter/settings.toml"
    path.write_text(path.read_text().replace("= 20", f"= 20\nskip = {list(weeks)}", 1))


def test_a_skipped_week_without_a_letter_is_said_wherever_it_is_named(sample: Path) -> None:
    skip(sample, "2026-W49")
    for command in ("check", "write", "issue", "release"):
        done = run(sample, command, "49")
        assert done.exit_code == 2
        assert "skips 2026-W49; to make or send its letter, remove the week from “skip”" in done.output


KEPT = "2026-W46 is skipped in newsletter/settings.toml; its letter is kept, and not sent."


def test_the_letter_of_a_skipped_week_is_kept(sample: Path) -> None:
    skip(sample, "2026-W46", "2026-W47")
    assert KEPT in run(sample, "check").output.splitlines()
    for command in (["check", "46"], ["issue", "46"], ["plan"]):
        done = run(sample, *command)
        assert done.exit_code == 0, done.output
        assert KEPT in done.output.splitlines()
    done = run(sample, "release")
    assert done.exit_code == 0
    assert "2026-W45" in done.output
    assert "2026-W46" not in done.output
    newsletter = load_newsletter(sample)
    weeks = {str(edition.week) for edition in newsletter.archive.editions(NL)}
    assert weeks == {"2026-W45"}
    (sample / "newsletter/issues/2026-W46/nl.md").write_text("Nothing yet.\n")
    newsletter = load_newsletter(sample, needs=need_site(sample, STOPPED()))
    assert newsletter.list_unread() == (Week(2026, 46),)


def test_a_letter_that_readers_have_stays_when_its_week_is_skipped(sample: Path) -> None:
    skip(sample, "2026-W46")
    assert run(sample, "release", "46").exit_code == 0
    assert KEPT not in run(sample, "check").output
    newsletter = load_newsletter(sample)
    assert Week(2026, 46) in {edition.week for edition in newsletter.archive.editions(NL)}
    path = sample / "newsletter/issues/2026-W46/nl.md"
    path.write_text("Nothing any more.\n")
    with pytest.raises(ContentError):
        load_newsletter(sample, needs=need_site(sample, STOPPED()))


def test_the_turn_of_a_skipped_letter_goes_to_the_week_after_it(sample: Path) -> None:
    certainty = load_newsletter(sample).archive.issues[0].certainty
    skip(sample, "2026-W47")
    newsletter = load_newsletter(sample)
    plans = plan_weeks(newsletter.playbook, newsletter.archive, Week(2026, 48), 7)
    assert certainty in {plan.certainty for plan in plans[:5]}


def test_a_link_to_the_letter_of_a_skipped_week_leads_nowhere(sample: Path) -> None:
    skip(sample, "2026-W45")
    path = sample / "newsletter/issues/2026-W47/nl.md"
    path.write_text(f"{path.read_text()}\nZie [deze brief](../2026-W45/nl.md).\n")
    done = run(sample, "check", "47")
    assert (
        "is the letter of a week that newsletter/settings.toml skips, which is not published" in done.output
    )


def test_a_day_is_the_week_that_it_is_in(sample: Path) -> None:
    assert run(sample, "check", "2026-11-20").output == run(sample, "check", "2026-W47").output
    done = run(sample, "check", "2026-02-30")
    assert done.exit_code == 2
    assert "Error: there is no day 2026-02-30\n" in done.output


@pytest.mark.parametrize("week, refused", [("2027-W52", False), ("2028-W01", True), ("2999-W01", True)])
def test_no_letter_is_made_for_a_week_after_the_end_of_next_year(
    sample: Path, week: str, refused: bool
) -> None:
    done = run(sample, "issue", "--week", week, "--dry-run")
    assert done.exit_code == (2 if refused else 0)
    assert (f"{week} is after the end of 2027; check the year" in done.output) is refused


@pytest.mark.parametrize(
    "week, said",
    [
        ("1999-W01", "1999-W01 is before 2000; check the year"),
        ("2000-W01", "2000-W01 is 1,403 weeks ago; did you mean 2027-W01?"),
        ("2024-W53", "there is no week 2024-W53"),
        ("2009-W53", "2009-W53 is 882 weeks ago; did you mean 2026-W53?"),
        ("2025-W50", "2025-W50 is 50 weeks ago; did you mean 2026-W50?"),
        ("2020-W53", "2020-W53 is 308 weeks ago; did you mean 2026-W53?"),
    ],
)
def test_no_letter_is_made_for_a_week_of_long_ago(sample: Path, week: str, said: str) -> None:
    before = read_tree(sample)
    done = run(sample, "issue", "--week", week)
    assert done.exit_code == 2
    assert said in done.output
    assert read_tree(sample) == before


def test_the_letter_of_a_friday_that_was_forgotten_is_made(sample: Path) -> None:
    assert run(sample, "issue", "--week", "2026-W40", "--dry-run").exit_code == 0


def test_what_next_year_is_depends_on_the_zone_of_the_letter(sample: Path) -> None:
    """In Amsterdam it is 2027 already, an hour before it is so in UTC."""
    clock = stop_at(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert run(sample, "issue", "--week", "2028-W52", "--dry-run", clock=clock).exit_code == 0
    clock = stop_at(datetime(2026, 12, 31, 22, 30, tzinfo=UTC))
    assert run(sample, "issue", "--week", "2028-W52", "--dry-run", clock=clock).exit_code == 2


def test_plan_shows_what_can_be_read_and_says_what_not(sample: Path) -> None:
    spoil(sample, "newsletter/issues/2026-W46/nl.md", "docs/nl/certainties/rebound.md")
    done = run(sample, "plan")
    assert done.exit_code == 0
    assert "2 problems in 2 files that are not needed here: see `generate check`.\n" in done.output
    assert "rebound" in done.output
    assert len(done.output.splitlines()) == 12 + 2 + 8 + 1 + 2


def test_the_problems_of_the_letter_are_shown_with_their_place(sample: Path) -> None:
    """Not those of other letters; and what comes next is to look at them."""
    for week in ("2026-W45", "2026-W46"):
        path = sample / f"newsletter/issues/{week}/nl.md"
        path.write_text(path.read_text().replace("summary: ", "summary: Kijk! ", 1))
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 0
    assert "newsletter/issues/2026-W45/nl.md:3:14: warning: “!” is an exclamation mark" in done.output
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


def test_the_feeds_of_the_editor_say_that_they_are_not_for_readers(sample: Path) -> None:
    """In the table and beside them: they hold what is not out yet."""
    done = run(sample, "issue", "--week", "2026-W49")
    assert re.search(r"build/feeds/ +\d+ files for a look ahead, not for readers +[\d.]+ KB\n", done.output)
    note = (sample / "build/feeds/README.txt").read_text()
    assert "hold letters that are not out yet" in note
    assert "The feeds for readers are in site/, made by “generate site”." in note


def test_a_template_with_an_unknown_name_is_named_with_its_line(sample: Path) -> None:
    template = sample / "templates/email/letter.txt"
    template.write_text("{{ subjcet }}\n" + template.read_text())
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 1
    assert done.output.startswith("Error: templates/email/letter.txt:1: “subjcet” is not known here")


def test_a_target_that_cannot_be_written_is_one_sentence(sample: Path) -> None:
    (sample / "build").write_text("a file where a folder must be")
    done = run(sample, "issue", "--week", "2026-W45")
    assert done.exit_code == 1
    assert (
        done.output == f"Error: {sample / 'build'} cannot be written: File exists\n"
        or "Not a directory" in done.output
    )


def test_without_a_week_it_is_the_coming_friday(sample: Path) -> None:
    """Until the minute in which a letter goes out it is the coming one."""
    for moment, week in (
        (datetime(2027, 1, 8, 4, 59, tzinfo=UTC), "2027-W01"),
        (datetime(2027, 1, 8, 5, tzinfo=UTC), "2027-W02"),
        (datetime(2028, 10, 27, 3, 59, tzinfo=UTC), "2028-W43"),  # summer time in Amsterdam
    ):
        done = run(sample, "issue", "--dry-run", clock=stop_at(moment))
        assert done.output.startswith(f"{week}: "), done.output


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
        text = CliRunner().invoke(main, obj=STOPPED, args=[name, "--help"]).output
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


# --- What the system refuses ---

PROGRAM = [sys.executable, "-c", "from generator import generate; generate()"]


def run_in_shell(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a shell, in which `generate` is the program."""
    program = " ".join(map(shlex.quote, PROGRAM[:-1])) + f" {shlex.quote(PROGRAM[-1])}"
    return subprocess.run(
        ["sh", "-c", command.replace("generate ", f"{program} ", 1)],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp437", "ascii"])
def test_a_terminal_that_lacks_a_character_shows_another(sample: Path, encoding: str) -> None:
    path = sample / "newsletter/issues/2026-W45/nl.md"
    path.write_text(path.read_text().replace("title:", "tilte:"))
    done = run_in_shell("generate check 2026-W45", sample, PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (1, "")
    assert "nl.md:" in done.stdout


@pytest.mark.outside  # libfaketime opens files of its own where a stream was closed
@pytest.mark.parametrize(
    "command, code, said",
    [
        ("generate plan > /dev/full", 1, "standard output cannot be written: No space left on device"),
        ("generate plan > /dev/full 2>&1", 1, ""),
        ("generate plan >&-", 0, ""),
        ("generate plan <&- >&- 2>&-", 0, ""),
        ("generate new thought referral <&-", 2, "give a name after the certainty"),
        ("generate issue --dry-run 2>&-", 0, ""),
    ],
)
def test_a_stream_that_is_full_or_closed_is_no_traceback(
    sample: Path, command: str, code: int, said: str
) -> None:
    done = run_in_shell(command, sample)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_was_deleted_is_one_sentence(sample: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = run_in_shell(f"rmdir {gone}; generate --root {sample} plan", gone)
    assert done.returncode == 2
    assert "the current folder does not exist any more" in done.stderr


@pytest.mark.parametrize("arguments", [["check"], ["preview", "--static"], ["--root"]])
def test_a_name_that_no_file_can_have_is_one_sentence(sample: Path, arguments: list[str]) -> None:
    done = run_in_shell(f"generate {' '.join(arguments)} {'x' * 300}", sample)
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_whatever_else_the_system_refuses_is_one_sentence(sample: Path) -> None:
    @click.group(cls=Group)
    def program() -> None:
        """Fail."""

    @program.command()
    def fail() -> None:
        raise PermissionError(13, "Permission denied", "one/file.txt")

    done = CliRunner().invoke(program, ["fail"])
    assert (done.exit_code, done.stderr) == (1, "Error: one/file.txt cannot be used: Permission denied\n")


@pytest.mark.outside  # libfaketime aborts Python when a signal meets a thread that waits
@pytest.mark.parametrize("milliseconds", [2, 5, 10, 20, 30, 45, 60, 80, 100, 150, 250, 400])
def test_ctrl_c_stops_it_at_any_moment(sample: Path, milliseconds: int) -> None:
    """Also while Python itself is starting. The shell that starts it dies of the signal, and says nothing."""
    process = subprocess.Popen(
        [GENERATE, "check"],
        cwd=sample,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(milliseconds / 1000)
    with suppress(ProcessLookupError):  # it was faster
        os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate()
    assert "Traceback" not in said
    assert process.returncode in {1, 130, -signal.SIGINT}
    assert process.returncode != 130 or said.endswith("Stopped.\n")


def test_a_large_file_behind_a_problem_is_not_read_for_its_line(sample: Path) -> None:
    path = sample / "newsletter/issues/2026-W45/nl.md"
    path.unlink()
    path.symlink_to("/dev/zero")
    done = run_in_shell("ulimit -v 2000000; generate check 2026-W45", sample)
    assert done.returncode == 1
    assert "is a device or a pipe; expected a file" in done.stdout


def test_no_line_of_a_file_outside_is_shown(tmp_path: Path, sample: Path) -> None:
    (tmp_path / "elsewhere").write_text("a secret\n")
    path = sample / "newsletter/issues/2026-W45/nl.md"
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    done = run_in_shell("generate check 2026-W45", sample)
    assert "is a link to a file outside of the project" in done.stdout
    assert "secret" not in done.stdout + done.stderr


def test_a_new_letter_is_whole_or_not_there_when_the_disk_is_full(sample: Path) -> None:
    """The kernel takes no more than 16 KB for a file: enough for the texts, and too little for the emails."""
    before = read_tree(sample)
    done = run_in_shell("ulimit -f 32; generate issue next", sample, PYTHONDONTWRITEBYTECODE="1")
    assert done.returncode == 1
    assert "cannot be written: File too large" in done.stderr
    assert read_tree(sample) == before


@pytest.mark.parametrize(
    "fail",
    [
        "raise KeyboardInterrupt",
        "raise RuntimeError('Error calling __set_name__') from KeyboardInterrupt()",
        "raise ValueError('SchemaError: KeyboardInterrupt: ')",
    ],
)
def test_ctrl_c_is_known_when_it_comes_as_another_exception(tmp_path: Path, fail: str) -> None:
    """As Python makes of it while it makes a class, and pydantic while it makes a model."""
    (tmp_path / "click.py").write_text(fail)
    done = subprocess.run(
        PROGRAM,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "Stopped.\n")
