"""What people typed → text and checked fields, or problems that name the file, the line and what was expected."""

from __future__ import annotations

import difflib
import os
import re
import stat
import unicodedata
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from generator.invisible import find_invisible, say_invisible
from generator.model import NOTHING, Message, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

MAX_TEXT_BYTES = 1_000_000
"""No text of a person is longer; what is, is a picture or a mistake."""

# Everything that neither XML 1.0 nor a mail header nor a reader can use: C0 and C1 controls but tab and newline, what
# UTF-8 files should not hold (lone surrogates, U+FFFE and U+FFFF are no characters), and U+FFFD, which stands where an
# earlier program already lost a character.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]")

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= |$)", re.MULTILINE)
_CONFLICTED = Message(
    "git could not merge two versions of this file; keep the right lines of both, and "
    "delete the lines that start with <<<<<<<, |||||||, ======= and >>>>>>>"
)


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """The text of a file with LF line ends, or None after adding what is wrong with it."""
    content = read_bytes(path, problems)
    return None if content is None else decode_text(content, path, problems)


def read_bytes(path: Path, problems: list[Problem]) -> bytes | None:
    """What is in a file, if it is no larger than a text can be, or None after adding what is wrong with it."""
    try:
        info = path.stat()
        if stat.S_ISREG(info.st_mode) and leads_out(path):
            problems.append(Problem(path, None, LEADS_OUT))
            return None
        if stat.S_ISREG(info.st_mode) and info.st_size <= MAX_TEXT_BYTES:
            return path.read_bytes()
    except FileNotFoundError:
        message = Message("the file is missing")
    except OSError as error:
        message = say_unreadable(error)
    else:
        if stat.S_ISDIR(info.st_mode):
            message = Message("is a folder; expected a file")
        elif stat.S_ISREG(info.st_mode):
            message = Message(
                "the file has {:.1f} MB; at most 1 MB is allowed", info.st_size / 1e6, info.st_size // 1000
            )
        else:  # reading a pipe would wait for somebody who writes to it
            message = Message("is a device or a pipe; expected a file")
    problems.append(Problem(path, None, message))
    return None


