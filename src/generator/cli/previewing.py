"""What `generate preview` does: serve the page of a letter while somebody writes it, or keep it as files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from generator.cli import count
from generator.content import load_newsletter
from generator.errors import AssembleError, ContentError, PublishError
from generator.model import Severity
from generator.preview import FOLDER, HOST, Preview, find_issue, is_previewed, open_server, write_preview
from generator.reading import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Issue, Problem, Week


def keep_preview(root: Path, week: Week | None, folder: Path) -> None:
    """Write the page of a letter below a folder, and say where it is."""
    issue = _choose(newsletter := load_newsletter(root), week)
    published = write_preview(newsletter, issue, folder)
    files = len(published.written) + published.unchanged
    click.echo(f"Wrote {folder}/: the letter of {issue.week} in {count(files, 'file')}.")
    click.echo(f"Next: open {folder}/index.html, or send the folder to somebody who should see it.")


def serve_preview(root: Path, week: Week | None, port: int, *, open_: bool) -> None:
    """Serve the page of a letter until Ctrl-C; it follows every save."""
    address = f"http://{HOST}:{port}{FOLDER}" + (f"{week}/" if week else "")
    try:
        newsletter = load_newsletter(root)
    except ContentError as error:
        found = count(len(error.problems), "problem")
        click.echo(f"There is no letter to show: {found}, which the page lists until the last one is mended.")
    else:
        address = f"http://{HOST}:{port}{FOLDER}{_choose(newsletter, week).week}/"
    try:
        server = open_server(Preview(root, lambda: datetime.now(UTC), tell=_tell), port)
    except OSError as error:
        if not is_previewed(root, port):
            reason = (
                f"the port {port} cannot be used: {error.strerror or error}; name another one with --port"
            )
            raise PublishError(reason) from error
        click.echo(f"The preview is running already: {address}")
        if open_:
            click.launch(address)
        return
    with server:
        try:
            click.echo(f"Preview: {address}\nIt follows every save. Ctrl-C stops it.")
            if open_:
                click.launch(address)
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("\nStopped.")


def _choose(newsletter: Newsletter, week: Week | None) -> Issue:
    """The letter of a week that was named, or the one at hand."""
    if week is None:
        issue = find_issue(newsletter, datetime.now(UTC))
        if issue is None:
            raise AssembleError("there is no letter yet: generate issue makes the first one")
        return issue
    if issue := newsletter.archive.issue(week):
        return issue
    weeks = [str(one.week) for one in newsletter.archive.issues]
    known = f"; the newest are: {', '.join(weeks[:5])}" if weeks else "; generate issue makes the first one"
    near = did_you_mean(str(week), weeks)
    raise click.UsageError(f"there is no letter of {week}{near or known}")


def _tell(week: Week | None, problems: Sequence[Problem]) -> None:
    """One line for each page that was rendered."""
    counts = {
        "error": sum(problem.blocks for problem in problems),
        "warning": sum(problem.severity is Severity.WARNING and not problem.waived for problem in problems),
    }
    found = ", ".join(count(number, noun) for noun, number in counts.items() if number)
    now = datetime.now(UTC).astimezone()
    click.echo(f"{now:%H:%M:%S}  {week or 'no letter'}: {found or 'no problems'}")
