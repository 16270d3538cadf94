"""`newsletter send` prepares a letter from what that letter needs, and not from the archive."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.cli.mailing.freeze import Prepared, Recipe, prepare
from generator.model import Language, Week
from tests.clocks import NOW

OTHERS = (
    "newsletter/issues/2026-W45/nl.md",
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


def make(root: Path, now: datetime = NOW, *, looks: bool = True) -> Prepared:
    recipe = Recipe(root, Week(2026, 46), now, "https://letter.example.org/", looks=looks, without_git=True)
    return prepare(recipe)


@pytest.mark.parametrize("looks", [True, False])
def test_a_letter_is_the_same_whatever_is_wrong_with_another_text(sample: Path, looks: bool) -> None:
    """To the byte: what was frozen is compared with it."""
    before = make(sample, looks=looks)
    assert set(before.masters) == set(Language)
    spoil(sample, *OTHERS)
    after = make(sample, looks=looks)
    assert after == before
    assert after.obstacles == ()


@pytest.mark.parametrize("path", NEEDED)
def test_a_letter_is_not_sent_without_what_it_needs(sample: Path, path: str) -> None:
    spoil(sample, path, *OTHERS)
    prepared = make(sample)
    assert prepared.masters == {}
    assert prepared.obstacles == ("its files cannot be read (see above)",)
    assert sum("error" in line for line in prepared.report) == 1
    assert f"{path}:" in "\n".join(prepared.report)


def test_a_letter_that_is_dated_after_the_end_of_next_year_is_not_sent(sample: Path) -> None:
    prepared = make(sample, datetime(2024, 12, 1, tzinfo=UTC))
    assert prepared.masters == {}
    assert "“published” is after the end of 2025; check the year" in "\n".join(prepared.report)
