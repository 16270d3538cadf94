"""Lists and mailings to measure sending with; prints JSON. The environment names the database, as for `newsletter`.

`python -m tests.bench.mailings fill ROOT COUNT` makes a list of so many confirmed subscribers.
`… freeze ROOT BYTES` forgets all mailings, and freezes that of LAST anew with letters of so many bytes (0: as it is).
`… tell ROOT` says how many letters were accepted, and within how many seconds.
`… sign ROOT COUNT` signs so many copies of a frozen letter, and fewer with dkimpy; says how long each took.
"""

import argparse
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dkim
from sqlalchemy import delete, func, select, text

from generator.content import load_newsletter
from generator.delivery.outgoing.signing import VARIABLE, relax
from generator.environment import find_signer, make_list, open_list
from generator.model import Mailing, Progress, Week
from generator.render.email.master import STAND_IN, Master, render_master
from generator.settings import read_settings
from generator.subscribers.ledger.mailings import freeze
from generator.subscribers.store.database import Database
from generator.subscribers.store.schema import DELIVERY, EVENT, MAILING, MASTER, SENDER, SUBSCRIBER

LAST = Week(2026, 48)
MOMENT = datetime(2026, 11, 27, 6, tzinfo=UTC)
READER = replace(STAND_IN, address="reader1234@example.com")

_COLUMNS = "(handle, address, key, language, certainties, status, created, changed)"
_SQLITE = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
SELECT lower(hex(randomblob(8))), 'reader' || n || '@example.com', 'reader' || n || '@example.com',
  CASE n % 3 WHEN 0 THEN 'en' ELSE 'nl' END, '', 'confirmed', '2026-01-05 10:00:00.000000', '2026-01-05 10:00:00.000000'
FROM numbers
"""
_POSTGRESQL = """
SELECT substr(md5(n::text), 1, 16), 'reader' || n || '@example.com', 'reader' || n || '@example.com',
  CASE n % 3 WHEN 0 THEN 'en' ELSE 'nl' END, '', 'confirmed', '2026-01-05 10:00:00Z', '2026-01-05 10:00:00Z'
