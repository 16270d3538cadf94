"""A Markdown file → its front matter as checked fields, and the text below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import yaml

from generator.cache import Cache, digest
from generator.content.markdown.limits import LONGEST_PAGE, find_excess
from generator.invisible import SOFT_HYPHEN, find_invisible, say_invisible
from generator.model import Message, Problem
from generator.reading import F, decode_text, parse_fields, parse_partly, read_bytes, shorten
from generator.syntax import explain_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.markdown.marks import Marks

# libyaml is five times as fast, and PyYAML builds without it on machines that lack it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _TagLoader(_Loader):  # type: ignore[misc]
    """Takes a value with any tag; of a list, the last entry, which is what `!ENV [NAME, value]` is by default."""

    def construct_tagged(self, node: yaml.Node) -> Any:
        """Read a value whose tag is not YAML's own."""
        if isinstance(node, yaml.ScalarNode):
            return self.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return (self.construct_sequence(node, deep=True) or [None])[-1]
        return self.construct_mapping(node, deep=True)


_TagLoader.add_constructor(None, _TagLoader.construct_tagged)


@dataclass(frozen=True, slots=True)
class Document(Generic[F]):
    """A file as an editor wrote it."""

    path: Path
    fields: F
    markdown: str
    line: int
    """The line of the file on which `markdown` begins."""
    marks: Marks
    """What the text refers to."""
    lines: dict[str, int]
    """The line of each key of the front matter."""

    def line_of(self, key: str) -> int:
        """Where a key stands, or the front matter when it was left out."""
        return self.lines.get(key, 1)


class Texts(dict["Path", Document[Any]]):
    """All texts that could be read, by their file, for who compares one with another."""

    def __init__(self, documents: Cache[Document[Any]] | None = None) -> None:
        """Begin with none; those that stand in `documents` with the same bytes are taken from there."""
        super().__init__()
        self.documents: Cache[Document[Any]] = documents or Cache()


def load_document(
    path: Path, model: type[F], texts: Texts, problems: list[Problem], longest: int = LONGEST_PAGE
) -> Document[F] | None:
    """Read a Markdown file with front matter and add it to `texts`, or add what is wrong with it to `problems`.

    A text of more than `longest` characters is wrong.
    """
    content = read_bytes(path, problems)
    if content is None:
        return None
    key = (str(path), digest(content))
    document = texts.documents.find(key)
    if document is None:
        front = _parse_front(content, path, model, problems)
        document = _read_text(front, path, problems, longest) if front else None
        if document is None:
            return None
        texts.documents.keep(key, document)
    for label, line in document.marks.empty.items():
        message = Message(
            "the footnote “{}” is empty; write after “[^{}]:” where it comes from", label, label
        )
        problems.append(Problem(path, line, message))
    texts[path] = document
    return document


def check_invisible(document: Document[Any], problems: list[Problem]) -> None:
    """Add a problem for the first invisible character of a page; about letters and thoughts there is a rule."""
    text = document.markdown
    for place in find_invisible(text):
        if text[place] != SOFT_HYPHEN:
            line = document.line + text.count("\n", 0, place)
            problems.append(
                Problem(document.path, line, Message("{} stands here; delete it", say_invisible(text[place])))
            )
            return


def load_fields(path: Path, model: type[F], problems: list[Problem]) -> F | None:
    """Read only the front matter of a file, or add what is wrong with it to `problems`."""
    content = read_bytes(path, problems)
    front = _parse_front(content, path, model, problems) if content is not None else None
    return front.fields if front else None


@dataclass(frozen=True, slots=True)
class _Front(Generic[F]):
    """A file whose text was not read yet."""

    fields: F
    markdown: str
    line: int
    lines: dict[str, int]


def _read_text(front: _Front[F], path: Path, problems: list[Problem], longest: int) -> Document[F] | None:
    """Read what stands below the front matter, or add that it is more than the parser can read."""
    # Most texts are those of the last run, and then nobody needs the parser.
    from generator.content.markdown.reader import read_marks  # noqa: PLC0415

    excess = find_excess(front.markdown, longest)
    if excess is None:
        try:
            marks = read_marks(front.markdown, front.line)
            return Document(path, front.fields, front.markdown, front.line, marks, front.lines)
        except RecursionError:
            excess = 0, Message("lists, quotations or brackets are nested too deep")
    line, message = excess
    problems.append(Problem(path, front.line + line, message))
    return None


def load_partly(path: Path, model: type[F], longest: int) -> tuple[Document[F], frozenset[int]] | None:
    """A text whose front matter has mistakes, with the lines where they are; None when it cannot be read that far.

    It is for who looks for mistakes elsewhere in the file: see parse_partly.
    """
    content = read_bytes(path, [])
    split = _split_front(content, path, []) if content is not None else None
    if split is None:
        return None
    data, lines, markdown, line = split
    fields, wrong = parse_partly(model, data)
    document = _read_text(
        _Front(fields, markdown, line, dict.fromkeys(model.model_fields, 1) | lines), path, [], longest
    )
    return (document, frozenset(lines.get(key, 1) for key in wrong)) if document else None


def _parse_front(content: bytes, path: Path, model: type[F], problems: list[Problem]) -> _Front[F] | None:
    split = _split_front(content, path, problems)
    if split is None:
        return None
    data, lines, markdown, line = split
    fields = parse_fields(model, data, path, lines, problems)
    return None if fields is None else _Front(fields, markdown, line, lines)


