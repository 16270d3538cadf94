"""What `generate release` does: record the letters that are out, so that they do not change unseen."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from generator.check import check_issue
from generator.cli import say_error, show_table
from generator.cli.reports import report_text, say_ignored
from generator.content.releases import PATH, digest_edition, write_releases
from generator.model import Artifact, Language, Release
from generator.publish import publish_artifacts
from generator.render.feed.entries import render_entry
from generator.render.words import say_date
from generator.sentences import count, say_no_letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.model import Edition, Issue, Week


def release_letters(newsletter: Newsletter, week: Week | None, now: datetime, *, dry_run: bool) -> None:
    """Record every letter that is out by now, or that of one week; a letter with an error is refused."""
    out = [issue for issue in newsletter.archive.issues if not issue.kept and _published(issue) <= now]
    issues = out if week is None else [_find(newsletter, week, now)]
    new = {
        (edition.week, edition.language): release
        for issue in reversed(issues)
        for edition in issue.editions.values()
        if (release := _release(newsletter, edition))
        != newsletter.releases.get((edition.week, edition.language))
    }
    if not new:
        click.echo(f"Nothing to record: {PATH} already has {_these(issues)}.")
        return
    _refuse_errors(newsletter, [issue for issue in issues if any(found == issue.week for found, _ in new)])
    if not dry_run:
        content = write_releases({**newsletter.releases, **new})
        publish_artifacts([Artifact(PurePosixPath(PATH), content)], newsletter.root)
    rows = [
        (
            str(found),
            str(language),
            "again, as corrected" if (found, language) in newsletter.releases else "for the first time",
        )
        for found, language in new
    ]
    show_table(("week", "language", "recorded"), rows)
    click.echo()
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    if dry_run:
        click.echo("Nothing was written (--dry-run). Next: run it again without --dry-run.")
    else:
        click.echo(f"Next: commit {PATH}.")


def _published(issue: Issue) -> datetime:
    return issue.editions[Language.NL].published


def _release(newsletter: Newsletter, edition: Edition) -> Release:
    return Release(render_entry(newsletter, edition).id, digest_edition(edition), edition.updated)


def _find(newsletter: Newsletter, week: Week, now: datetime) -> Issue:
    """The issue of a week that is out, or why there is none."""
    issue = newsletter.archive.issue(week)
    if issue is None:
        raise click.UsageError(
            say_no_letter(newsletter.root, week, (one.week for one in newsletter.archive.issues))
        )
    if issue.draft:
        raise click.UsageError(
            f"the letter of {week} is a draft; delete “draft: true” in both languages when it is finished"
        )
    if (moment := _published(issue)) > now:
        local = moment.astimezone(newsletter.settings.timezone)
        raise click.UsageError(
            f"the letter of {week} is not published until {say_date(local, Language.EN)} at {local:%H:%M}"
        )
    return issue


def _refuse_errors(newsletter: Newsletter, issues: Sequence[Issue]) -> None:
    problems = [problem for issue in issues for problem in check_issue(newsletter, issue) if problem.blocks]
    if problems:
        for line in report_text(problems, newsletter.root):
            click.echo(line, err=True)
        say_error(f"{count(len(problems), 'error')} in published letters; nothing was recorded")
        raise SystemExit(1)


def _these(issues: Sequence[Issue]) -> str:
    return (
        f"the current text of the letter of {issues[0].week}"
        if len(issues) == 1
        else "the current text of all published letters"
    )
