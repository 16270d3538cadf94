"""`newsletter resume`: continue sending a letter after a stop or a crash, or let a restored list send again."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.newsletter.restore import show_left
from generator.cli.options import WEEKS, WeekType, with_week
from generator.cli.sending import ask, read_order, show_sending, with_order
from generator.sentences import count, say_moment

if TYPE_CHECKING:
    from generator.cli import Project
    from generator.model import MailingId, Week
    from generator.recovery.restored import Gap


@click.command(cls=Command)
@with_week(lessons=True)
@click.option(
    "--restored", is_flag=True, help="Let a restored list send again, and say what it does not know."
)
@click.option(
    "--unsent",
    type=WeekType(),
    multiple=True,
    metavar="WEEK",
    help="With --restored: a letter of which you know that nobody has it; repeatable.",
)
@click.option("--yes", is_flag=True, help="With --restored: do not ask for confirmation.")
@with_order
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: MailingId | None,
    connections: int,
    rate: float | None,
    patience: float,
    unsent: tuple[Week, ...],
    *,
    restored: bool,
    yes: bool,
) -> None:
    """Continue sending a letter after a stop or a crash.

    It sends what was frozen, at any time: the window does not apply. Letters in doubt are not sent again; for those,
    see `newsletter retry`.

    With --restored it sends nothing, but lets a list that was restored from a back-up send again. It says which letters
    are in doubt, and how many readers would get them twice or not at all. A letter that may have begun after the
    back-up is not sent, unless you know that nobody has it (--unsent).

    \b
    Examples:
      newsletter resume 2026-W48
      newsletter resume --restored
      newsletter resume --restored --unsent 2026-W49
    """
    from generator.mailing.resume import resume_mailing

    if restored:
        if week:
            raise click.UsageError("--restored is about the whole list; leave out the week")
        _resume_restored(context.obj, unsent, yes=yes)
        return
    if unsent or yes:
        raise click.UsageError(f"{'--unsent' if unsent else '--yes'} goes with --restored only")
    if week is None:
        raise click.UsageError(f"give a week: {WEEKS}; or --restored")
    order = read_order(connections, rate, patience)
    resume = partial(resume_mailing, context.obj.root, week, order, context.obj.clock)
    context.exit(show_sending(resume))


def _resume_restored(project: Project, unsent: tuple[Week, ...], *, yes: bool) -> None:
    from generator.recovery.restored import resume_restored

    def agree(gap: Gap) -> None:
        _show(gap, unsent)
        if not yes:
            ask("", "Let it send again?")

    if resume_restored(project.root, project.now(), unsent, agree) is None:
        click.echo("This list was not restored from a back-up; nothing was changed.")
    else:
        click.echo("The list sends letters again.")


def _show(gap: Gap, unsent: tuple[Week, ...]) -> None:
    """Print what a restored list does not know, and what becomes of it."""
    click.echo(f"This list was restored from a back-up of {say_moment(gap.made, gap.zone)} ({gap.zone}).")
    show_left(gap.left, gap.unreadable)
    reach = f"The log reaches to {say_moment(gap.logged, gap.zone)}" if gap.logged else "There is no log"
    click.echo(f"{reach}; who left after that gets letters again.")
    for letter in gap.interrupted:
        click.echo(
            f"{letter.week}: was being sent. {letter.accepted:,} of {letter.planned:,} have it; "
            f"{count(letter.doubtful, 'letter')} in doubt. Nobody gets it again, so up to {letter.doubtful:,} may not "
            f"get it at all. `newsletter retry {letter.week} --in-doubt` sends it to them; who has it gets it a "
            "second time."
        )
    if gap.lesson_days:
        days = ", ".join(map(str, gap.lesson_days))
        click.echo(
            f"Lessons of the course may have left on {days}. Those are in doubt, and their readers go on with the "
            "next one. `newsletter retry course-1 --in-doubt` sends a lesson again; who has it gets it a second time."
        )
    for unknown in gap.unknown:
        week = unknown.week
        why = (
            f"began on {say_moment(unknown.begun, gap.zone)}, as the log says"
            if unknown.begun
            else f"may have begun: its window opened on {say_moment(unknown.opened, gap.zone)}"
        )
        if week in unsent:
            then = f"It counts as not sent, and can be sent to {count(gap.readers, 'reader')}."
        else:
            then = (
                f"It is not sent, so up to {count(gap.readers, 'reader')} may not get it at all; if it were sent, as "
                f"many could get it a second time. If nobody has it, add --unsent {week}."
            )
        click.echo(f"{week}: {why}, after the back-up. {then}")
    if not gap.interrupted and not gap.unknown:
        click.echo("No letter is in doubt.")
