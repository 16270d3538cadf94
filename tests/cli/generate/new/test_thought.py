"""`generate new thought`: two files that ask and hold nothing a reader could see."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from generator.content import load_newsletter
from tests.clocks import STOPPED
from tests.languages import NL

FOLDER = "newsletter/thoughts/referral"
FILES = [f"{FOLDER}/a-table-for-four.{language}.md" for language in ("nl", "en")]
FRONT = {
    "title:": "title: Een tafel voor vier",
    "summary:": "summary: Wie naast wie zit, bepaal jij, en dat kost je hooguit een half uur bellen.",
    "action:": "action: Als ik de tafels indeel, dan zet ik wie ik ken bij wie ik wil kennen.",
    "actions: []": "actions: [ref-1]",
}
DRAFT = "draft: true\n"


def run(root: Path, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(
        main, obj=STOPPED, args=["--root", str(root), *arguments], input=answer, catch_exceptions=False
    )


def start(root: Path, *name: str) -> Result:
    return run(root, "new", "thought", "referral", *(name or ["a-table-for-four"]))


def fill(root: Path, *keys: str, text: str = "") -> None:
    """Fill in some keys of both files, and the text below them."""
    for file in FILES:
        skeleton = (root / file).read_text()
        for key in keys:
            assert skeleton.count(f"\n{key}\n") == 1
            skeleton = skeleton.replace(f"\n{key}\n", f"\n{FRONT[key]}\n")
        if file.endswith(".en.md"):
            skeleton = skeleton.replace(
                "action: Als ik de tafels indeel, dan", "action: When I lay the tables,"
            )
        (root / file).write_text(skeleton + text)


def finish(root: Path, *files: str) -> None:
    """Delete the line that says that it is a draft."""
    for file in files or FILES:
        skeleton = (root / file).read_text()
        assert skeleton.count(f"\n{DRAFT}") == 1
        (root / file).write_text(skeleton.replace(DRAFT, ""))


def read_tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_both_files_are_made_and_it_says_what_is_next(sample: Path) -> None:
    before = read_tree(sample)
    done = start(sample)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"Wrote {FILES[0]} and a-table-for-four.en.md.",
        f"Next: read newsletter/STYLE.md, write both, and run: generate check {FOLDER}/a-table-for-four.*",
        "Both are drafts, which are not checked or used yet. When they are finished, delete “draft: true” in both.",
    ]
    assert {path for path in read_tree(sample) if path not in before} == {*FILES}


def test_it_shows_the_items_with_their_use_and_the_facts_that_may_be_cited(sample: Path) -> None:
    thoughts = load_newsletter(sample).playbook.thoughts[NL]
    uses = sum("ref-2" in thought.actions for thought in thoughts)
    start(sample)
    dutch, english = ((sample / file).read_text() for file in FILES)
    assert f"#   ref-2  Eén van hen om een introductie bij één genoemde persoon gevraagd. ({uses})" in dutch
    assert "#   ref-2  Asked one of them" in english
    assert "#   ref-kumar-2007  Kumar e.a. (2007)\n" in dutch
    assert ", only with its caveat\n" in dutch
    assert "ref-10x" not in dutch, "a fact that is to be avoided"


COMMANDS = [
    ["plan"],
    ["check"],
    ["check", FOLDER],
    ["check", "newsletter"],
    ["check", "2026-W47"],
    ["issue", "--week", "2026-W49", "--dry-run"],
    ["issue", "--week", "2026-W47", "--dry-run"],
    ["release", "2026-W46", "--dry-run"],
    ["preview", "2026-W47", "--static", "shown"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "spoil",
    [
        "title: [a\n",
        pytest.param("", marks=pytest.mark.slow),
        pytest.param("title: a: b\n", marks=pytest.mark.slow),
        pytest.param("<<<<<<< HEAD\n", marks=pytest.mark.slow),
        pytest.param("actions: x\n", marks=pytest.mark.slow),
    ],
)
def test_a_thought_that_was_started_stops_nothing(
    sample: Path, command: list[str], spoil: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor when it cannot even be read: as long as it says that it is a draft."""
    monkeypatch.chdir(sample)
    before = run(sample, *command)
    start(sample)
    for file in FILES:
        (sample / file).write_text((sample / file).read_text().replace(DRAFT, DRAFT + spoil))
    after = run(sample, *command)
    assert after.exit_code == before.exit_code
    lost = [line for line in before.output.splitlines() if line not in after.output.splitlines()]
    more = [line for line in after.output.splitlines() if line not in before.output.splitlines()]
    if command == ["plan"]:
        assert not lost
    else:
        assert not lost or lost == [more[0].replace("; 1 draft not checked.", ".")]
        assert "a-table-for-four" not in after.output


