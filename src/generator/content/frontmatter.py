"""A Markdown file → its front matter as checked fields, and the text below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import yaml

from generator.cache import Cache, digest
from generator.content.marks import scan
from generator.model import Problem
from generator.reading import F, decode_text, parse_fields, read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from generator.content.marks import Marks

# libyaml is five times as fast, and PyYAML builds without it on machines that lack it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


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


def load_document(path: Path, model: type[F], texts: Texts, problems: list[Problem]) -> Document[F] | None:
    """Read a Markdown file with front matter and add it to `texts`, or add what is wrong with it to `problems`."""
    content = read_bytes(path, problems)
    if content is None:
        return None
    key = (str(path), digest(content))
    document = texts.documents.find(key)
    if document is None:
        document = _parse_document(content, path, model, problems)
        if document is None:
            return None
        texts.documents.keep(key, document)
    texts[path] = document
    return document


def _parse_document(
    content: bytes, path: Path, model: type[F], problems: list[Problem]
) -> Document[F] | None:
    text = decode_text(content, path, problems)
    if text is None:
        return None
    if not text.startswith("---\n"):
        problems.append(Problem(path, 1, "the front matter is missing: the first line must be ---"))
        return None
    end = text.find("\n---\n", 3)
    if end < 0 and text.endswith("\n---"):
        end = len(text) - 4
    if end < 0:
        problems.append(
            Problem(path, 1, "the front matter does not end: a second line with only --- is missing")
        )
        return None
    parsed = parse_yaml(text[4 : end + 1], path, 2, problems)
    if parsed is None:
        return None
    data, lines = parsed
    if not isinstance(data, dict):
        problems.append(Problem(path, 2, "the front matter must be keys with values, like “title: …”"))
        return None
    fields = parse_fields(model, data, path, lines, problems)
    if fields is None:
        return None
    markdown, line = text[end + 5 :], text.count("\n", 0, end + 5) + 1
    return Document(path, fields, markdown, line, scan(markdown, line), lines)


def parse_yaml(
    text: str, path: Path, line: int, problems: list[Problem]
) -> tuple[Any, dict[str, int]] | None:
    """Read YAML that begins on `line` of a file: its value, and the line of each key.

    A key in a key is `claim.nl`, one in the first entry of a list is `0.id`, and the entry itself is `0`.
    """
    loader = _Loader(text)
    lines: dict[str, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, lines
        twice: list[Problem] = []
        _find_keys(node, "", lines, line, path, twice)
        if not twice:
            return loader.construct_document(node), lines
        problems += twice
    except yaml.MarkedYAMLError as error:
        row, advice = _explain(error, text)
        problems.append(Problem(path, line + row, f"is not YAML: {advice}"))
    except (yaml.YAMLError, RecursionError) as error:
        problems.append(Problem(path, line, f"is not YAML: {error}"))
    except ValueError:
        row, found = _find_wrong_value(text)
        problems.append(Problem(path, line + row, f"“{found[:40]}” is no date, time or number that exists"))
    finally:
        loader.dispose()
    return None


def _find_keys(  # noqa: PLR0913 (the place of a problem is three of them)
    node: yaml.Node, under: str, lines: dict[str, int], line: int, path: Path, problems: list[Problem]
) -> None:
    """Note where each key stands, and add a problem for each that stands twice."""
    if under.count(".") > _DEPTH:
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            name, number = f"{under}{key.value}", key.start_mark.line + line
            if name in lines:
                problems.append(Problem(path, number, f"the key “{key.value}” stands here a second time"))
            lines[name] = number
            _find_keys(value, f"{name}.", lines, line, path, problems)
    elif isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            lines[f"{under}{index}"] = entry.start_mark.line + line
            _find_keys(entry, f"{under}{index}.", lines, line, path, problems)


_DEPTH = 2
"""Our files are not deeper; YAML can be endless, for an alias may stand in what it is an alias of."""


def _explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line of the slip, counted from 0, and what to do; libyaml sees it where the text stops to make sense."""
    rows = text.split("\n")
    found = error.problem_mark.line if error.problem_mark else 0
    began = error.context_mark.line if error.context_mark else found
    for row in (found, began, found - 1):
        if 0 <= row < len(rows) and (advice := _advise(rows[row])):
            return row, advice
    return found, str(error.problem)


def _advise(row: str) -> str | None:
    """What is wrong with a line of YAML, if it is one of the common slips."""
    if row.lstrip(" ").startswith("\t"):
        return "the line begins with a tab; use spaces"
    key, colon, value = row.strip().removeprefix("- ").partition(":")
    value = value.strip()
    if row[:1] not in {"", " ", "-", "#"} and (not colon or row[len(key) + 1 :][:1] not in {"", " "}):
        return "write a key, a colon and a space, like “title: …”"
    if value[:1] in {'"', "'"}:
        return f"the quotes {value[0]} do not match" if value.count(value[0]) % 2 else None
    if value[:1] in {"[", "{"}:
        return (
            "the brackets do not match"
            if value.count("[") + value.count("{") != value.count("]") + value.count("}")
            else None
        )
    if ": " in value or value.endswith(":"):
        return "put a value that holds a colon in quotes"
    if value[:1] in _SPECIAL:
        return f"put a value that begins with {value[0]} in quotes"
    return None


_SPECIAL = frozenset("@`%*&!|>,]}-?")


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
