"""An issue is made from Python, without a terminal."""

from pathlib import Path

import pytest

from generator.cache import Cache
from generator.content import load_newsletter
from generator.errors import RequestError
from generator.model import Week
from generator.publication.issue import MadeIssue, make_issue
from tests.clocks import NOW
from tests.languages import LANGUAGES

NEW, WRITTEN = Week(2026, 49), Week(2026, 46)


def make(root: Path, week: Week, certainty: str | None = None, *, dry_run: bool = False) -> MadeIssue:
    return make_issue(load_newsletter(root), Cache(), week, NOW, certainty, dry_run=dry_run)


def test_a_new_issue_is_assembled_and_published(sample: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = make(sample, NEW)
    assert (made.issue.week, made.chosen, str(made.folder)) == (NEW, True, "newsletter/issues/2026-W49")
    assert [source.path.name for source in made.sources] == ["nl.md", "en.md"]
    for source in made.sources:
        assert (sample / source.path).read_bytes() == source.content
    for artifact in (*made.letters, *made.feeds):
        assert (sample / "build" / artifact.path).is_file()
    assert {email.edition.language for email in made.emails} == set(made.problems) == set(LANGUAGES)
    assert capfd.readouterr() == ("", "")


def test_a_dry_run_returns_the_same_and_writes_nothing(sample: Path) -> None:
    tried = make(sample, NEW, dry_run=True)
    assert not (sample / "build").exists()
    assert not (sample / tried.folder).exists()
    assert tried == make(sample, NEW)


def test_the_issue_that_exists_is_rendered_as_if_it_were_out(sample: Path) -> None:
    for path in (sample / "newsletter/issues/2026-W46").glob("*.md"):
        path.write_text(path.read_text("utf-8").replace("---\n", "---\ndraft: true\n", 1), "utf-8")
    made = make(sample, WRITTEN)
    assert (made.issue.draft, made.sources, made.chosen) == (True, [], False)
    assert not any(email.edition.draft for email in made.emails)


@pytest.mark.parametrize(
    "week, certainty, said",
    [
        (
            WRITTEN,
            "referral",
            "the letter of 2026-W46 exists already; change its certainty or thought in newsletter",
        ),
        (Week(2029, 1), None, "2029-W01 is after the end of 2027; check the year"),
        (Week(1999, 1), None, "1999-W01 is before 2000; check the year"),
    ],
)
def test_what_cannot_be_made_is_a_request_error(
    sample: Path, week: Week, certainty: str | None, said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        make(sample, week, certainty)
