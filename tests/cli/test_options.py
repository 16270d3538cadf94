"""What a person types at the prompt: weeks in many forms, and summaries that are whole."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from generator.cli import Command, Group, generate, newsletter
from generator.cli.options import read_week
from generator.model import Week
from tests.clocks import STOPPED

TODAY = date(2026, 11, 29)
"""The Sunday of week 48."""

PROGRAMS = {"generate": generate.main, "newsletter": newsletter.main}


@pytest.mark.parametrize(
    "typed, week",
    [
        ("2026-W48", "2026-W48"),
        ("2026-w48", "2026-W48"),
        ("2026w48", "2026-W48"),
        ("2026W48", "2026-W48"),
        ("2026 W48", "2026-W48"),
        ("2026_w48", "2026-W48"),
        ("2026-48", "2026-W48"),
        ("2026-W5", "2026-W05"),
        ("48", "2026-W48"),
        ("w48", "2026-W48"),
        ("W9", "2027-W09"),
        ("1", "2027-W01"),
        ("30", "2026-W30"),
        ("53", "2026-W53"),
        ("2026-11-27", "2026-W48"),
        ("2026-11-29", "2026-W48"),
        ("2027-01-01", "2026-W53"),
        (" this ", "2026-W48"),
        ("NEXT", "2026-W49"),
    ],
)
def test_a_week_may_be_written_in_many_ways(typed: str, week: str) -> None:
    assert str(read_week(typed, lambda: TODAY)) == week


def test_week_53_is_the_nearest_one_that_exists() -> None:
    assert read_week("53", lambda: date(2022, 6, 1)) == Week(2020, 53)
    assert read_week("53", lambda: date(2024, 6, 1)) == Week(2026, 53)


@pytest.mark.parametrize(
    "typed, said",
    [
        ("2026-W54", "there is no week 2026-W54; 2026 has 53 weeks"),
        ("2025-53", "there is no week 2025-W53; 2025 has 52 weeks"),
        ("0", "there is no week 0"),
        ("54", "there is no week 54; a year has 52 or 53 weeks"),
        ("2026-02-30", "there is no day 2026-02-30"),
        ("27-11-2026", "“27-11-2026” is not a day that can be read; write it like 2026-11-27"),
        ("2026/11/27", "“2026/11/27” is not a day that can be read; write it like 2026-11-27"),
        ("202648", "is not a week; expected 2026-W48, 48, 2026-11-27, this or next"),
        ("nxt", "is not a week; expected"),
        ("", "is not a week; expected"),
        ("48.", "is not a week; expected"),
        ("٤٨", "is not a week; expected"),
        ("2026-W48-5", "is not a week; expected"),
        ("-48", "is not a week; expected"),
    ],
)
def test_what_is_no_week_is_refused(typed: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_week(typed, lambda: TODAY)


def test_a_whole_week_needs_no_clock() -> None:
    def ask() -> date:
        raise AssertionError

    assert read_week("2026w48", ask) == Week(2026, 48)


def walk(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group, itself included, with the words that reach it."""
    yield name, command
    if isinstance(command, click.Group):
        for word, one in command.commands.items():
            yield from walk(f"{name} {word}", one)


COMMANDS = dict(pair for name, program in PROGRAMS.items() for pair in walk(name, program))