def decode_text(content: bytes, path: Path, problems: list[Problem]) -> str | None:
    """The text that the bytes of a file are, with LF line ends, or None after adding what is wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = Message("the byte 0x{:02x}", content[error.start])
        problems.append(
            Problem(path, line, Message("the file is not UTF-8 ({}); save it with the encoding UTF-8", found))
        )
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        problems.append(Problem(path, None, Message("the file is empty")))
        return None
    if match := _find_conflict(text):
        line = text.count("\n", 0, match.start()) + 1
        problems.append(Problem(path, line, _CONFLICTED))
        return None
    if match := _CONTROL.search(text):
        line = text.count("\n", 0, match.start()) + 1
        problems.append(Problem(path, line, Message("{} cannot be published; delete it", _name(match))))
        return None
    return text


def _find_conflict(text: str) -> re.Match[str] | None:
    """The first line with which git marks two versions that it could not merge."""
    # A line of seven equals signs alone is no sign of one: in Markdown it makes the line above a heading.
    if "<<<<<<<" in text or ">>>>>>>" in text or "|||||||" in text:
        return _CONFLICT.search(text)
    return None


def leads_out(path: Path) -> bool:
    """Whether a symbolic link, in the path of a file of a project, leads out of that project."""
    real = os.path.realpath(path)
    if real == os.path.normpath(path):
        return False
    for folder in path.parents:
        if exists(folder / "newsletter") and exists(folder / "docs"):
            return not Path(real).is_relative_to(os.path.realpath(folder))
    return False


LEADS_OUT = Message("is a link to a file outside of the project; put the file itself here")


# What Path has for these raises an OSError for a name that is too long, a link that leads to itself and a folder that
# may not be entered (Python 3.11). For all but the folder, the answer is no; of the folder somebody must hear.


def exists(path: Path) -> bool:
    """Whether something has this name, even a link that leads nowhere."""
    return os.path.lexists(path)


def is_file(path: Path) -> bool:
    """Whether a regular file is there."""
    return os.path.isfile(path)  # noqa: PTH113 (it raises nothing)


def is_folder(path: Path, problems: list[Problem] | None = None) -> bool:
    """Whether a folder is there; if not, that is added to `problems`."""
    if os.path.isdir(path):  # noqa: PTH112 (it raises nothing)
        return True
    if problems is not None:
        try:
            path.stat()
            found = Message("is a file; expected a folder")
        except (FileNotFoundError, NotADirectoryError):
            found = Message("the folder is missing")
        except OSError as error:
            found = say_unreadable(error)
        problems.append(Problem(path, None, found))
    return False


def list_folder(folder: Path, problems: list[Problem] | None = None) -> list[Path]:
    """What is in a folder, by name; if it cannot be read, that is added to `problems`."""
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        if problems is not None:
            problems.append(Problem(folder, None, say_unreadable(error)))
        return []


def walk_folder(folder: Path, problems: list[Problem] | None = None) -> list[Path]:
    """All files and folders below a folder that are not hidden, by name; what cannot be read is added to `problems`."""
    found: list[Path] = []
    for path in list_folder(folder, problems):
        if not path.name.startswith("."):
            found.append(path)
            if is_folder(path) and not path.is_symlink():
                found += walk_folder(path, problems)
    return found


def say_unreadable(error: OSError) -> Message:
    return Message("cannot be read: {}", error.strerror or error)


def fold_name(name: str) -> str:
    """A name by which it is compared with others: capitals, forms of accents, spaces and what is invisible are gone."""
    seen = "".join(one for one in name if unicodedata.category(one) != "Cf")
    return re.sub(r"\s*\.\s*", ".", unicodedata.normalize("NFKC", seen).casefold().strip())


def plain_name(name: str) -> str:
    """The name of a Markdown file by which it is compared: `NL.md`, `nl.MD`, `nl .md` and `nl.txt` are all `nl.md`."""
    return f"{_ENDING.sub('', fold_name(name))}.md"


def is_text_name(name: str) -> bool:
    """Whether a file is probably meant to be a text in Markdown: `x.md`, `x.MD`, `x.markdown` and `x.txt` are."""
    return _ENDING.search(fold_name(name)) is not None


def is_document(name: str) -> bool:
    """Whether a file is the document of a word processor, which nobody reads here."""
    return _DOCUMENT.search(fold_name(name)) is not None


_ENDING = re.compile(r"(?:\.(?:md|mkd|mdown|markdown|txt|text))+$")
_DOCUMENT = re.compile(r"\.(?:docx?|odt|rtf|pages|gdoc)$")


def did_you_mean(word: str, known: Iterable[str]) -> Message:
    """A clause that names the nearest known word, or lists them all when there are few."""
    known = sorted(known)
    if near := nearest(word, known):
        return Message("; did you mean “{}”?", near)
    return Message("; known are: {}", ", ".join(known)) if 0 < len(known) <= 12 else NOTHING  # noqa: PLR2004


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else None


def _name(control: re.Match[str]) -> Message:
    return Message("the control character U+{:04X}", ord(control[0]))


def _text(text: str) -> str:
    """Text that can be published: YAML and TOML have escapes for characters that `read_text` would have refused."""
    if match := _CONTROL.search(text):
        raise ValueError(Message("contains {}", _name(match)))
    first = text[:1]  # nearly always a letter, which is quickly seen
    if not (first.isascii() and first.isalnum()) and not any(map(_is_visible, text)):
        raise ValueError(Message("is empty"))
    if (place := next(find_invisible(text), None)) is not None:
        raise ValueError(Message("contains {}; delete it", say_invisible(text[place])))
    return text


def _is_visible(character: str) -> bool:
    """Whether a reader sees a character by itself: no space, no mark of width or direction, no lone accent."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols to Unicode that have no ink: fillers of Hangul, and the pattern of Braille without dots."""


