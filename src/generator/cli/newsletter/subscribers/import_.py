"""`newsletter subscribers import`: add subscribers from a file."""

# Imports of what does the work are inside the command: `--help` answers before they have loaded.
# ruff: noqa: PLC0415
from __future__ import annotations

import io
import sys
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from generator.cli import Command, say_aside
from generator.cli.options import PROOF, require_end
from generator.cli.parameters import LANGUAGE, STATUS, FilePath, OneOf
from generator.model import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from generator.cli import Project
    from generator.subscribers.store.database import Database
    from generator.subscribers.transfer.importing import Import, Order, Reject, Tally
    from generator.subscribers.transfer.meanings import Meanings

_ORIGINS = (
    *(
        "ours",
        "mailchimp",
        "buttondown",
        "substack",
        "listmonk",
        "ghost",
        "brevo",
        "brevo-blocklist",
        "laposta",
    ),
    *("mailerlite", "kit", "beehiiv", "keila", "phplist", "mailman"),
)
_SHOWN = 20
"""Rejected rows that are shown; --rejects keeps all of them."""


@click.command(cls=Command)
@click.argument("file", type=FilePath())
@click.option(
    "--format", "form", type=OneOf(["csv", "json", "xlsx"]), help="Format of the file. Default: detected."
)
@click.option(
    "--sheet", metavar="NAME", default="", help="Sheet of an Excel workbook. Default: the only one with rows."
)
@click.option(
    "--from",
    "origin",
    type=OneOf(_ORIGINS),
    help="Program that exported the file. Default: detected from its columns.",
)
@click.option(
    "--column",
    "columns",
    metavar="FIELD=COLUMN",
    multiple=True,
    help="Column that holds the email, status, language or created time, or something for each who left; repeatable.",
)
@click.option(
    "--values",
    metavar="VALUE=STATUS,…",
    multiple=True,
    help="What the values in the status column mean; repeatable.",
)
@PROOF
@click.option("--ask", is_flag=True, help="Send all subscribers a confirmation mail instead.")
@click.option("--status", type=STATUS, help="Status of all subscribers, if the file has none.")
@click.option(
    "--language",
    type=LANGUAGE,
    help="Language of subscribers for whom the file has none. Default: the first of the project.",
)
@click.option(
    "--ignore",
    "ignored",
    metavar="COLUMN",
    multiple=True,
    help="Column to ignore, because it says nothing about consent; repeatable.",
)
@click.option(
    "--not-consent",
    "harmless",
    metavar="COLUMN",
    multiple=True,
    help="Ignored column that does not say who unsubscribed, although its name or values suggest it; repeatable.",
)
@click.option("--dry-run", is_flag=True, help="Show what would happen, but write nothing.")
@click.option(
    "--rejects",
    type=FilePath(),
    metavar="FILE",
    help="Write rejected rows and the reasons to this new file, whose name ends in .csv.",
)
@click.pass_context
def command(  # noqa: PLR0913 (one for each option)
    context: click.Context,
    file: Path,
    form: str | None,
    sheet: str,
    origin: str | None,
    proof: str,
    status: str | None,
    language: str | None,
    columns: tuple[str, ...],
    values: tuple[str, ...],
    ignored: tuple[str, ...],
    harmless: tuple[str, ...],
    rejects: Path | None,
    *,
    ask: bool,
    dry_run: bool,
) -> None:
    """Add subscribers from a file.

    FILE is CSV, JSON or an Excel workbook, from this or another program, or - for standard input. Subscribers who are
    on the list already are left as they are, and erased ones are not brought back, so you can stop an import and run
    it again.
    Nobody is confirmed without proof: our own exports contain it; for other files, name it with --proof, or send
    everybody a confirmation mail with --ask. It exits with 1 when a row was rejected.

    A file with a column that is not known is refused, because the column may say who unsubscribed. Say what its
    columns mean with --column, --values and --ignore; on a terminal, the command asks. Those who unsubscribed,
    bounced or complained elsewhere are added with that status, and get no letters. If a file brought them earlier,
    their subscription ends, unless they confirmed it themselves.

    \b
    Examples:
      newsletter subscribers import var/subscribers.csv
      newsletter subscribers import var/subscribed_members_export_1a2b.csv --dry-run --proof "Mailchimp, double opt-in"
      newsletter subscribers import var/listmonk.csv --status unsubscribed --rejects var/rejects.csv
      newsletter subscribers import var/club.csv --column status=member --values yes=confirmed,no=unsubscribed --ask
    """
    from generator.content.certainties import IDS
    from generator.model import Language
    from generator.subscribers.transfer.formats import Defaults
    from generator.subscribers.transfer.importing import Order
    from generator.words import list_names, load_languages

    if rejects is not None:
        require_end(rejects, ".csv", "--rejects")
    if proof and ask:
        raise click.UsageError("--proof and --ask cannot be used together")
    if origin and (columns or values):
        raise click.UsageError("--from cannot be used together with --column or --values")
    project: Project = context.obj
    root = project.root
    chosen = Language(language) if language else load_languages(root).default
    order = Order(
        defaults=Defaults(chosen, project.now(), frozenset(IDS), list_names(root)),
        proof=proof,
        ask=ask,
        status=Status(status) if status else None,
        origin=origin or "",
        form=form or "",
        sheet=sheet,
        meanings=_read_meanings(columns, values, ignored, harmless),
        dry_run=dry_run,
    )
    if file.is_file() and sys.stdin.isatty() and sys.stderr.isatty():
        order = _ask(file, order)
    if import_file(root, file, order, rejects):
        context.exit(1)


