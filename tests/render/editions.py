"""Newsletters that differ from the sample in one thing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from generator.content import Newsletter
from generator.model import Archive, Issue, Week
from tests.languages import NL


def change_issue(newsletter: Newsletter, week: str, **changes: Any) -> Newsletter:
    """The same newsletter, with something else in both editions of one issue."""
    issues = [
        _replace(issue, **changes) if issue.week == Week.parse(week) else issue
        for issue in newsletter.archive.issues
    ]
    return replace(newsletter, archive=Archive(tuple(issues)))


def change_text(newsletter: Newsletter, week: str, markdown: str) -> Newsletter:
    """The same newsletter, with other Markdown below the first heading of one issue."""
    issue = newsletter.archive.issue(Week.parse(week))
    first, *rest = issue.editions[NL].sections
    return change_issue(newsletter, week, sections=(replace(first, markdown=markdown), *rest))


def change_certainties(newsletter: Newsletter, **changes: Any) -> Newsletter:
    """The same newsletter, with something else in each of its certainties."""
    certainties = {
        language: tuple(replace(certainty, **changes) for certainty in found)
        for language, found in newsletter.playbook.certainties.items()
    }
    return replace(newsletter, playbook=replace(newsletter.playbook, certainties=certainties))


def grow_archive(newsletter: Newsletter, count: int) -> Newsletter:
    """The same newsletter, with its oldest issue written again in as many weeks before it as make `count` issues."""
    issues = list(newsletter.archive.issues)
    while len(issues) < count:
        last = issues[-1]
        published = last.editions[NL].published - timedelta(weeks=1)
        week = Week.of(published.date())
        issues.append(replace(_replace(last, week=week, published=published, updated=published), week=week))
    return replace(newsletter, archive=Archive(tuple(issues)))


def empty_archive(newsletter: Newsletter) -> Newsletter:
    """The same newsletter, before its first letter."""
    return replace(newsletter, archive=Archive(()))


def _replace(issue: Issue, **changes: Any) -> Issue:
    editions = {language: replace(edition, **changes) for language, edition in issue.editions.items()}
    return replace(issue, editions=editions)
