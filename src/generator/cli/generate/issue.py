"""`generate issue`: make the letter of a week in both languages."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_in_browser, show_table
from generator.cli.options import with_week
from generator.publication.texts import BUILD, load_documents, load_texts, pausing_collection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.cli import Project
    from generator.content import Newsletter
    from generator.model import Artifact, Problem, Week
    from generator.publication.issue import MadeIssue


@click.command(cls=Command)
@with_week()
@click.option(
    "--certainty", metavar="ID", help="Certainty of a new letter. Default: the one used longest ago."
)
@click.option("--thought", metavar="SLUG", help="Thought of a new letter. Default: the first one never used.")
@click.option("--dry-run", is_flag=True, help="Show what would be made, but write nothing.")
@click.option("--open", "open_", is_flag=True, help="Open the emails in the browser afterwards.")
@click.pass_obj
def command(  # noqa: PLR0913 (one for each option)
    project: Project,
    week: Week | None,
    certainty: str | None,
    thought: str | None,
    *,
    dry_run: bool,
    open_: bool,
) -> None:
    """Make the letter of a week in both languages.

    The first time, it assembles newsletter/issues/WEEK/ from the playbook: a thought, and the checklist items that go
    with it. Every time, it renders the emails, the archive page and the feeds into build/, and lists what is wrong with
    the letter. It never overwrites your edits, so run it again after every edit.

    Without WEEK it makes the letter of the coming Friday.

    \b
    Examples:
      generate issue
      generate issue 2026-W48
      generate issue next --certainty referral --dry-run
    """
    with pausing_collection():
        from generator.content.needs import need_nothing
        from generator.publication.issue import find_folder, make_issue

        documents, now = load_documents(project.root), project.now()
        newsletter = load_texts(project.root, now, documents, need_nothing)
        week = week or newsletter.settings.coming_week(now)
        made = make_issue(newsletter, documents, week, now, certainty, thought, dry_run=dry_run)
        _show(newsletter, made, dry_run=dry_run)
        if open_ and not dry_run:
            for email in made.emails:
                show_in_browser(str(newsletter.root / BUILD / find_folder(email) / "email.html"))


def _show(newsletter: Newsletter, made: MadeIssue, *, dry_run: bool) -> None:
    """Print which letter it is, what was made, what is wrong with it, and what comes next."""
    from generator.cli.reports import report_text, say_ignored
    from generator.model import ENGLISH
    from generator.render.dates import say_date

    issue = made.issue
    friday = say_date(issue.first.published, ENGLISH)
    click.echo(f"{issue.week}: the letter of {friday}, about {issue.certainty} ({issue.thought})\n")
    heading = ("file", "subject", "size", "words", "problems")
    show_table(heading, list(_list_files(newsletter, made)), right=heading[2:])
    click.echo()
    found = [problem for each in made.problems.values() for problem in each]
    for line in report_text(found, newsletter.root):
        click.echo(line)
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    if made.chosen and (unread := newsletter.list_unread()):
        weeks = ", ".join(map(str, unread))
        click.echo(f"{weeks} cannot be read, so the choice of the thought does not take it into account.")
    click.echo(_say_next_step(made, found, dry_run=dry_run))


def _list_files(newsletter: Newsletter, made: MadeIssue) -> Iterator[tuple[str, ...]]:
    """The rows of the table: a new issue, then each email with its page, then the feeds."""
    from generator.cli.reports import count_problems
    from generator.publication.issue import find_folder

    root = newsletter.root if newsletter.root != Path.cwd() else Path()
    for source in made.sources:
        yield str(root / source.path), "", _say_size(source), "", ""
    for email in made.emails:
        edition = email.edition
        open_ = sum(count_problems(made.problems[edition.language])[:2])
        about = (edition.subject, str(edition.words), str(open_))
        for letter in made.letters:
            if letter.path.parent == find_folder(email):
                subject, words, problems = about if letter.path.name == "email.html" else ("", "", "")
                yield str(root / BUILD / letter.path), subject, _say_size(letter), words, problems
    feeds = f"{sum(len(_read(feed)) for feed in made.feeds) / 1000:.1f} KB"
    folder = str(root / BUILD / "feeds") + os.sep
    yield folder, f"{len(made.feeds)} files for a look ahead, not for readers", feeds, "", ""


def _say_next_step(made: MadeIssue, problems: list[Problem], *, dry_run: bool) -> str:
    from generator.cli.reports import count_problems, say_counts
    from generator.sentences import join_words, say_kept

    issue, folder = made.issue, made.folder
    errors, warnings, _ = count_problems(problems)
    open_ = say_counts(problem for problem in problems if not problem.waived)
    if dry_run:
        return "Nothing was written (--dry-run). Next: run it again without --dry-run."
    if made.sources:
        files = join_words(f"{language}.md" for language in issue.editions)
        return f"Next: make {folder}/{files} your own, then run it again: generate issue {issue.week}"
    letter = f"{BUILD}/issues/{issue.week}/{issue.first.language}/email.html"
    if errors:
        return f"Next: correct the {open_} above in {folder}/, then run it again."
    first = f"review the {open_} above, " if warnings else ""
    if issue.skipped:
        return f"{say_kept(issue.week)}."
    if issue.draft:
        return f"Next: {first}read {letter}, then delete “draft: true” in both files of {folder}/."
    return f"Next: {first}read {letter}, commit {folder}/, and build the site: generate site"


def _read(artifact: Artifact) -> bytes:
    return artifact.content if isinstance(artifact.content, bytes) else artifact.content.read_bytes()


def _say_size(artifact: Artifact) -> str:
    return f"{len(_read(artifact)) / 1000:.1f} KB"