def _one_line(text: str) -> str:
    """Text that may stand in a mail header: one line, and nothing that a mail program would decode (RFC 2047)."""
    if "\n" in text.strip():
        raise ValueError(Message("is more than one line"))
    if "=?" in text:
        raise ValueError(Message("contains “=?”, which mail programs read as an encoded word"))
    return " ".join(text.split())


Text = Annotated[str, AfterValidator(_text)]
"""Some text."""

Line = Annotated[Text, AfterValidator(_one_line)]
"""One line of text, safe in a header."""


def _once(words: list[str]) -> list[str]:
    for word in words:
        if words.count(word) > 1:
            raise ValueError(Message("contains {} twice", show_value(word)))
    return words


Words = Annotated[list[str], AfterValidator(_once)]
"""A list in which each word stands once."""


class Fields(BaseModel):
    """The keys of a file, each with a description that tells an editor what is expected."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


F = TypeVar("F", bound=Fields)


def parse_fields(  # noqa: PLR0913 (the place of a problem is three of them)
    model: type[F], data: Any, path: Path, lines: Mapping[str, int], problems: list[Problem], under: str = ""
) -> F | None:
    """Check the keys of a mapping, or add a problem for each that is wrong.

    `lines` maps a key (`title`, or `sender.address` in a table) to the line where it stands; `under` is what the keys
    of this mapping begin with in it.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    misspelt = {_misspelt(model, details) for details in errors if details["type"] == "extra_forbidden"}
    for details in errors:
        key = _dotted(details)
        if details["type"] == "missing" and key in misspelt:
            continue  # it is there under another name, which is said already
        place = under + key
        while place and place not in lines:
            place = place.rpartition(".")[0]
        problems.append(
            Problem(path, lines.get(place, 1), _explain(model, details, key, toml=path.suffix == ".toml"))
        )
    return None


def parse_partly(model: type[F], data: Mapping[str, Any]) -> tuple[F, frozenset[str]]:
    """The keys of a mapping as far as they are right, and which are not: those have stand-ins, [""] or an empty text.

    It is for who looks for mistakes elsewhere in the file; nothing else may use what it gives.
    """
    try:
        return model.model_validate(data), frozenset()
    except ValidationError as error:
        wrong = frozenset(str(details["loc"][0]) for details in error.errors(include_url=False))
    known = _keys(model)
    values: dict[str, Any] = {key: data[key] for key in known if key in data and key not in wrong}
    for key, info in known.items():
        if key in wrong and info.is_required():
            values[key] = [""] if get_origin(info.annotation) is list else ""
    return cast("F", model.model_construct(None, **values)), wrong


