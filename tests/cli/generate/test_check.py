"""`generate check`: what it looks at, how it ends, and that it can be stopped."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from tests.cli.test_generate import read_tree
from tests.clocks import STOPPED

RUN = [sys.executable, "-c", "from generator.cli.generate import main; main()"]
THOUGHT = "newsletter/thoughts/relations/who-calls-you.nl.md"
LETTER = "newsletter/issues/2026-W45/nl.md"


def check(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), "check", *arguments], catch_exceptions=False
    )


def spoil(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), "utf-8")


def rules_of(root: Path, *arguments: str) -> set[tuple[str, str | None]]:
    """What a check finds, as path and rule."""
    report = json.loads(check(root, "--format", "json", *arguments).stdout)
    return {(problem["path"], problem["rule"]) for problem in report["problems"]}


# --- How it ends ---


def test_a_check_says_what_it_looked_at_and_writes_only_what_it_keeps(sample: Path) -> None:
    before = read_tree(sample)
    done = check(sample)
    assert "Checked 18 pages, 8 thoughts, 3 letters, 6 facts, in 2 languages.\n" in done.output
    shutil.rmtree(sample / "build/cache")
    (sample / "build").rmdir()
    assert read_tree(sample) == before


def test_an_error_ends_with_1_and_a_warning_only_when_asked(sample: Path) -> None:
    """Exit codes are what workflows and scripts go by."""
    assert check(sample, "docs").exit_code == 0
    assert "No problems.\n" in check(sample, "docs").output
    spoil(sample, THOUGHT, "summary: ", "summary: Kijk! ")
    done = check(sample, THOUGHT)
    assert f"{THOUGHT}:3:14: warning: “!” is an exclamation mark" in done.output
    assert done.exit_code == 0
    assert check(sample, THOUGHT, "--strict").exit_code == 1
    spoil(sample, LETTER, "certainty: ", "waive:\n  nonsense: because\ncertainty: ")
    assert check(sample, "2026-W45").exit_code == 1


def test_a_setting_to_fill_in_is_a_warning_that_stops_no_work_on_texts(sample: Path) -> None:
    for folder in ("issues", "thoughts"):  # in which some have warnings
        (sample / "newsletter" / folder).rename(sample / folder)
        (sample / "newsletter" / folder).mkdir()
    spoil(sample, "newsletter/settings.toml", "B. Smit", "<name>")
    done = check(sample, "--strict")
    assert "newsletter/settings.toml:34: warning: “publisher.editors” is still a placeholder" in done.output
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("path", ["docs/nl/x.md", THOUGHT, LETTER, "newsletter/settings.toml"])
def test_a_pipe_in_the_place_of_a_text_is_not_waited_for(path: str, sample: Path) -> None:
    (sample / path).unlink(missing_ok=True)
    os.mkfifo(sample / path)
    assert f"{path}: error: is a device or a pipe; expected a file\n" in check(sample).output


def test_a_waived_problem_does_not_count_and_is_shown_with_its_reason(sample: Path) -> None:
    spoil(sample, LETTER, "summary: ", "waive:\n  exclamation: a birthday\nsummary: Kijk! ")
    report = json.loads(check(sample, LETTER, "--format", "json").stdout)
    (found,) = (problem for problem in report["problems"] if problem["rule"] == "exclamation")
    assert found["waived"] == "a birthday"
    assert report["waived"] == 1
    assert report["warnings"] + report["errors"] == len(report["problems"]) - 1
    assert "because: a birthday" in check(sample, LETTER).output


@pytest.mark.parametrize(
    "form, expected",
    [
        ("text", "docs/en/index.md:3: error: unknown key “sumary”; did you mean “summary”?\n"),
        ("json", '"message": "unknown key \\u201csumary\\u201d; did you mean \\u201csummary\\u201d?"'),
        ("github", "::error file=docs/en/index.md,line=3::unknown key “sumary”; did you mean “summary”?\n"),
    ],
)
@pytest.mark.parametrize("targets", [(), ("docs",), ("docs/en/index.md", "2026-W45")], ids=" ".join)
def test_what_cannot_be_read_is_reported_in_every_form(
    sample: Path, targets: tuple[str, ...], form: str, expected: str
) -> None:
    spoil(sample, "docs/en/index.md", "summary:", "sumary:")
    done = check(sample, *targets, "--format", form)
    assert done.exit_code == 1
    assert expected in done.stdout


# --- What another file does not stop ---

OTHERS = [
    "newsletter/issues/2026-W46/en.md",
    "docs/nl/glossary.md",
    "docs/en/certainties/rebound.md",
    "newsletter/thoughts/rebound/a-no-with-a-date.nl.md",
]
"""Texts that the letter of 2026-W45, about relations, does not need."""
NEEDED = [
    LETTER,
    "newsletter/issues/2026-W45/en.md",
    "docs/nl/certainties/relations.md",
    "docs/en/certainties/relations.md",
    THOUGHT,
    "newsletter/evidence.yaml",
    "newsletter/words.nl.txt",
    "newsletter/released.json",
]


@pytest.mark.parametrize("target", ["2026-W45", LETTER, "newsletter/issues/2026-W45"])
def test_a_letter_is_checked_whatever_is_wrong_with_another_text(sample: Path, target: str) -> None:
    before = check(sample, target)
    for path in OTHERS:
        spoil(sample, path, "title:", "titel:")
    done = check(sample, target)
    line = "4 problems in 4 files that are not needed here: see `generate check`.\n"
    assert done.output == before.output + line
    assert done.exit_code == before.exit_code
    form = check(sample, target, "--format", "json")
    assert json.loads(form.stdout) == json.loads(check(sample, target, "--format", "json").stdout)
    assert form.stderr == line
    whole = check(sample)
    assert whole.exit_code == 1
    assert whole.output.count("unknown key “titel”") == len(OTHERS)
    assert "The letters were not checked; correct this first.\n" in whole.output


@pytest.mark.parametrize("path", NEEDED)
def test_a_letter_is_not_checked_without_what_it_needs(sample: Path, path: str) -> None:
    spoil(sample, OTHERS[0], "title:", "titel:")
    with (sample / path).open("a") as file:
        file.write("<<<<<<< HEAD\n")
    for target in ("2026-W45", LETTER):
        done = check(sample, target)
        assert done.exit_code == 1
        assert f"{path}:" in done.output
        assert done.output.count("error: ") == 1
        assert "Nothing was checked; correct this first.\n" in done.output
        assert done.output.endswith("1 problem in 1 file that is not needed here: see `generate check`.\n")


def test_what_can_be_read_of_what_was_named_is_checked(sample: Path) -> None:
    """And all that is in the way of the rest is told at once, also what a letter needs that cannot be read itself."""
    spoil(sample, LETTER, "title:", "titel:")
    spoil(sample, "docs/nl/certainties/relations.md", "title:", "titel:")
    spoil(sample, LETTER.replace("W45", "W46"), "summary: ", "summary: Kijk! ")
    done = check(sample, "newsletter/issues")
    assert done.output.count("unknown key “titel”") == 2
    assert re.search(r"2026-W46/nl.md:\d+:\d+: warning: “!” is an exclamation mark", done.output)
    assert "Checked 2 letters, in 2 languages; files that cannot be read were not checked.\n" in done.output
    assert done.exit_code == 1


@pytest.mark.parametrize(
    "path", ["newsletter/evidence.yaml", "newsletter/words.nl.txt", "docs/en/certainties/relations.md"]
)
def test_a_thought_is_checked_with_what_it_needs_and_no_more(sample: Path, path: str) -> None:
    spoil(sample, OTHERS[0], "title:", "titel:")
    assert "Checked 1 thought, in Dutch.\n" in check(sample, THOUGHT).output
    with (sample / path).open("a") as file:
        file.write("<<<<<<< HEAD\n")
    done = check(sample, THOUGHT)
    assert done.exit_code == 1
    assert f"{path}:" in done.output
    assert "Nothing was checked; correct this first.\n" in done.output


def test_a_thought_is_checked_in_one_language_when_the_other_cannot_be_read(sample: Path) -> None:
    spoil(sample, THOUGHT.replace(".nl.", ".en."), "title:", "titel:")
    done = check(sample, THOUGHT)
    assert done.exit_code == 0
    assert "Checked 1 thought, in Dutch.\n" in done.output


def test_a_link_to_what_cannot_be_read_is_not_called_dead(sample: Path) -> None:
    """The letter of 2026-W47 links to that of 2026-W45; nobody can tell now what is on that page."""
    before = rules_of(sample, "2026-W47")
    spoil(sample, LETTER, "title:", "titel:")
    spoil(sample, "docs/nl/about-the-numbers.md", "title:", "titel:")
    assert rules_of(sample, "2026-W47") == before


def test_settings_are_always_needed(sample: Path) -> None:
    spoil(sample, "newsletter/settings.toml", "reply_to", "replyto")
    done = check(sample, "2026-W45")
    assert done.exit_code == 1
    assert "newsletter/settings.toml:16: error: unknown key “replyto”" in done.output


def test_what_is_wrong_with_a_folder_above_is_in_the_way(sample: Path) -> None:
    (sample / "docs/nl").rename(sample / "docs/du")
    done = check(sample, "2026-W45")
    assert done.exit_code == 1
    assert "docs/nl: error: the folder is missing\n" in done.output


def test_a_second_folder_of_the_same_week_is_in_the_way(sample: Path) -> None:
    shutil.copytree(sample / "newsletter/issues/2026-W45", sample / "newsletter/issues/2026-w45")
    assert "two letters in one week: 2026-w45 and 2026-W45" in check(sample, "2026-W45").output
    assert check(sample, "2026-W46").output.endswith("not needed here: see `generate check`.\n")


def test_no_colour_is_respected(sample: Path) -> None:
    spoil(sample, THOUGHT, "summary: ", "summary: Kijk! ")
    command = ["--root", str(sample), "check", THOUGHT]
    assert "\x1b[" in CliRunner().invoke(main, obj=STOPPED, args=command, color=True).output
    assert (
        "\x1b["
        not in CliRunner().invoke(main, obj=STOPPED, args=command, color=True, env={"NO_COLOR": "1"}).output
    )


# --- What it looks at ---


@pytest.mark.parametrize(
    "target, looked_at",
    [
        ("2026-W45", "Checked 1 letter, in 2 languages."),
        ("newsletter/issues/2026-W45", "Checked 1 letter, in 2 languages."),
        ("newsletter/issues/2026-W45/", "Checked 1 letter, in 2 languages."),
        ("newsletter/issues/2026-W47/two-contacts.png", "Checked 1 letter, in 2 languages."),
        (LETTER, "Checked 1 letter, in Dutch."),
        (THOUGHT, "Checked 1 thought, in Dutch."),
        ("newsletter/thoughts/relations", "Checked 1 thought, in 2 languages."),
        ("newsletter", "Checked 8 thoughts, 3 letters, in 2 languages."),
        ("docs/en", "Checked 18 pages, in English."),
        ("newsletter/evidence.yaml", "All files can be read."),
        (".", "Checked 18 pages, 8 thoughts, 3 letters, in 2 languages."),
    ],
)
def test_a_week_a_file_or_a_folder_can_be_named(sample: Path, target: str, looked_at: str) -> None:
    done = check(sample, target)
    assert looked_at in done.output


def test_only_what_is_named_is_judged(sample: Path) -> None:
    for path in (LETTER, LETTER.replace("W45", "W46"), THOUGHT):
        spoil(sample, path, "summary: ", "summary: Kijk! ")
    shouts = {path for path, rule in rules_of(sample, "2026-W45", THOUGHT) if rule == "exclamation"}
    assert shouts == {LETTER, THOUGHT}
    assert rules_of(sample, LETTER.replace("nl", "en")).isdisjoint({(LETTER, "exclamation")})


def test_a_path_is_seen_from_where_one_is(sample: Path) -> None:
    done = subprocess.run(
        [*RUN, "check", "nl.md"],
        cwd=(sample / LETTER).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Checked 1 letter, in Dutch." in done.stdout


@pytest.mark.parametrize(
    "target, said",
    [
        (
            "2026-W44",
            "there is no letter of 2026-W44; the nearest is 2026-W45; run `generate issue 2026-W44` to make it",
        ),
        ("2026-W4x", "no such week or file: “2026-W4x”; did you mean “2026-W4"),
        (
            "newsletter/issues/2026-W45/n.md",
            "“newsletter/issues/2026-W45/n.md”; did you mean “newsletter/issues/2026-W45/nl.md”?",
        ),
        ("templates", "“templates” has no texts to check; texts are in docs and newsletter"),
        ("..", "“..” has no texts to check"),
        ("docs/../../other", "no such week or file"),
    ],
)
def test_what_is_not_there_is_a_wrong_option(sample: Path, target: str, said: str) -> None:
    done = check(sample, target)
    assert done.exit_code == 2
    assert said in done.output


def test_the_project_may_be_empty_of_issues(sample: Path) -> None:
    (sample / "newsletter/issues").rename(sample / "elsewhere")
    assert "Checked 18 pages, 8 thoughts, 6 facts, in 2 languages." in check(sample).output


# --- Other sites ---


class Gone(BaseHTTPRequestHandler):
    """A site that knows no page."""

    def do_HEAD(self) -> None:
        self.send_error(404)

    do_GET = do_HEAD  # noqa: N815 (the name that http.server looks for)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_links_to_other_sites_are_followed_only_when_asked(sample: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gone) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/gone"
        spoil(sample, LETTER, "## Food for action", f"Zie [de bron]({address}).\n\n## Food for action")
        assert (LETTER, "external-link") not in rules_of(sample, LETTER)
        assert not (sample / "build").exists()
        assert (LETTER, "external-link") in rules_of(sample, LETTER, "--online")
        server.shutdown()
    assert (LETTER, "external-link") in rules_of(sample, LETTER, "--online"), "the answer was not kept"


# --- Ctrl-C ---


SLOW = """
import os, sys, time
from dataclasses import dataclass
from pathlib import Path
from generator.cli import generate
from generator.cli.generate.check import show_progress
from generator.publication import jobs
from generator.content import load_newsletter
from generator.model import Language

