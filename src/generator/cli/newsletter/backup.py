"""`newsletter backup`: copy the list to FILE while the service runs."""

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
@click.argument("file", type=FilePath())
@click.pass_obj
def command(project: Project, file: Path) -> None:
    """Copy the list to FILE while the service runs.

    FILE is a new file, whose name ends in .db. The copy is checked before it gets its name. To restore it, stop the
    service, put the copy in the place of var/newsletter.db, delete var/newsletter.db-wal and var/newsletter.db-shm, and
    start the service. Letters that were being sent when the copy was made are in doubt in it, so that none is sent
    twice. For PostgreSQL, use pg_dump.

    \b
    Example:
      newsletter backup var/backup/2026-11-27.db
    """
    from generator.environment import FILE, open_list
    from generator.sentences import count
    from generator.subscribers.store.backup import back_up

    require_end(file, ".db", "FILE")
    with closing(open_list(project.root)) as database:
        number = back_up(database, file)
    size = file.stat().st_size / 1_000_000
    click.echo(f"{file}: {count(number, 'subscriber')}, {size:.1f} MB, verified.")
    click.echo(f"The back-up does not contain the keys. Keep a copy of {FILE} too, in another place.")
