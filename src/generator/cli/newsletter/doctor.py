"""`newsletter doctor`: check everything that a letter needs to arrive."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

from generator.cli import Command

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.doctor import Answer
    from generator.doctor.names import Names

_WIDTH = 118


@click.command(cls=Command)
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
@click.pass_context
def command(context: click.Context, selector: str, *, online: bool) -> None:
    """Check everything that a letter needs to arrive.

    For each thing that is missing it says what to do. It connects to the relay, but sends nothing. To each web hook
    of the service it sends a signed report about nobody, and says whether it came back. It exits with 1 when a letter
    could not leave, or would be refused.

    \b
    Examples:
      newsletter doctor
      newsletter doctor --online --selector s1
    """
    from generator.doctor.names import Names

    if show_examination(context.obj.root, context.obj.now(), selector, Names() if online else None):
        context.exit(1)


def show_examination(root: Path, now: datetime, selector: str, names: Names | None) -> int:
    """Print each answer, and how many errors and warnings there are; gives the number of errors."""
    from generator.doctor import Condition
    from generator.doctor.examination import examine
    from generator.sentences import count

    counts = dict.fromkeys(Condition, 0)
    for answer in examine(root, now, selector, names):
        counts[answer.condition] += 1
        _show(answer)
    click.echo()
    said = f"{count(counts[Condition.ERROR], 'error')}, {count(counts[Condition.WARNING], 'warning')}."
    if names is None:
        said += " The DNS was not queried: add --online."
    click.echo(said)
    return counts[Condition.ERROR]


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
