"""Problems → a report: text for a person, JSON for a program, annotations for GitHub."""

from __future__ import annotations

import json
import shutil
import unicodedata
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

import click

from generator.model import Severity
from generator.reading import read_bytes
from generator.sentences import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from generator.model import Problem

DOCS = "newsletter/CHECKS.md"
"""Where each rule is explained, below a heading with its id."""

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}
_MOST = 100
"""Problems of one file that a person is shown; who mends so many checks again anyway."""
_GUTTER = 7
"""Characters before the source line: its number, and a rule."""
_NARROW = 40
"""No window on a source line is smaller, however small the terminal."""
_LINE = 10_000
"""Of a source line no more characters are looked at on either side of a spot; no terminal is wider."""


def count_problems(problems: Iterable[Problem]) -> tuple[int, int, int]:
    """How many errors, warnings and waived problems there are."""
    found = list(problems)
    waived = sum(bool(problem.waived) for problem in found)
    errors = sum(problem.blocks for problem in found)
    return errors, len(found) - waived - errors, waived


def say_counts(problems: Iterable[Problem]) -> str:
    """2 errors, 1 warning, 3 waived; what there is none of is left out."""
    errors, warnings, waived = count_problems(problems)
    said = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return ", ".join([*said, *([f"{waived:,} waived"] if waived else [])]) or "no problems"


def say_ignored(problems: Sequence[Problem]) -> str:
    """That other files have problems: for a command that did without them."""
    files = len({problem.path for problem in problems})
    where = f"{count(files, 'file')} that {'is' if files == 1 else 'are'} not needed here"
    return f"{count(len(problems), 'problem')} in {where}: see `generate check`."


# --- Text -------------------------------------------------------------------------------------------------------------


def report_text(problems: Sequence[Problem], root: Path) -> Iterator[str]:
    """The lines of a report, styled: what counts by file and line, then what is waived, with the reasons.

    A problem begins with `path:line:column: severity: message (rule)`; `.vscode/tasks.json` reads this form.
    """
    lines = _reader(root)
    open_ = sorted((problem for problem in problems if not problem.waived), key=_order)
    for path, of_file in groupby(open_, key=lambda problem: problem.path):
        found = list(of_file)
        worst = sorted(found, key=lambda problem: problem.severity is not Severity.ERROR)
        for problem in sorted(worst[:_MOST], key=_order):
            yield from _describe(problem, lines)
        if len(found) > _MOST:
            rest = count(len(found) - _MOST, "more problem")
            yield f"{click.style(_clean(path.as_posix()), bold=True)}: and {rest}; mend these first"
        yield ""
    waived = sorted((problem for problem in problems if problem.waived), key=_waiver)
    if waived:
        yield click.style("Waived:", bold=True)
        for _, group in groupby(waived, key=_waiver):
            first, *more = sorted(group, key=_order)
            yield f"{_place(first)}: {_head(first)}{f', and {len(more)} more' if more else ''}"
            yield " " * _GUTTER + click.style(f"because: {_clean(first.waived)}", dim=True)
        yield ""


def _waiver(problem: Problem) -> tuple[str, str]:
    return str(problem.path), problem.rule or ""


def _order(problem: Problem) -> tuple[str, int, int]:
    return str(problem.path), problem.line or 0, problem.column or 0


def _describe(problem: Problem, lines: Callable[[Path], list[str]]) -> Iterator[str]:
    colour = _COLOURS[problem.severity]
    yield (
        f"{click.style(_place(problem), bold=True)}: "
        f"{click.style(problem.severity, fg=colour, bold=True)}: {_head(problem)}"
    )
    source = lines(problem.path)
    if problem.line is not None and problem.line <= len(source):
        width = max(shutil.get_terminal_size((100, 24)).columns - _GUTTER, _NARROW)
        shown, mark = show_line(source[problem.line - 1], problem.column, problem.length, width)
        if shown.strip():
            yield click.style(f"{problem.line:>{_GUTTER - 3}} │ ", dim=True) + shown
        if mark:
            yield " " * _GUTTER + click.style(mark, fg=colour, bold=True)
    if problem.remedy:
        yield " " * _GUTTER + click.style(_clean(problem.remedy), dim=True)


def _place(problem: Problem) -> str:
    numbers = [str(number) for number in (problem.line, problem.column if problem.line else None) if number]
    return ":".join([_clean(problem.path.as_posix()), *numbers])


def _head(problem: Problem) -> str:
    return _clean(problem.message) + (click.style(f" ({problem.rule})", dim=True) if problem.rule else "")


def _reader(root: Path) -> Callable[[Path], list[str]]:
    """Reads each file once; what cannot be read has no lines, which a problem of its own says."""

    @cache
    def read(path: Path) -> list[str]:
        content = read_bytes(root / path, [])
        if content is None or b"\0" in content:
            return []  # a picture, or what a problem of its own is about
        text = content.decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    return read


