"""Record the letters that are out, so that they do not change unseen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from generator.atomic import publish_artifacts
from generator.check import check_issue
from generator.content.releases import PATH, digest_edition, write_releases
from generator.errors import RefusalError, RequestError
from generator.model import ENGLISH, Artifact, Language, Release, Week
from generator.render.dates import say_date
from generator.render.feed.entries import render_entry
from generator.sentences import count, say_no_letter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.model import Edition, Issue

Key: TypeAlias = tuple[Week, Language]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which letters were looked at, and what was recorded of them."""

    issues: Sequence[Issue]
    """That are out, or the one that was named."""
    editions: Mapping[Key, bool]
    """What was recorded, oldest first, and whether it was for a second time; empty when nothing has changed."""


def release_letters(
    newsletter: Newsletter, week: Week | None, now: datetime, *, dry_run: bool = False
) -> Recorded:
    """Record every letter that is out by now, or that of one week; write nothing if `dry_run`.

    Raises RefusalError when a letter has an error, and RequestError for a week whose letter is not out.
    """
    out = [issue for issue in newsletter.archive.issues if not issue.kept and _published(issue) <= now]
    issues = out if week is None else [_find(newsletter, week, now)]
    new = {
        (edition.week, edition.language): release
        for issue in reversed(issues)
        for edition in issue.editions.values()
        if (release := _release(newsletter, edition))
        != newsletter.releases.get((edition.week, edition.language))
    }
    _refuse_errors(newsletter, [issue for issue in issues if any(found == issue.week for found, _ in new)])
    if new and not dry_run:
        content = write_releases({**newsletter.releases, **new})
        publish_artifacts([Artifact(PurePosixPath(PATH), content)], newsletter.root)
    return Recorded(issues, {key: key in newsletter.releases for key in new})


def _published(issue: Issue) -> datetime:
    return issue.first.published


def _release(newsletter: Newsletter, edition: Edition) -> Release:
    return Release(render_entry(newsletter, edition).id, digest_edition(edition), edition.updated)


def _find(newsletter: Newsletter, week: Week, now: datetime) -> Issue:
    """The issue of a week that is out. Raises RequestError with the reason why there is none."""
    issue = newsletter.archive.issue(week)
    if issue is None:
        raise RequestError(
            say_no_letter(newsletter.root, week, (one.week for one in newsletter.archive.issues))
        )
    if issue.draft:
        raise RequestError(
            f"the letter of {week} is a draft; delete “draft: true” in both languages when it is finished"
        )
    if (moment := _published(issue)) > now:
        local = moment.astimezone(newsletter.settings.timezone)
        raise RequestError(
            f"the letter of {week} is not published until {say_date(local, ENGLISH)} at {local:%H:%M}"
        )
    return issue


def _refuse_errors(newsletter: Newsletter, issues: Sequence[Issue]) -> None:
    problems = [problem for issue in issues for problem in check_issue(newsletter, issue) if problem.blocks]
    if problems:
        what = f"{count(len(problems), 'error')} in published letters; nothing was recorded"
        raise RefusalError(what, problems=problems)
