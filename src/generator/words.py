"""`templates/words/<language>.toml` → what the program says in each language, in tables by where people read it.

`{name}` in a text stands for a value, and `{number|one|more}`, in the table `script`, for a number with its noun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from os import scandir
from typing import TYPE_CHECKING, Any, TypeAlias

from generator.errors import TemplateError
from generator.model import Language, Languages
from generator.syntax import load_toml

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "templates/words"
REMARKS = "templates/remarks"
"""Where the forms of messages in other languages stand."""

_LANGUAGE = "language"
"""The table of what a language is called, and which place it has."""

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
    """The words of the project in `root` in every language, the default one first; read again when a file has changed.

    Raises TemplateError, with file and key, when a file cannot be read or is not like that of the default language.
    """
    return _load(root, _find_files(root))[1]


def load_languages(root: Path) -> Languages:
    """The languages of the project in `root`: each has a file with words. Raises TemplateError like load_words."""
    return _load(root, _find_files(root))[0]


def list_names(root: Path) -> dict[str, Language]:
    """What files of other programs call each language, its code first. Raises TemplateError like load_words."""
    return {
        name: language
        for language, words in load_words(root).items()
        for name in (language, *words[_LANGUAGE]["called"].split())
    }


def load_forms(root: Path, language: Language) -> Mapping[str, str] | None:
    """What stands for the form of each Message in a language; None where it is said in English.

    Raises TemplateError when the file cannot be read, and for a form that is asked for and not in it.
    """
    path = root / REMARKS / f"{language}.toml"
    return _load_forms(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=4)
def _load_forms(path: Path, _: int) -> Mapping[str, str]:
    place = f"{REMARKS}/{path.name}"
    forms = load_toml(path, place)
    if wrong := next((form for form, text in forms.items() if not isinstance(text, str) or not text), None):
        raise TemplateError(f"{place}: “{wrong}” has no text; expected one in quotes")
    return Table(f"{place}:", forms)


_CODE = re.compile("[a-z]{2}")
"""A language as ISO 639-1 writes it, and as the list of subscribers keeps it."""


def _find_files(root: Path) -> tuple[tuple[str, int], ...]:
    """The files with their times of change."""
    try:
        with scandir(
            root / FOLDER
        ) as entries:  # a letter asks for words thirty times, and this is five times as fast
            found = sorted(
                (one.name, one.stat().st_mtime_ns)
                for one in entries
                if one.name.endswith(".toml") and not one.name.startswith(".")
            )
    except (FileNotFoundError, NotADirectoryError):
        found = []
    if not found:
        raise TemplateError(f"{FOLDER}: there is no file with words, like nl.toml")
    for name, _ in found:
        if not _CODE.fullmatch(name.removesuffix(".toml")):
            raise TemplateError(
                f"{FOLDER}/{name}: the name is not a language of two letters; expected one like nl.toml"
            )
    return tuple(found)


@lru_cache(maxsize=4)
def _load(root: Path, files: tuple[tuple[str, int], ...]) -> tuple[Languages, Mapping[Language, Words]]:
    read = {name: _read(root / FOLDER / name) for name, _ in files}
    orders = {name: _find_order(name, tables) for name, tables in read.items()}
    if twice := [name for name in orders if list(orders.values()).count(orders[name]) > 1]:
        raise TemplateError(
            f"{FOLDER}/{twice[0]}: [{_LANGUAGE}] order is that of {twice[1]}; expected another number"
        )
    first_name, *names = sorted(orders, key=orders.__getitem__)
    first = _by_key(read[first_name])
    for name in (first_name, *names):
        _check_values(name, _by_key(read[name]))
        _compare(name, _by_key(read[name]), first_name, first)
    words: dict[Language, Words] = {}
    for name in (first_name, *names):
        shared = read[name].get(_SHARED, {})
        words[Language(name.removesuffix(".toml"))] = {
            table: Table(f"{FOLDER}/{name}: [{table}]", shared | found) for table, found in read[name].items()
        }
    return Languages({language: found[_LANGUAGE]["english"] for language, found in words.items()}), words


def _find_order(name: str, tables: dict[str, dict[str, str]]) -> int:
    """The place of a language among the others."""
    order = tables.get(_LANGUAGE, {}).pop("order", "")
    if not re.fullmatch(r"[1-9]\d?", order):
        raise TemplateError(
            f"{FOLDER}/{name}: [{_LANGUAGE}] order must be a number in quotes; the default language has the lowest"
        )
    return int(order)


def _by_key(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Every text, by its table and key as a message names them."""
    return {f"[{table}] {key}": text for table, found in tables.items() for key, text in found.items()}


def _read(path: Path) -> dict[str, dict[str, str]]:
    """The tables of a file, those within another one by their whole name."""
    place = f"{FOLDER}/{path.name}"
    data = load_toml(path, place)
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
