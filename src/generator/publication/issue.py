"""Make the issue of a week: assemble it when it is new, render it, and publish it below build/."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.assemble import assemble_issue, write_edition
from generator.atomic import publish_together
from generator.cache import Cache, load_cache
from generator.check import check_proof
from generator.check.proofs import Proof
from generator.content.certainties import IDS
from generator.content.editions import EARLIEST
from generator.content.needs import need_assembly, need_letter
from generator.errors import RequestError
from generator.model import Archive, Artifact, Message, Week
from generator.publication.texts import BODIES, BUILD, DOCUMENTS
from generator.render.email.message import render_email
from generator.render.feed.feeds import LOOK_AHEAD, render_feeds
from generator.render.page.pages import render_edition
from generator.sentences import say_skipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from generator.content import Newsletter
    from generator.content.documents import Document
    from generator.model import Email, Issue, Language, Problem
    from generator.render.feed.entries import Body
    from generator.settings import Settings


@dataclass(frozen=True, slots=True)
class MadeIssue:
    """An issue, and what was made of it."""

    issue: Issue
    """As it is written; a draft stays one."""
    folder: PurePosixPath
    """Where its texts are, below the root of the project."""
    emails: Sequence[Email]
    """One for each language, rendered as if the letter were out."""
    problems: Mapping[Language, Sequence[Problem]]
    """Of each edition; the waived ones too."""
    sources: Sequence[Artifact]
    """The texts of a new issue, below the root of the project; none when it existed."""
    letters: Sequence[Artifact]
    """Emails and pages, below build/."""
    feeds: Sequence[Artifact]
    """Below build/."""
    chosen: bool
    """Whether the rotation has chosen the thought."""


def make_issue(  # noqa: PLR0913 (what may be asked for)
    newsletter: Newsletter,
    documents: Cache[Document[Any]],
    week: Week,
    now: datetime,
    certainty: str | None = None,
    thought: str | None = None,
    *,
    dry_run: bool = False,
) -> MadeIssue:
    """Assemble the issue of a week when it is new, render it, and publish it below build/; write nothing if `dry_run`.

    `documents` is what the newsletter was read with; it is kept for the next run. Raises ContentError when something
    has a problem that the letter needs, and RequestError for a week or a choice that is not possible.
    """
    issue = newsletter.archive.issue(week)
    new = issue is None and week not in newsletter.list_unread()
    newsletter.require(need_assembly(newsletter.root) if new else need_letter(newsletter.root, week))
    sources: list[Artifact] = []
    if issue is None:
        _refuse_week(newsletter.settings, week, now)
        issue = assemble_issue(newsletter, week, certainty, thought)
        sources = [
            _source(newsletter.root, edition.source, write_edition(edition))
            for edition in issue.editions.values()
        ]
    elif certainty or thought:
        folder = _find_source_folder(newsletter, issue)
        raise RequestError(
            Message("the letter of {} exists already; change its certainty or thought in {}", week, folder)
        )
    shown = _as_if_out(issue)
    newsletter = _with_issue(newsletter, shown)
    emails = [render_email(newsletter, edition) for edition in shown.editions.values()]
    letters = [artifact for email in emails for artifact in _letter_artifacts(newsletter, email)]
    bodies: Cache[Body] = load_cache(newsletter.root / BUILD / BODIES)
    feeds = [
        replace(feed, path="feeds" / feed.path)
        for feed in render_feeds(_with_known_certainties(newsletter), bodies=bodies)
    ]
    if not dry_run:
        kept = {DOCUMENTS: documents.dump(), BODIES: bodies.dump()}
        caches = [Artifact(path, content) for path, content in kept.items() if content is not None]
        note = replace(LOOK_AHEAD, path="feeds" / LOOK_AHEAD.path)
        build = [*letters, *feeds, note, *caches]
        publish_together({newsletter.root / BUILD: build}, new={newsletter.root: sources})
    problems = {
        email.edition.language: check_proof(
            Proof(newsletter, issue, issue.editions[email.edition.language], email)
        )
        for email in emails
    }
    return MadeIssue(
        issue=issue,
        folder=_find_source_folder(newsletter, issue),
        emails=emails,
        problems=problems,
        sources=sources,
        letters=letters,
        feeds=feeds,
        chosen=new and not thought,
    )


def find_folder(email: Email) -> PurePosixPath:
    """Where an email is published, below build/."""
    return PurePosixPath("issues", str(email.edition.week), email.edition.language)


def _find_source_folder(newsletter: Newsletter, issue: Issue) -> PurePosixPath:
    """Where the texts of an issue are, below the root of the project."""
    return PurePosixPath(issue.first.source.parent.relative_to(newsletter.root))


def _refuse_week(settings: Settings, week: Week, now: datetime) -> None:
    """Raise RequestError for a week of which no new letter is made."""
    if settings.skips(week):
        raise RequestError(say_skipped(week))
    if week.friday.year > (last := settings.last_year(now)):
        raise RequestError(Message("{} is after the end of {}; check the year", week, last))
    if week.friday.year < EARLIEST:
        raise RequestError(Message("{} is before {}; check the year", week, EARLIEST))
    ago = (now.date() - week.friday).days // 7
    if ago > _LONG_AGO:
        raise RequestError(
            Message(
                "{} is {:,} weeks ago{} To add an old letter to the archive, copy the folder of "
                "another letter and change its dates.",
                week,
                ago,
                _say_meant(week, now),
            )
        )


_LONG_AGO = 26
"""Weeks after which a new letter is rather a wrong year than one that was forgotten."""


def _say_meant(week: Week, now: datetime) -> Message:
    """The end of a sentence, with the coming week of the same number if this year or the next has one."""
    number = str(week).partition("-")[2]
    for year in (now.year, now.year + 1):
        try:
            meant = Week.parse(f"{year}-{number}")
        except ValueError:  # only a few years have a week 53
            continue
        if meant.friday >= now.date():
            return Message("; did you mean {}?", meant)
    return Message("; check the year.")


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


def _letter_artifacts(newsletter: Newsletter, email: Email) -> list[Artifact]:
    folder = find_folder(email)
    return [
        Artifact(folder / "email.html", email.html.encode()),
        Artifact(folder / "email.txt", email.text.encode()),
        Artifact(folder / "email.eml", email.message),
        Artifact(folder / "page.md", render_edition(newsletter, email.edition)),
    ]