def _read_meanings(
    columns: Sequence[str], values: Sequence[str], ignored: Sequence[str], harmless: Sequence[str]
) -> Meanings:
    from generator.subscribers.transfer.meanings import Meanings, read_columns, read_values

    option = "--column"
    try:
        found = read_columns(columns)
        option = "--values"
        meant = read_values(values)
    except ValueError as error:
        raise click.UsageError(f"{option}: {error}") from None
    names = [frozenset(name.strip().lower() for name in given) for given in (ignored, harmless)]
    return Meanings(found, meant, *names)


def _ask(path: Path, order: Order) -> Order:
    from generator.cli.questions import ask_meanings
    from generator.errors import TableError

    try:
        return ask_meanings(path, order)
    except TableError as error:
        raise TableError(f"{_name(path)} {error}") from None


def import_file(root: Path, path: Path, order: Order, rejects: Path | None) -> int:
    """Take a file in, and say what became of its rows; how many were rejected. `-` is standard input."""
    from generator.errors import GeneratorError, TableError
    from generator.files import refuse_taken
    from generator.subscribers.transfer.importing import Import

    shown: list[Reject] = []
    if rejects is not None:
        refuse_taken(rejects)  # before standard input is waited for
    with _open(path) as stream:
        try:
            reading = Import(stream, path.name, order)  # before anything is made or written
            with _keep_rejects(rejects) as keep, _open_list(root, order) as database:

                def reject(row: Reject) -> None:
                    keep(row)
                    if len(shown) < _SHOWN:
                        shown.append(row)

                with _show_progress(stream, path) as progress:
                    try:
                        for tally in reading.run(database, reject):
                            progress(tally)
                    except (GeneratorError, KeyboardInterrupt):
                        _say_stopped(reading, order)
                        raise
        except TableError as error:
            raise TableError(f"{_name(path)} {error}") from None
    _say_rejected(shown, reading, path, rejects)
    _say_done(root, reading, order)
    return reading.tally.rejected


@contextmanager
def _open_list(root: Path, order: Order) -> Iterator[Database]:
    """The list, which is made when there is none; for a dry run without one an empty list that nobody keeps."""
    from generator.environment import find_missing_list, make_list, open_list
    from generator.subscribers.store.database import DEFAULT, open_database
    from generator.subscribers.store.keys import Keys

    with ExitStack() as stack:
        if order.dry_run and find_missing_list(root):
            folder = stack.enter_context(TemporaryDirectory())
            database = open_database(DEFAULT, Keys.make(), Path(folder))
        else:
            database = open_list(root) if order.dry_run else make_list(root, say_aside)
        yield stack.enter_context(closing(database))


@contextmanager
def _open(path: Path) -> Iterator[io.BufferedReader]:
    from generator.errors import TableError

    if str(path) == "-":
        stream: Any = sys.stdin.buffer
        yield stream if hasattr(stream, "peek") else io.BufferedReader(stream)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror or error}") from None
    with file:
        yield file


