"""`newsletter receive`: process returned mail: bounces, complaints, unsubscribes."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import click

from generator.cli import Command, say_aside, say_error
from generator.cli.parameters import FolderPath, OneOf

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from generator.mailing.receive import Received

FLOOD = 1
"""Something is held, and waits for an operator."""

TRY_AGAIN = 75
"""EX_TEMPFAIL: a mail server keeps the mail and comes back. For every other failure it would tell a reader so."""


ADVICE = {
    "blocked": "the relay is on a block list; ask this provider, or the list that its replies name, to take it off",
    "host name": "the relay has no valid host name; give its address a PTR record that leads back to it",
    "signature": "SPF, DKIM or DMARC do not fit; run `newsletter doctor --online`",
    "rate": "too much mail at once; set send.rate lower",
    "spam": "the letter is taken for spam; lower send.rate, and register with the postmaster of this provider",
    "policy": "a policy of theirs; look up the code with this provider, and run `newsletter doctor --online`",
    "SMTPUTF8": "a server on the way takes no addresses beyond ASCII; ask these readers for another address",
    "size": "the letter is too large; make it smaller",
}
"""What to do about a delivery.verdict.Meaning that is ours to mend."""


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
    help="Read the new mail of the mailbox in NEWSLETTER_MAILBOX, by IMAP.",
)
@click.option(
    "--queue",
    is_flag=True,
    help="Read what Amazon SES reports in the queue (SQS) in NEWSLETTER_QUEUE.",
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
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    maildir: Path | None,
    recipient: str,
    held: str | None,
    *,
    mailbox: bool,
    queue: bool,
) -> None:
    """Process returned mail: bounces, complaints, unsubscribes.

    It reads one mail from standard input, the new mail in MAILDIR, the new mail of a mailbox, or a queue of reports.
    Mail to addresses that people read is left to them, unseen.

    \b
    Unsubscribe mail with a letter's token    ends that subscription
    Unsubscribe mail without one              is answered with a link to the reader's page
    Bounce: the mailbox does not exist        no more letters
    Bounce: try later                         no more letters after three in a row, or five in 30 days
    Complaint                                 no more mail, ever

    Only mail with our own signature counts. What is about us (a block list, our DNS, a policy) ends nothing; it is
    counted for each provider, with what to do. It is a flood when in one day more than 20 readers and 5 % of the list
    would get no more letters, or more than 5 and half of those at one provider, or when more than 5 and 0.5 % complain:
    the rest is held back, running mailings stop, and you decide with --held.

    It exits with 0; with 1 when something is held back (never for mail on standard input, which the mail server would
    return to its sender); with 75 when it should be tried again later.

    \b
    Examples:
      newsletter receive --recipient bounce+tag@example.org < var/mail.eml
      newsletter receive var/returns
      newsletter receive --mailbox
      newsletter receive --queue
      newsletter receive --held show
    """
    from generator.mailing.receive import receive_mail, receive_mailbox, receive_maildir, receive_queue

    root, now = context.obj.root, context.obj.now()
    if sum((maildir is not None, mailbox, queue, held is not None)) > 1:
        raise click.UsageError("use only one of MAILDIR, --mailbox, --queue and --held")
    if recipient and (maildir is not None or mailbox or queue or held):
        raise click.UsageError("--recipient needs a mail on standard input")
    later, left = "deliver the mail again later", "could not be processed"
    if held is not None:
        _decide(root, held, now)
    elif mailbox:
        receive = partial(receive_mailbox, root, now, say_aside)
        left = "could not be processed and stayed unseen"
        context.exit(_receive(receive, "the remaining messages stay unseen", left))
    elif queue:
        receive = partial(receive_queue, root, now, say_aside)
        left = "of the queue are no reports of Amazon SES, and stayed there"
        context.exit(_receive(receive, "what was not kept stays in the queue", left))
    elif maildir is not None:
        receive = partial(receive_maildir, root, maildir, now, say_aside)
        context.exit(_receive(receive, later, f"{left}; see {maildir}"))
    elif sys.stdin.isatty():
        raise click.UsageError("expected a mail on standard input, a maildir, --mailbox or --queue")
    else:
        # Never with 1, though it be held: a mail server would send the mail back, with our words.
        code = _receive(partial(receive_mail, root, sys.stdin.buffer, recipient, now), later, left)
        context.exit(0 if code == FLOOD else code)


def _receive(receive: Callable[[], Received], advice: str, left: str) -> int:
    """Receive, and say how many mails there were of each kind, and never from whom; the exit code: 0, 1 or 75."""
    from generator.errors import describe
    from generator.sentences import count

    try:
        received = receive()
        _show(received)
    except Exception as error:  # noqa: BLE001 (after a bug too the mail is kept, and nobody hears what went wrong here)
        say_error(f"{describe(error)}; {advice}")
        return TRY_AGAIN
    if received.left:
        say_error(f"{count(received.left, 'message')} {left}")
        return TRY_AGAIN
    return FLOOD if received.held else 0


def _show(received: Received) -> None:
    from generator.model import Outcome
    from generator.sentences import count

    found = received.found
    said = ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if outcome in found)
    click.echo(said or "No mail.")
    if received.worn:
        click.echo(
            f"{count(received.worn, 'subscriber')} will get no more letters: delivery failed too often."
        )
    for (domain, cause), number in sorted(received.causes.items()):
        click.echo(f"{domain}: {count(number, 'letter')} refused today because of us: {ADVICE[cause]}.")
    if received.held:
        say_error(
            f"far more bounces or complaints than usual: {received.held:,} held back and not applied; see "
            "`newsletter receive --held show`, then run it with --held act or --held drop"
        )


def _decide(root: Path, decision: str, now: datetime) -> None:
    """Say what is held, or act on it, or drop it."""
    from generator.environment import open_list
    from generator.sentences import count
    from generator.subscribers.ledger import returns

    with closing(open_list(root)) as database:
        if decision == "show":
            with database.read() as transaction:
                held = returns.count_held(transaction)
            for detail, number in held.most_common():
                click.echo(f"{number:6,}  {detail}")
            if not held:
                click.echo("Nothing is held back.")
            return
        with database.begin() as transaction:
            if decision == "act":
                changed = returns.act_on_held(transaction, now)
                click.echo(f"{count(changed, 'subscriber')} will get no more letters.")
            else:
                click.echo(f"{count(returns.drop_held(transaction), 'report')} discarded.")
    click.echo("To continue a letter that was stopped, run `newsletter resume WEEK`.")
