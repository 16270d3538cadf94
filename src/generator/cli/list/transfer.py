"""What moves the whole list: `newsletter subscribers import` and `export`, and `newsletter backup`."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING, Any

import click

from generator.cli import say_aside
from generator.cli.list.people import say_number
from generator.environment import FILE, find_missing_list, make_list, open_list, say_delivery
from generator.errors import GeneratorError, TableError
from generator.files import create_file, refuse_taken
from generator.subscribers.list.listing import count_statuses
from generator.subscribers.store.backup import back_up
from generator.subscribers.store.database import DEFAULT, open_database
from generator.subscribers.store.keys import Keys
from generator.subscribers.transfer.exporting import export_subscribers
from generator.subscribers.transfer.formats import shorten
from generator.subscribers.transfer.importing import Import, Order, Reject, Tally
from generator.subscribers.transfer.tables import write_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from generator.model import Language, Status
    from generator.subscribers.store.database import Database

_SHOWN = 20
"""Rejected rows that are shown; --rejects keeps all of them."""
_STEP = 1000
"""Rows between two looks at the progress of an export."""


# --- Import -----------------------------------------------------------------------------------------------------------


def import_file(root: Path, path: Path, order: Order, rejects: Path | None) -> int:
    """Take a file in, and say what became of its rows; how many were rejected. `-` is standard input."""
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
                        _say_stopped(reading.tally, order)
                        raise
        except TableError as error:
            raise TableError(f"{_name(path)} {error}") from None
    _say_rejected(shown, reading.tally.rejected, path, rejects)
    _say_done(root, reading, order)
    return reading.tally.rejected


@contextmanager
def _open_list(root: Path, order: Order) -> Iterator[Database]:
    """The list, which is made when there is none; for a dry run without one an empty list that nobody keeps."""
    with ExitStack() as stack:
        if order.dry_run and find_missing_list(root):
            folder = stack.enter_context(TemporaryDirectory())
            database = open_database(DEFAULT, Keys.make(), Path(folder))
        else:
            database = open_list(root) if order.dry_run else make_list(root, say_aside)
        yield stack.enter_context(closing(database))


@contextmanager
def _open(path: Path) -> Iterator[io.BufferedReader]:
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


@contextmanager
def _keep_rejects(path: Path | None) -> Iterator[Callable[[Reject], None]]:
    """Where rejected rows are written: a new file, for its owner only, because addresses stand in it."""
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


def _say_rejected(shown: Sequence[Reject], number: int, path: Path, rejects: Path | None) -> None:
    for row in shown:
        said = f" {shorten(row.address)}:" if row.address else ""
        click.echo(f"{_name(path)}:{row.line}:{said} {row.problem}", err=True)
    if number > len(shown):
        where = f"all of them are in {rejects}" if rejects else "to keep all of them, add --rejects FILE"
        click.echo(f"… and {number - len(shown):,} more; {where}.", err=True)


def _say_done(root: Path, reading: Import, order: Order) -> None:
    click.echo(_say_tally(reading.tally, order))
    if reading.origin.lost:
        click.echo(f"Not imported from {reading.origin.title}: {reading.origin.lost}.")
    if order.dry_run:
        click.echo("Nothing was written.")
    elif reading.tally.asked:
        click.echo(say_delivery(root))


def _say_stopped(tally: Tally, order: Order) -> None:
    click.echo(err=True)
    click.echo(
        f"Not finished: the file was imported up to line {tally.line:,}. {_say_tally(tally, order)}\n"
        "Run it again with the same file: subscribers who are already on the list are left unchanged.",
        err=True,
    )


def _say_tally(tally: Tally, order: Order) -> str:
    added = f"{say_number(tally.added)} {'to add' if order.dry_run else 'added'}"
    if tally.asked:
        added += f" ({tally.asked:,} with a confirmation mail)"
    rest = {
        "already on the list (unchanged)": tally.present,
        "twice in the file": tally.twice,
        "erased earlier (not added)": tally.erased,
        "rejected": tally.rejected,
    }
    return ", ".join([added, *(f"{number:,} {what}" for what, number in rest.items() if number)]) + "."


# --- Export -----------------------------------------------------------------------------------------------------------


def export_file(
    root: Path, output: Path | None, form: str, statuses: Sequence[Status], language: Language | None
) -> None:
    """Write the list to a new file, whole or not at all, or to standard output."""
    number = -2  # the first piece and the last are no subscribers
    with closing(open_list(root)) as database, database.read() as transaction, _write(output) as file:
        total = sum(count_statuses(transaction).values())
        hidden = output is None or not sys.stderr.isatty()
        with click.progressbar(length=total, label="Exporting", file=sys.stderr, hidden=hidden) as bar:
            for piece in export_subscribers(transaction, form, statuses, language):
                file.write(piece.encode())
                number += 1
                if number and number % _STEP == 0:
                    bar.update(_STEP)
            bar.update(total - bar.pos)
    if output is not None:
        click.echo(f"{output}: {say_number(number)}.")


@contextmanager
def _write(output: Path | None) -> Iterator[IO[bytes]]:
    """Where an export goes: a new file, or standard output."""
    if output is not None:
        with create_file(output) as file:
            yield file
        return
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


# --- Backup -----------------------------------------------------------------------------------------------------------


def write_backup(root: Path, target: Path) -> None:
    """Copy the list into a file, and say what is not in it."""
    with closing(open_list(root)) as database:
        number = back_up(database, target)
    size = target.stat().st_size / 1_000_000
    click.echo(f"{target}: {say_number(number)}, {size:.1f} MB, verified.")
    click.echo(f"The back-up does not contain the keys. Keep a copy of {FILE} too, in another place.")


def _name(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)
