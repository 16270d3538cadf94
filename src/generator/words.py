"""`templates/words/<language>.toml` → what the program says in each language, in tables by where people read it.

`{name}` in a text stands for a value, and `{number|one|more}`, in the table `script`, for a number with its noun.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from generator.errors import TemplateError
from generator.model import Language
from generator.slips import explain_toml

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "templates/words"

_SHARED = "shared"
"""The table of what is said in several places: every table has its texts too, unless it has its own."""

_COUNTED = "script"
"""The only table in which a number can have a noun."""

_PLAIN = re.compile(r"\{(\w+)\}")
_VALUE = re.compile(r"\{(\w+)(?:\|[^{}|]+\|[^{}|]+)?\}")


class Table(dict[str, str]):
    """Texts by key. A key that is missing raises TemplateError when it is asked for."""

    def __init__(self, place: str, texts: Mapping[str, str]) -> None:
        """`place` says in a message where they stand."""
        super().__init__(texts)
        self._place = place

    def __missing__(self, key: str) -> str:
        raise TemplateError(f"{self._place} {key} is missing")


Words: TypeAlias = Mapping[str, Table]
"""What is said in a language, by the name of the table, such as `letter` or `notice.confirm`."""


def load_words(root: Path) -> Mapping[Language, Words]:
    """The words of the project in `root`, read again when a file has changed.

    Raises TemplateError with the file and the key when a file cannot be read or is not like that of the first language.
    """
    paths = {language: root / FOLDER / f"{language}.toml" for language in Language}
    return _load(tuple((language, path, _find_change(path)) for language, path in paths.items()))


def _find_change(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        raise TemplateError(f"{FOLDER}/{path.name}: there is no such file") from None


@lru_cache(maxsize=4)
def _load(files: tuple[tuple[Language, Path, int], ...]) -> Mapping[Language, Words]:
    first: dict[str, str] = {}
    words: dict[Language, Words] = {}
    for language, path, _ in files:
        tables = _read(path)
        texts = {f"[{table}] {key}": text for table, found in tables.items() for key, text in found.items()}
        _check_values(path.name, texts)
        if first:
            _compare(path.name, texts, f"{next(iter(words))}.toml", first)
        first = first or texts
        shared = tables.get(_SHARED, {})
        words[language] = {
            table: Table(f"{FOLDER}/{path.name}: [{table}]", shared | found)
            for table, found in tables.items()
        }
    return words


def _read(path: Path) -> dict[str, dict[str, str]]:
    """The tables of a file, those within another one by their whole name."""
    place = f"{FOLDER}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise TemplateError(f"{place}: is not UTF-8; save it with the encoding UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line, advice = explain_toml(str(error), text)
        raise TemplateError(f"{place}:{line}: is not TOML: {advice}") from error
    tables: dict[str, dict[str, str]] = {}
    for table, key, value in _walk(data, ""):
        if not table:
            raise TemplateError(f"{place}: {key} stands above the first table; move it below its [table]")
        if not isinstance(value, str) or not value.strip():
            raise TemplateError(
                f'{place}: [{table}] {key} has no text; expected one in quotes, like "Brieven"'
            )
        tables.setdefault(table, {})[key] = value
    return tables


def _walk(data: Mapping[str, Any], table: str) -> Iterator[tuple[str, str, Any]]:
    """Each value with its key and its table."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _walk(value, f"{table}.{key}" if table else key)
        else:
            yield table, key, value


def _check_values(name: str, texts: Mapping[str, str]) -> None:
    """Raise TemplateError for a brace that belongs to no value."""
    for key, text in texts.items():
        counted = key.startswith(f"[{_COUNTED}]")
        rest = (_VALUE if counted else _PLAIN).sub("", text)
        if "{" in rest or "}" in rest:
            wanted = "{name} or {number|one|more}" if counted else "{name}"
            raise TemplateError(
                f"{FOLDER}/{name}: {key} has a brace of its own; expected only values like {wanted}"
            )


def _compare(name: str, texts: Mapping[str, str], first_name: str, first: Mapping[str, str]) -> None:
    """Raise TemplateError for the first difference from the keys and values of the first language."""
    for key in first:
        if key not in texts:
            raise TemplateError(
                f"{FOLDER}/{name}: {key} is missing; expected a text like that in {first_name}"
            )
    for key, text in texts.items():
        if key not in first:
            raise TemplateError(f"{FOLDER}/{name}: {key} is not expected; {first_name} has no such key")
        found, wanted = ({match[1] for match in _VALUE.finditer(one)} for one in (text, first[key]))
        if found != wanted:
            raise TemplateError(
                f"{FOLDER}/{name}: {key} has {_list(found)}; expected {_list(wanted)}, as in {first_name}"
            )


def _list(values: set[str]) -> str:
    return " and ".join(f"{{{value}}}" for value in sorted(values)) or "no value in braces"