def invoke(words: str, root: Path | None = None) -> str:
    program, *arguments = words.split()
    named = ["--root", str(root)] if root else []
    return (
        CliRunner().invoke(PROGRAMS[program], [*named, *arguments], obj=STOPPED, env={"COLUMNS": "80"}).output
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_summary_is_whole_in_eighty_columns(name: str) -> None:
    if isinstance(COMMANDS[name], click.Group):
        assert "..." not in invoke(f"{name} --help").partition("Commands:")[2]
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{name} {option.opts}"


@pytest.mark.parametrize("name", ["issue", "write", "release", "send", "status", "report", "resume", "retry"])
def test_a_week_is_taken_as_an_argument_and_as_an_option(name: str) -> None:
    words = next(words for words in COMMANDS if words.split()[-1] == name)
    assert {"given", "named"} <= {parameter.name for parameter in COMMANDS[words].params}
    assert "two weeks given: 2026-W47 and --week 2026-W48" in invoke(f"{words} 47 --week 48")


def test_both_name_the_same_week(sample: Path) -> None:
    for words in ("2027-W01", "--week 2027w01", "1", "--week 1 1"):
        assert invoke(f"generate issue --dry-run {words}", sample).startswith("2027-W01: ")
    for words in ("2026-W47", "--week 2026-W47", "47", "--week w47"):
        assert "Checked 1 letter, in 2 languages." in invoke(f"generate check {words}", sample)


def test_a_file_of_that_name_comes_before_a_week(sample: Path) -> None:
    (sample / "newsletter/issues/47").touch()
    assert "47: error: is not a letter" in invoke(f"generate check {sample}/newsletter/issues/47", sample)


def test_a_command_of_a_group_is_found_by_its_name() -> None:
    said = "there is no command “import”; did you mean “subscribers import”?"
    assert said in invoke("newsletter import readers.csv")


@pytest.mark.parametrize(
    "words, said",
    [
        ("generate plan --weeks x", "--weeks takes a whole number from 1 to 520, and not “x”"),
        ("generate plan --weeks 0", "--weeks takes a whole number from 1 to 520, and not “0”"),
        (
            "generate schema x",
            "KIND takes letter, thought, lesson, certainty, template or page, and not “x”",
        ),
        ("generate new thought", "CERTAINTY is missing"),
        ("generate --root nowhere plan", "--root: the folder “nowhere” does not exist"),
        ("newsletter send --rate -1", "--rate takes a number from 0, and not “-1”"),
        ("newsletter send --language de", "--language takes nl or en, and not “de”"),
        (
            "newsletter subscribers list --status foo",
            "--status takes unconfirmed, confirmed, unsubscribed, bounced or complained, and not “foo”",
        ),
        ("newsletter subscribers add", "ADDRESS is missing"),
        ("newsletter backup .", "FILE: “.” is a folder; expected a file"),
        ("newsletter receive README.md", "MAILDIR: “README.md” is a file; expected a folder"),
        ("newsletter send 2026-W54", "WEEK: there is no week 2026-W54; 2026 has 53 weeks"),
        (
            "newsletter backup x.txt",
            "FILE: the name of the file must end in .db, so that git ignores it; got “x.txt”",
        ),
        ("newsletter receive nowhere", "MAILDIR: the folder “nowhere” does not exist"),
        ("generate plan x", "“x” is not expected; generate plan takes no argument"),
        ("generate issue 48 49", "“49” is not expected; generate issue takes only WEEK"),
        ("newsletter status 48 49 50", "“49” is not expected; newsletter status takes only WEEK"),
        ("generate issue --wek 48", "there is no option --wek; did you mean --week?"),
        ("generate issue -x", "there is no option -x"),
        ("generate --rot", "there is no option --rot; did you mean --root?"),
        ("generate issue --week", "--week needs a value, as in --week WEEK"),
        ("newsletter --root", "--root needs a value, as in --root FOLDER"),
        ("generate issue --dry-run=yes", "--dry-run takes no value"),
        ("generate isue", "there is no command “isue”; did you mean “issue”?"),
        ("generate new thougt x", "there is no command “thougt”; did you mean “thought”?"),
        (
            "newsletter subscribers nothing",
            (
                "there is no command “nothing”; known are: add, campaign, erase, export, growth, import, list, remove, "
                "show"
            ),
        ),
    ],
)
def test_a_wrong_option_is_told_in_our_words(words: str, said: str, sample: Path) -> None:
    program, *arguments = words.split()
    named = [] if "--ro" in words else ["--root", str(sample)]
    done = CliRunner().invoke(PROGRAMS[program], [*named, *arguments], obj=STOPPED, prog_name=program)
    assert done.exit_code == 2
    assert done.output.startswith("Usage: ")
    assert f"\nError: {said}\n" in done.output


def test_every_command_refuses_in_our_words() -> None:
    for name, command in COMMANDS.items():
        assert isinstance(command, Command | Group), name


@pytest.mark.parametrize("name", COMMANDS)
def test_the_range_of_a_number_is_in_words(name: str) -> None:
    said = invoke(f"{name} --help")
    assert "RANGE" not in said
    assert "<=" not in said
    assert "x>=" not in said
