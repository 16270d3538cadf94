"""`newsletter backup`: copy the list while the service runs."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import require_end
from generator.cli.parameters import FilePath

if TYPE_CHECKING:
    from pathlib import Path

    from generator.cli import Project


@click.command(cls=Command)
@click.argument("file", type=FilePath(), required=False)
@click.pass_obj
def command(project: Project, file: Path | None) -> None:
    """Copy the list while the service runs.

    Without FILE, it does what [backup] in the settings says: it makes a copy in that folder, runs the command that
    takes it to another machine, and deletes the oldest copies. FILE is a new file instead, whose name ends in .db. A
    copy is checked before it gets its name. `newsletter restore` goes back to it. For PostgreSQL, use pg_dump.

    \b
    Examples:
      newsletter backup
      newsletter backup var/before-upgrade.db
    """
    from generator.environment import FILE, open_list
    from generator.recovery.backup import make_backup
    from generator.sentences import count
    from generator.settings import read_settings
    from generator.subscribers.store.backup import back_up

    if file:
        require_end(file, ".db", "FILE")
    with closing(open_list(project.root)) as database:
        if file is None:
            made = make_backup(project.root, read_settings(project.root), database, project.now())
            file, number, taken = made.file, made.subscribers, made.taken
        else:
            number, taken = back_up(database, file, project.now()), False
    size = file.stat().st_size / 1_000_000
    away = ", taken away by the command in [backup]" if taken else ""
    click.echo(f"{file}: {count(number, 'subscriber')}, {size:.1f} MB, verified{away}.")
    click.echo(f"The back-up does not contain the keys. Keep a copy of {FILE} too, in another place.")
