"""Saves texts, whole or not at all, and never over what another program wrote meanwhile."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from generator.atomic import publish_artifacts
from generator.cache import digest
from generator.check.rules import RULES
from generator.content.documents import find_fences
from generator.content.style import WORDS, is_word
from generator.errors import PublishError
from generator.files import keep_names
from generator.model import Artifact
from generator.reading import list_folder
from generator.writing.front import change_front, change_waiver, show_value
from generator.writing.inserts import take_away
from generator.writing.refusals import ChangedError, Refusal
from generator.writing.texts import HOME, LISTS, find_digests, find_place, read_source, split_text, use_lf
from generator.writing.versions import FOLDER, keep_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from generator.model import Language
    from generator.writing.front import Value
    from generator.writing.texts import Field, Parts, Source, Text

LONGEST_REASON, LONGEST_WORD = 200, 60
"""Characters of the reason for a waiver, and of a word for the list."""


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

    `ours` are the digests of all that this run wrote or began with, and gets new ones: what somebody else wrote
    meanwhile is always kept as a version before it is replaced. Gives the digests of all files afterwards. Raises
    ChangedError when the file is no longer the one with the digest `base`, and Refusal when something cannot be
    written; then nothing was.
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
    """Write a whole file, such as an earlier version, over the one with the digest `base`, which is kept as a version.

    Otherwise like save_text. Raises ChangedError when the file has changed again, and Refusal when it cannot be kept.
    """
    found = read_source(root, text.files[language])
    _require_base(text.files[language], found, base)
    return _write(root, text, {language: (found, found.encode(use_lf(source)))}, now, ours, always=True)


def replace_text(  # noqa: PLR0913 (what a save is)
    root: Path,
    text: Text,
    bases: Mapping[str, object],
    new: Mapping[Language, tuple[Mapping[str, Value], str]],
    now: datetime,
    ours: set[str],
) -> dict[str, str]:
    """Write fields and a body into the file of each language, or into none; what stood there is kept as a version.

    `bases` are the digests of what the page shows. Otherwise like save_text. Raises ChangedError and Refusal.
    """
    written = {}
    for language, (fields, body) in new.items():
        source = read_source(root, text.files[language])
        _require_base(text.files[language], source, str(bases.get(language, "")))
        parts = split_text(source.text)
        changes = _find_changes(text, fields, parts)
        written[language] = source, source.encode(_join(_change(parts.front, changes, text), body))
    return _write(root, text, written, now, ours, always=True)


def delete_text(root: Path, text: Text, now: datetime) -> None:
    """Delete a text; what stood in its files is kept with its versions, and so are the pictures of a letter.

    Raises Refusal when something cannot be kept; then nothing is gone.
    """
    files = list(text.files.values())
    for language, path in text.files.items():
        source = read_source(root, path)
        if source.digest and not keep_version(root, text, language, source.content, now, always=True):
            raise Refusal("not_written", reason=f"{FOLDER}/")
    folder = files[0].parent
    if text.week:
        take_away(root, text, [path for path in list_folder(folder) if path.is_file() and path not in files])
    try:
        for path in files:
            path.unlink(missing_ok=True)
        if text.week:
            folder.rmdir()
    except OSError as error:
        raise Refusal("not_written", reason=error.strerror or str(error)) from None


def waive_remark(  # noqa: PLR0913 (what a waiver is)
    root: Path,
    text: Text,
    language: Language,
    base: str,
    rule: str,
    reason: str,
    now: datetime,
    ours: set[str],
) -> dict[str, str]:
    """Write into a letter why what a rule finds may stay; without a reason, what it finds counts again.

    Otherwise like save_text. Raises Refusal for a text or a rule without waivers, too.
    """
    reason = " ".join(reason.split())
    if text.week is None or rule not in RULES or len(reason) > LONGEST_REASON:
        raise Refusal("odd_call")
    if _is_half(reason):
        raise Refusal("odd_characters")
    source = read_source(root, text.files[language])
    _require_base(text.files[language], source, base)
    parts = split_text(source.text)
    front = _rewrite(parts.front, lambda inner: change_waiver(inner, rule, reason, _order(text)))
    return _write(root, text, {language: (source, source.encode(_join(front, parts.body)))}, now, ours)


def change_words(root: Path, language: Language, word: str, *, add: bool) -> None:
    """Put a word into the list of the words of a language, where its letters place it, or take it out again.

    Raises Refusal for what is no word, and when the list cannot be written.
    """
    if not is_word(word) or len(word) > LONGEST_WORD or _is_half(word):
        raise Refusal("odd_word", word=word[:LONGEST_WORD])
    path = root / WORDS.format(language=language)
    source = read_source(root, path)
    lines = source.text.removesuffix("\n").split("\n") if source.text else []
    entries = [line.partition("#")[0].strip() for line in lines]
    if add and word not in entries:
        after = (row for row, one in enumerate(entries) if one.casefold() > word.casefold())
        lines.insert(next(after, len(lines)), word)
    elif not add and word in lines:
        lines.remove(word)
    else:
        return
    if not any(line.strip() for line in lines):  # an empty list would be a problem; none at all is not
        find_place(root, path).unlink(missing_ok=True)
        return
    home = Path(os.path.realpath(root)) / HOME
    place = PurePosixPath(find_place(root, path).relative_to(home))
    _publish([Artifact(place, source.encode("\n".join([*lines, ""])))], home)


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
    return f"{front}{end}{use_lf(body)}"


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
    return isinstance(value, list) == (field.kind in LISTS) and all(
        isinstance(one, str) and one.splitlines() in ([], [one]) for one in texts
    )


def _is_half(text: str) -> bool:
    """Whether a text has half of a character of UTF-16, as JavaScript can have, and no file."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _change(front: str, changes: Mapping[str, Value], text: Text) -> str:
    """The front matter, fences included, with other values."""
    if not changes:
        return front
    return _rewrite(front, lambda inner: change_front(inner, changes, _order(text)))


def _order(text: Text) -> list[str]:
    return [field.key for field in text.fields]


def _rewrite(front: str, change: Callable[[str], str]) -> str:
    """The front matter, fences included, with something else between them."""
    begin, end = find_fences(front)
    if begin is None or end is None:
        raise Refusal("front_unreadable")
    inner = change(front[begin.end() : end.start()].removesuffix("\n"))
    return f"{front[: begin.end()]}{inner}\n{front[end.start() :]}"


def _write(  # noqa: PLR0913 (what a save is)
    root: Path,
    text: Text,
    new: Mapping[Language, tuple[Source, bytes]],
    now: datetime,
    ours: set[str],
    *,
    always: bool = False,
) -> dict[str, str]:
    """Write files together, after what stood in them was kept as a version: where it is time for one, or `always`."""
    home = Path(os.path.realpath(root)) / HOME
    places = {language: find_place(root, text.files[language]) for language in new}
    for language, (source, content) in new.items():
        if source.digest and source.content != content:
            must = always or source.digest not in ours
            if not keep_version(root, text, language, source.content, now, always=must) and must:
                raise Refusal("not_written", reason=f"{FOLDER}/")
    artifacts = [
        Artifact(PurePosixPath(places[language].relative_to(home)), content)
        for language, (_, content) in new.items()
    ]
    _publish(artifacts, home)
    written = {language: digest(content).hex() for language, (_, content) in new.items()}
    ours.update(written.values())
    return find_digests(text) | written


def _publish(artifacts: Sequence[Artifact], home: Path) -> None:
    """Write files below `newsletter/`, all or none. Raises Refusal."""
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
