"""Problems of a text → remarks at its words, with what would cure them, for the page that it is written on."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.check import check_issue, check_manuscript, check_thought
from generator.check.manuscripts import Manuscript
from generator.check.rules import RULES
from generator.check.rules.spelling import has_dictionary, suggest
from generator.content.archive import know
from generator.content.editions import EditionFields
from generator.content.editions import check_partly as check_edition_partly
from generator.content.thoughts import check_partly as check_thought_partly
from generator.model import Language, Message
from generator.words import load_forms
from generator.writing.texts import read_source, split_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.content import Newsletter
    from generator.model import Problem
    from generator.writing.project import Project
    from generator.writing.texts import Text


def find_problems(project: Project, text: Text) -> Sequence[Problem]:
    """All that is wrong with a text; paths are below the root of the project.

    While something keeps the text from being read, the rules are asked about what its author wrote, and not about what
    readers get. Links, and what only one language has, are then looked at later.
    """
    loaded = project.read(text)
    newsletter = loaded.newsletter
    if newsletter is None:
        return loaded.problems
    if obstacles := project.find_obstacles(newsletter, text):
        further = (one for language in text.files for one in _look_further(newsletter, text, language))
        return list(dict.fromkeys([*obstacles, *further]))
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


def _look_further(newsletter: Newsletter, text: Text, language: Language) -> Iterator[Problem]:
    """What is wrong with a text in one language beyond the mistakes for which it is left out of the newsletter."""
    root, path = newsletter.root, text.files[language]
    loaded = (
        check_edition_partly(path, know(root, newsletter.playbook))
        if text.week
        else check_thought_partly(root, path, text.certainty, language, newsletter.playbook)
    )
    if loaded is None:
        return
    document, known, problems = loaded
    yield from (replace(problem, path=path.relative_to(root)) for problem in problems)
    fields = document.fields
    subject, certainty, waive = (
        (fields.subject or fields.title, fields.certainty, fields.waive)
        if isinstance(fields, EditionFields)
        else (fields.title, text.certainty, {})
    )
    manuscript = Manuscript(
        newsletter,
        language,
        path,
        fields.title,
        subject,
        fields.summary,
        read_source(root, path).text,
        certainty,
        suggests=False,
    )
    for problem in check_manuscript(manuscript):
        if problem.line not in known:
            yield replace(problem, waived=waive.get(problem.rule or "", ""))


def list_remarks(
    root: Path, text: Text, problems: Sequence[Problem], language: Language
) -> list[dict[str, Any]]:
    """Problems as remarks, said in a language: by edition, field, and the UTF-16 code units that they are about."""
    forms = load_forms(root, language)
    places = {path.relative_to(root): _Place(root, text, one) for one, path in text.files.items()}
    return [
        _remark(problem, places.get(problem.path), forms, is_letter=text.week is not None)
        for problem in problems
    ]


def suggest_words(newsletter: Newsletter, language: str, word: str) -> list[str]:
    """The words that may have been meant by one that is not in the dictionary: up to three, in a third of a second."""
    if language not in newsletter.settings.languages or not has_dictionary(Language(language)):
        return []
    return list(suggest(word, Language(language), newsletter.style[Language(language)].words))


SPELLING = "spelling"
"""The rule about words that are not in the dictionary."""

_LONG = 60
"""Characters of a line that are all underlined; of a longer one, the first words are."""
_FIRST_WORDS = re.compile(r"\s*(?:[#>*+-]+\s+)*(?:\S+\s+){0,2}\S+")


class _Place:
    """A text in one language, for finding where a problem is."""

    def __init__(self, root: Path, text: Text, language: Language) -> None:
        source = read_source(root, text.files[language])
        self.language, self.lines = language, source.text.split("\n")
        parts = split_text(source.text)
        self.start = source.text.count("\n", 0, parts.start)
        """The lines above the body."""
        self._known = {field.key for field in text.fields}
        self._data, self._body = parts.data, parts.body

    def find_field(self, line: int) -> str | None:
        """The key of the front matter that a line belongs to."""
        for written in reversed(self.lines[: min(line, self.start)]):
            key = written.partition(":")[0]
            if key in self._known:
                return key
        return None

    def is_open(self, field: str | None, problem: Problem) -> bool:
        """Whether nothing was written yet where a problem is, so that it is still to do rather than wrong."""
        if problem.rule or self._data is None:
            return False
        return not self._data.get(field) if field else not self._body.strip()

    def find_in_field(self, field: str, problem: Problem) -> tuple[int, int] | None:
        """Where the words of a problem begin and end in the value of a field; None when that cannot be seen."""
        value = (self._data or {}).get(field)
        if not isinstance(value, str) or problem.column is None or problem.line is None:
            return None
        begin = self.lines[problem.line - 1].find(value, len(field) + 1)
        first = problem.column - 1 - begin
        last = first + problem.length
        if begin < 0 or first < 0 or last > len(value):
            return None
        return _measure(value[:first]), _measure(value[:last])

    def find_range(self, problem: Problem) -> tuple[int, int] | None:
        """Where the words of a problem begin and end in the body."""
        line = problem.line or 0
        if not self.start < line <= len(self.lines):
            return None
        written = self.lines[line - 1]
        before = _measure("\n".join(self.lines[self.start : line - 1])) + (line - 1 > self.start)
        if problem.column is None:
            first, last = _find_words(problem.message, written)
        else:
            first = min(problem.column - 1, len(written))
            last = min(first + problem.length, len(written))
        if last - first > _LONG and (match := _FIRST_WORDS.match(written, first, last)):
            last = match.end()
        return before + _measure(written[:first]), before + _measure(written[:last])


def _find_words(message: Message, line: str) -> tuple[int, int]:
    """The words of a line that a message quotes, where they stand only once; otherwise all of the line."""
    for value in message.values:
        if isinstance(value, str) and not isinstance(value, Message) and value and line.count(value) == 1:
            start = line.index(value)
            return start, start + len(value)
    return 0, len(line)


def _measure(text: str) -> int:
    """The length of a text in UTF-16 code units, as JavaScript counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def _find_word(problem: Problem) -> str:
    """The word that is not in the dictionary; empty for every other problem."""
    word = problem.message.values[0] if problem.rule == SPELLING else ""
    return word if isinstance(word, str) else ""


def _remark(
    problem: Problem, place: _Place | None, forms: Mapping[str, str] | None, *, is_letter: bool
) -> dict[str, Any]:
    message = problem.message.say_in(forms)
    found = place.find_range(problem) if place else None
    field = place.find_field(problem.line) if place and problem.line and found is None else None
    within = place.find_in_field(field, problem) if place and field else None
    is_open = place is not None and place.is_open(field, problem)
    return {
        "language": place.language if place else None,
        "field": field,
        "from": found[0] if found else None,
        "to": found[1] if found else None,
        "within": within,
        "line": problem.line,
        "severity": "open" if is_open else "waived" if problem.waived else problem.severity.value,
        "rule": problem.rule or "",
        "message": message[:1].upper() + message[1:] if place else f"{problem.path.as_posix()}: {message}",
        "remedy": problem.remedy.say_in(forms),
        "reason": problem.waived,
        "waivable": is_letter and problem.rule in RULES,
        "word": _find_word(problem),
        "cures": [{"label": problem.cure, "replace": problem.cure}]
        if problem.cure and (found or within)
        else [],
    }
