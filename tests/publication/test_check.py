"""A project is checked from Python, without a terminal."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from generator.content import load_newsletter
from generator.errors import RequestError
from generator.model import Problem
from generator.publication.check import Checked, check_project
from tests.clocks import NOW
from tests.languages import NL


def check(root: Path, *targets: str, here: Path | None = None) -> Checked:
    return check_project(root, partial(load_newsletter, root), targets, here or root, NOW)


def test_problems_and_what_was_looked_at_are_returned(
    sample: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    checked = check(sample)
    assert {problem.path.parts[:3] for problem in checked.problems if problem.blocks} == {
        ("newsletter", "issues", "2026-W47")
    }
    coverage = checked.coverage
    assert coverage
    assert {kind: len({name for name, _ in found}) for kind, found in coverage.texts.items()} == {
        "page": 18,
        "thought": 8,
        "lesson": 0,
        "letter": 3,
    }
    assert (coverage.facts, coverage.unread, coverage.readable) == (6, False, True)
    assert not checked.ignored
    assert capfd.readouterr() == ("", "")


def test_a_path_is_as_seen_from_where_somebody_is(sample: Path) -> None:
    checked = check(sample, "2026-W45/nl.md", here=sample / "newsletter/issues")
    assert checked.coverage
    assert checked.coverage.texts["letter"] == {("2026-W45", NL)}
    with pytest.raises(RequestError, match=r"no such week or file: “2026-W45/nl\.md”"):
        check(sample, "2026-W45/nl.md", here=sample / "docs")


def test_texts_that_cannot_be_read_are_problems_without_coverage(sample: Path) -> None:
    (sample / "newsletter/settings.toml").write_text("[", "utf-8")
    checked = check(sample)
    assert [str(problem.path) for problem in checked.problems] == ["newsletter/settings.toml"]
    assert checked.coverage is None


def test_whoever_follows_sees_every_job(sample: Path) -> None:
    seen: list[int] = []

    def follow(results: Iterator[list[Problem]], jobs: int) -> Iterator[list[Problem]]:
        for number, found in enumerate(results, start=1):
            seen.append(number)
            yield found
        assert seen[-1] == jobs

    load = partial(load_newsletter, sample)
    followed = check_project(sample, load, ["2026-W47"], sample, NOW, follow=follow)
    assert seen
    assert followed == check(sample, "2026-W47")