def _dotted(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"] if isinstance(part, str))


def _misspelt(model: type[Fields], error: ErrorDetails) -> str | None:
    """The key that an unknown one was probably meant to be, in full."""
    *parents, key = error["loc"]
    near = nearest(str(key), _fields_at(model, parents))
    return ".".join([*map(str, parents), near]) if near else None


def _explain(model: type[Fields], error: ErrorDetails, key: str, *, toml: bool) -> Message:
    """A pydantic error as a sentence for an editor."""
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        *parents, last = error["loc"]
        return Message(
            "unknown key {}{}", show_value(last), did_you_mean(str(last), _fields_at(model, parents))
        )
    description = _describe(model, error["loc"])
    expected = Message("; expected {}", description) if description else NOTHING
    if kind == "missing":
        return Message("the key “{}” is missing{}", key, expected)
    if kind == "value_error":
        return Message("“{}” {}{}", key, error["ctx"]["error"].args[0], expected)
    if kind == "invalid_key":
        return Message("the key {} is not text{}; put it in quotes", show_value(value), expected)
    if value is None:
        return Message("“{}” is empty{}", key, expected)
    if kind in {"string_type", "literal_error"} and isinstance(value, bool):
        words = Message("yes and on") if value else Message("no and off")
        quotes = Message("; put it in quotes") if kind == "string_type" else NOTHING
        return Message(
            "“{}” is {} (so are {} without quotes){}{}", key, show_value(value), words, expected, quotes
        )
    if kind.endswith("_type"):
        return Message(
            "“{}” has the wrong type: found {}{}{}",
            key,
            show_value(value),
            expected,
            _advise(kind, value, toml=toml),
        )
    return Message("“{}” is {}{}", key, show_value(value), expected)


def _advise(kind: str, value: object, *, toml: bool) -> Message:
    """How to write a value of which YAML or TOML has made another type than was meant."""
    if kind == "list_type" and isinstance(value, str):
        entries = [entry.strip() for entry in value.split(",")]
        if not all(re.fullmatch(r"[\w.-]+", entry) for entry in entries):
            return NOTHING
        listed = ", ".join(f'"{entry}"' if toml else entry for entry in entries)
        return Message("; write it as a list: [{}]", listed)
    if kind != "string_type":
        unquoted = isinstance(value, str) and _is_quoted(kind, value)
        return Message("; write it without quotes") if unquoted else NOTHING
    if isinstance(value, list):
        whole = all(isinstance(one, str) for one in value)
        return Message("; put a value that starts with [ in quotes") if whole else NOTHING
    return (
        Message("; put a value that contains a colon in quotes")
        if isinstance(value, dict)
        else Message("; put it in quotes")
    )


def _is_quoted(kind: str, text: str) -> bool:
    """Whether some text would be of the type that is expected, if only it were without quotes."""
    if kind == "bool_type":
        return text in {"true", "false"}
    if kind == "datetime_type":
        try:
            return "T" in text and datetime.fromisoformat(text).tzinfo is not None
        except ValueError:
            return False
    return (
        kind in {"int_type", "float_type"} and re.fullmatch(r"[-+]?\d+(\.\d+)?", text, re.ASCII) is not None
    )


def _fields_at(model: type[Fields], parents: Iterable[int | str]) -> list[str]:
    """The names of the keys that are known at a place in a model."""
    for part in parents:
        model = _table(_keys(model)[part]) or model if isinstance(part, str) else model
    return list(_keys(model))


def _keys(model: type[Fields]) -> dict[str, FieldInfo]:
    """The fields of a model, each by the name that it has in a file."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _table(info: FieldInfo) -> type[Fields] | None:
    """The model of a table, also of one that may be missing."""
    for one in (info.annotation, *get_args(info.annotation)):
        if isinstance(one, type) and issubclass(one, Fields):
            return one
    return None


def _describe(model: type[Fields], loc: tuple[int | str, ...]) -> str | None:
    """The description of the innermost described key on the way to a place in a model."""
    description = None
    for part in loc:
        info = _keys(model).get(part) if isinstance(part, str) else None
        if info is None:
            break
        description = info.description or description
        model = _table(info) or model
    return description


def show_value(value: object) -> str:
    """A value as a person would write it, on one line, cut when it is long: “text”, true, 7, [a, b]."""
    if isinstance(value, (str, dict)):
        return f"“{shorten(_show(value, 0))}”"
    return shorten(_show(value, 0))


def shorten(text: str) -> str:
    """Text on one line, cut when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_LONGEST = 40
"""Characters of a value in a message."""
_DEEPEST = 2
_MOST = 8
"""Deeper lists are shown as …, and no more entries: a few lines of YAML can unfold to gigabytes, or hold themselves."""


def _show(value: object, depth: int) -> str:
    match value:
        case str():
            return value[: _LONGEST + 1]
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case list() | dict() if depth > _DEEPEST:
            return "…"
        case list():
            return f"[{', '.join(_show(one, depth + 1) for one in islice(value, _MOST))}]"
        case dict():
            entries = islice(value.items(), _MOST)
            return ", ".join(f"{_show(key, depth + 1)}: {_show(one, depth + 1)}" for key, one in entries)
    return str(value)
