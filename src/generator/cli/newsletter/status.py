"""`newsletter status`: show the progress of a letter."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_error, show_table
from generator.cli.options import with_week
from generator.sentences import count, say_moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from generator.cli import Project
    from generator.mailing.status import Standing
    from generator.model import Delivery, MailingId
    from generator.subscribers.ledger.accounts import Account


@click.command(cls=Command)
@with_week(lessons=True)
@click.option(
    "--doubtful", is_flag=True, help="List the letters in doubt, with the Message-ID to search for."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--check", is_flag=True, help="Print one line on everything, and exit like a plug-in for Nagios."
)
@click.option(
    "--alert", is_flag=True, help="With --check: tell the operator, as [alerts] of the settings says."
)
@click.option(
    "--failed", default="", metavar="UNIT", help="With --check: also name this unit of systemd, which failed."
)
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: MailingId | None,
    failed: str,
    *,
    doubtful: bool,
    as_json: bool,
    check: bool,
    alert: bool,
) -> None:
    """Show the progress of a letter, and which letter was missed.

    Without WEEK it shows the newest letter that was sent, and names a letter that should have been sent and was not;
    then it exits with 1. The numbers always add up. Letters that a process was sending when it died are in doubt from
    now on.

    --check looks at letters, waiting mail, back-ups and disk, and exits with 0 when all is well, 1 for a warning, 2 for
    something that keeps mail from leaving, and 3 when that cannot be determined. With --alert it also tells the
    operator, each thing once an hour at most.

    \b
    Examples:
      newsletter status
      newsletter status 2026-W48 --doubtful
      newsletter status --check --alert
    """
    project: Project = context.obj
    if check:
        if week or doubtful or as_json:
            raise click.UsageError("--check looks at everything; it takes no week and no other option")
        context.exit(_check(project, failed, alert=alert))
    if alert or failed:
        raise click.UsageError("--alert and --failed need --check")
    _show_all(context, week, doubtful=doubtful, as_json=as_json)


def _show_all(context: click.Context, week: MailingId | None, *, doubtful: bool, as_json: bool) -> None:
    """Print how far a letter is, and without a week also which one was missed."""
    from generator.mailing.status import find_overdue, find_standing

    project: Project = context.obj
    overdue = find_overdue(project.root, project.now()) if week is None else []
    standing = find_standing(project.root, week, project.now(), doubtful=doubtful)
    if as_json:
        found = standing.describe() if standing else {}
        found |= {"findings": [one.describe() for one in overdue]} if overdue else {}
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif standing is None:
        if not overdue:
            click.echo("No letter has been sent yet; `newsletter send` sends one.")
    else:
        _show(standing)
        if standing.doubtful is not None:
            click.echo()
            _show_doubtful(standing.doubtful, standing.zone)
            if standing.doubtful and standing.renamer:
                click.echo(
                    f"{standing.renamer} replaces the Message-ID: search its log for the address and the time."
                )
    if not as_json:
        for finding in overdue:
            say_error(finding.say())
    if overdue:
        context.exit(1)


def _check(project: Project, failed: str, *, alert: bool) -> int:
    """Print one line on everything, and tell the operator; gives the exit code."""
    from generator.watch.check import alert_all, check_all

    if failed and not re.fullmatch(r"[A-Za-z0-9@:_.\\-]{1,255}", failed):
        raise click.UsageError(f"--failed is “{failed}”; expected a unit, like newsletter-send.service")
    now = project.now()
    done = check_all(project.root, now, failed)
    click.echo(done.line)
    complaints = alert_all(project.root, done, now) if alert else []
    for complaint in complaints:
        say_error(complaint)
    return max(int(done.level), bool(complaints))


def _show(standing: Standing) -> None:
    """Print the tally of a letter, who sends it, and what is to be done."""
    from generator.mailing.report import list_tally

    account, living, due, zone = standing.account, standing.living, standing.due, standing.zone
    mailing, tally = account.mailing, account.tally
    commit = f", commit {mailing.commit[:12]}" if mailing.commit else ""
    click.echo(
        click.style(str(mailing.week), bold=True) + f", frozen {say_moment(mailing.frozen, zone)}{commit}"
    )
    rows = [*list_tally(tally), ("planned", f"{tally.planned:,}")]
    width = max(len(number) for _, number in rows)
    for name, number in rows[:-1]:
        more = f"   next at {say_moment(due, zone)}" if name == "deferred" and due else ""
        click.echo(f"  {name:<10}{number:>{width}}{more}")
    click.echo(f"  {'':<10}{'─' * width}")
    balance = "" if tally.balances else "   These numbers do not add up; please report this bug"
    click.echo(f"  {'planned':<10}{tally.planned:>{width},}{balance}")
    click.echo()
    if standing.limits:
        click.echo(f"Limits: {'; '.join(standing.limits)}.")
    if held := standing.held:
        click.echo(f"{count(held, 'letter')} held back by these limits.")
    for name in living:
        click.echo(f"Being sent by {name}.")
    for line in _say_next(account, living=bool(living)):
        click.echo(line)


def _say_next(account: Account, *, living: bool) -> list[str]:
    """What is to be done."""
    from generator.model import NO_UTF8

    mailing, tally, week = account.mailing, account.tally, account.mailing.week
    lines = []
    if account.joined:
        lines.append(
            f"{count(account.joined, 'first letter')} among them, for who confirmed after it was sent."
        )
    if mailing.trouble:
        lines.append(f"Sending was stopped: {mailing.trouble}.")
    left = tally.remaining + tally.deferred
    if left and not living:
        lines.append(
            f"{count(left, 'letter')} left: `newsletter resume {week}` sends {'it' if left == 1 else 'them'}."
        )
    if tally.in_doubt:
        lines.append(
            f"Letters in doubt may or may not have arrived: `newsletter status {week} --doubtful` lists them, "
            f"`newsletter retry {week} --in-doubt` sends them again."
        )
    if unable := account.skipped.get(NO_UTF8):
        lines.append(
            f"{count(unable, 'letter')} skipped ({NO_UTF8}): the relay takes no addresses beyond ASCII; see "
            f"`newsletter doctor`. These readers stay on the list."
        )
    if tally.refused:
        lines.append(f"`newsletter report {week}` shows why letters were refused.")
    if not tally.planned:
        lines.append(f"The letter was frozen without recipients; `newsletter withdraw {week}` undoes that.")
    elif not left:
        lines.append("Nothing left to do.")
    return lines


def _show_doubtful(listed: Sequence[tuple[Delivery, str]], zone: tzinfo) -> None:
    """Print who is in doubt, with what to search for in the log of the relay."""
    if not listed:
        click.echo("No letters in doubt.")
        return
    show_table(
        ("in doubt", "language", "since", "Message-ID (search for it in the log of the relay)"),
        [
            (
                delivery.address or "(erased)",
                delivery.language,
                say_moment(delivery.at, zone) if delivery.at else "–",
                message_id or "–",
            )
            for delivery, message_id in listed
        ],
    )
