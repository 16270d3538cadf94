"""`newsletter doctor`: check everything that a letter needs to arrive."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.options import with_week
from generator.cli.parameters import FilePath

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from generator.doctor import Answer
    from generator.doctor.names import Names
    from generator.model import Week

_WIDTH = 118


@click.command(cls=Command)
@with_week()
@click.option(
    "--online",
    is_flag=True,
    help="Query the DNS too: SPF, DKIM, DMARC, MX, PTR, DNSSEC, DANE, MTA-STS, TLS-RPT, BIMI.",
)
@click.option(
    "--selector",
    default="",
    metavar="NAME",
    help="DKIM selector that the relay signs with. Default: dkim.selector of the settings.",
)
@click.option(
    "--received",
    type=FilePath(),
    metavar="FILE",
    help="Compare a proof as a mailbox received it (.eml) with the letter, and do nothing else.",
)
@click.pass_context
def command(
    context: click.Context, week: Week | None, selector: str, received: Path | None, *, online: bool
) -> None:
    """Check everything that a letter needs to arrive.

    For each thing that is missing it says what to do. It connects to the relay, but sends nothing. To each web hook
    of the service it sends a signed report about nobody, and says whether it came back. It exits with 1 when a letter
    could not leave, or would be refused.

    With --received it says what a relay did to a letter on its way: links that lead elsewhere, pictures and words
    that were added, headers that are gone. Send yourself a proof (`newsletter send --to`), and save the mail as an
    .eml file. It names its letter; where a relay took that away, add WEEK. It exits with 1 when something was changed.

    \b
    Examples:
      newsletter doctor
      newsletter doctor --online --selector s1
      newsletter doctor --received var/proof.eml
    """
    from generator.doctor.names import Names

    if week and not received:
        raise click.UsageError("a week needs --received")
    if received:
        if online or selector:
            raise click.UsageError("--received cannot be used with --online or --selector")
        from generator.doctor.letters import examine_received

        root, now = context.obj.root, context.obj.now()
        context.exit(1 if _show_all(examine_received(root, received, week, now)) else 0)

    if show_examination(context.obj.root, context.obj.now(), selector, Names() if online else None):
        context.exit(1)


def show_examination(root: Path, now: datetime, selector: str, names: Names | None) -> int:
    """Print each answer, and how many errors and warnings there are; gives the number of errors."""
    from generator.doctor.examination import examine

    said = " The DNS was not queried: add --online." if names is None else ""
    return _show_all(examine(root, now, selector, names), said)


def _show_all(answers: Iterable[Answer], said: str = "") -> int:
    """Print each answer and how many errors and warnings there are, then what else is to be `said`; the errors."""
    from generator.doctor import Condition
    from generator.sentences import count

    counts = dict.fromkeys(Condition, 0)
    for answer in answers:
        counts[answer.condition] += 1
        _show(answer)
    click.echo()
    errors, warnings = counts[Condition.ERROR], counts[Condition.WARNING]
    click.echo(f"{count(errors, 'error')}, {count(warnings, 'warning')}.{said}")
    return errors


def _show(answer: Answer) -> None:
    from generator.doctor import Condition

    colours = {
        Condition.OK: "green",
        Condition.ADVICE: "cyan",
        Condition.WARNING: "yellow",
        Condition.ERROR: "red",
    }
    colour = colours[answer.condition]
    label = click.style(
        f"{answer.condition:<8}", fg=colour, bold=answer.condition in {Condition.WARNING, Condition.ERROR}
    )
    begin = f"{label} {answer.subject:<12}"
    first, *others = textwrap.wrap(
        answer.found, _WIDTH - 21, break_long_words=False, break_on_hyphens=False
    ) or [""]
    click.echo(f"{begin} {first}".rstrip())
    for line in others:
        click.echo(" " * 22 + line)
    if answer.remedy:
        lines = textwrap.wrap(answer.remedy, _WIDTH - 23, break_long_words=False, break_on_hyphens=False)
        for number, line in enumerate(lines):
            click.echo(" " * 22 + ("→ " if number == 0 else "  ") + line)