@contextmanager
def _show_progress(stream: io.BufferedReader, path: Path) -> Iterator[Callable[[Tally], None]]:
    """A bar on a terminal, as far as the file has been read."""
    size = path.stat().st_size if path.is_file() else 0
    with click.progressbar(
        length=size, label="Importing", file=sys.stderr, hidden=not (size and sys.stderr.isatty())
    ) as bar:
        yield lambda _: bar.update(stream.tell() - bar.pos) if size else None
        bar.update(size - bar.pos)  # a workbook has more in it than the sheet


@contextmanager
def _keep_rejects(path: Path | None) -> Iterator[Callable[[Reject], None]]:
    """Where rejected rows are written: a new file, for its owner only, because addresses stand in it."""
    from generator.files import create_file
    from generator.subscribers.transfer.tables import write_row

    if path is None:
        yield lambda _: None
        return
    with create_file(path) as file:

        def keep(*cells: str) -> None:
            # What was no text in the file is none here.
            file.write(write_row(cells).encode("utf-8", "replace"))
            file.flush()  # or a full disk would be noticed at the end

        keep("line", "address", "problem")
        yield lambda row: keep(str(row.line), row.address, row.problem)


def _say_rejected(shown: Sequence[Reject], reading: Import, path: Path, rejects: Path | None) -> None:
    from generator.subscribers.transfer.formats import shorten

    sheet, number = reading.table.sheet, reading.tally.rejected
    for row in shown:
        said = f" {shorten(row.address)}:" if row.address else ""
        place = f", sheet “{sheet}”, row {row.line}" if sheet else f":{row.line}"
        click.echo(f"{_name(path)}{place}:{said} {row.problem}", err=True)
    if number > len(shown):
        where = f"all of them are in {rejects}" if rejects else "to keep all of them, add --rejects FILE"
        click.echo(f"… and {number - len(shown):,} more; {where}.", err=True)


def _say_done(root: Path, reading: Import, order: Order) -> None:
    from generator.environment import say_delivery

    if reading.table.note:
        click.echo(reading.table.note)
    click.echo(_say_tally(reading.tally, order))
    if said := _say_statuses(reading.tally, order):
        click.echo(said)
    if ignored := sorted(order.meanings.ignored):
        click.echo(f"Ignored columns: {', '.join(f'“{name}”' for name in ignored)}.")
    if reading.origin.lost:
        click.echo(f"Not imported from {reading.origin.title}: {reading.origin.lost}.")
    if order.dry_run:
        click.echo("Nothing was written.")
    elif reading.tally.asked:
        click.echo(say_delivery(root))


def _say_stopped(reading: Import, order: Order) -> None:
    tally, unit = reading.tally, "row" if reading.table.sheet else "line"
    click.echo(err=True)
    click.echo(
        f"Not finished: the file was imported up to {unit} {tally.line:,}. {_say_tally(tally, order)}\n"
        "Run it again with the same file: subscribers who are already on the list are left unchanged.",
        err=True,
    )


def _say_tally(tally: Tally, order: Order) -> str:
    from generator.sentences import count

    added = f"{count(tally.added, 'subscriber')} {'to add' if order.dry_run else 'added'}"
    if tally.asked:
        added += f" ({tally.asked:,} with a confirmation mail)"
    rest = {
        "already on the list (unchanged)": tally.present,
        "left elsewhere (ended here)": tally.ended,
        "twice in the file": tally.twice,
        "erased earlier (not added)": tally.erased,
        "rejected": tally.rejected,
    }
    return ", ".join([added, *(f"{number:,} {what}" for what, number in rest.items() if number)]) + "."


_THERE = {
    Status.CONFIRMED: "confirmed",
    Status.UNCONFIRMED: "unconfirmed",
    Status.UNSUBSCRIBED: "left there (unsubscribed)",
    Status.BOUNCED: "bounced there (bounced)",
    Status.COMPLAINED: "complained there (complained)",
}


def _say_statuses(tally: Tally, order: Order) -> str:
    """Where those who were added stand; empty when nobody was."""
    said = [
        f"{tally.statuses[status]:,} {there}" for status, there in _THERE.items() if tally.statuses[status]
    ]
    return f"Of those {'to add' if order.dry_run else 'added'}: {', '.join(said)}." if said else ""


def _name(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)
