"""`generate new thought`: two files that ask and hold nothing a reader could see."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from generator.cli.generate import main
from generator.content import load_newsletter
from generator.model import Language

FOLDER = "newsletter/thoughts/referral"
FILES = [f"{FOLDER}/a-table-for-four.{language}.md" for language in ("nl", "en")]
FRONT = {
    "title:": "title: Een tafel voor vier",
    "summary:": "summary: Wie naast wie zit, bepaal jij, en dat kost je hooguit een half uur bellen.",
    "actions: []": "actions: [ref-1]",
}


def run(root: Path, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(main, ["--root", str(root), *arguments], input=answer, catch_exceptions=False)


def start(root: Path, *name: str) -> Result:
    return run(root, "new", "thought", "referral", *(name or ["a-table-for-four"]))


def fill(root: Path, *keys: str, text: str = "") -> None:
    """Fill in some keys of both files, and the text below them."""
    for file in FILES:
        skeleton = (root / file).read_text()
        for key in keys:
            assert skeleton.count(f"\n{key}\n") == 1
            skeleton = skeleton.replace(f"\n{key}\n", f"\n{FRONT[key]}\n")
        (root / file).write_text(skeleton + text)


def read_tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_both_files_are_made_and_it_says_what_is_next(sample: Path) -> None:
    before = read_tree(sample)
    done = start(sample)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        f"Wrote {FILES[0]} and a-table-for-four.en.md.",
        f"Next: read newsletter/STYLE.md, write both, and run: generate check {FOLDER}",
        "Until then every other command stops and names them; a dot before both names puts them aside.",
    ]
    assert {path for path in read_tree(sample) if path not in before} == {*FILES}


def test_it_shows_the_items_with_their_use_and_the_facts_that_may_be_cited(sample: Path) -> None:
    thoughts = load_newsletter(sample).playbook.thoughts[Language.NL]
    uses = sum("ref-2" in thought.actions for thought in thoughts)
    start(sample)
    dutch, english = ((sample / file).read_text() for file in FILES)
    assert f"#   ref-2  Eén van hen om een introductie bij één genoemde persoon gevraagd. ({uses})" in dutch
    assert "#   ref-2  Asked one of them" in english
    assert "#   ref-kumar-2007  Kumar e.a. (2007)\n" in dutch
    assert ", only with its caveat\n" in dutch
    assert "ref-10x" not in dutch, "a fact that is to be avoided"


def test_a_new_thought_is_a_problem_in_each_key_and_no_letter_is_made_from_it(sample: Path) -> None:
    """Not even one that has nothing to do with it: nobody overlooks half a thought."""
    start(sample)
    done = run(sample, "check", FOLDER)
    assert done.exit_code == 1
    for file in FILES:
        assert f"{file}:5: error: “title” is empty; expected the title" in done.output
        assert f"{file}:7: error: “summary” is empty; expected one sentence" in done.output
        assert "error: “actions” is []; expected one to three item ids, like [ref-2]" in done.output
    for command in (["plan"], ["issue", "--week", "2026-W49"], ["issue", "--week", "2026-W47"]):
        done = run(sample, *command)
        assert done.exit_code == 1
        assert "6 problems; nothing was written" in done.output


@pytest.mark.parametrize(
    "keys, expected",
    [
        (["title:"], "“summary” is empty"),
        (["title:", "summary:"], "“actions” is []"),
        (["title:", "summary:", "actions: []"], "the text of the thought is missing"),
    ],
)
def test_what_is_half_written_names_what_is_left(sample: Path, keys: list[str], expected: str) -> None:
    start(sample)
    fill(sample, *keys)
    done = run(sample, "check", FOLDER)
    assert done.exit_code == 1
    assert done.output.count(expected) == 2
    assert run(sample, "plan").exit_code == 1


def test_a_thought_that_was_written_keeps_its_prompts_to_itself(sample: Path) -> None:
    """The comments may stay; no letter holds a word of them."""
    start(sample)
    fill(sample, *FRONT, text="\nEen tekst van een redacteur.\n")
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
        f"Error: {FOLDER}/{aside}a-table-for-four.en.md exists already; nothing was written. "
        "Choose another name.\n"
    )
    assert read_tree(sample) == before


def test_without_a_name_it_asks(sample: Path) -> None:
    done = run(sample, "new", "thought", "referral", answer="A table for four\n")
    assert done.exit_code == 0
    assert "What is it about? Two to six English words" in done.output
    assert all((sample / file).exists() for file in FILES)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["referal", "x"], "unknown certainty “referal”; did you mean “referral”?"),
        (["referral", "…"], "“…” is no name; use English words, like who-calls-you"),
        (["referral", "één tafel"], "“één tafel” is no name; use English words, like who-calls-you"),
        (["referral", "a" * 61], "has 61 characters; use two to six words, at most 60"),
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
    text = CliRunner().invoke(main, ["new", "thought", "--help"]).output
    assert "generate new thought referral who-calls-you" in text
