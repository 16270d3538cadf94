"""A check that knows what the last one found says what a check says that knows nothing."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import generator.check
from generator.cache import Cache
from generator.content import Newsletter, load_newsletter
from generator.model import Problem
from generator.publication.findings import Findings, Keys
from generator.publication.jobs import CheckLetter, plan_jobs, run_jobs
from generator.publication.selection import Selection
from tests.cli.generate.test_check import LETTER, THOUGHT, spoil
from tests.clocks import NOW

OLD, TWIN = "newsletter/issues/2026-W45/en.md", LETTER
SUBJECT = "A bet, fair & square: what does your customer say"


def check(root: Path, findings: Findings | None = None) -> list[Problem]:
    newsletter = load_newsletter(root, now=NOW)
    return run_jobs(newsletter, list(plan_jobs(newsletter, Selection())), findings=findings)


def in_both(week: str, old: str, new: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        for language in ("nl", "en"):
            spoil(root, f"newsletter/issues/{week}/{language}.md", old, new)

    return change


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: spoil(root, path, old, new)


def add(path: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def link_to(anchor: str) -> Callable[[Path], None]:
    """Let the newest letter link to a heading of the one before."""

    def change(root: Path) -> None:
        for language in ("nl", "en"):
            address = f"https://example.org/{'' if language == 'nl' else 'en/'}archive/2026-W46/#{anchor}"
            spoil(
                root,
                f"newsletter/issues/2026-W47/{language}.md",
                "\n## Food for action",
                f"\n[2026]({address})\n\n## Food for action",
            )

    return change


def copy_letter(root: Path) -> None:
    """Write a letter that repeats an earlier one."""
    issues = root / "newsletter/issues"
    shutil.copytree(issues / "2026-W46", issues / "2026-W48")
    for text in (issues / "2026-W48").glob("*.md"):
        dated = (
            text.read_text("utf-8").replace("2026-11-13", "2026-11-27").replace("2026-11-16", "2026-11-30")
        )
        text.write_text(dated, "utf-8")


def release(root: Path) -> None:
    """Record the oldest letter as something else."""
    entry = {
        "id": "tag:example.org,2026:issue/2026-W45/en",
        "digest": "0" * 32,
        "updated": "2026-11-06T06:00:00+01:00",
    }
    (root / "newsletter/released.json").write_text(json.dumps({"2026-W45": {"en": entry}}), "utf-8")


def remove_letter(root: Path) -> None:
    shutil.rmtree(root / "newsletter/issues/2026-W46")


def link_to_file(root: Path) -> None:
    """Let a letter link to a file of the site."""
    (root / "docs/nl/sheet.txt").write_text("1\n", "utf-8")
    add(TWIN, "\n[Vel](https://example.org/sheet.txt)\n")(root)


@dataclass(frozen=True)
class Change:
    """A change, and what was made before the first check."""

    name: str
    make: Callable[[Path], None]
    before: Callable[[Path], None] = lambda _: None
    told: bool = True
    """Whether it changes what is found."""


CHANGES: Sequence[Change] = (
    Change("nothing", lambda _: None, told=False),
    Change("text", edit(OLD, "No idea.", "No ideaa.")),
    Change("front matter", edit(OLD, "summary: An", "summary: AN EXPENSIVE LETTER An")),
    Change("twin", edit(TWIN, "## Food for action", "### Nog iets\n\nTekst.\n\n## Food for action")),
    Change("subject of another letter", edit(OLD, "\nsummary:", f"\nsubject: '{SUBJECT}'\nsummary:")),
    Change("another letter is the first", remove_letter, before=copy_letter),
    Change("new letter", copy_letter),
    Change(
        "draft",
        in_both("2026-W46", "\ncertainty:", "\ndraft: true\ncertainty:"),
        before=link_to("food-for-thought"),
    ),
    Change(
        "heading that another letter links to",
        in_both("2026-W46", "## Food for action", "### Extra\n\nText.\n\n## Food for action"),
        before=link_to("extra"),
    ),
    Change("waiver", edit("newsletter/issues/2026-W47/nl.md", "every element", "each element"), told=False),
    Change("release", release),
    Change(
        "week that is skipped",
        edit("newsletter/settings.toml", 'name = "Royal', 'skip = ["2026-W46"]\nname = "Royal'),
        told=False,
    ),
    Change("settings", edit("newsletter/settings.toml", 'time = "06:00"', 'time = "07:00"')),
    Change(
        "evidence", edit("newsletter/evidence.yaml", "446 B2B exchanges", "447 B2B exchanges"), told=False
    ),
    Change("words", add("newsletter/words.en.txt", "ideaa\n"), before=edit(OLD, "No idea.", "No ideaa.")),
    Change("cliches", add("newsletter/cliches.en.txt", "no idea\n")),
    Change(
        "terms",
        add(
            "newsletter/STYLE.md",
            "\n| language | we write | not |\n| --- | --- | --- |\n| en | clue | idea |\n",
        ),
    ),
    Change("template", edit("templates/email/letter.html", "<h1", "<h1></h1><h1")),
    Change("words of the templates", edit("templates/words/en.toml", 'image = "', 'image = "X'), told=False),
    Change(
        "file of the site",
        lambda root: (root / "docs/nl/sheet.txt").unlink(),
        before=link_to_file,
    ),
    Change("thought", edit(THOUGHT, "summary: ", "summary: EEN TITEL MET HOOFDLETTERS ")),
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.name)
def test_known_findings_are_those_of_a_new_check(sample: Path, change: Change) -> None:
    change.before(sample)
    first: Findings = Cache()
    before = check(sample, first)
    change.make(sample)
    found = check(sample, first.again())
    assert found == check(sample)
    assert (found != before) is change.told


# --- Which changes need a new check of what ---


def list_new(root: Path, findings: Findings) -> set[str]:
    """Which letters, thoughts and renderings are not known."""
    newsletter = load_newsletter(root, now=NOW)
    keys = Keys(newsletter)
    jobs = list(plan_jobs(newsletter, Selection()))
    return {str(job.week or type(job).__name__) for job in jobs if findings.find(job.make_key(keys)) is None}


def test_a_changed_word_needs_a_check_of_its_letter_and_its_neighbours(sample: Path) -> None:
    findings: Findings = Cache()
    check(sample, findings)
    findings = findings.again()
    assert list_new(sample, findings) == set()
    copy_letter(sample)
    check(sample, findings)
    findings = findings.again()
    spoil(sample, OLD, "No idea.", "No clue.")
    # The page of a letter names the one after it, a mail the two before it, and all of them are made anew.
    assert list_new(sample, findings) == {"2026-W45", "2026-W46", "2026-W47", "RenderFeeds", "RenderPages"}


def test_a_failed_check_is_not_kept(sample: Path) -> None:
    week = load_newsletter(sample).archive.issues[0].week

    @dataclass(frozen=True)
    class Fail(CheckLetter):
        def run(self, newsletter: Newsletter) -> list[Problem]:
            raise MemoryError

    findings: Findings = Cache()
    (problem,) = run_jobs(load_newsletter(sample), [Fail(week)], findings=findings)
    assert "MemoryError" in problem.message
    assert findings.dump() is None


@pytest.mark.parametrize(
    "change",
    [edit(OLD, "No idea.", "No clue."), add("templates/words/en.toml", "\n# later\n")],
    ids=["text", "template"],
)
def test_what_changes_during_a_check_is_checked_again(sample: Path, change: Callable[[Path], None]) -> None:
    """It may have been read before or after, and could be put back as it was."""
    newsletter = load_newsletter(sample, now=NOW)
    week = newsletter.archive.issues[-1].week

    @dataclass(frozen=True)
    class Slow(CheckLetter):
        def run(self, newsletter: Newsletter) -> list[Problem]:
            change(sample)
            return super().run(newsletter)

    findings: Findings = Cache()
    run_jobs(newsletter, [Slow(week)], findings=findings)
    assert findings.dump() is None


def test_keys_are_the_same_in_every_process(sample: Path) -> None:
    """The order of a set differs from process to process."""
    add("newsletter/words.en.txt", "".join(f"word{letter}\n" for letter in "abcdefgh"))(sample)
    script = (
        "import sys; from pathlib import Path; from generator.content import load_newsletter;"
        "from generator.publication.findings import Keys; newsletter = load_newsletter(Path(sys.argv[1]));"
        "print([Keys(newsletter).of_letter(issue, None).hex() for issue in newsletter.archive.issues])"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script, str(sample)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_only_three_modules_of_the_checks_look_at_other_letters() -> None:
    """Whatever another one would read of them, the key of a letter does not have."""
    folder = Path(generator.check.__file__).parent
    reading = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"archive", "thoughts", "drafts"}
    }
    assert reading == {"rules/archive.py", "rules/subjects.py", "web/addresses.py"}
