"""Characters that nobody sees: Word, chat programs and web pages leave them in what is pasted.

They break a word for search, spelling and screen readers, and some turn the direction of all that follows.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from generator.model import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

SOFT_HYPHEN = "\u00ad"
"""Where a long word may be broken; it is of use in a text, and not in a title, a name or an address."""

_NON_JOINER, _JOINER = "\u200c", "\u200d"
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u2066\u2067\u2068\u2069")
"""What a writer of Hebrew or Arabic needs beside other letters; U+202A to U+202E are older, and reach further."""
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f")
"""The flag of a part of a country, such as Scotland."""
_OPEN, _CLOSE = re.compile("[\u2066-\u2068]"), re.compile("\u2069")
_BESIDE_JOINERS = frozenset({"Lo", "Lm", "Mn", "Mc"})


def find_invisible(text: str) -> Iterator[int]:
    """The places in a text with a character that nobody sees and no script needs there, soft hyphens included."""
    if text.isascii():
        return
    in_flags = {place for flag in _FLAG.finditer(text) for place in range(*flag.span())}
    lines: dict[int, bool] = {}
    for match in _UNSEEN.finditer(text):
        place = match.start()
        if place in in_flags:
            continue
        if match[0] in {_NON_JOINER, _JOINER} and _joins(text, place):
            continue
        if match[0] in _DIRECTIONS:
            start = text.rfind("\n", 0, place) + 1
            if start not in lines:
                lines[start] = _is_of_use(text[start:].partition("\n")[0])
            if lines[start]:
                continue
        yield place


def say_invisible(character: str) -> Message:
    """What to call one."""
    return Message("the invisible character U+{:04X}", ord(character))


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands within an emoji, or in a script whose letters change their form."""
    before, after = text[max(place - 2, 0) : place].rstrip("\ufe0f")[-1:], text[place + 1 : place + 2]
    if not before or not after:
        return False
    kinds = unicodedata.category(before), unicodedata.category(after)
    if text[place] == _JOINER and kinds[0] in {"So", "Sk"} and kinds[1] == "So":
        return True
    return _BESIDE_JOINERS.issuperset(kinds)


def _is_of_use(line: str) -> bool:
    """Whether a line has letters from right to left, and closes each isolate that it opens."""
    has_letters = any(unicodedata.bidirectional(one) in {"R", "AL"} and one != "\u200f" for one in line)
    return has_letters and len(_OPEN.findall(line)) == len(_CLOSE.findall(line))
