"""A year of Fridays: nobody writes a line, and a letter that may go out is there every week."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from generator.assemble import assemble_issue, write_edition
from generator.check import check_issue
from generator.content import Newsletter, load_newsletter
from generator.model import Archive, Week
from tests.languages import LANGUAGES

ROOT = Path(__file__).parents[1]
WEEKS = 60


@pytest.fixture
def year(tmp_path: Path) -> tuple[Newsletter, list[Week]]:
    """A copy of this project in which WEEKS letters were assembled after the newest one, and read again.

    Each is assembled as `generate issue` does it, from what the letters before it left, and written where it writes
    them. They are not rendered here: a check renders what it looks at.
    """
    root = tmp_path / "project"
    for folder in ("docs", "newsletter", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    newsletter, weeks = load_newsletter(root), []
    week = newsletter.archive.issues[0].week
    for _ in range(WEEKS):
        week = week.next()
        issue = assemble_issue(newsletter, week)
        for edition in issue.editions.values():
            edition.source.parent.mkdir(exist_ok=True)
            edition.source.write_text(write_edition(edition), "utf-8")
        newsletter = replace(newsletter, archive=Archive((issue, *newsletter.archive.issues)))
        weeks.append(week)
    return load_newsletter(root), weeks


@pytest.mark.slow
def test_each_of_the_next_60_fridays_has_a_letter_of_its_own_without_a_problem(
    year: tuple[Newsletter, list[Week]],
) -> None:
    """No error, no warning, no waiver; and no two letters have the same title, summary or text."""
    newsletter, weeks = year
    issues = [issue for issue in newsletter.archive.issues if issue.week in weeks]
    assert len(issues) == WEEKS
    for language in LANGUAGES:
        editions = [issue.editions[language] for issue in issues]
        for part in ("title", "summary", "markdown"):
            assert len({getattr(edition, part) for edition in editions}) == WEEKS, f"{language}: {part}"
        assert not any(edition.waive for edition in editions)
    problems = [problem for issue in issues for problem in check_issue(newsletter, issue)]
    found = [
        f"{newsletter.archive.issue(Week.parse(one.path.parent.name)).thought}: {one}" for one in problems
    ]
    assert not found, "\n".join(found)
