"""What `generate preview` does: serve the page of a letter while somebody writes it, or keep it as files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import show_in_browser
from generator.cli.reports import say_ignored
from generator.content import load_newsletter
from generator.content.needs import need_letter, need_nothing
from generator.errors import AssembleError, ContentError, PublishError, explain_network
from generator.model import Severity
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
from generator.sentences import count, say_no_letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.clock import Clock
    from generator.content import Newsletter
    from generator.model import Problem, Week


def keep_preview(root: Path, week: Week | None, folder: Path, now: datetime) -> None:
    """Write the page of a letter below a folder, and say where it is."""
    newsletter = load_newsletter(root, now=now, needs=need_nothing)
    week = _choose(newsletter, week, now)
    newsletter.require(need_letter(root, week))
    issue = newsletter.archive.issue(week)
    if issue is None:  # pragma: no cover (then it has a problem, which was raised)
        return
    published = write_preview(newsletter, issue, folder, now)
    files = len(published.written) + published.unchanged
    click.echo(f"Wrote {folder}/: the letter of {issue.week} in {count(files, 'file')}.")
    if newsletter.ignored:
        click.echo(say_ignored(newsletter.ignored))
    click.echo(f"Next: open {folder}/index.html, or send the folder to your reviewers.")


def serve_preview(root: Path, week: Week | None, port: int, clock: Clock, *, open_: bool) -> None:
    """Serve the page of a letter until Ctrl-C; it follows every save."""
    address = f"http://{HOST}:{port}{FOLDER}" + (f"{week}/" if week else "")
    found: Sequence[Problem] = ()
    try:
        newsletter = load_newsletter(root, now=clock(), needs=need_nothing)
    except ContentError as error:
        found = error.problems
    else:
        week = _choose(newsletter, week, clock())
        address = f"http://{HOST}:{port}{FOLDER}{week}/"
        found = newsletter.find_problems(need_letter(root, week))
        if others := [problem for problem in newsletter.ignored if problem not in found]:
            click.echo(say_ignored(others))
    if found:
        listed = f"{count(len(found), 'problem')}; the page lists what to correct"
        click.echo(f"The letter cannot be shown: {listed}.")
    try:
        server = open_server(Preview(root, clock, tell=partial(_tell, clock)), port)
    except OSError as error:
        if not is_previewed(root, port):
            reason = f"cannot listen on port {port}: {explain_network(error)}; choose another one with --port"
            raise PublishError(reason) from error
        click.echo(f"The preview is already running: {address}")
        if open_:
            show_in_browser(address)
        return
    with server:
        try:
            click.echo(f"Preview: {address}\nIt reloads on every save. Press Ctrl-C to stop.")
            if open_:
                show_in_browser(address)
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _choose(newsletter: Newsletter, week: Week | None, now: datetime) -> Week:
    """A week that was named and has a letter, or that of the letter at hand."""
    if week is None:
        week = find_week(newsletter, now)
        if week is None:
            raise AssembleError("there is no letter yet; run `generate issue` to make the first one")
        return week
    if week not in (weeks := list_weeks(newsletter)):
        raise click.UsageError(say_no_letter(newsletter.root, week, weeks))
    return week


def _tell(clock: Clock, week: Week | None, problems: Sequence[Problem], others: Sequence[Problem]) -> None:
    """One line for each page that was rendered."""
    counts = {
        "error": sum(problem.blocks for problem in problems),
        "warning": sum(problem.severity is Severity.WARNING and not problem.waived for problem in problems),
    }
    found = ", ".join(count(number, noun) for noun, number in counts.items() if number)
    click.echo(f"{clock().astimezone():%H:%M:%S}  {week or 'no letter'}: {found or 'no problems'}")
    if others:
        click.echo(f"          {say_ignored(others)}")
