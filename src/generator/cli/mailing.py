"""The commands of `newsletter` that send a letter, and tell how far it is."""

# Imports of what does the work stand inside the commands: `newsletter --help` answers before a database has loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import find_project
from generator.cli.options import LANGUAGE, WeekType

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.cli.running import Order
    from generator.model import Week


def _with_order(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say how fast, over how many connections, and how patiently."""
    for option in reversed(
        (
            click.option(
                "--connections",
                type=click.IntRange(1, 50),
                default=1,
                show_default=True,
                metavar="N",
                help="Connections with the relay; a crash leaves up to N letters in doubt.",
            ),
            click.option(
                "--rate",
                type=click.FloatRange(0),
                metavar="R",
                help="Letters a second at most, 0 for no limit. Default: rate of [send] in the settings.",
            ),
            click.option(
                "--patience",
                type=click.FloatRange(0, 24 * 60),
                default=30,
                show_default=True,
                metavar="MINUTES",
                help="Wait so long for letters that are deferred, or for a relay that is away.",
            ),
        )
    ):
        command = option(command)
    return command


def _read_order(connections: int, rate: float | None, patience: float, *, tolerant: bool = False) -> Order:
    from datetime import timedelta

    from generator.cli.running import Order

    return Order(connections, rate, timedelta(minutes=patience), tolerant)


@click.command()
@click.argument("week", type=WeekType(), metavar="[WEEK]", required=False)
@click.option("--wait", is_flag=True, help="Wait for the window of that Friday, and send then.")
@click.option("--now", "at_once", is_flag=True, help="Send at once, whatever the window says.")
@click.option(
    "--dry-run", is_flag=True, help="Write all letters into a folder, as they would leave; keep no ledger."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="The folder for --dry-run, a maildir. Default: var/dry-run/WEEK.",
)
@click.option("--to", "proof", metavar="ADDRESS", help="Send a proof to this address, and to nobody else.")
@click.option("--language", type=LANGUAGE, help="Of the proof. Default: one in each.")
@_with_order
@click.option("--without-git", is_flag=True, help="Do not ask git whether all is committed.")
@click.pass_context
def send(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: Week | None,
    output: Path | None,
    proof: str | None,
    language: str | None,
    connections: int,
    rate: float | None,
    patience: float,
    *,
    wait: bool,
    at_once: bool,
    dry_run: bool,
    without_git: bool,
) -> None:
    """Send the letter of WEEK to everybody who should get it; by default of the week whose window is open, or next.

    First it looks whether all is well, and says what is not: errors of `generate check`, a draft, changes that are not
    committed, a closed window. Then it freezes the letter and who gets it, and sends. Nobody gets it twice: run it
    again whenever you like, from a timer too. Ctrl-C finishes what is in flight.

    Ends with 0 when nothing is left to do, with 1 when something is; `newsletter resume` goes on.

    \b
    Examples:
      newsletter send --dry-run
      newsletter send --to editor@example.org
      newsletter send --wait
      newsletter send 2026-W48 --now --rate 10
    """
    from functools import partial

    from generator.cli.sending import Asked, send_letter
    from generator.cli.trials import send_proof, write_letters
    from generator.model import Language

    if wait and at_once:
        raise click.UsageError("--wait and --now: use one of them")
    if at_once and week is None:  # on Friday at eleven the window that opens next is that of next week
        raise click.UsageError("--now has no window to tell which letter is meant; name its week")
    if (wait or at_once) and (dry_run or proof):
        raise click.UsageError(
            "--dry-run and --to send nothing to readers, so they do not wait; leave --wait and --now out"
        )
    if dry_run and proof:
        raise click.UsageError("--dry-run and --to: use one of them")
    if output and not dry_run:
        raise click.UsageError("--output is for --dry-run")
    if language and not proof:
        raise click.UsageError("--language is for --to")
    root, clock = find_project(context.obj), partial(datetime.now, UTC)
    if dry_run:
        write_letters(root, week, output, clock())
    elif proof:
        send_proof(root, week, proof, Language(language) if language else None, clock())
    else:
        order = _read_order(connections, rate, patience)
        context.exit(send_letter(root, week, Asked(order, wait, at_once, without_git), clock))


@click.command()
@click.argument("week", type=WeekType())
@_with_order
@click.pass_context
def resume(context: click.Context, week: Week, connections: int, rate: float | None, patience: float) -> None:
    """Go on with the letter of WEEK as it was frozen, after a crash, Ctrl-C, or a stop of its own.

    Who is in doubt is not asked again: see `retry`. No window holds it back: you are here.

    \b
    Example:
      newsletter resume 2026-W48
    """
    from functools import partial

    from generator.cli.resuming import resume_mailing

    order = _read_order(connections, rate, patience)
    clock = partial(datetime.now, UTC)
    context.exit(resume_mailing(find_project(context.obj), week, order, clock))


@click.command()
@click.argument("week", type=WeekType())
@click.option("--refused", is_flag=True, help="Those that the relay refused, or that were given up.")
@click.option("--in-doubt", is_flag=True, help="Those of which nobody knows whether they arrived.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@_with_order
@click.pass_context
def retry(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: Week,
    connections: int,
    rate: float | None,
    patience: float,
    *,
    refused: bool,
    in_doubt: bool,
    yes: bool,
) -> None:
    """Send letters of WEEK again that were refused, or that are in doubt; the same bytes, with the same Message-ID.

    \b
    Examples:
      newsletter retry 2026-W48 --in-doubt
      newsletter retry 2026-W48 --refused --yes
    """
    from functools import partial

    from generator.cli.resuming import retry_letters
    from generator.model import Progress

    if refused == in_doubt:
        raise click.UsageError("say whom: --refused or --in-doubt")
    progress = Progress.REFUSED if refused else Progress.IN_DOUBT
    order = _read_order(connections, rate, patience, tolerant=refused)
    root, clock = find_project(context.obj), partial(datetime.now, UTC)
    context.exit(retry_letters(root, week, progress, order, clock, asks=not yes))


@click.command()
@click.argument("week", type=WeekType(), metavar="[WEEK]", required=False)
@click.option("--doubtful", is_flag=True, help="Name who is in doubt, with the Message-ID to look for.")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.pass_obj
def status(root: Path | None, week: Week | None, *, doubtful: bool, as_json: bool) -> None:
    """Say how far the letter of WEEK is; by default the newest that was sent.

    What was being sent by a process that has died is in doubt from then on. The numbers always add up.

    \b
    Examples:
      newsletter status
      newsletter status 2026-W48 --doubtful
    """
    from generator.cli.accounts import show_status

    show_status(find_project(root), week, datetime.now(UTC), doubtful=doubtful, as_json=as_json)


@click.command()
@click.argument("week", type=WeekType(), metavar="WEEK")
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json"]),
    default="markdown",
    show_default=True,
    help="For a person, or for a program.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there instead of to standard output.",
)
@click.pass_obj
def report(root: Path | None, week: Week, form: str, output: Path | None) -> None:
    """Account for the letter of WEEK: who got it in numbers, what the relay said, what came back. No addresses.

    Each run of `send`, `resume` and `retry` leaves the same in var/reports/.

    \b
    Examples:
      newsletter report 2026-W48
      newsletter report 2026-W48 --format json --output report.json
    """
    from generator.cli.accounting import show_report

    show_report(find_project(root), week, datetime.now(UTC), form, output)


@click.command()
@click.argument("address")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.pass_obj
def explain(root: Path | None, address: str, *, as_json: bool) -> None:
    """Tell all that ever happened to an address, in order: consent, letters, bounces, and why none come any more.

    \b
    Example:
      newsletter explain reader@example.org
    """
    from generator.cli.explaining import explain_address

    explain_address(find_project(root), address, datetime.now(UTC), as_json=as_json)