def _split_front(
    content: bytes, path: Path, problems: list[Problem]
) -> tuple[dict[str, Any], dict[str, int], str, int] | None:
    """The keys of a front matter with their lines, and the text below it with its first line."""
    text = decode_text(content, path, problems)
    if text is None:
        return None
    begin, end = find_fences(text)
    if begin is None:
        problems.append(Problem(path, 1, Message("the front matter is missing: the first line must be ---")))
        return None
    if end is None:
        problems.append(
            Problem(
                path, 1, Message("the front matter is not closed: a second line with only --- is missing")
            )
        )
        return None
    parsed = parse_yaml(text[begin.end() : end.start()], path, 2, problems)
    if parsed is None:
        return None
    data, lines = parsed
    if not isinstance(data, dict):
        problems.append(
            Problem(path, 2, Message("the front matter must be keys with values, like “title: …”"))
        )
        return None
    body = end.end()
    return data, lines, text[body:], text.count("\n", 0, body) + 1


def find_fences(text: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
    """The lines of dashes above and below the front matter, each with its line end; None for one that is missing."""
    begin = _BEGIN.match(text)
    return begin, _END.search(text, begin.end()) if begin else None


_BEGIN = re.compile(r"---[ \t]*\n")
_END = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)


def read_front(path: Path) -> str:
    """The raw front matter of a file, valid or not; empty when there is none."""
    text = (read_bytes(path, []) or b"").decode("utf-8-sig", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    begin, end = find_fences(text)
    return text[begin.end() : end.start() if end else len(text)] if begin else ""


def parse_yaml(
    text: str, path: Path, line: int, problems: list[Problem], *, tags: bool = False
) -> tuple[Any, dict[str, int]] | None:
    """Read YAML that begins on `line` of a file: its value, and the line of each key.

    A key in a key is `claim.nl`, one in the first entry of a list is `0.id`, and the entry itself is `0`. Anchors,
    tags, and comments behind a text without quotes are refused, unless the file may have `tags`.
    """
    loader = _TagLoader(text) if tags else _Loader(text)
    lines: dict[str, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, lines
        wrong: list[Problem] = []
        marked = not tags and ("&" in text or "!" in text)
        hashed = not tags and "#" in text
        _find_keys(node, "", lines, _Place(text, line, path, wrong, marked, hashed))
        if not wrong:
            return loader.construct_document(node), lines
        problems += wrong
    except yaml.MarkedYAMLError as error:
        found = error.problem_mark.line if error.problem_mark else 0
        began = error.context_mark.line if error.context_mark else found
        row, advice = explain_yaml(text, found, began, nested=tags)
        problems.append(Problem(path, line + row, Message("is not YAML: {}", advice)))
    except yaml.YAMLError:
        problems.append(
            Problem(path, line, Message("is not YAML: it contains a character that YAML does not allow"))
        )
    except RecursionError:
        problems.append(Problem(path, line, Message("is not YAML: the brackets are nested too deep")))
    except ValueError:
        row, value = _find_wrong_value(text)
        message = Message("“{}” is not a date, time or number that exists", shorten(value))
        problems.append(Problem(path, line + row, message))
    finally:
        loader.dispose()
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """A text of YAML that begins on a line of a file, and what is wrong with it."""

    text: str
    line: int
    path: Path
    problems: list[Problem]
    marked: bool
    """Whether there is an & or a ! in the text, with which anchors and tags begin: then each value is worth a look."""
    hashed: bool
    """Whether there is a # that may be meant as one; in a file with tags, a configuration, it begins a comment."""

    def find_mark(self, node: yaml.Node) -> str:
        """The & or ! with which a value begins, or nothing."""
        start = node.start_mark.index
        return self.text[start : start + 1] if self.text.startswith(("&", "!"), start) else ""

    def is_cut(self, node: yaml.Node) -> bool:
        """Whether YAML takes the end of a text without quotes for a comment, as in “title: We are # 1”."""
        if not (
            self.hashed and isinstance(node, yaml.ScalarNode) and not node.style and node.tag in _TEXTUAL
        ):
            return False
        return _COMMENT.match(self.text, node.end_mark.index) is not None

    def add(self, node: yaml.Node, message: Message) -> None:
        self.problems.append(Problem(self.path, node.start_mark.line + self.line, message))


def _find_keys(node: yaml.Node, under: str, lines: dict[str, int], place: _Place) -> None:
    """Note where each key stands, and add a problem for what YAML would read in a way that nobody meant."""
    if place.marked and (mark := place.find_mark(node)):
        place.add(node, Message("put a value that starts with {} in quotes", mark))
    elif under.count(".") > _DEPTH:
        return
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name = f"{under}{key.value}"
            if name in lines:
                place.add(key, Message("duplicate key “{}”; delete one of the two", key.value))
            elif key.tag == _MERGE:
                place.add(key, Message("“<<” is not a key; delete it"))
            elif place.is_cut(value):
                place.add(value, Message("“{}” ends before the #; put the whole value in quotes", key.value))
            lines[name] = key.start_mark.line + place.line
            _find_keys(value, f"{name}.", lines, place)
    elif isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            lines[f"{under}{index}"] = entry.start_mark.line + place.line
            _find_keys(entry, f"{under}{index}.", lines, place)


_MERGE = "tag:yaml.org,2002:merge"
_COMMENT = re.compile(r"[ \t]*#")
_TEXTUAL = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:null"})
_DEPTH = 2
"""Our files are not deeper; YAML can be endless, for an alias may stand in what it is an alias of."""


def _find_wrong_value(text: str) -> tuple[int, str]:
    """The line, counted from 0, with the value that no calendar or computer has, such as the date 2026-02-30."""
    for row, line in enumerate(text.split("\n")):
        loader = _Loader(line)
        try:
            loader.get_single_data()
        except yaml.YAMLError:
            continue
        except ValueError:
            return row, line.strip()
        finally:
            loader.dispose()
    return 0, ""