@dataclass(frozen=True)
class Wait(jobs.CheckLetter):
    def run(self, newsletter):
        time.sleep(0.2)
        return []

@generate.main.command()
def wait():
    newsletter = load_newsletter(Path(sys.argv[2]))
    work = [Wait(newsletter.archive.issues[0].week)] * 100
    jobs.run_jobs(newsletter, work, show_progress, many=int(os.environ["MANY"]))

generate.main()
"""


@pytest.mark.parametrize("many", [0, 1000], ids=["many processes", "one process"])
def test_ctrl_c_ends_it_at_once_and_says_so(sample: Path, many: int) -> None:
    """On a terminal, where it shows how far it is; no traceback, and no process that stays."""
    main_end, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, "--root", str(sample), "wait"],
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        env={**os.environ, "TERM": "xterm", "MANY": str(many)},
    )
    os.close(end)
    seen: list[bytes] = []

    def read() -> None:
        try:
            while chunk := os.read(main_end, 4096):
                seen.append(chunk)
        except OSError:  # the terminal is gone
            pass

    reader = threading.Thread(target=read)
    reader.start()
    try:
        limit = time.monotonic() + 60
        while b"Checking" not in b"".join(seen) and time.monotonic() < limit:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of them
        assert process.wait(10) == 130
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        reader.join()
        os.close(main_end)
    output = b"".join(seen).decode()
    assert re.search(r"Checking .* \d+/100", output)
    assert output.rstrip().endswith("Stopped.")
    assert "Traceback" not in output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
