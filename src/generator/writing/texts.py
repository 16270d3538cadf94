"""The texts that an editor may write: found by their ids, and opened.

An id never becomes the name of a file: it is compared with what is there. What leads out of `newsletter/` is refused.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cache import digest
from generator.content.archive import FOLDER as ISSUES
from generator.content.certainties import IDS
from generator.content.documents import find_fences
from generator.content.editions import EditionFields
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.content.thoughts import ThoughtFields
from generator.model import Language, Week
from generator.reading import MAX_TEXT_BYTES, exists, is_folder, list_folder, read_bytes
from generator.words import load_languages
from generator.writing.front import read_front, show_value
from generator.writing.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.writing.front import Value

HOME = "newsletter"
"""Nothing is written outside of this folder, below the root of the project."""

_BOM = b"\xef\xbb\xbf"
_THOUGHT = re.compile(r"thoughts/([a-z]+)/([a-z0-9]+(?:-[a-z0-9]+)*)")


@dataclass(frozen=True, slots=True)
class Field:
    """A key of the front matter as the page shows it."""

    key: str
    kind: str
    """`line`, `items`, `facts`, `months`, `thought`, `certainty`, `date`, `bool` or `other`."""
    shared: bool = False
    """Whether it is the same in all languages: then it is saved in all files."""
    most: int | None = None
    """How many characters are recommended at most."""

    @property
    def empty(self) -> Value:
        """What stands for a key that was left out."""
        if self.kind in LISTS:
            return []
        return False if self.kind == "bool" else ""


LISTS = frozenset({"items", "facts", "months"})
"""The kinds of fields that hold several texts."""

LETTER = (
    Field("title", "line", most=60),
    Field("subject", "line", most=60),
    Field("summary", "line", most=140),
    Field("certainty", "certainty", shared=True),
    Field("thought", "thought", shared=True),
    Field("actions", "items", shared=True),
    Field("published", "date", shared=True),
    Field("updated", "date", shared=True),
    Field("draft", "bool", shared=True),
    Field("waive", "other"),
)
THOUGHT = (
    Field("title", "line", most=60),
    Field("summary", "line", most=140),
    Field("action", "line"),
    Field("actions", "items", shared=True),
    Field("sources", "facts", shared=True),
    Field("season", "months", shared=True),
    Field("against", "bool", shared=True),
    Field("draft", "bool", shared=True),
)
MODELS = {"letter": EditionFields, "thought": ThoughtFields}
"""What the front matter is read with: each of its keys is a field."""


@dataclass(frozen=True, slots=True)
class Text:
    """A letter or a thought, in the files of its languages; a file may be missing."""

    id: str
    files: Mapping[Language, Path]
    week: Week | None = None
    certainty: str = ""
    """Of a thought: the folder that it stands in."""
    slug: str = ""

    @property
    def kind(self) -> str:
        """`letter` or `thought`."""
        return "letter" if self.week else "thought"

    @property
    def fields(self) -> Sequence[Field]:
        """The keys of its front matter, in their order."""
        return LETTER if self.week else THOUGHT


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it is: its text with LF line ends, and what it takes to write it in the same way."""

    text: str
    digest: str
    """Of its bytes; empty when there is no file."""
    content: bytes = b""
    bom: bool = False
    crlf: bool = False

    def encode(self, text: str) -> bytes:
        """The bytes of another text in this file. Raises Refusal for what is no text, and for too much of it."""
        try:
            content = (text.replace("\n", "\r\n") if self.crlf else text).encode()
        except UnicodeEncodeError:
            raise Refusal("odd_characters") from None
        content = _BOM + content if self.bom else content
        if len(content) > MAX_TEXT_BYTES:
            raise Refusal("too_long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return content


@dataclass(frozen=True, slots=True)
class Parts:
    """A text as the page has it: the fields, and what stands below the front matter."""

    front: str
    """Empty when it cannot be read; then all of the file is the body."""
    body: str
    data: Mapping[str, object] | None
    """The values of the front matter."""
    start: int
    """Where the body begins in the text."""


def find_text(root: Path, id_: str) -> Text:
    """The text with an id, such as 2026-W49 or thoughts/referral/who-calls-you. Raises Refusal when there is none."""
    languages = load_languages(root)
    if match := _THOUGHT.fullmatch(id_):
        certainty, slug = match.groups()
        folder = root / THOUGHTS / certainty
        files = {language: folder / f"{slug}.{language}.md" for language in languages}
        if certainty in IDS and not {path.name for path in list_folder(folder)}.isdisjoint(
            path.name for path in files.values()
        ):
            return Text(id_, files, certainty=certainty, slug=slug)
    elif id_ in {path.name for path in list_folder(root / ISSUES) if is_folder(path)}:
        try:
            week = Week.parse(id_)
        except ValueError:
            raise _unknown(id_) from None
        return Text(id_, {language: root / ISSUES / id_ / f"{language}.md" for language in languages}, week)
    raise _unknown(id_)


def _unknown(id_: str) -> Refusal:
    return Refusal("unknown_text", HTTPStatus.NOT_FOUND, text=" ".join(id_.split())[:60])


def find_place(root: Path, path: Path) -> Path:
    """The file that a path below `newsletter/` leads to. Raises Refusal when that is elsewhere."""
    place = Path(os.path.realpath(path))
    if not place.is_relative_to(Path(os.path.realpath(root)) / HOME):
        raise Refusal("leads_out", file=path.name)
    return place


def read_source(root: Path, path: Path) -> Source:
    """A file as it is now; an empty one when it is missing. Raises Refusal when it cannot be read as text."""
    find_place(root, path)
    if not exists(path):
        return Source("", "")
    problems: list[Any] = []
    content = read_bytes(path, problems)
    if content is None:
        raise Refusal("unreadable", file=path.name, reason=problems[0].message)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal("not_utf8", file=path.name) from None
    crlf = 2 * text.count("\r\n") > text.count("\n")
    return Source(use_lf(text), digest(content).hex(), content, content.startswith(_BOM), crlf)


def split_text(text: str) -> Parts:
    """The front matter and the body of a text."""
    begin, end = find_fences(text)
    if begin and end:
        front = text[begin.end() : end.start()]
        if (data := read_front(front)) is not None:
            return Parts(text[: end.end()], text[end.end() :], data, end.end())
    return Parts("", text, None, 0)


def open_language(root: Path, text: Text, language: Language) -> dict[str, Any]:
    """A text in one language for the page."""
    source = read_source(root, text.files[language])
    parts = split_text(source.text)
    values = {field.key: show_value((parts.data or {}).get(field.key, field.empty)) for field in text.fields}
    return {
        "language": language,
        "source": source.text,
        "digest": source.digest,
        "raw": parts.data is None,
        "fields": values if parts.data is not None else {},
        "body": parts.body,
        "line": source.text.count("\n", 0, parts.start) + 1,
    }


def find_digests(text: Text) -> dict[str, str]:
    """The digest of the file of each language, as it is now; empty for one that is gone or cannot be read."""
    return {
        language: digest(content).hex() if (content := read_bytes(path, [])) is not None else ""
        for language, path in text.files.items()
    }


def use_lf(text: str) -> str:
    """A text with the line ends that it has in memory."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