def test_no_letter_is_made_from_a_draft(sample: Path) -> None:
    """Not from one that is complete either, nor when it is asked for."""
    for path in (sample / FOLDER).parent.rglob("*.md"):
        path.unlink()
    start(sample)
    fill(sample, *FRONT, text="\nEen tekst van een redacteur.\n")
    done = run(sample, "issue", "--week", "2026-W49", "--thought", "a-table-for-four")
    assert done.exit_code == 1
    assert done.output == (
        "Error: the thought “a-table-for-four” is a draft; delete “draft: true” in both files first\n"
    )
    assert "all thoughts of" in run(sample, "issue", "--week", "2026-W49").output
    assert load_newsletter(sample).playbook.thoughts[NL] == ()
    finish(sample)
    assert run(sample, "issue", "--week", "2026-W49").exit_code == 0
    assert "thought: a-table-for-four" in (sample / "newsletter/issues/2026-W49/nl.md").read_text()


def test_plan_names_the_drafts_with_their_languages(sample: Path) -> None:
    start(sample)
    start(sample, "a second table")
    (sample / FOLDER / "a-second-table.en.md").unlink()
    lines = [line.split() for line in run(sample, "plan").output.splitlines()]
    place = lines.index(["draft", "of", "thought", "languages"])
    assert lines[place + 1 : place + 3] == [
        ["referral", "a-second-table", "nl"],
        ["referral", "a-table-for-four", "nl,", "en"],
    ]


@pytest.mark.parametrize("names", [FILES, FILES[:1], FILES[1:]], ids=["both", "Dutch", "English"])
def test_a_draft_that_is_named_is_checked_as_if_it_were_none(sample: Path, names: list[str]) -> None:
    start(sample)
    done = run(sample, "check", *names)
    assert done.exit_code == 1
    for file in FILES:
        named = file in names
        assert (f"{file}:7: error: “title” is empty; expected the title" in done.output) is named
        assert (f"{file}:9: error: “summary” is empty; expected one sentence" in done.output) is named
        assert (
            f"{file} is a draft: delete “draft: true” in both languages when it is finished.\n" in done.output
        ) is named
    assert done.output.count("error: “actions” is []; expected one or two item ids, like [ref-2]") == len(
        names
    )
    assert "Nothing was checked; correct this first.\n" in done.output


def test_the_rules_look_at_a_draft_that_is_named_and_at_one_language_before_the_other(sample: Path) -> None:
    start(sample)
    fill(sample, *FRONT, text="\nEen tekst van een redakteur.\n")
    (sample / FILES[1]).write_text(f"---\n{DRAFT}---\n")
    done = run(sample, "check", FILES[0])
    assert done.exit_code == 0
    assert "warning: “redakteur” is not in the dictionary" in done.output
    assert "Checked 1 thought, in Dutch.\n" in done.output


def test_other_drafts_are_counted(sample: Path) -> None:
    start(sample)
    start(sample, "a second table")
    assert "in 2 languages; 2 drafts not checked.\n" in run(sample, "check").output
    assert "in 2 languages; 2 drafts not checked.\n" in run(sample, "check", FOLDER).output
    assert "drafts not looked at" not in run(sample, "check", "docs").output
    assert "2 drafts" not in run(sample, "check", *FILES, FOLDER).output
    assert "; 1 draft not checked.\n" in run(sample, "check", *FILES, FOLDER).output


@pytest.mark.parametrize("done, other", [FILES, FILES[::-1]])
def test_a_draft_in_one_language_only_is_told(sample: Path, done: str, other: str) -> None:
    start(sample)
    finish(sample, done)
    said = (
        f"{other}:5: error: “draft” is true here, but not in {Path(done).name}; "
        "both languages must be drafts, or neither\n"
    )
    for command in (["check"], ["check", other], ["issue", "--week", "2026-W49"]):
        found = run(sample, *command)
        assert found.exit_code == 1
        assert said in found.output
    assert run(sample, "issue", "--week", "2026-W47").exit_code == 0


@pytest.mark.parametrize(
    "line, is_draft",
    [
        ("draft: true", True),
        ("draft: True  # nog niet", True),
        ("draft : true", True),
        ("draft: yes", False),
        ("draft: false", False),
        ("# draft: true", False),
        ("  draft: true", False),
        ("draft: trueish", False),
    ],
)
def test_what_cannot_be_read_is_a_draft_when_a_line_says_so(sample: Path, line: str, is_draft: bool) -> None:
    """Below the front matter such a line is text."""
    for file in FILES:
        (sample / file).write_text(f"---\ntitle: [a\n{line}\n---\n")
    assert ("is not YAML" not in run(sample, "check").output) is is_draft
    for file in FILES:
        (sample / file).write_text(f"---\ntitle: [a\n---\n{line}\n")
    assert "is not YAML" in run(sample, "check").output
    for file in FILES:
        (sample / file).write_text(f"---\ntitle: a\n{line}\n")
    assert ("is not closed" not in run(sample, "check").output) is is_draft


@pytest.mark.parametrize("line", ["draft: yes", "draft: on", '"draft": true'])
def test_what_can_be_read_is_a_draft_in_every_way_in_which_yaml_says_so(sample: Path, line: str) -> None:
    start(sample)
    fill(sample, *FRONT, text="\nEen tekst.\n")
    for file in FILES:
        (sample / file).write_text((sample / file).read_text().replace(DRAFT, f"{line}\n"))
    assert "1 draft not checked" in run(sample, "check").output


