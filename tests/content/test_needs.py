"""What a command does not need cannot stop it, and is not among the values that it works with."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePath

import pytest

from generator.content import Newsletter, load_newsletter
from generator.content.needs import (
    Needs,
    need_assembly,
    need_letter,
    need_nothing,
    need_releases,
    need_site,
    need_thought,
)
from generator.errors import ContentError
from generator.model import Week
from tests.languages import EN, LANGUAGES, NL

WEEK = Week(2026, 46)
"""Its letter is about reputation, and made from the thought bet-on-the-answer."""
OUT = datetime(2026, 11, 13, 5, 0, tzinfo=UTC)
"""The moment at which it goes out: 06:00 in Amsterdam."""

OWN = "newsletter/issues/2026-W46/nl.md"
PICTURE = "newsletter/issues/2026-W46/picture.png"
EARLIER = "newsletter/issues/2026-W45/en.md"
LATER = "newsletter/issues/2026-W47/nl.md"
CERTAINTY = "docs/en/certainties/reputation.md"
OTHER_CERTAINTY = "docs/nl/certainties/rebound.md"
PAGE = "docs/nl/glossary.md"
THOUGHT = "newsletter/thoughts/reputation/bet-on-the-answer.en.md"
OTHER_THOUGHT = "newsletter/thoughts/rebound/a-no-with-a-date.nl.md"
EVIDENCE = "newsletter/evidence.yaml"
ASSESSMENT = "newsletter/assessment.en.yaml"
RELEASED = "newsletter/released.json"
WORDS = "newsletter/words.nl.txt"
CLICHES = "newsletter/cliches.en.txt"

EVERYTHING = {
    *(OWN, PICTURE, EARLIER, LATER, CERTAINTY, OTHER_CERTAINTY, PAGE, THOUGHT, OTHER_THOUGHT),
    *(EVIDENCE, ASSESSMENT, RELEASED, WORDS, CLICHES),
}
FACTS = {EVIDENCE, WORDS, CLICHES}

Make = Callable[[Path], Needs]

NEEDS: dict[str, tuple[Make, set[str]]] = {
    "nothing": (lambda _: need_nothing, set()),
    "a letter": (
        lambda root: need_letter(root, WEEK),
        FACTS | {OWN, PICTURE, CERTAINTY, THOUGHT, RELEASED},
    ),
    "a letter that is not there": (lambda root: need_letter(root, Week(2026, 49)), FACTS | {RELEASED}),
    "a thought": (lambda root: need_thought(root, "reputation"), FACTS | {CERTAINTY}),
    "what a letter is made from": (
        need_assembly,
        FACTS | {CERTAINTY, OTHER_CERTAINTY, THOUGHT, OTHER_THOUGHT},
    ),
    "what is out is recorded": (
        lambda root: need_releases(root, OUT),
        FACTS | {OWN, PICTURE, EARLIER, CERTAINTY, THOUGHT, RELEASED},
    ),
    "nothing is out yet": (
        lambda root: need_releases(root, datetime(2026, 1, 1, tzinfo=UTC)),
        FACTS | {RELEASED},
    ),
    "the site": (
        lambda root: need_site(root, OUT),
        {OWN, PICTURE, EARLIER, CERTAINTY, OTHER_CERTAINTY, PAGE, EVIDENCE, ASSESSMENT},
    ),
    "the site a second before": (
        lambda root: need_site(root, datetime(2026, 11, 13, 4, 59, 59, tzinfo=UTC)),
        {EARLIER, CERTAINTY, OTHER_CERTAINTY, PAGE, EVIDENCE, ASSESSMENT},
    ),
    "the site when all letters are out": (
        lambda root: need_site(root, datetime(2027, 1, 1, tzinfo=UTC)),
        {OWN, PICTURE, EARLIER, LATER, CERTAINTY, OTHER_CERTAINTY, PAGE, EVIDENCE, ASSESSMENT},
    ),
}


@pytest.mark.parametrize("name", NEEDS)
def test_what_is_needed(sample: Path, name: str) -> None:
    make, expected = NEEDS[name]
    needs = make(sample)
    assert {path for path in EVERYTHING if needs(PurePath(path))} == expected


@pytest.mark.parametrize(
    "folder", ["newsletter", "newsletter/issues", "docs", "docs/en", "docs/en/certainties"]
)
def test_a_folder_above_is_needed_too(sample: Path, folder: str) -> None:
    assert need_letter(sample, WEEK)(PurePath(folder))


@pytest.mark.parametrize("name", ["2026W46", "2026-w46", "2026-W46 copy", "2026_W46"])
def test_another_folder_of_the_same_week_is_needed_too(sample: Path, name: str) -> None:
    (sample / "newsletter/issues" / name).mkdir()
    assert need_letter(sample, WEEK)(PurePath("newsletter/issues", name))
    assert not need_letter(sample, Week(2026, 45))(PurePath("newsletter/issues", name))


@pytest.mark.parametrize(
    "old, new",
    [("title: ", "title: a: "), ("---\n\n", "\n"), ("certainty: ", "certainty:   '"), ("\n", "\r\n")],
)
def test_what_a_letter_names_is_found_whatever_is_wrong_with_the_letter(
    sample: Path, old: str, new: str
) -> None:
    for language in LANGUAGES:
        path = sample / f"newsletter/issues/2026-W46/{language}.md"
        text = path.read_text()
        assert old in text
        path.write_bytes(text.replace(old, new).encode())
    needs = need_letter(sample, WEEK)
    assert needs(PurePath(CERTAINTY))
    assert needs(PurePath(THOUGHT))
    assert not needs(PurePath(OTHER_CERTAINTY))


def test_while_the_settings_cannot_be_read_every_letter_may_be_out(sample: Path) -> None:
    (sample / "newsletter/settings.toml").write_text("")
    assert need_site(sample, OUT)(PurePath(LATER))


# --- Reading ---


def spoil(root: Path, *paths: str) -> None:
    """Leave a conflict in some files: a problem that no kind of file can have in another way."""
    for path in paths:
        with (root / path).open("a") as file:
            file.write("<<<<<<< HEAD\n")


def load(root: Path) -> Newsletter:
    return load_newsletter(root, needs=need_nothing)


def test_without_needs_everything_is_needed(sample: Path) -> None:
    spoil(sample, OWN, WORDS)
    with pytest.raises(ContentError) as error:
        load_newsletter(sample)
    assert [str(problem.path) for problem in error.value.problems] == [OWN, WORDS]


def test_only_the_problems_of_what_is_needed_are_raised(sample: Path) -> None:
    spoil(sample, OWN, LATER, WORDS, OTHER_CERTAINTY)
    with pytest.raises(ContentError) as error:
        load_newsletter(sample, needs=need_letter(sample, WEEK))
    assert [str(problem.path) for problem in error.value.problems] == [OWN, WORDS]


def test_the_settings_are_always_needed(sample: Path) -> None:
    spoil(sample, "newsletter/settings.toml", OWN)
    with pytest.raises(ContentError) as error:
        load(sample)
    assert [str(problem.path) for problem in error.value.problems] == ["newsletter/settings.toml"]


def test_what_has_a_problem_is_left_out_and_the_rest_is_as_it_was(sample: Path) -> None:
    before = load_newsletter(sample)
    assert before.ignored == before.list_unread() == ()
    spoil(sample, OWN, OTHER_CERTAINTY, PAGE, OTHER_THOUGHT, ASSESSMENT)
    after = load(sample)
    assert [str(problem.path) for problem in after.ignored] == sorted(
        [OWN, OTHER_CERTAINTY, PAGE, OTHER_THOUGHT, ASSESSMENT]
    )
    assert after.list_unread() == (WEEK,)
    assert after.archive.issues == tuple(issue for issue in before.archive.issues if issue.week != WEEK)
    for language in LANGUAGES:
        for texts, others in (
            (after.playbook.certainties, before.playbook.certainties),
            (after.playbook.pages, before.playbook.pages),
            (after.playbook.thoughts, before.playbook.thoughts),
        ):
            assert texts[language] == tuple(
                text
                for text in others[language]
                if str(text.source.relative_to(sample)) not in {OTHER_CERTAINTY, PAGE, OTHER_THOUGHT}
            )
    assert set(after.playbook.assessment) == {NL}
    assert after.playbook.facts == before.playbook.facts
    assert after.settings == before.settings


def test_lists_that_cannot_be_read_are_empty(sample: Path) -> None:
    for path in (WORDS, CLICHES, WORDS.replace("nl", "en")):
        (sample / path).write_text("a-word\n")
    (sample / RELEASED).write_text("{}")
    spoil(sample, EVIDENCE, WORDS, CLICHES, RELEASED)
    newsletter = load(sample)
    assert newsletter.playbook.facts == {}
    assert newsletter.releases == {}
    assert newsletter.style[NL].words == frozenset()
    assert newsletter.style[EN].cliches == ()
    assert newsletter.style[EN].words == {"a-word"}


@pytest.mark.parametrize(
    "path, message",
    [
        ("newsletter/issues/2026-W46/nl.MD", "is not an edition"),
        ("newsletter/issues/2026-W46/en.txt", "is not an edition"),
        ("newsletter/issues/2026-w46", "two letters in one week"),
    ],
)
def test_a_letter_with_something_wrong_in_its_folder_is_left_out(
    sample: Path, path: str, message: str
) -> None:
    if path.endswith("w46"):
        (sample / path).mkdir()
    else:
        (sample / path).write_text("x")
    newsletter = load(sample)
    assert message in newsletter.ignored[0].message
    assert newsletter.list_unread() == (() if path.endswith("w46") else (WEEK,))
    with pytest.raises(ContentError, match=message):
        newsletter.require(need_letter(sample, WEEK))
    newsletter.require(need_letter(sample, Week(2026, 47)))


def test_problems_that_are_in_the_way_can_be_asked_for(sample: Path) -> None:
    spoil(sample, OWN, LATER)
    newsletter = load(sample)
    (found,) = newsletter.find_problems(need_letter(sample, WEEK))
    assert str(found.path) == OWN
    newsletter.require(need_nothing)
    with pytest.raises(ContentError):
        newsletter.require(need_letter(sample, WEEK))
