"""What `generate issue` does with a newsletter."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import click

from generator.assemble import assemble_issue, write_edition
from generator.cache import Cache, load_cache
from generator.check import check_proof
from generator.check.proofs import Proof
from generator.check.rules.prose import count_words
from generator.cli import BUILD, DOCUMENTS, show_in_browser, show_table
from generator.cli.reports import count_problems, report_text, say_counts, say_ignored
from generator.content.certainties import IDS
from generator.content.needs import need_assembly, need_letter
from generator.model import Archive, Artifact, Language
from generator.publish import publish_together
from generator.render.feed.feeds import LOOK_AHEAD, render_feeds
from generator.render.letter.email import render_email
from generator.render.page.pages import render_edition
from generator.render.words import say_date
from generator.sentences import say_kept, say_skipped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.content.frontmatter import Document
    from generator.model import Email, Issue, Problem, Week
    from generator.render.feed.entries import Body
    from generator.settings import Settings

BODIES = PurePosixPath("cache/bodies")
"""Below that: the letters as the last run rendered them for feeds."""


def make_issue(  # noqa: PLR0913 (the options of the command)
    newsletter: Newsletter,
    documents: Cache[Document[Any]],
    week: Week,
    now: datetime,
    certainty: str | None,
    thought: str | None,
    *,
    dry_run: bool,
    open_: bool,
) -> None:
    """Assemble the issue of a week when it is new, render it, publish it below build/, and say what was made.

    `documents` is what the newsletter was read with; it is kept for the next run. Raises ContentError when something
    has a problem that the letter needs.
    """
    issue = newsletter.archive.issue(week)
    new = issue is None and week not in newsletter.list_unread()
    newsletter.require(need_assembly() if new else need_letter(newsletter.root, week))
    sources: list[Artifact] = []
    if issue is None:
        _refuse_week(newsletter.settings, week, now)
        issue = assemble_issue(newsletter, week, certainty, thought)
        sources = [
            _source(newsletter.root, edition.source, write_edition(edition))
            for edition in issue.editions.values()
        ]
    elif certainty or thought:
        raise click.UsageError(
            f"the letter of {week} exists already; change its certainty or thought in {_folder(newsletter, issue)}"
        )
    shown = _as_if_out(issue)
    newsletter = _with_issue(newsletter, shown)
    emails = [render_email(newsletter, edition) for edition in shown.editions.values()]
    letters = [artifact for email in emails for artifact in _letter_artifacts(newsletter, email)]
    build = newsletter.root / BUILD
    bodies: Cache[Body] = load_cache(build / BODIES)
    feeds = [
        replace(feed, path="feeds" / feed.path)
        for feed in render_feeds(_with_known_certainties(newsletter), bodies=bodies)
    ]
    if not dry_run:
        kept = {DOCUMENTS: documents.dump(), BODIES: bodies.dump()}
        caches = [Artifact(path, content) for path, content in kept.items() if content is not None]
        note = replace(LOOK_AHEAD, path="feeds" / LOOK_AHEAD.path)
        publish_together({build: [*letters, *feeds, note, *caches]}, new={newsletter.root: sources})
    _show(newsletter, issue, emails, sources, letters, feeds, dry_run=dry_run, chosen=new and not thought)
    if open_ and not dry_run:
        for email in emails:
            show_in_browser(str(build / _letter_folder(email) / "email.html"))


def _refuse_week(settings: Settings, week: Week, now: datetime) -> None:
    """Raise UsageError for a week of which no new letter is made."""
    if settings.skips(week):
        raise click.UsageError(say_skipped(week))
    if week.friday.year > (last := settings.last_year(now)):
        raise click.UsageError(f"{week} is after the end of {last}; check the year")


def _as_if_out(issue: Issue) -> Issue:
    """A draft as it will be: that is what the editor wants to see below build/."""
    editions = {language: replace(text, draft=False) for language, text in issue.editions.items()}
    return replace(issue, editions=editions, skipped=False)


def _with_issue(newsletter: Newsletter, issue: Issue) -> Newsletter:
    """The newsletter with an issue in its place in the archive."""
    others = [other for other in newsletter.archive.issues if other.week != issue.week]
    issues = sorted([*others, issue], key=lambda one: one.week, reverse=True)
    return replace(newsletter, archive=Archive(tuple(issues)))


def _with_known_certainties(newsletter: Newsletter) -> Newsletter:
    """The newsletter without the letters, and the feeds, of a certainty whose page was left out: they link to it."""
    if not newsletter.ignored:
        return newsletter
    playbook = newsletter.playbook
    known = set(IDS).intersection(*({page.id for page in pages} for pages in playbook.certainties.values()))
    pages = {
        language: tuple(page for page in found if page.id in known)
        for language, found in playbook.certainties.items()
    }
    issues = tuple(issue for issue in newsletter.archive.issues if issue.certainty in known)
    return replace(newsletter, playbook=replace(playbook, certainties=pages), archive=Archive(issues))


def _source(root: Path, path: Path, text: str) -> Artifact:
    return Artifact(PurePosixPath(path.relative_to(root)), text.encode())


def _letter_folder(email: Email) -> PurePosixPath:
    return PurePosixPath("issues", str(email.edition.week), email.edition.language)


def _letter_artifacts(newsletter: Newsletter, email: Email) -> list[Artifact]:
    folder = _letter_folder(email)
    return [
        Artifact(folder / "email.html", email.html.encode()),
        Artifact(folder / "email.txt", email.text.encode()),
        Artifact(folder / "email.eml", email.message),
        Artifact(folder / "page.md", render_edition(newsletter, email.edition)),
    ]


def _folder(newsletter: Newsletter, issue: Issue) -> Path:
    return issue.editions[Language.NL].source.parent.relative_to(newsletter.root)


def _show(  # noqa: PLR0913
    newsletter: Newsletter,
    issue: Issue,
    emails: Sequence[Email],
    sources: Sequence[Artifact],
    letters: Sequence[Artifact],
    feeds: Sequence[Artifact],
    *,
    dry_run: bool,
    chosen: bool,
) -> None:
    edition = issue.editions[Language.NL]
    friday = say_date(edition.published, Language.EN)
    click.echo(f"{issue.week}: the letter of {friday}, about {issue.certainty} ({issue.thought})\n")
    problems = {
        email.edition.language: check_proof(
            Proof(newsletter, issue, issue.editions[email.edition.language], email)
        )
        for email in emails
    }
    root = newsletter.root if newsletter.root != Path.cwd() else Path()
    rows = [(str(root / source.path), "", _size(source), "", "") for source in sources]
    for email in emails:
        language = email.edition.language
        for letter in letters:
            if letter.path.parent == _letter_folder(email):
                first = letter.path.name == "email.html"
                about = (
                    (
                        email.edition.subject,
                        str(count_words(email.edition)),
                        str(sum(count_problems(problems[language])[:2])),
                    )
                    if first
                    else ("", "", "")
                )
                rows.append((str(root / BUILD / letter.path), about[0], _size(letter), about[1], about[2]))
    rows.append(
        (
            str(root / BUILD / "feeds") + os.sep,
            f"{len(feeds)} files for a look ahead, not for readers",
            f"{sum(len(_bytes(feed)) for feed in feeds) / 1000:.1f} KB",
            "",
            "",
        )
    )
    show_table(("file", "subject", "size", "words", "problems"), rows, right=("size", "words", "problems"))
    click.echo()
    found = [problem for each in problems.values() for problem in each]
    for line in report_text(found, newsletter.root):
        click.echo(line)
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    if chosen and (unread := newsletter.list_unread()):
        weeks = ", ".join(map(str, unread))
        click.echo(f"{weeks} cannot be read, so the choice of the thought does not take it into account.")
    click.echo(_next_step(newsletter, issue, found, assembled=bool(sources), dry_run=dry_run))


def _next_step(
    newsletter: Newsletter, issue: Issue, problems: Sequence[Problem], *, assembled: bool, dry_run: bool
) -> str:
    folder = _folder(newsletter, issue)
    errors, warnings, _ = count_problems(problems)
    open_ = say_counts(problem for problem in problems if not problem.waived)
    if dry_run:
        return "Nothing was written (--dry-run). Next: run it again without --dry-run."
    if assembled:
        return f"Next: make {folder}/nl.md and en.md your own, then run it again: generate issue {issue.week}"
    letter = f"{BUILD}/issues/{issue.week}/nl/email.html"
    if errors:
        return f"Next: correct the {open_} above in {folder}/, then run it again."
    first = f"review the {open_} above, " if warnings else ""
    if issue.skipped:
        return f"{say_kept(issue.week)}."
    if issue.draft:
        return f"Next: {first}read {letter}, then delete “draft: true” in both files of {folder}/."
    return f"Next: {first}read {letter}, commit {folder}/, and build the site: generate site"


def _bytes(artifact: Artifact) -> bytes:
    return artifact.content if isinstance(artifact.content, bytes) else artifact.content.read_bytes()


def _size(artifact: Artifact) -> str:
    return f"{len(_bytes(artifact)) / 1000:.1f} KB"
