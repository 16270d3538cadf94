"""What people typed → text and checked fields, or problems that name the file, the line and what was expected."""

from __future__ import annotations

import difflib
import re
import reprlib
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from generator.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

MAX_TEXT_BYTES = 1_000_000
"""No text of a person is longer; what is, is a picture or a mistake."""

# Everything that neither XML 1.0 nor a mail header nor a reader can use: C0 and C1 controls but tab and newline, what
# UTF-8 files should not hold (lone surrogates, U+FFFE and U+FFFF are no characters), and U+FFFD, which stands where an
# earlier program already lost a character.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffd-\uffff]")


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """The text of a file with LF line ends, or None after adding what is wrong with it."""
    content = read_bytes(path, problems)
    return None if content is None else decode_text(content, path, problems)


def read_bytes(path: Path, problems: list[Problem]) -> bytes | None:
    """What is in a file, if it is no larger than a text can be, or None after adding what is wrong with it."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_TEXT_BYTES + 1)
            size = path.stat().st_size if len(content) > MAX_TEXT_BYTES else 0
    except FileNotFoundError:
        problems.append(Problem(path, None, "the file is missing"))
        return None
    except IsADirectoryError:
        problems.append(Problem(path, None, "is a folder; a file is expected here"))
        return None
    except OSError as error:
        problems.append(Problem(path, None, f"cannot be read: {error.strerror or error}"))
        return None
    if size:
        problems.append(Problem(path, None, f"the file has {size / 1e6:.1f} MB; a text has at most 1 MB"))
        return None
    return content


def decode_text(content: bytes, path: Path, problems: list[Problem]) -> str | None:
    """The text that the bytes of a file are, with LF line ends, or None after adding what is wrong with it."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02x}"
        problems.append(
            Problem(path, line, f"the file is not UTF-8: {found}; save it with the encoding UTF-8")
        )
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        problems.append(Problem(path, None, "the file is empty"))
        return None
    if match := _CONTROL.search(text):
        line = text.count("\n", 0, match.start()) + 1
        problems.append(Problem(path, line, f"{_name(match)} cannot be published; delete it"))
        return None
    return text


def is_folder(path: Path, problems: list[Problem]) -> bool:
    """Whether a folder is there; if not, that is added."""
    if path.is_dir():
        return True
    found = "is a file; a folder is expected here" if path.exists() else "the folder is missing"
    problems.append(Problem(path, None, found))
    return False


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A clause that names the nearest known word, or lists them all when there are few."""
    known = sorted(known)
    if near := nearest(word, known):
        return f"; did you mean “{near}”?"
    return f"; known are: {', '.join(known)}" if 0 < len(known) <= 12 else ""  # noqa: PLR2004


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    lower = {one.lower(): one for one in known}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else None


def _name(control: re.Match[str]) -> str:
    return f"the control character U+{ord(control[0]):04X}"


def _text(text: str) -> str:
    """Text that can be published: YAML and TOML have escapes for characters that `read_text` would have refused."""
    if match := _CONTROL.search(text):
        raise ValueError(f"holds {_name(match)}")
    if not text.strip():
        raise ValueError("is empty")
    return text


def _one_line(text: str) -> str:
    """Text that may stand in a mail header: one line, and nothing that a mail program would decode (RFC 2047)."""
    if "\n" in text.strip():
        raise ValueError("is more than one line")
    if "=?" in text:
        raise ValueError("holds “=?”, which mail programs take for an encoded word")
    return " ".join(text.split())


Text = Annotated[str, AfterValidator(_text)]
"""Some text."""

Line = Annotated[Text, AfterValidator(_one_line)]
"""One line of text, safe in a header."""


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
        problems.append(Problem(path, lines.get(place, 1), _explain(model, details, key)))
    return None


def _dotted(error: ErrorDetails) -> str:
    return ".".join(str(part) for part in error["loc"] if isinstance(part, str))


def _misspelt(model: type[Fields], error: ErrorDetails) -> str | None:
    """The key that an unknown one was probably meant to be, in full."""
    *parents, key = error["loc"]
    near = nearest(str(key), _fields_at(model, parents))
    return ".".join([*map(str, parents), near]) if near else None


def _explain(model: type[Fields], error: ErrorDetails, key: str) -> str:
    """A pydantic error as a sentence for an editor."""
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        *parents, last = error["loc"]
        return f"unknown key “{last}”{did_you_mean(str(last), _fields_at(model, parents))}"
    description = _describe(model, error["loc"])
    expected = f"; expected {description}" if description else ""
    if kind == "missing":
        return f"the key “{key}” is missing{expected}"
    if kind == "value_error":
        return f"“{key}” {error['msg'].removeprefix('Value error, ')}{expected}"
    if kind == "invalid_key":
        return f"the key {_short(value)} is no text{expected}; put it in quotes"
    if value is None:
        return f"“{key}” is empty{expected}"
    if kind.endswith("_type"):
        quotes = _QUOTES.get(type(value), "; put it in quotes") if kind == "string_type" else ""
        return f"“{key}” has the wrong type: found {_short(value)}{expected}{quotes}"
    return f"“{key}” is {_short(value)}{expected}"


_QUOTES: dict[type, str] = {list: "", dict: "; put a value that holds a colon in quotes"}
"""Text that YAML or TOML took for something else, and what to do about it when that is not to quote it as it stands."""


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


def _short(value: object) -> str:
    """A value as a person wrote it, cut when it is long."""
    # Never the whole of it: a value may hold itself, or be a few lines of YAML that unfold to gigabytes.
    text = _REPR.repr(value) if isinstance(value, (str, list, dict)) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004


_REPR = reprlib.Repr()
_REPR.maxstring = 60
_REPR.maxlevel = 2
