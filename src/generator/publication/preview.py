"""Find the letter that a preview shows, serve its page while somebody writes it, or write it as files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.content import load_newsletter
from generator.content.needs import need_letter, need_nothing
from generator.errors import AssembleError, ContentError, PublishError, RequestError, explain_network
from generator.preview import (
    FOLDER,
    HOST,
    Preview,
    find_week,
    is_previewed,
    list_weeks,
    open_server,
    write_preview,
)
from generator.sentences import say_no_letter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from socketserver import BaseServer

    from generator.clock import Clock
    from generator.content import Newsletter
    from generator.model import Problem, Week


@dataclass(frozen=True, slots=True)
class KeptPreview:
    """A page that was written as files."""

    week: Week
    files: int
    ignored: Sequence[Problem]
    """In files that the letter does without."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The page that a preview shows first."""

    week: Week | None
    """None when the texts cannot be read, and nobody named a week."""
    problems: Sequence[Problem] = ()
    """Why it cannot show a letter."""
    ignored: Sequence[Problem] = ()
    """In files that the letter does without."""

    def find_address(self, port: int) -> str:
        """Where it is shown."""
        return f"http://{HOST}:{port}{FOLDER}" + (f"{self.week}/" if self.week else "")


def keep_preview(root: Path, week: Week | None, folder: Path, now: datetime) -> KeptPreview:
    """Write the page of a letter below a folder. Raises ContentError, and RequestError for a week without a letter."""
    newsletter = load_newsletter(root, now=now, needs=need_nothing)
    week = _choose(newsletter, week, now)
    newsletter.require(need_letter(root, week))
    issue = newsletter.archive.issue(week)
    if issue is None:  # pragma: no cover (then it has a problem, which was raised)
        raise RequestError(say_no_letter(root, week, list_weeks(newsletter)))
    published = write_preview(newsletter, issue, folder, now)
    return KeptPreview(week, len(published.written) + published.unchanged, newsletter.ignored)


def find_page(root: Path, week: Week | None, now: datetime) -> FoundPage:
    """Choose the page that is shown first: that of a week, or that of the letter at hand.

    Raises RequestError for a week without a letter, and AssembleError when there is none at all.
    """
    try:
        newsletter = load_newsletter(root, now=now, needs=need_nothing)
    except ContentError as error:
        return FoundPage(week, error.problems)
    week = _choose(newsletter, week, now)
    problems = newsletter.find_problems(need_letter(root, week))
    return FoundPage(week, problems, [one for one in newsletter.ignored if one not in problems])


def open_preview(
    root: Path,
    port: int,
    clock: Clock,
    tell: Callable[[Week | None, Sequence[Problem], Sequence[Problem]], None],
) -> BaseServer | None:
    """Open the server of the preview; None when this project has one on that port already.

    `tell` is called for each page that is rendered: its week, its problems, and those of files that it does without.
    Raises PublishError when the port cannot be used.
    """
    try:
        return open_server(Preview(root, clock, tell=tell), port)
    except OSError as error:
        if is_previewed(root, port):
            return None
        reason = f"cannot listen on port {port}: {explain_network(error)}; choose another one with --port"
        raise PublishError(reason) from error


def _choose(newsletter: Newsletter, week: Week | None, now: datetime) -> Week:
    """A week that was named and has a letter, or that of the letter at hand."""
    if week is None:
        week = find_week(newsletter, now)
        if week is None:
            raise AssembleError("there is no letter yet; run `generate issue` to make the first one")
        return week
    if week not in (weeks := list_weeks(newsletter)):
        raise RequestError(say_no_letter(newsletter.root, week, weeks))
    return week