FROM generate_series(1, :count) n
"""


def fill(database: Database, count: int) -> None:
    with database.begin() as transaction:
        for table in (DELIVERY, MASTER, MAILING, EVENT, SENDER, SUBSCRIBER):
            transaction.connection.execute(delete(table))
        rows = _SQLITE if database.file else _POSTGRESQL
        insert = text(f"INSERT INTO subscriber {_COLUMNS} {rows}")
        transaction.connection.execute(insert, {"count": count})
    if not database.file:  # as autovacuum does a minute later
        with database.begin() as transaction:
            transaction.connection.execute(text("ANALYZE subscriber"))


def freeze_anew(database: Database, root: Path, size: int) -> float:
    """Freezes the mailing; seconds that it took, without the rendering."""
    newsletter = load_newsletter(root)
    issue = next(issue for issue in newsletter.archive.issues if issue.week == LAST)
    editions = list(issue.editions.values())
    masters = {
        edition.language: resize(
            render_master(newsletter, edition, newsletter.settings.service_url, MOMENT), size
        )
        for edition in editions
    }
    mailing = Mailing(LAST, MOMENT, "", editions[0].certainty, database.keys.fingerprint)
    with database.begin() as transaction:
        for table in (DELIVERY, MASTER, MAILING, EVENT, SENDER):
            transaction.connection.execute(delete(table))
    began = time.perf_counter()
    with database.begin() as transaction:
        freeze(transaction, mailing, masters, LAST.friday)
    return time.perf_counter() - began


def resize(master: bytes, size: int) -> bytes:
    """A master whose copies have about `size` bytes: lines of its HTML are left out, or are there several times."""
    if not size:
        return master
    more = size - len(Master(master).copy(READER))
    start = master.index(b"\r\n\r\n", master.index(b"Content-Type: text/html")) + 4
    lines = master[start : master.index(b"\r\n--=_", start)].split(b"\r\n")
    # From the middle, where no stand-in is: those are at the end, and Master refuses what has lost one.
    middle = [line for line in lines[2 : len(lines) // 2] if not line.endswith(b"=")] or [b"Words. " * 10]
    if more > 0:
        added = [
            middle[number % len(middle)] for number in range(max(1, more * len(middle) // _length(middle)))
        ]
        kept = [*lines[:2], *added, *lines[2:]]
    else:
        kept, left = lines[:2], -more
        for line in lines[2:]:
            if left > 0:
                left -= len(line) + 2
            else:
                kept.append(line)
    return master[:start] + b"\r\n".join(kept) + master[start + len(b"\r\n".join(lines)) :]


def _length(lines: list[bytes]) -> int:
    return sum(len(line) + 2 for line in lines)


def tell(database: Database) -> dict[str, float]:
    accepted = DELIVERY.c.progress == Progress.ACCEPTED
    with database.read() as transaction:
        found = transaction.connection.execute(
            select(func.count(), func.min(DELIVERY.c.at), func.max(DELIVERY.c.at)).where(accepted)
        ).one()
        masters = transaction.connection.execute(
            select(MASTER.c.content).order_by(MASTER.c.language)
        ).scalars()
        sizes = [len(Master(content).copy(READER)) for content in masters]
    count, first, last = found
    return {
        "accepted": count,
        "seconds": (last - first).total_seconds() if count else 0,
        "bytes": max(sizes, default=0),
    }


def sign(database: Database, root: Path, count: int) -> dict[str, dict[str, float]]:
    """By who signs: letters, bytes of one, seconds, and processor seconds. dkimpy gets the same headers to sign."""
    signer = find_signer(root, read_settings(root))
    assert signer is not None
    with database.read() as transaction:
        content = transaction.connection.execute(select(MASTER.c.content).limit(1)).scalar_one()
    master, relaxed = Master(content), Master(relax(content))
    readers = [replace(READER, address=f"reader{number}@example.com") for number in range(count)]
    copies = [(master.copy(reader), relaxed.copy(reader)) for reader in readers]
    covered = re.search(rb"h=([^;]+)", signer.sign(*copies[0]))
    names = re.sub(rb"\s", b"", covered[1]).split(b":") if covered else []
    key = Path(os.environ[VARIABLE]).read_bytes()
    return {
        "ours": _time(lambda copy: signer.sign(*copy), copies),
        "dkimpy": _time(
            lambda copy: dkim.sign(
                copy[0],
                b"s1",
                b"example.org",
                key,
                canonicalize=(b"relaxed", b"relaxed"),
                include_headers=names,
            ),
            copies[: max(20, count // 50)],
        ),
    }


def _time(
    sign: Callable[[tuple[bytes, bytes]], object], copies: list[tuple[bytes, bytes]]
) -> dict[str, float]:
    began, used = time.perf_counter(), time.process_time()
    for copy in copies:
        sign(copy)
    return {
        "letters": len(copies),
        "bytes": len(copies[0][0]),
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - used,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.mailings", description=__doc__.splitlines()[0]
    )
    tasks = parser.add_subparsers(dest="task", required=True)
    for name, number, said in (
        ("fill", "count", "make a list of so many confirmed subscribers"),
        ("freeze", "bytes", "freeze the newest letter anew, with so many bytes (0: as it is)"),
        ("tell", "", "say how many letters were accepted, and in how many seconds"),
        ("sign", "count", "sign so many copies of a frozen letter, and fewer with dkimpy"),
    ):
        task = tasks.add_parser(name, help=said)
        task.add_argument("root", type=Path, help="folder of the project")
        if number:
            task.add_argument("number", type=int, metavar=number.upper())
    asked = parser.parse_args()
    root: Path = asked.root
    database = make_list(root, lambda _: None) if asked.task == "fill" else open_list(root)
    if asked.task == "fill":
        fill(database, asked.number)
    elif asked.task == "freeze":
        print(json.dumps({"seconds": freeze_anew(database, root, asked.number)}))
    elif asked.task == "sign":
        print(json.dumps(sign(database, root, asked.number)))
    else:
        print(json.dumps(tell(database)))
    database.close()


if __name__ == "__main__":
    main()
