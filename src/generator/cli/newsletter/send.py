"""`newsletter send`: send the letter of a week to its readers."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside
from generator.cli.addresses import read_address
from generator.cli.options import with_week
from generator.cli.parameters import LANGUAGE, FolderPath
from generator.cli.sending import read_order, show_sending, with_order
from generator.sentences import count

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from generator.cli import Project
    from generator.mailing.trial import Proof
    from generator.model import Language, Week


@click.command(cls=Command)
@with_week()
@click.option("--course", is_flag=True, help="Send the lessons of the course that are due, and no letter.")
@click.option("--wait", is_flag=True, help="Wait until the window of that Friday opens, then send.")
@click.option("--now", "at_once", is_flag=True, help="Send now, even outside the window.")
@click.option(
    "--dry-run", is_flag=True, help="Write the letters to a folder instead; nothing is sent or recorded."
)
@click.option(
    "--output",
    type=FolderPath(),
    metavar="FOLDER",
    help="Folder for --dry-run, a maildir. Default: var/dry-run/WEEK.",
)
@click.option("--to", "proof", metavar="ADDRESS", help="Send a proof to this address only.")
@click.option("--language", type=LANGUAGE, help="Language of the proof. Default: both languages.")
@with_order
@click.option("--without-git", is_flag=True, help="Do not check that everything is committed to git.")
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    week: Week | None,
    output: Path | None,
    proof: str | None,
    language: str | None,
    connections: int,
    rate: float | None,
    patience: float,
    *,
    course: bool,
    wait: bool,
    at_once: bool,
    dry_run: bool,
    without_git: bool,
) -> None:
    """Send the letter of a week to its readers.

    First it checks for obstacles, and lists them: errors of `generate check`, a draft, uncommitted
    changes, a closed window. Then it freezes the letter and its recipients, and sends. No reader gets it twice, so
    you can run it again at any time, also from a timer. Ctrl-C finishes the letters in flight, then stops.

    Without WEEK it sends the letter whose window is open, or opens next. From Monday to Thursday, in the window of
    [course] in the settings, it sends the lessons of the course that are due instead. It exits with 0 when nothing is
    left to do, and with 1 when something is; then `newsletter resume` continues.

    \b
    Examples:
      newsletter send --dry-run
      newsletter send 2026-W48 --to editor@example.org
      newsletter send --wait
      newsletter send 2026-W48 --now --rate 10
      newsletter send --course
    """
    from generator.mailing.lessons import is_open, send_lessons
    from generator.mailing.send import Asked, send_letter
    from generator.model import Language
    from generator.settings import read_settings

    _check_options(week, output, proof, language, course=course, wait=wait, at_once=at_once, dry_run=dry_run)
    project: Project = context.obj
    root, clock = project.root, project.clock
    if dry_run:
        _write(root, week, output, clock())
    elif proof:
        _send_proof(root, week, read_address(proof), Language(language) if language else None, clock())
    else:
        asked = Asked(read_order(connections, rate, patience), wait, at_once, without_git)
        if course or (week is None and not wait and is_open(read_settings(root), clock())):
            context.exit(show_sending(partial(send_lessons, root, asked, clock)))
        context.exit(show_sending(partial(send_letter, root, week, asked, clock)))


def _check_options(  # noqa: PLR0913 (one for each option)
    week: Week | None,
    output: Path | None,
    proof: str | None,
    language: str | None,
    *,
    course: bool,
    wait: bool,
    at_once: bool,
    dry_run: bool,
) -> None:
    """Raise UsageError for options that cannot be used together."""
    if wait and at_once:
        raise click.UsageError("--wait and --now cannot be used together")
    if course and (week or wait or dry_run or proof):
        raise click.UsageError("--course cannot be used with a week, --wait, --dry-run or --to")
    if (
        at_once and week is None and not course
    ):  # on Friday at eleven the window that opens next is that of next week
        raise click.UsageError("--now needs a week")
    if (wait or at_once) and (dry_run or proof):
        raise click.UsageError("--wait and --now cannot be used with --dry-run or --to")
    if dry_run and proof:
        raise click.UsageError("--dry-run and --to cannot be used together")
    if output and not dry_run:
        raise click.UsageError("--output needs --dry-run")
    if language and not proof:
        raise click.UsageError("--language needs --to")


def _write(root: Path, week: Week | None, output: Path | None, now: datetime) -> None:
    """Write every letter into a folder, and say what would keep it from being sent."""
    from generator.cli.reports import report_text
    from generator.mailing.trial import write_letters

    written = write_letters(root, week, output, now)
    for line in report_text(written.problems, root):
        say_aside(line)
    click.echo(f"{count(written.letters, 'letter')} in {written.folder}/new. Nothing was sent or recorded.")
    for obstacle in written.obstacles:
        say_aside(f"`newsletter send {written.week}` would be refused: {obstacle}")


def _send_proof(
    root: Path, week: Week | None, address: str, language: Language | None, now: datetime
) -> None:
    from generator.delivery.outgoing.transports import VARIABLE
    from generator.mailing.trial import send_proof

    sent = send_proof(root, week, address, language, now, _show_proof)
    if any(proof.files for proof in sent):
        click.echo(
            f"This is a trial: nothing was sent. To send a proof to an inbox, set {VARIABLE} to a relay."
        )


def _show_proof(proof: Proof) -> None:
    way = (
        f"was sent to {proof.address} through {proof.relay} ({proof.codes})"
        if proof.files is None
        else f"is in {proof.files}"
    )
    click.echo(f"The letter of {proof.week} ({proof.language}) {way}.")
