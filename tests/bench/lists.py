"""Lists of subscribers to measure import and export with.

`python -m tests.bench.lists FOLDER LINES` writes one; `python -m tests.bench.lists empty ADDRESS` empties a database.
"""

import csv
import json
import shutil
import sys
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
    for name in ("docs", "newsletter"):
        shutil.copytree(sample / name, folder / name, dirs_exist_ok=True)


def empty_database(address: str) -> None:
    """A database on PostgreSQL with nothing in it, `address` as the commands know it."""
    import psycopg  # noqa: PLC0415 (only this one needs it)

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


if __name__ == "__main__":
    if sys.argv[1] == "empty":
        empty_database(sys.argv[2])
    else:
        make_project(Path(sys.argv[1]))
        write_list(Path(sys.argv[1]) / f"{sys.argv[2]}.csv", int(sys.argv[2]))
