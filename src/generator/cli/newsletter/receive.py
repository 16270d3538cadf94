"""`newsletter receive`: process returned mail: bounces, complaints, unsubscribes."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from generator.cli import Command
from generator.cli.parameters import FolderPath, OneOf

if TYPE_CHECKING:
    from pathlib import Path


@click.command(cls=Command)
@click.argument(
    "maildir",
    required=False,
    type=FolderPath(exists=True),
    metavar="[MAILDIR]",
)
@click.option(
    "--mailbox",
    is_flag=True,
    help="Read the unseen mail of the mailbox in NEWSLETTER_MAILBOX, by IMAP.",
)
@click.option(
    "--recipient",
    default="",
    metavar="ADDRESS",
    help="Envelope recipient of the mail on standard input.",
)
@click.option(
    "--held",
    type=OneOf(["show", "act", "drop"]),
    help="Show, apply or discard the reports that were held back in a flood.",
)
@click.pass_context
def command(
    context: click.Context, maildir: Path | None, recipient: str, held: str | None, *, mailbox: bool
) -> None:
    """Process returned mail: bounces, complaints, unsubscribes.

    It reads one mail from standard input, the new mail in MAILDIR, or the unseen mail of a mailbox.

    \b
    Unsubscribe mail with a letter's token    ends that subscription
    Unsubscribe mail without one              is answered with a link to the reader's page
    Bounce: the mailbox does not exist        no more letters
    Bounce: try later                         no more letters after three in a row, or five in 30 days
    Complaint                                 no more mail, ever

    Only mail with our own signature counts. More hard bounces in a day than 20 and 5 % of the list, or more complaints
    than 5 and 0.5 %, are a flood: the rest is held back, running mailings stop, and you decide with --held.

    It exits with 0; with 1 when something is held back (never for mail on standard input, which the mail server would
    return to its sender); with 75 when it should be tried again later.

    \b
    Examples:
      newsletter receive --recipient bounce+tag@example.org < var/mail.eml
      newsletter receive var/returns
      newsletter receive --mailbox
      newsletter receive --held show
    """
    from generator.cli.receiving import decide_held, receive_mail, receive_mailbox

    root, now = context.obj.root, context.obj.now()
    if sum((maildir is not None, mailbox, held is not None)) > 1:
        raise click.UsageError("use only one of MAILDIR, --mailbox and --held")
    if recipient and (maildir is not None or mailbox or held):
        raise click.UsageError("--recipient needs a mail on standard input")
    if held is not None:
        decide_held(root, held, now)
    elif mailbox:
        context.exit(receive_mailbox(root, now))
    elif maildir is None and sys.stdin.isatty():
        raise click.UsageError("expected a mail on standard input, a maildir, or --mailbox")
    else:
        context.exit(receive_mail(root, maildir, recipient, now))
