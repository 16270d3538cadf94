"""What is wrong with YAML and TOML that cannot be read: the line of the mistake, and what to write instead.

A library stops where the text makes no sense any more, and says so in its own terms. A person needs the line where it
went wrong, which is often another one, and the cure.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from generator.errors import TemplateError
from generator.model import Message
from generator.reading import decode_text, say_unreadable, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from generator.model import Problem

# --- YAML -------------------------------------------------------------------------------------------------------------

_YAML_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_CURLY = frozenset("“”„‘’«»")
_YAML_ESCAPE = re.compile(
    r"\\(?![0abtnvfre \"/\\N_LP\t]|x[0-9A-Fa-f]{2}|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"
)
"""A backslash in double quotes with which YAML can do nothing."""
_SPECIAL = frozenset("@`%*&!|>,]}-?")
_YAML_KEY = Message("use a key, a colon and a space, like “title: …”")
_YAML_EXAMPLE = Message(
    "put one key on each line, like “title: …”, and put a value with special characters in quotes"
)


def explain_yaml(text: str, found: int, began: int, *, nested: bool = False) -> tuple[int, Message]:
    """The line of the slip, counted from 0, and what to do.

    `found` is the line where the text stops to make sense, `began` the one where what cannot be read begins. Where keys
    are `nested` in keys, their column says nothing, and a slip may be far above.
    """
    rows = text.split("\n")
    if nested:
        for row in (found, began, found - 1, *range(found)):
            if 0 <= row < len(rows) and (advice := _advise_yaml(rows[row])) not in (None, _YAML_KEY):
                return row, advice
        return min(found, len(rows) - 1), _YAML_EXAMPLE
    first = next((row for row, line in enumerate(rows) if _is_content(line)), 0)
    for row in (found, began, found - 1, first):
        if 0 <= row < len(rows) and (advice := _advise_yaml(rows[row]) or _advise_column(rows, row, first)):
            return row, advice
    return min(found, len(rows) - 1), _YAML_EXAMPLE


def _advise_yaml(row: str) -> Message | None:
    """What is wrong with a line by itself, if it is one of the common mistakes."""
    if row.lstrip(" ").startswith("\t"):
        return Message("the line starts with a tab; use spaces")
    if not _is_content(row):
        return None
    if match := re.match(r"---|\.\.\.|%", row):
        return Message("delete this line, because {} has a special meaning in YAML", match[0])
    if re.match(r" *-[^\s-]", row):
        return Message("put a space after the dash, like “- id: …”")
    _, dashes, entry = _split(row)
    key, colon, value = entry.partition(":")
    if key[:1] in _YAML_QUOTED and key.count(key[0]) % 2 and not dashes:
        return Message("the quotes {} do not match", key[0]) if entry.count(key[0]) % 2 else _YAML_KEY
    if key[:1] in {"?", "[", "{"} and not dashes:
        return _YAML_KEY
    if colon and value[:1] in {"", " "}:
        return _advise_yaml_value(value.strip())
    return _advise_yaml_value(entry.strip()) if dashes or key[:1] in _SPECIAL else _YAML_KEY


def _advise_yaml_value(value: str) -> Message | None:
    """What is wrong with a value, or with an entry of a list."""
    first = value[:1]
    if first in _YAML_QUOTED:
        return _advise_yaml_quotes(value, first)
    if first in {"[", "{"}:
        opening, closing = value.count("[") + value.count("{"), value.count("]") + value.count("}")
        if opening != closing:
            return Message("the brackets do not match")
        if re.sub(r"\s#.*", "", value).rstrip()[-1] not in "]}":
            return Message("put a value that starts with {} in quotes", first)
        if re.search(r"[\[{,]\s*,", value):
            return Message("there is one comma too many")
    if ": " in value or value.endswith(":"):
        return Message(
            "put a value that contains a colon in {}quotes", (Message("straight ") if first in _CURLY else "")
        )
    if first in _SPECIAL and not re.fullmatch(
        r"[|>][-+0-9]*(?: +#.*)?", value
    ):  # a text of several lines begins
        return Message("put a value that starts with {} in quotes", first)
    return None


def _advise_yaml_quotes(value: str, mark: str) -> Message | None:
    if mark == '"' and _YAML_ESCAPE.search(value):
        return Message("write \\\\ for a backslash, or put the value in single quotes (')")
    whole = _YAML_QUOTED[mark].match(value)
    if whole is None:
        return Message("the quotes {} do not match", mark)
    rest = value[whole.end() :]
    if not rest.strip() or re.match(r"\s+#", rest):
        return None
    if re.fullmatch(r"\s*[,;.]\s*", rest):
        return Message("delete the “{}” after the closing quotation mark", rest.strip())
    if mark == "'" and re.match(r"\w", rest):
        return Message("write '' for an apostrophe in single quotes, or put the value in double quotes (\")")
    other = "'" if mark == '"' else '"'
    example = f"{other}{mark}Yes{mark}, she said{other}"
    return Message("put the whole value in quotes when it starts with a quotation mark, like {}", example)


def _advise_column(rows: list[str], row: int, first: int) -> Message | None:
    """What is wrong with the column in which a line begins."""
    spaces, dashes, entry = _split(rows[row])
    listed = rows[first].startswith("- ")
    if not entry or entry.startswith("#"):
        return None
    if dashes and spaces:
        same = Message("start each “- ” of a list in the same column")
        return Message("start with “- ” in the first column") if listed and _is_key(entry) else same
    if spaces and row == first:
        return Message("start the key in the first column")
    if not _is_key(entry):
        return None
    above = next((found for line in reversed(rows[:row]) if _is_key((found := _split(line))[2])), None)
    if above is None or len(above[0] + above[1]) == len(spaces + dashes):
        return None
    if listed:
        return Message("start the key in the same column as the key above it")
    return Message("start the key in the first column") if spaces else None


def _split(row: str) -> tuple[str, str, str]:
    """The spaces at the beginning of a line, the dashes after them, and the rest."""
    spaces = row[: len(row) - len(row.lstrip(" "))]
    match = re.match(r"(?:- +)*", row[len(spaces) :])
    dashes = match[0] if match else ""
    return spaces, dashes, row[len(spaces) + len(dashes) :]


def _is_key(entry: str) -> bool:
    """Whether a line, without what is at its beginning, has a key."""
    key, colon, value = entry.partition(":")
    return bool(key.strip()) and bool(colon) and value[:1] in {"", " "} and not entry.startswith("#")


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


# --- TOML -------------------------------------------------------------------------------------------------------------


def load_toml(path: Path, place: str) -> dict[str, Any]:
    """The tables of a file below `templates/`, which an error calls `place`. Raises TemplateError."""
    problems: list[Problem] = []
    try:
        # Reading a pipe would wait for somebody who writes to it.
        content = path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise TemplateError(f"{place}: {say_unreadable(error)}") from error
    if content is None:
        raise TemplateError(f"{place}: is not a file")
    text = decode_text(content, path, problems)
    if text is None:
        line = f":{problems[0].line}" if problems[0].line else ""
        raise TemplateError(f"{place}{line}: {problems[0].message}")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        number, advice = explain_toml(str(error), text)
        raise TemplateError(f"{place}:{number}: is not TOML: {advice}") from error


def explain_toml(error: str, text: str) -> tuple[int, Message]:
    """The line of the slip that made tomllib raise `error`, and what to do; it does not always tell the line."""
    rows = text.rstrip().split("\n")
    place = re.search(r"\(at line (\d+)", error)
    found = min(int(place[1]), len(rows)) if place else None
    if error.startswith("Cannot declare"):
        return found or 1, Message("duplicate table; delete one of the two")
    if error.startswith(("Cannot overwrite", "Duplicate")):
        return found or 1, Message("duplicate key; delete one of the two")
    for number in range(found, 0, -1) if found else range(1, len(rows) + 1):
        if advice := _advise_toml(rows[number - 1].strip()):
            return number, advice
    return found or len(rows), _TOML_KEY


_TOML_KEY = Message('write a key, = and a value, like name = "…"')
_TOML_TABLE = Message("put a table like [sender] on a line of its own")
_TOML_QUOTED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'[^']*'")}
_TOML_ESCAPE = re.compile(r"\\(?![btnfr\"\\]|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")


def _advise_toml(row: str) -> Message | None:
    """What is wrong with a line, if it is one of the common mistakes."""
    key, equals, value = (part.strip() for part in row.partition("="))
    if not row or row.startswith("#"):
        return None
    if row.startswith("["):
        return None if re.fullmatch(r"\[\[?[\w.-]+\]\]?\s*(#.*)?", row) else _TOML_TABLE
    if row[0] in _TOML_QUOTED:
        return Message("put a comma between the entries of a list")
    if not equals or not re.fullmatch(r"[A-Za-z0-9_.-]+", key):
        return _TOML_KEY
    if not value or value.startswith("#"):
        return Message("the value is missing: write it after the =")
    return _advise_toml_quotes(value, value[0]) if value[0] in _TOML_QUOTED else _advise_toml_value(value)


def _advise_toml_value(value: str) -> Message | None:
    """What is wrong with a value that does not begin with a quotation mark."""
    plain = value.partition("#")[0].rstrip()
    if value[0] in _CURLY:
        return Message('use straight quotes, like name = "…"')
    if plain.lower() in {"true", "false", "yes", "no", "on", "off"}:
        return (
            None
            if plain in {"true", "false"}
            else Message("use true or false, in lower case and without quotes")
        )
    if value[0] in "[{":
        if value.count("[") != value.count("]") or value.count("{") != value.count("}"):
            return Message("the brackets do not match")
        bare = re.search(r"[\[,]\s*[^\s\"',\[\]#]", value)
        return (
            Message('put each entry in quotes, like ["2026-W53"]')
            if bare
            else Message("put a comma between the entries of a list")
        )
    if re.match(r"\d+,\d", value):
        return Message("use a decimal point instead of a comma")
    if match := re.match(r"\d{4}-W\d{2}", value):
        return Message('put a week in quotes, and in a list, like ["{}"]', match[0])
    if re.match(r"\d{1,2}:\d|\d{4}-\d", value):
        return Message('put a date or a time in quotes, like time = "06:00"')
    if re.match(r"[-+]?\d", value):
        sound = re.fullmatch(r"[-+]?(?:0|[1-9]\d{0,18})(?:\.\d+)?", plain)
        return None if sound else Message("“{}” is not a number; write it like 20", shorten(plain))
    return Message('write text in quotes, like name = "…"')


def _advise_toml_quotes(value: str, mark: str) -> Message | None:
    """What is wrong with a value that begins with a quotation mark."""
    if value.startswith(mark * 3):
        return Message("the quotes {} do not match", mark * 3) if value.count(mark * 3) % 2 else None
    if mark == '"' and _TOML_ESCAPE.search(value):
        return Message("write \\\\ for a backslash")
    whole = _TOML_QUOTED[mark].match(value)
    if whole is None:
        return Message("the quotes {} do not match", mark)
    rest = value[whole.end() :].strip()
    if not rest or rest.startswith("#"):
        return None
    if re.fullmatch(r"[,;.]", rest):
        return Message("delete the “{}” after the closing quotation mark", rest)
    if not rest.strip(mark):
        return Message("the quotes {} do not match", mark)
    if re.match(r",\s*[\"']", rest):
        return Message('put several values in brackets, like ["2026-W53", "2027-W01"]')
    if re.match(r"[\w.-]+\s*=", rest):
        return Message("put one key on each line")
    if mark == "'":
        return Message('put a value that contains an apostrophe in double quotes (")')
    return Message('write \\" for a quotation mark inside the text')
