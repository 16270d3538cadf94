"""`newsletter subscribers list`: list subscribers, and count them by status."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from generator.cli import Command, show_table
from generator.cli.parameters import LANGUAGE, STATUS, WholeNumber

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import Subscriber


@click.command(cls=Command)
@click.option(
    "--status", "statuses", type=STATUS, multiple=True, help="Only subscribers with this status; repeatable."
)
@click.option("--language", type=LANGUAGE, help="Only subscribers with this language.")
@click.option("--limit", type=WholeNumber(1), default=50, show_default=True, help="Maximum number of rows.")
@click.pass_obj
def command(project: Project, statuses: tuple[str, ...], language: str | None, limit: int) -> None:
    """List subscribers, and count them by status.

    \b
    Examples:
      newsletter subscribers list
      newsletter subscribers list --status bounced --status complained --limit 500
    """
    from generator.environment import open_list
    from generator.model import Language, Status
    from generator.subscribers.list.listing import count_statuses
    from generator.subscribers.transfer.exporting import walk_all

    wanted = [Status(one) for one in statuses]
    rows: list[tuple[str, ...]] = []
    with closing(open_list(project.root)) as database, database.read() as transaction:
        for subscriber in walk_all(transaction, wanted, Language(language) if language else None):
            rows.append(_row(subscriber))
            if len(rows) > limit:
                break
        counts = count_statuses(transaction)
    if rows:
        show_table(("address", "language", "status", "since", "certainties", "paused until"), rows[:limit])
        click.echo()
    if len(rows) > limit:
        click.echo(
            f"Only the first {limit:,} are shown. For more, use --limit; for all, `newsletter subscribers export`."
        )
    said = ", ".join(f"{number:,} {status}" for status, number in counts.items() if number)
    click.echo(f"On the list: {said or 'nobody'}.")


def _row(subscriber: Subscriber) -> tuple[str, ...]:
    return (
        subscriber.address,
        subscriber.language,
        subscriber.status.value,
        subscriber.created.date().isoformat(),
        " ".join(subscriber.certainties) or "all",
        subscriber.paused_until.isoformat() if subscriber.paused_until else "–",
    )