# --- A line with its caret --------------------------------------------------------------------------------------------


def show_line(line: str, column: int | None, length: int, width: int) -> tuple[str, str]:
    """A source line as it may stand on a terminal, at most `width` cells of it, and a caret below the spot.

    There is no caret without a column, and none where right-to-left letters let each terminal choose its own order.
    """
    start = min(max((column or 1) - 1, 0), len(line))
    end = min(start + max(length, 1), len(line)) if column else start
    first = max(start - _LINE, 0)
    cells = [_show(character) for character in line[first : start + _LINE]]
    start, end = start - first, min(end - first, len(cells))
    left, right = _window(cells, start, width)
    before, shown = cells[left:start], cells[left:right]
    cut_left, cut_right = bool(left or first), first + right < len(line)
    text = "…" * cut_left + "".join(shown) + "…" * cut_right
    if column is None or any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text):
        return text, ""
    indent = cut_left + sum(map(_width, before))
    return text, " " * indent + "^" + "~" * (sum(map(_width, cells[start : min(end, right)])) - 1)


def _window(cells: Sequence[str], start: int, width: int) -> tuple[int, int]:
    """Which cells to show: all if they fit, else those around the spot, a third of the room before it."""
    if len(cells) <= width and sum(map(_width, cells)) <= width:
        return 0, len(cells)
    room = width - 2  # for … on either side
    left, used = start, 0
    while left > 0 and used + _width(cells[left - 1]) <= max(room // 3, room - _measure(cells[start:], room)):
        left -= 1
        used += _width(cells[left])
    right = start
    while right < len(cells) and used + _width(cells[right]) <= room:
        used += _width(cells[right])
        right += 1
    return left, right


def _measure(cells: Sequence[str], most: int) -> int:
    """How wide they are, or `most` if they are wider."""
    return min(sum(map(_width, cells[: most + 1])), most)


def _show(character: str) -> str:
    """A character of a file as a terminal may print it: nothing that moves the cursor or turns the text."""
    if character == "\t":
        return "  "
    category = unicodedata.category(character)
    if category == "Cc":
        return chr(0x2400 + ord(character)) if character < " " else "�"
    return "�" if category in {"Cs", "Zl", "Zp"} or character in _TURNING else character


_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that change the order in which a terminal shows what stands beside them."""


def _width(text: str) -> int:
    """How many cells a terminal needs: two for a character of East Asia, none for an accent on the one before."""
    return sum(
        0
        if unicodedata.category(letter) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(letter) in {"W", "F"}
        else 1
        for letter in text
    )


def _clean(text: str) -> str:
    return "".join(map(_show, text))


# --- JSON and GitHub --------------------------------------------------------------------------------------------------


def report_json(problems: Sequence[Problem]) -> str:
    """The problems and their counts as one document, in ASCII, so that it survives every terminal and pipe."""
    errors, warnings, waived = count_problems(problems)
    found = [
        {
            "path": problem.path.as_posix(),
            "line": problem.line,
            "column": problem.column,
            "length": problem.length,
            "rule": problem.rule,
            "severity": problem.severity,
            "message": problem.message,
            "remedy": problem.remedy,
            "waived": problem.waived,
            "help": f"{DOCS}#{problem.rule}" if problem.rule else None,
        }
        for problem in sorted(problems, key=_order)
    ]
    return json.dumps({"problems": found, "errors": errors, "warnings": warnings, "waived": waived}, indent=2)


def report_github(problems: Sequence[Problem]) -> Iterator[str]:
    """Workflow commands that GitHub shows beside the lines; it shows the first ten of each kind, errors first."""
    for problem in sorted(problems, key=lambda problem: (_kind(problem), *_order(problem))):
        properties = {
            "file": problem.path.as_posix(),
            "line": problem.line,
            "col": problem.column,
            "endColumn": problem.column + problem.length - 1 if problem.column and problem.length else None,
            "title": problem.rule,
        }
        said = ",".join(
            f"{key}={_escape(str(value), ':,')}" for key, value in properties.items() if value is not None
        )
        because = f"waived: {problem.waived}" if problem.waived else problem.remedy
        message = "\n".join(filter(None, (problem.message, because)))
        yield f"::{_KINDS[_kind(problem)]} {said}::{_escape(message)}"
    yield say_counts(problems)


_KINDS = ("error", "warning", "notice")


def _kind(problem: Problem) -> int:
    return 2 if problem.waived else 0 if problem.blocks else 1


def _escape(text: str, more: str = "") -> str:
    """As the runner of GitHub Actions undoes it; a line end would begin a command of its own."""
    text = text.encode("utf-8", errors="replace").decode()
    for character in ("%", "\r", "\n", *more):
        text = text.replace(character, f"%{ord(character):02X}")
    return text
