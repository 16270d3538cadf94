"""`newsletter resume`: continue sending a letter after a stop or a crash."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.sending import read_order, show_sending, with_order

if TYPE_CHECKING:
    from generator.model import Week


@click.command(cls=Command)
@with_week(required=True)
@with_order
@click.pass_context
def command(
    context: click.Context, week: Week, connections: int, rate: float | None, patience: float
) -> None:
    """Continue sending a letter after a stop or a crash.

    It sends what was frozen, at any time: the window does not apply. Letters in doubt are not sent again; for those,
    see `newsletter retry`.

    \b
    Example:
      newsletter resume 2026-W48
    """
    from generator.mailing.resume import resume_mailing

    order = read_order(connections, rate, patience)
    resume = partial(resume_mailing, context.obj.root, week, order, context.obj.clock)
    context.exit(show_sending(resume))
