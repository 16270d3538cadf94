"""Problems of a text → remarks at its words, with what would cure them, for the page that it is written on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generator.check import check_issue, check_thought
from generator.check.rules.spelling import has_dictionary, suggest
from generator.model import Language
from generator.words import load_forms
from generator.writing.texts import read_source, split_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Problem
    from generator.writing.project import Project
    from generator.writing.texts import Text


def find_problems(project: Project, text: Text) -> Sequence[Problem]:
    """All that is wrong with a text; paths are below the root of the project.

    What rules find is not among them while something keeps the text from being read.
    """
    loaded = project.read(text)
    newsletter = loaded.newsletter
    if newsletter is None:
        return loaded.problems
    if obstacles := project.find_obstacles(newsletter, text):
        return obstacles
    if text.week:
        issue = newsletter.archive.issue(text.week)
        return check_issue(newsletter, issue, suggests=False) if issue else ()
    return [
        problem
        for language, found in newsletter.playbook.thoughts.items()
        for thought in found
        if thought.source == text.files[language]
        for problem in check_thought(newsletter, thought, suggests=False)
    ]


def list_remarks(
    root: Path, text: Text, problems: Sequence[Problem], language: Language
) -> list[dict[str, Any]]:
    """Problems as remarks, said in a language: by edition, field, and the UTF-16 code units that they are about."""
    forms = load_forms(root, language)
    places = {path.relative_to(root): _Place(root, text, one) for one, path in text.files.items()}
    return [_remark(problem, places.get(problem.path), forms) for problem in problems]


def suggest_words(newsletter: Newsletter, language: str, word: str) -> list[str]:
    """The words that may have been meant by one that is not in the dictionary: up to three, in a third of a second."""
    if language not in newsletter.settings.languages or not has_dictionary(Language(language)):
        return []
    return list(suggest(word, Language(language), newsletter.style[Language(language)].words))


class _Place:
    """A text in one language, for finding where a problem is."""

    def __init__(self, root: Path, text: Text, language: Language) -> None:
        source = read_source(root, text.files[language])
        self.language, self.lines = language, source.text.split("\n")
        parts = split_text(source.text)
        self.start = source.text.count("\n", 0, parts.start)
        """The lines above the body."""
        self._known = {field.key for field in text.fields}

    def find_field(self, line: int) -> str | None:
        """The key of the front matter that a line belongs to."""
        for written in reversed(self.lines[: min(line, self.start)]):
            key = written.partition(":")[0]
            if key in self._known:
                return key
        return None

    def find_range(self, problem: Problem) -> tuple[int, int] | None:
        """Where the words of a problem begin and end in the body."""
        line = problem.line or 0
        if not self.start < line <= len(self.lines):
            return None
        written = self.lines[line - 1]
        before = _measure("\n".join(self.lines[self.start : line - 1])) + (line - 1 > self.start)
        if problem.column is None:
            return before, before + _measure(written)
        first = min(problem.column - 1, len(written))
        last = min(first + problem.length, len(written))
        return before + _measure(written[:first]), before + _measure(written[:last])


def _measure(text: str) -> int:
    """The length of a text in UTF-16 code units, as JavaScript counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def _remark(problem: Problem, place: _Place | None, forms: Mapping[str, str] | None) -> dict[str, Any]:
    message = problem.message.say_in(forms)
    found = place.find_range(problem) if place else None
    return {
        "language": place.language if place else None,
        "field": place.find_field(problem.line) if place and problem.line and found is None else None,
        "from": found[0] if found else None,
        "to": found[1] if found else None,
        "line": problem.line,
        "severity": "waived" if problem.waived else problem.severity.value,
        "rule": problem.rule or "",
        "message": message if place else f"{problem.path.as_posix()}: {message}",
        "remedy": problem.remedy.say_in(forms),
        "reason": problem.waived,
        "cures": [{"label": problem.cure, "replace": problem.cure}] if problem.cure else [],
    }
