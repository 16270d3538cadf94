"""Problems with their source: an excerpt for a list, and the whole file with numbered lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from generator.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.model import Problem

BEFORE, AFTER = 40, 80
"""Characters of a long line in an excerpt: before the place of the problem, and from there on."""

WRITTEN = {".md", ".yaml", ".yml", ".toml", ".txt", ".json", ".html", ".css", ".svg"}
"""The extensions of text files."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem as the preview shows it."""

    kind: str
    """`error`, `warning` or `waived`."""
    message: str
    remedy: str
    rule: str
    reason: str
    """Why it was waived."""
    help: str
    """The section of the guide about the rule, as HTML."""
    file: str
    line: int | None
    link: str
    """The relative URL of its source; empty when that cannot be shown."""
    editor: str
    """The URL that opens it in an editor on this machine; or empty."""
    excerpt: tuple[str, str, str]
    """The line in three parts: before the problem, its place, and the rest."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A line of a file: its parts, each with whether it has a problem, and the problems."""

    number: int
    parts: tuple[tuple[str, bool], ...]
    problems: tuple[Shown, ...]


def read_source(root: Path, path: Path) -> list[str] | None:
    """The lines of a file, decoded with replacement characters; None when it is no text file, or missing."""
    file = root / path
    if path.suffix not in WRITTEN or not file.is_file():
        return None
    return file.read_text("utf-8-sig", errors="replace").removesuffix("\n").split("\n")


def source_name(path: Path) -> str:
    """The name of the page that shows a file."""
    return f"source/{'.'.join(path.parts)}.html"


def show_problem(  # noqa: PLR0913 (what it is shown with)
    root: Path,
    problem: Problem,
    lines: Sequence[str] | None,
    help_: str,
    *,
    editor: bool,
    forms: Mapping[str, str] | None = None,
) -> Shown:
    """A problem with its excerpt; `editor` adds the URL that opens it on this machine. `forms`: see Message."""
    anchor = f"#L{problem.line}" if problem.line else ""
    place = f":{problem.line or 1}:{problem.column or 1}"
    return Shown(
        kind="waived" if problem.waived else problem.severity.value,
        message=_capitalise(problem.message.say_in(forms).replace(f"{root}/", "")),
        remedy=problem.remedy.say_in(forms),
        rule=problem.rule or "",
        reason=problem.waived,
        help=help_,
        file=problem.path.as_posix(),
        line=problem.line,
        link=f"{quote(source_name(problem.path))}{anchor}" if lines is not None else "",
        editor=f"vscode://file{quote(str(root / problem.path))}{place}"
        if editor and lines is not None
        else "",
        excerpt=_excerpt(problem, lines or ()),
    )


def mark_lines(lines: Sequence[str], problems: Iterable[tuple[Problem, Shown]]) -> list[SourceLine]:
    """All lines of a file with their problems; those without a line are put at the first."""
    placed = sorted(problems, key=lambda one: one[0].line or 1)
    by_line = {line: list(found) for line, found in groupby(placed, key=lambda one: one[0].line or 1)}
    return [
        SourceLine(
            number,
            tuple(_parts(text, [problem for problem, _ in by_line.get(number, ()) if not problem.waived])),
            tuple(shown for _, shown in by_line.get(number, ())),
        )
        for number, text in enumerate(lines, start=1)
    ]


def count_kinds(problems: Iterable[Problem]) -> dict[str, int]:
    """How many there are of each kind, the worst first."""
    counts = {Severity.ERROR.value: 0, Severity.WARNING.value: 0, "waived": 0}
    for problem in problems:
        counts["waived" if problem.waived else problem.severity.value] += 1
    return counts


def _capitalise(message: str) -> str:
    """A message as a sentence, with a capital; the rest stays as it is."""
    return message[:1].upper() + message[1:]


def _excerpt(problem: Problem, lines: Sequence[str]) -> tuple[str, str, str]:
    if problem.line is None or problem.line > len(lines):
        return "", "", ""
    text = lines[problem.line - 1]
    start, end = _span(problem, text)
    if start == end:
        start = end = 0
    first, last = max(0, start - BEFORE), min(len(text), max(start + AFTER, min(end, start + 2 * AFTER)))
    before = ("…" if first else "") + text[first:start].lstrip()
    return before, text[start : min(end, last)], text[end:last] + ("…" if last < len(text) else "")


def _span(problem: Problem, text: str) -> tuple[int, int]:
    if problem.column is None:
        return 0, 0
    start = min(problem.column - 1, len(text))
    return start, min(len(text), start + max(1, problem.length))


def _parts(text: str, problems: Sequence[Problem]) -> Iterable[tuple[str, bool]]:
    """The line split where problems begin and end; places that overlap are one part."""
    place = 0
    for start, end in sorted(_span(problem, text) for problem in problems):
        if end <= max(place, start):
            continue
        if start > place:
            yield text[place:start], False
        yield text[max(place, start) : end], True
        place = end
    if place < len(text) or not text:
        yield text[place:], False
