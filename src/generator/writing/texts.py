"""The texts that an editor may write: found by their ids, opened, and saved whole or not at all.

An id never becomes the name of a file: it is compared with what is there. What leads out of `newsletter/` is refused.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from generator.atomic import publish_artifacts
from generator.cache import digest
from generator.content.archive import FOLDER as ISSUES
from generator.content.certainties import IDS
from generator.content.documents import find_fences
from generator.content.editions import EditionFields
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.content.thoughts import ThoughtFields
from generator.errors import PublishError
from generator.files import keep_names
from generator.model import Artifact, Language, Week
from generator.reading import MAX_TEXT_BYTES, exists, is_folder, list_folder, read_bytes
from generator.words import load_languages
from generator.writing.front import change_front, read_front, show_value
from generator.writing.refusals import ChangedError, Refusal
from generator.writing.versions import FOLDER, keep_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

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
        if self.kind in _LISTS:
            return []
        return False if self.kind == "bool" else ""


_LISTS = frozenset({"items", "facts", "months"})

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
    return Source(_use_lf(text), digest(content).hex(), content, content.startswith(_BOM), crlf)


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


def save_text(  # noqa: PLR0913 (what a save is)
    root: Path,
    text: Text,
    language: Language,
    base: str,
    fields: Mapping[str, Value],
    body: str,
    now: datetime,
    ours: set[str],
) -> dict[str, str]:
    """Write what the page has into the file of a language, and a field that is shared into the others, too.

    `ours` are the digests of all that this run wrote, and gets new ones: what somebody else wrote is always kept as a
    version before it is replaced. Gives the digests of all files afterwards. Raises ChangedError when the file is no
    longer the one with the digest `base`, and Refusal when something cannot be written; then nothing was.
    """
    source = read_source(root, text.files[language])
    _require_base(text.files[language], source, base)
    parts = split_text(source.text)
    changes = _find_changes(text, fields, parts)
    written = _join(_change(parts.front, changes, text), body)
    if written == source.text:
        return find_digests(text)
    new = {language: (source, source.encode(written))}
    keys = {field.key for field in text.fields if field.shared}
    if shared := {key: value for key, value in changes.items() if key in keys}:
        for other, path in text.files.items():
            if other == language or not (their := read_source(root, path)).digest:
                continue
            own = split_text(their.text)
            if own.data is None:
                raise Refusal("other_unreadable", file=path.name)
            own_changes = {key: value for key, value in shared.items() if _differs(text, key, value, own)}
            new[other] = their, their.encode(_join(_change(own.front, own_changes, text), own.body))
    return _write(root, text, new, now, ours)


def resolve_text(  # noqa: PLR0913 (what a choice is)
    root: Path, text: Text, language: Language, base: str, source: str, now: datetime, ours: set[str]
) -> dict[str, str]:
    """Write a whole file, after a person has seen what another program made of it, which has the digest `base`.

    Otherwise like save_text. Raises ChangedError when it has changed again.
    """
    found = read_source(root, text.files[language])
    _require_base(text.files[language], found, base)
    return _write(root, text, {language: (found, found.encode(_use_lf(source)))}, now, ours)


def keep_text(  # noqa: PLR0913 (what a version has)
    root: Path, text: Text, language: Language, fields: Mapping[str, Value], body: str, now: datetime
) -> bool:
    """Keep as a version what a page had, when its editor chose what another program made of the file.

    Gives whether it is kept. Raises Refusal for what is no text.
    """
    source = read_source(root, text.files[language])
    parts = split_text(source.text)
    front = _change(parts.front, _find_changes(text, fields, parts), text) if parts.data is not None else ""
    return keep_version(root, text, language, source.encode(_join(front, body)), now, always=True)


def _join(front: str, body: str) -> str:
    """A text of the two; nothing stands on the line of the closing fence."""
    end = "\n" if front and body and not front.endswith("\n") else ""
    return f"{front}{end}{_use_lf(body)}"


def _require_base(path: Path, source: Source, base: str) -> None:
    if source.digest != base:
        raise ChangedError(path.name, source.text, source.digest)


def _find_changes(text: Text, fields: Mapping[str, Value], parts: Parts) -> dict[str, Value]:
    """The fields that have another value on the page than in the file. Raises Refusal for what no field can have."""
    known = {field.key: field for field in text.fields}
    changes: dict[str, Value] = {}
    for key, value in fields.items():
        if parts.data is None:
            raise Refusal("front_unreadable")
        if (field := known.get(key)) is None:
            raise Refusal("odd_field", field=key[:40])
        if not _differs(text, key, value, parts):
            continue
        if field.kind == "other" or not _suits(field, value):
            raise Refusal("odd_field", field=key)
        if any(map(_is_half, value if isinstance(value, list) else [str(value)])):
            raise Refusal("odd_characters")
        changes[key] = value
    return changes


def _differs(text: Text, key: str, value: Value, parts: Parts) -> bool:
    empty = next(field.empty for field in text.fields if field.key == key)
    return show_value((parts.data or {}).get(key, empty)) != value


def _suits(field: Field, value: Value) -> bool:
    """Whether a value is of the type of a field, and on one line."""
    if field.kind == "bool":
        return isinstance(value, bool)
    texts = value if isinstance(value, list) else [value]
    return isinstance(value, list) == (field.kind in _LISTS) and all(
        isinstance(one, str) and one.splitlines() in ([], [one]) for one in texts
    )


def _is_half(text: str) -> bool:
    """Whether a text has half of a character of UTF-16, as JavaScript can have, and no file."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _change(front: str, changes: Mapping[str, Value], text: Text) -> str:
    """The front matter, fences included, with other values."""
    if not changes:
        return front
    begin, end = find_fences(front)
    if begin is None or end is None:  # pragma: no cover (then no field can be changed, which was said)
        raise Refusal("front_unreadable")
    order = [field.key for field in text.fields]
    inner = change_front(front[begin.end() : end.start()].removesuffix("\n"), changes, order)
    return f"{front[: begin.end()]}{inner}\n{front[end.start() :]}"


def _write(
    root: Path,
    text: Text,
    new: Mapping[Language, tuple[Source, bytes]],
    now: datetime,
    ours: set[str],
) -> dict[str, str]:
    """Write files together, after what stood in them was kept as a version where it is time for one."""
    home = Path(os.path.realpath(root)) / HOME
    places = {language: find_place(root, text.files[language]) for language in new}
    for language, (source, content) in new.items():
        if source.digest and source.content != content:
            theirs = source.digest not in ours
            if not keep_version(root, text, language, source.content, now, always=theirs) and theirs:
                raise Refusal("not_written", reason=f"{FOLDER}/")
    artifacts = [
        Artifact(PurePosixPath(places[language].relative_to(home)), content)
        for language, (_, content) in new.items()
    ]
    try:
        for path in publish_artifacts(artifacts, home).written:
            keep_names(path.parent)
    except PublishError as error:
        reason = getattr(error.__cause__, "strerror", None) or str(error)
        raise Refusal("not_written", reason=reason) from error
    except (
        OSError
    ) as error:  # pragma: no cover (the names could not be written to the disk; the file itself is there)
        raise Refusal("not_written", reason=error.strerror or str(error)) from error
    written = {language: digest(content).hex() for language, (_, content) in new.items()}
    ours.update(written.values())
    return find_digests(text) | written


def _use_lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
