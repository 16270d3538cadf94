"""`newsletter restore`: go back to a back-up of the list."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.parameters import FilePath
from generator.sentences import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from generator.cli import Project
    from generator.subscribers.store.log import Happened


@click.command(cls=Command)
@click.argument("backup", type=FilePath())
@click.pass_obj
def command(project: Project, backup: Path) -> None:
    """Go back to a back-up of the list.

    It checks BACKUP, stops the services that have the list open, puts the copy in its place, takes off again who left
    since (from the log beside the list, or in NEWSLETTER_LOG), and starts the services again. The list that was there
    is kept under another name. When BACKUP is not whole, or anything else fails, the list stays as it was.

    A restored list sends no letter before `newsletter resume --restored`.

    \b
    Example:
      newsletter restore var/backup/2026-11-27T070000.db
    """
    from generator.recovery.restore import restore_list

    done = restore_list(project.root, backup, project.now())
    for unit in done.stopped:
        say_aside(f"Stopped {unit}.")
    made = f", as it was on {done.made:%Y-%m-%d at %H:%M} UTC" if done.made else ""
    click.echo(f"Restored {done.file}: {count(done.subscribers, 'subscriber')}{made}.")
    if done.aside:
        click.echo(f"The list that was there is now {done.aside}.")
    show_left(done.left, done.unreadable)
    for unit in done.started:
        say_aside(f"Started {unit}.")
    click.echo("It sends no letters yet. Next: run `newsletter resume --restored`.")


def show_left(left: Mapping[Happened, int], unreadable: Sequence[str]) -> None:
    """Say who was taken off again, in numbers."""
    if left:
        parts = ", ".join(f"{number:,} {happened}" for happened, number in left.items())
        click.echo(f"Taken off again, as the log says: {parts}.")
    else:
        click.echo("The log names nobody else who left since.")
    if unreadable:
        lines = ", ".join(unreadable[:5]) + (" …" if len(unreadable) > 5 else "")  # noqa: PLR2004
        say_aside(f"{count(len(unreadable), 'line')} of the log could not be read: {lines}")
