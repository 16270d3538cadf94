"""Lists of subscribers to measure import and export with.

`python -m tests.bench.lists write FOLDER LINES` writes one; `… empty ADDRESS` empties a database.
"""

import argparse
import csv
import json
import shutil
from pathlib import Path

COLUMNS = [
    *("address", "language", "certainties", "status", "created", "changed"),
    *("paused_until", "handle", "consents"),
]
WORDING = {
    "language": "nl",
    "text": "Ik wil elke vrijdag de brief per e-mail. In elke brief staat hoe ik ophoud en wat er wordt bewaard.",
}


def write_list(path: Path, lines: int) -> None:
    """As many confirmed subscribers, each with two consents and their wording, as an export writes them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for number in range(lines):
            moment = f"2026-01-{number % 28 + 1:02}T10:{number % 60:02}:00.123456Z"
            shared = {
                "at": moment,
                "source": "https://letter.example.org/",
                "network": f"192.0.{number % 256}.0/24",
            }
            consents = [{"step": step, **shared, "wording": WORDING} for step in ("asked", "confirmed")]
            rows.writerow(
                [
                    f"reader{number}@mail{number % 500}.example.org",
                    "nl" if number % 3 else "en",
                    "referral" if number % 7 == 0 else "",
                    "confirmed",
                    moment,
                    moment,
                    "",
                    f"bench-{number:010}",
                    json.dumps(consents, ensure_ascii=False),
                ]
            )


def make_project(folder: Path) -> None:
    """Only what the commands look at."""
    sample = Path(__file__).parents[1] / "sample"
    for name in ("docs", "newsletter", "templates"):
        shutil.copytree(sample / name, folder / name, dirs_exist_ok=True)


def empty_database(address: str) -> None:
    """A database on PostgreSQL with nothing in it, `address` as the commands know it."""
    import psycopg  # noqa: PLC0415 (only this one needs it)

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.lists", description=__doc__.splitlines()[0])
    tasks = parser.add_subparsers(dest="task", required=True)
    writing = tasks.add_parser("write", help="create a project with a list of subscribers")
    writing.add_argument("folder", type=Path, help="folder to create the project in")
    writing.add_argument("lines", type=int, help="number of subscribers")
    emptying = tasks.add_parser("empty", help="delete everything in a PostgreSQL database")
    emptying.add_argument("address", help="address of the database, as in NEWSLETTER_DATABASE")
    asked = parser.parse_args()
    if asked.task == "empty":
        empty_database(asked.address)
    else:
        make_project(asked.folder)
        write_list(asked.folder / f"{asked.lines}.csv", asked.lines)
