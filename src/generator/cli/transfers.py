"""What moves the whole list: `newsletter subscribers import` and `export`, and `newsletter backup`."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

import click

from generator.cli.environment import FILE
from generator.cli.subscribers import find_certainties, open_for, say_number
from generator.errors import DatabaseError, GeneratorError, TableError
from generator.subscribers.backup import back_up
from generator.subscribers.exporting import export_subscribers
from generator.subscribers.formats import Defaults, shorten
from generator.subscribers.importing import Import, Order, Reject, Tally
from generator.subscribers.listing import count_statuses
from generator.subscribers.tables import write_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from generator.model import Language, Status

_SHOWN = 20
"""Rejected rows that are shown; --rejects keeps all of them."""
_STEP = 1000
"""Rows between two looks at the progress of an export."""


# --- Import -----------------------------------------------------------------------------------------------------------


def import_file(root: Path, path: Path, order: Order, rejects: Path | None) -> int:
    """Take a file in, and say what became of its rows; how many were rejected. `-` is standard input."""
    shown: list[Reject] = []
    with _open(path) as stream, _keep_rejects(rejects) as keep:

        def reject(row: Reject) -> None:
            keep(row)
            if len(shown) < _SHOWN:
                shown.append(row)

        try:
            reading = Import(stream, path.name, order)
            with open_for(root) as database, _show_progress(stream, path) as progress:
                try:
                    for tally in reading.run(database, reject):
                        progress(tally)
                except (GeneratorError, KeyboardInterrupt):
                    _say_stopped(reading.tally, order)
                    raise
        except TableError as error:
            raise TableError(f"{_name(path)} {error}") from None
    _say_rejected(shown, reading.tally.rejected, path, rejects)
    _say_done(reading, order)
    return reading.tally.rejected


def read_defaults(root: Path, language: Language, now: datetime) -> Defaults:
    """What rows may leave out, and the certainties that there are."""
    return Defaults(language, now, find_certainties(root))


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
    """Where rejected rows are written, for their owner only: addresses stand in it."""
    if path is None:
        yield lambda _: None
        return
    with _make(path, path, buffering=0) as file:  # or a full disk would be noticed when it is closed

        def keep(*cells: str) -> None:
            try:
                file.write(
                    write_row(cells).encode("utf-8", "replace")
                )  # what was no text in the file is none here
            except OSError as error:
                raise DatabaseError(_say_unwritten(path, error)) from None

        keep("line", "address", "problem")
        yield lambda row: keep(str(row.line), row.address, row.problem)


def _say_rejected(shown: Sequence[Reject], number: int, path: Path, rejects: Path | None) -> None:
    for row in shown:
        said = f" {shorten(row.address)}:" if row.address else ""
        click.echo(f"{_name(path)}:{row.line}:{said} {row.problem}", err=True)
    if number > len(shown):
        where = f"all are in {rejects}" if rejects else "--rejects FILE keeps all of them"
        click.echo(f"… and {number - len(shown):,} more; {where}.", err=True)


def _say_done(reading: Import, order: Order) -> None:
    click.echo(_say_tally(reading.tally, order))
    if reading.origin.lost:
        click.echo(f"Of {reading.origin.title} we do not keep: {reading.origin.lost}.")
    if order.dry_run:
        click.echo("Nothing was written.")
    elif reading.tally.asked:
        click.echo("The mails go out while `newsletter serve` runs.")


def _say_stopped(tally: Tally, order: Order) -> None:
    click.echo(err=True)
    click.echo(
        f"Not finished: up to line {tally.line:,} all was done. {_say_tally(tally, order)}\n"
        "Run it again with the same file: who is on the list already is left as they are.",
        err=True,
    )


def _say_tally(tally: Tally, order: Order) -> str:
    added = f"{say_number(tally.added)} {'to add' if order.dry_run else 'added'}"
    if tally.asked:
        added += f" ({tally.asked:,} with the question by mail)"
    rest = {
        "on the list already (left as they are)": tally.present,
        "twice in the file": tally.twice,
        "erased earlier (not brought back)": tally.erased,
        "rejected": tally.rejected,
    }
    return ", ".join([added, *(f"{number:,} {what}" for what, number in rest.items() if number)]) + "."


# --- Export -----------------------------------------------------------------------------------------------------------


def export_file(
    root: Path, output: Path | None, form: str, statuses: Sequence[Status], language: Language | None
) -> None:
    """Write the list to a file, whole or not at all, or to standard output."""
    number = -2  # the first piece and the last are no subscribers
    with open_for(root) as database, database.read() as transaction, _write(output) as file:
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
    """Where an export goes; a file gets its name when all of it was written."""
    # What a link leads to is renewed, not the link; /dev/stdout and a pipe are written to, and not replaced.
    path = output.resolve() if output else None
    new = (
        path.with_name(f".{path.name}.{os.getpid()}")
        if path and (path.is_file() or not path.exists())
        else None
    )
    try:
        if path is None:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with _make(new or path, path) as file:
                yield file
                file.flush()
                if new:
                    os.fsync(file.fileno())
            if new:
                new.replace(path)
    except BrokenPipeError:
        raise  # the reader has seen enough
    except OSError as error:
        raise DatabaseError(_say_unwritten(path or "standard output", error)) from None
    finally:
        if new:
            new.unlink(missing_ok=True)


def _make(path: Path, name: Path, buffering: int = -1) -> IO[bytes]:
    """A file for its owner only, whatever it was before; `name` is what an error calls it."""
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb", buffering)
        if path.is_file():
            os.fchmod(file.fileno(), 0o600)
    except OSError as error:
        raise DatabaseError(_say_unwritten(name, error)) from None
    return file


def _say_unwritten(path: Path | str, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}"


# --- Backup -----------------------------------------------------------------------------------------------------------


def write_backup(root: Path, target: Path) -> None:
    """Copy the list into a file, and say what is not in it."""
    with open_for(root) as database:
        number = back_up(database, target)
    size = target.stat().st_size / 1_000_000
    click.echo(f"{target}: {say_number(number)}, {size:.1f} MB, checked.")
    click.echo(f"The keys are not in it. Keep a copy of {FILE} too, in another place.")


def _name(path: Path) -> str:
    return "standard input" if str(path) == "-" else str(path)
