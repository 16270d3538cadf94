"""`newsletter status --check`: one line, and a number, as Nagios reads them."""

import re
from pathlib import Path

from click.testing import CliRunner

from generator.cli.newsletter import main
from generator.watch.check import check_all
from generator.watch.findings import Level
from tests.clocks import stop_at
from tests.watch.knowing import NOON

PLUGIN = re.compile(
    r"(OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| ('?[\w ]+'?=-?\d+[a-zA-Z%]*(;[\d:]*){0,2} ?)+)?"
)
"""The guidelines of the Monitoring Plugins project, as far as we use them."""


def test_a_letter_that_was_missed_is_critical_and_names_its_command(project: Path) -> None:
    done = check_all(project, NOON)
    assert done.level is Level.CRITICAL
    assert PLUGIN.fullmatch(done.line)
    assert done.line.startswith(
        "CRITICAL - the letter of 2026-W48 was due on Friday 27 November 2026 at 07:00"
    )
    assert "run `newsletter send 2026-W48 --now`" in done.line
    assert " | notices=0 oldest_notice=0s;;3600 held=0;;0 disk_free=" in done.line


def test_settings_that_cannot_be_read_are_unknown(project: Path) -> None:
    (project / "newsletter/settings.toml").write_text("a | b", "utf-8")
    done = check_all(project, NOON)
    assert done.level is Level.UNKNOWN
    assert PLUGIN.fullmatch(done.line)
    assert "newsletter/settings.toml" in done.line


def test_the_command_prints_the_line_and_exits_with_the_number(project: Path) -> None:
    def run(*options: str) -> tuple[int, str]:
        command = ["--root", str(project), "status", *options]
        done = CliRunner().invoke(main, command, obj=stop_at(NOON), catch_exceptions=False)
        return done.exit_code, done.output

    code, said = run("--check")
    assert (code, said.count("\n")) == (2, 1)
    assert PLUGIN.fullmatch(said.rstrip("\n"))
    settings = project / "newsletter/settings.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[letter]", '[letter]\nskip = ["2026-W48"]'), "utf-8"
    )
    code, said = run("--check")
    assert (code, said[:5]) == (0, "OK - ")
    (project / "var/newsletter.db").unlink()
    assert run("--check")[0] == 2
    settings.unlink()
    assert run("--check")[0] == 3
    code, said = run("2026-W48", "--check")
    assert code == 2
    assert "--check looks at everything" in said
