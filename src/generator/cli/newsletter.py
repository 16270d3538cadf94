"""`newsletter`: the list of subscribers, the service that they meet, and their mail.

It changes the world; `generate` does not.
"""

# Imports of what does the work stand inside the commands: `newsletter --help` answers before a database has loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from generator.cli import ROOT, Group, find_project
from generator.cli.listing import subscribers
from generator.cli.mailing import explain, report, resume, retry, send, status


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@ROOT
@click.version_option(package_name="zekerheden", message="%(version)s")
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Keep the list of subscribers, serve the pages where they sign up, change and leave, and send them the letter.

    \b
    To try it:    newsletter serve
    The list:     newsletter subscribers list
    On Friday:    newsletter send
    """
    context.obj = root


for _command in (subscribers, send, resume, retry, status, report, explain):
    main.add_command(_command)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="Where readers reach the service. Default: url of [service] in the settings; in a trial, where it listens.",
)
@click.option(
    "--proxy",
    "proxies",
    metavar="ADDRESS",
    multiple=True,
    default=("127.0.0.1", "::1"),
    show_default=True,
    help="An address or network whose X-Forwarded-For is believed; repeatable.",
)
@click.pass_obj
def serve(root: Path | None, host: str, port: int, url: str, proxies: tuple[str, ...]) -> None:
    """Serve the pages where people sign up, change and leave, and send the mail that belongs to them.

    Without further settings it is a trial: the list is var/newsletter.db, and mail goes into the folder var/mail, where
    you read it. NEWSLETTER_MAIL names a mail server for real use; see OPERATING.md.

    \b
    Examples:
      newsletter serve
      newsletter serve --port 8025 --url https://letter.example.org/
    """
    from generator.cli.serving import serve_list

    serve_list(find_project(root), host, port, url, proxies)


@main.command()
@click.option("--rotate", is_flag=True, help="Put a new key before the others, which stay valid.")
@click.pass_obj
def keys(root: Path | None, *, rotate: bool) -> None:
    """Say where the keys of the list stand, or renew them.

    Keys sign the links in mail and hash the addresses of who was erased. They never appear on the screen.

    \b
    Examples:
      newsletter keys
      newsletter keys --rotate
    """
    from generator.cli.keys import show_keys

    show_keys(find_project(root), rotate=rotate)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(root: Path | None, file: Path) -> None:
    """Copy the list into FILE while the service goes on; the copy is checked before it gets its name.

    To go back: stop the service, put the copy in the place of var/newsletter.db, remove var/newsletter.db-wal and
    var/newsletter.db-shm, and start the service. Letters that were on their way when the copy was made are in doubt in
    it, so that none goes out twice. For PostgreSQL use pg_dump.

    \b
    Example:
      newsletter backup copies/newsletter-2026-11-27.db
    """
    from generator.cli.transfers import write_backup

    write_backup(find_project(root), file)


@main.command()
@click.argument(
    "maildir",
    required=False,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="[MAILDIR]",
)
@click.option(
    "--mailbox",
    is_flag=True,
    help="Read what is unseen in the mailbox that NEWSLETTER_MAILBOX names, by IMAP.",
)
@click.option(
    "--recipient",
    default="",
    metavar="ADDRESS",
    help="Where the mail on standard input was brought to, as a mail server knows it.",
)
@click.option(
    "--held",
    type=click.Choice(["show", "act", "drop"]),
    help="Decide about bounces and complaints that came in a flood.",
)
@click.pass_context
def receive(
    context: click.Context, maildir: Path | None, recipient: str, held: str | None, *, mailbox: bool
) -> None:
    """Read mail that came back or asks: one from standard input, what is new in MAILDIR, or what a mailbox holds.

    \b
    A mail with the token of a letter      ends that subscription
    one without                            a link to their own page, for who is on the list
    a bounce, a mailbox that is not there  no letters any more
    a bounce, for now                      the same after three letters in a row, or five in 30 days
    a complaint                            no mail any more, ever

    Only what carries our own signature counts. More hard bounces within a day than 20 and 5 % of the list, or
    complaints than 5 and 0.5 %, are a flood: the others are held, running mailings stop, and --held decides.

    Ends with 0, with 1 when something is held (but never for a mail on standard input, which its server would send
    back), or with 75 when it is to be tried again later.

    \b
    Examples:
      newsletter receive --recipient bounce+tag@example.org < mail.eml
      newsletter receive /var/mail/unsubscribe
      newsletter receive --mailbox
      newsletter receive --held show
    """
    from generator.cli.receiving import decide_held, receive_mail, receive_mailbox

    root, now = find_project(context.obj), datetime.now(UTC)
    if sum((maildir is not None, mailbox, held is not None)) > 1:
        raise click.UsageError("use one of MAILDIR, --mailbox and --held")
    if recipient and (maildir is not None or mailbox or held):
        raise click.UsageError("--recipient is for a mail on standard input")
    if held is not None:
        decide_held(root, held, now)
    elif mailbox:
        context.exit(receive_mailbox(root, now))
    elif maildir is None and sys.stdin.isatty():
        raise click.UsageError("give a mail on standard input, the folder of a maildir, or --mailbox")
    else:
        context.exit(receive_mail(root, maildir, recipient, now))


@main.command()
@click.option("--online", is_flag=True, help="Ask the DNS too: SPF, DKIM, DMARC, MX and PTR.")
@click.option(
    "--selector",
    default="",
    metavar="NAME",
    help="Of the key that the relay signs with. Default: selector of [dkim] in the settings.",
)
@click.pass_context
def doctor(context: click.Context, selector: str, *, online: bool) -> None:
    """Look at all that a letter needs to arrive, and say what is missing and what to do.

    It talks with the relay, but sends nothing. Ends with 1 when a letter could not leave, or would not be taken.

    \b
    Examples:
      newsletter doctor
      newsletter doctor --online --selector s1
    """
    from generator.cli.doctor import examine
    from generator.delivery.examinations.names import Names

    if examine(find_project(context.obj), datetime.now(UTC), selector, Names() if online else None):
        context.exit(1)
