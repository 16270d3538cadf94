"""Renew caniemail.json: `python -m generator.check.refresh_caniemail [FILE or URL]`.

The tests of caniemail.com, by Rémi Parmentier and contributors (https://github.com/hteumeuleu/caniemail, MIT licence),
reduced to what `clients` asks: the newest result of each feature in the mail programs below.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

if TYPE_CHECKING:
    from collections.abc import Sequence

URL = "https://www.caniemail.com/api/data.json"
DATA = Path(__file__).with_name("caniemail.json")
CLIENTS = {
    "gmail": ("desktop-webmail", "ios", "android", "mobile-webmail"),
    "outlook": ("windows", "outlook-com", "macos", "ios", "android"),
    "apple-mail": ("macos", "ios"),
}
"""The families and platforms that are kept. Windows Mail is not: Microsoft ended it in 2024."""
FEWEST = 200
"""A file with fewer features is not the whole of it."""

_CATEGORIES = {"html", "css", "image"}
_ABOUT = (
    "Made by `python -m generator.check.refresh_caniemail` from https://www.caniemail.com/api/data.json, which is"
    " © Rémi Parmentier and contributors, MIT licence (https://github.com/hteumeuleu/caniemail/blob/main/LICENSE)."
    " y: supported, a: partly, n: not, u: unknown."
)


def reduce_data(data: Any) -> dict[str, Any]:
    """What we keep of caniemail's data; ValueError when it does not look like what we know."""
    try:
        date, features = data["last_update_date"][:10], {}
        for feature in data["data"]:
            if feature["category"] in _CATEGORIES:
                features[feature["slug"]] = {
                    "title": feature["title"],
                    "url": feature["url"],
                    "support": {family: _newest(feature["stats"], family) for family in CLIENTS},
                }
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(
            f"unexpected format; expected the data of caniemail ({type(error).__name__})"
        ) from error
    if len(features) < FEWEST:
        raise ValueError(f"the data has {len(features)} features; expected more than {FEWEST}")
    return {"about": _ABOUT, "date": date, "features": dict(sorted(features.items()))}


def write_data(data: dict[str, Any], path: Path) -> None:
    """Write what reduce_data returns, one feature a line, so that a change can be read."""
    features = ",\n".join(
        f"  {json.dumps(slug)}: {json.dumps(feature, ensure_ascii=False)}"
        for slug, feature in data["features"].items()
    )
    head = ",\n".join(
        f" {json.dumps(key)}: {json.dumps(data[key], ensure_ascii=False)}" for key in ("about", "date")
    )
    path.write_text(f'{{\n{head},\n "features": {{\n{features}\n }}\n}}\n', "utf-8")


def _newest(stats: dict[str, Any], family: str) -> dict[str, str]:
    """For each platform of a family the first letter of its last test: y, a, n or u."""
    found = {}
    for platform in CLIENTS[family]:
        if tests := stats.get(family, {}).get(platform):
            support = list(tests.values())[-1][0]
            if support not in "yanu":
                raise KeyError(support)
            found[platform] = support
    return found


def _read(source: str) -> bytes:
    if source.startswith("https://"):
        with urlopen(source, timeout=30) as answer:  # noqa: S310 (https, as the line above sees to)
            return bytes(answer.read())
    return Path(source).read_bytes()


def main(arguments: Sequence[str], path: Path = DATA) -> int:
    """Read, look whether it is right, and only then write."""
    parser = argparse.ArgumentParser(prog="python -m generator.check.refresh_caniemail", description=__doc__)
    parser.add_argument("source", nargs="?", default=URL, help="address or file; default: %(default)s")
    source: str = parser.parse_args(arguments).source
    try:
        data = reduce_data(json.loads(_read(source)))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{source}: {error}\nNothing was written.\n")
        return 1
    write_data(data, path)
    sys.stdout.write(f"{len(data['features'])} features of {data['date']} in {path.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