@pytest.mark.parametrize(
    "keys, expected",
    [
        (["title:"], "“summary” is empty"),
        (["title:", "summary:", "action:"], "“actions” is []"),
        (["title:", "summary:", "action:", "actions: []"], "the text of the thought is missing"),
    ],
)
def test_what_is_half_written_and_no_draft_any_more_names_what_is_left(
    sample: Path, keys: list[str], expected: str
) -> None:
    start(sample)
    fill(sample, *keys)
    finish(sample)
    for command in (["check"], ["check", FOLDER], ["issue", "--week", "2026-W49"]):
        done = run(sample, *command)
        assert done.exit_code == 1
        assert done.output.count(f"error: {expected}") == 2
    assert "problems in 2 files that are not needed here: see `generate check`." in run(sample, "plan").output


def test_a_thought_that_was_written_keeps_its_prompts_to_itself(sample: Path) -> None:
    """The comments may stay; no letter holds a word of them."""
    start(sample)
    fill(sample, *FRONT, text="\nEen tekst van een redacteur.\n")
    finish(sample)
    done = run(
        sample, "issue", "--week", "2026-W49", "--certainty", "referral", "--thought", "a-table-for-four"
    )
    assert done.exit_code == 0
    for path in [*sample.glob("newsletter/issues/2026-W49/*"), *sample.glob("build/issues/2026-W49/nl/*")]:
        assert "STYLE" not in path.read_text()
        assert path.name == "en.md" or "Een tekst van een redacteur" in path.read_text()


def test_a_dot_before_both_names_puts_a_thought_aside(sample: Path) -> None:
    start(sample)
    for file in FILES:
        (sample / file).rename((sample / file).with_name(f".{Path(file).name}"))
    assert run(sample, "plan").exit_code == 0


def test_a_second_one_can_be_started_before_the_first_is_written(sample: Path) -> None:
    start(sample)
    done = start(sample, "Who's on first?")
    assert done.exit_code == 0
    assert (sample / FOLDER / "whos-on-first.nl.md").exists()


@pytest.mark.parametrize("certainty", ["referral", "relations"])
@pytest.mark.parametrize("aside", ["", "."])
def test_nothing_that_exists_is_overwritten(sample: Path, certainty: str, aside: str) -> None:
    """Neither of the two, nor when only one is there, aside or elsewhere: a letter names a thought by it."""
    path = sample / FOLDER / f"{aside}a-table-for-four.en.md"
    path.write_text("mine")
    before = read_tree(sample)
    done = run(sample, "new", "thought", certainty, "A table for four")
    assert done.exit_code == 1
    assert done.output == (
        f"Error: {FOLDER}/{aside}a-table-for-four.en.md already exists; nothing was written. "
        "Choose another name.\n"
    )
    assert read_tree(sample) == before


def test_without_a_name_it_asks(sample: Path) -> None:
    done = run(sample, "new", "thought", "referral", answer="A table for four\n")
    assert done.exit_code == 0
    assert "What is it about? Two to six English words" in done.output
    assert all((sample / file).exists() for file in FILES)


def test_without_a_name_and_without_somebody_to_ask_it_says_how_to_give_one(sample: Path) -> None:
    done = run(sample, "new", "thought", "referral", answer="")
    assert done.exit_code == 2
    assert (
        "Error: give a name after the certainty, two to six English words, like who-calls-you\n"
        in done.output
    )
    assert "Aborted" not in done.output


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["referal", "x"], "unknown certainty “referal”; did you mean “referral”?"),
        (["referral", "…"], "“…” is not a name; use two to six English words, like who-calls-you"),
        (
            ["referral", "één tafel"],
            "“één tafel” is not a name; use two to six English words, like who-calls-you",
        ),
        (["referral", "a" * 61], "has 61 characters; use two to six English words, at most 60"),
        (["referral", "x"], "“x” has 1 word; use two to six English words, like who-calls-you"),
        (["referral", "a-b-c-d-e-f-g"], "“a-b-c-d-e-f-g” has 7 words; use two to six English words"),
        (["referral", ""], "“” is not a name"),
        (["referral", "../../x y"], None),
    ],
)
def test_a_wrong_name_is_a_wrong_option(sample: Path, arguments: list[str], message: str | None) -> None:
    """And one that looks like a path is only words."""
    before = read_tree(sample)
    done = run(sample, "new", "thought", *arguments)
    if message is None:
        assert f"Wrote {FOLDER}/x-y.nl.md" in done.output
    else:
        assert done.exit_code == 2
        assert message in done.output
        assert read_tree(sample) == before


def test_its_help_has_an_example() -> None:
    text = CliRunner().invoke(main, obj=STOPPED, args=["new", "thought", "--help"]).output
    assert "generate new thought referral a-name-from-the-fair" in text
