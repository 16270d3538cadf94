"""A letter is prepared from what it needs, and the archive only adds names; what is wrong with it is said."""

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.mailing.freeze import Prepared, Recipe, prepare, prepare_apart
from generator.model import Week
from tests.clocks import NOW
from tests.languages import EN, LANGUAGES, NL

WEEK = Week(2026, 46)
"""A letter of the sample with nothing wrong in it; that of the week after has errors."""
SERVICE = "https://letter.example.org/"

EARLIER = "newsletter/issues/2026-W45/nl.md"
OTHERS = (
    "newsletter/issues/2026-W47/en.md",
    "docs/nl/certainties/rebound.md",
    "docs/en/glossary.md",
    "newsletter/assessment.nl.yaml",
    "newsletter/thoughts/rebound/a-no-with-a-date.nl.md",
)
NEEDED = (
    "newsletter/issues/2026-W46/en.md",
    "docs/nl/certainties/reputation.md",
    "newsletter/thoughts/reputation/bet-on-the-answer.nl.md",
    "newsletter/evidence.yaml",
)


def spoil(root: Path, *paths: str) -> None:
    for path in paths:
        with (root / path).open("a") as file:
            file.write("<<<<<<< HEAD\n")


def order(root: Path, week: Week = WEEK, *, without_git: bool = True) -> Recipe:
    return Recipe(root, week, NOW, SERVICE, without_git=without_git)


def make(root: Path, now: datetime = NOW, *, looks: bool = True) -> Prepared:
    return prepare(replace(order(root), date=now, looks=looks))


@pytest.mark.parametrize("looks", [True, False])
def test_a_letter_is_the_same_whatever_is_wrong_with_another_text(sample: Path, looks: bool) -> None:
    """To the byte: what was frozen is compared with it."""
    before = make(sample, looks=looks)
    assert set(before.masters) == set(LANGUAGES)
    spoil(sample, *OTHERS)
    after = make(sample, looks=looks)
    assert after == before
    assert after.obstacles == ()


def test_a_letter_is_sent_without_the_name_of_an_earlier_one_that_cannot_be_read(sample: Path) -> None:
    before = make(sample)
    spoil(sample, EARLIER)
    after = make(sample)
    assert after.obstacles == ()
    for language, earlier in ((NL, b"EERDERE BRIEVEN"), (EN, b"EARLIER LETTERS")):
        assert earlier in before.masters[language]
        assert earlier not in after.masters[language]
        number = re.compile(rb"(nr|no\.) 2 =C2=B7 ")
        assert number.search(before.masters[language])
        assert number.search(after.masters[language]), "readers have had it all the same"


@pytest.mark.parametrize("path", NEEDED)
def test_a_letter_is_not_sent_without_what_it_needs(sample: Path, path: str) -> None:
    spoil(sample, path, EARLIER, *OTHERS)
    prepared = make(sample)
    assert prepared.masters == {}
    assert prepared.obstacles == ("its files cannot be read (see above)",)
    assert [str(problem.path) for problem in prepared.problems] == [path]


def test_a_letter_that_is_dated_after_the_end_of_next_year_is_not_sent(sample: Path) -> None:
    prepared = make(sample, datetime(2024, 12, 1, tzinfo=UTC))
    assert prepared.masters == {}
    said = "“published” is after the end of 2025; check the year"
    assert any(said in problem.message for problem in prepared.problems)


# --- The letter itself ---


def test_a_good_letter_is_rendered_in_every_language(sample):
    prepared = prepare(order(sample))
    assert prepared.obstacles == ()
    assert set(prepared.masters) == set(LANGUAGES)
    assert prepared.certainty == "reputation"
    # The same input, the same bytes: in a process of its own too.
    assert prepare_apart(replace(order(sample), looks=False)) == replace(prepared, commit="")


class Deadly(Recipe):
    """Ends the process that unpacks it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (1,)


def test_a_process_that_dies_is_said(sample):
    with pytest.raises(GeneratorError, match="the process that prepares the letter was killed"):
        prepare_apart(Deadly(sample, WEEK, NOW, SERVICE))


def test_errors_are_shown_and_counted(sample):
    prepared = prepare(order(sample, WEEK.next()))
    assert all(problem.blocks for problem in prepared.problems)
    assert prepared.obstacles == ("it has 2 errors (see above, or run `generate check 2026-W47`)",)


def test_a_draft_is_not_for_readers_but_can_be_shown(sample):
    for path in (sample / "newsletter/issues/2026-W46").glob("*.md"):
        text = path.read_text(encoding="utf-8").replace("---\n", "---\ndraft: true\n", 1)
        path.write_text(text, encoding="utf-8")
    prepared = prepare(order(sample))
    assert prepared.obstacles[0].startswith("it is a draft")
    assert prepared.masters


def test_a_week_without_a_letter_names_one_that_has_one(sample):
    assert prepare(order(sample, Week(2026, 48))).obstacles == (
        "there is no letter of 2026-W48; the nearest is 2026-W47; run `generate issue 2026-W48` to make it",
    )


def test_a_project_outside_git_is_an_obstacle_unless_told(sample):
    assert "--without-git" in prepare(order(sample, without_git=False)).obstacles[0]
    (obstacle,) = prepare(order(sample, Week(2026, 48), without_git=False)).obstacles
    assert "git" not in obstacle, "which is beside the point when there is no letter"


def test_what_cannot_be_read_is_shown_where_it_stands(sample):
    (sample / "newsletter/issues/2026-W46/nl.md").write_text("nothing", encoding="utf-8")
    prepared = prepare(order(sample))
    assert prepared.obstacles == ("its files cannot be read (see above)",)
    assert [str(problem.path) for problem in prepared.problems] == ["newsletter/issues/2026-W46/nl.md"]


def test_what_cannot_be_rendered_at_all_is_said(sample):
    (sample / "templates/email/letter.txt").write_text("{{", encoding="utf-8")
    prepared = prepare(replace(order(sample), looks=False))
    assert len(prepared.obstacles) == 1
    assert not prepared.masters
