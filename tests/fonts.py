"""Make the fonts of the book from those of the site, which have another form. Run it when those have changed.

It needs fonttools, which nothing else does. In a virtual environment with `pip install fonttools[woff]`, and from the
root of the project: `python -m tests.fonts`. The same fonts give the same bytes.
"""

import argparse
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
FROM, TO = ROOT / "templates/site/assets/fonts", ROOT / "templates/book/fonts"
FAMILIES = {
    "instrument-sans": "Instrument Sans",
    "newsreader-italic": "Newsreader",
    "newsreader-text": "Newsreader",
}
"""What each is called in the book, whose headings have the font of the cards, in templates/card/."""
_OTHER_NAMES = (16, 17, 21, 22, 25)


def convert(name: str, read: Any) -> None:
    font = read(FROM / f"{name}.woff2", recalcTimestamp=False)
    font.flavor = None
    for number in _OTHER_NAMES:
        font["name"].removeNames(nameID=number)
    for number in (1, 4):
        font["name"].setName(FAMILIES[name], number, 3, 1, 0x409)
    font.save(TO / f"{name}.ttf")


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    from fontTools.ttLib import TTFont  # noqa: PLC0415 (--help answers without it)

    for name in FAMILIES:
        convert(name, TTFont)


if __name__ == "__main__":
    main()
