"""What an earlier check found, for each text that has not changed, and neither has anything that a rule reads about it.

A finding is never stale, because everything that a rule reads is in its key: the files of the text in all languages;
what all texts share (settings, playbook, evidence, word lists, templates, dictionaries); and what a letter shows or
says of others: its number, its neighbours, and those with the same text, thought or subject. Which addresses of other
letters it names is only known when it is rendered, so these are noted with the answers, and asked again. This program
and its libraries are part of the file, see `cache`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import generator.check
from generator.cache import Cache, digest
from generator.check import A_BUG
from generator.check.rules.archive import survey_texts, text_of
from generator.check.rules.subjects import find_same_subject
from generator.check.web.addresses import survey_with
from generator.render.email.message import EARLIER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from generator.content import Newsletter
    from generator.model import Edition, Issue, Language, Lesson, Problem, Thought, Week

_LETTER = re.compile(r"archive/(\d{4}-W\d\d)")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a text, and what the site answered about the addresses of other letters that it names."""

    problems: tuple[Problem, ...]
    answers: tuple[tuple[str, str | None], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether a check has failed itself, and is worth another attempt: it may have been the machine."""
        return any(problem.remedy.startswith(A_BUG) for problem in self.problems)


Findings: TypeAlias = Cache[Found]
"""What was found, by the key of a text: see Keys."""


@dataclass(frozen=True, eq=False)
class Keys:
    """Makes the keys of the texts of a newsletter, each a digest of what the rules read about a text."""

    newsletter: Newsletter

    def of_letter(self, issue: Issue, language: Language | None) -> bytes:
        """The key of a letter, or of one edition of it."""
        archive, editions = self.newsletter.archive, issue.editions.values()
        texts, thoughts = survey_texts(self.newsletter)
        return digest(
            self.common,
            language,
            issue.skipped,
            [self._of_edition(edition) for edition in editions],
            [edition.source.read_bytes() for edition in editions],
            [image.source.stat().st_size for edition in editions for image in edition.images.values()],
            [self.newsletter.releases.get((issue.week, edition.language)) for edition in editions],
            [archive.number(edition) for edition in editions],
            [
                other and self._of_edition(other)
                for edition in editions
                for other in (*archive.beside(edition), *islice(archive.before(edition), EARLIER))
            ],
            [texts.get((edition.language, text_of(edition))) for edition in editions],
            thoughts.get((issue.certainty, issue.thought)),
            [find_same_subject(self.newsletter, edition) for edition in editions],
        )

    def of_text(self, text: Thought | Lesson) -> bytes:
        """The key of a thought or a lesson."""
        return digest(self.common, text, text.source.read_bytes())

    def of_everything(self) -> bytes:
        """The key of what is made of all letters."""
        issues = self.newsletter.archive.issues
        return digest(
            self.common,
            [
                (issue.skipped, [self._of_edition(edition) for edition in issue.editions.values()])
                for issue in issues
            ],
        )

    def is_current(self, found: Found, week: Week | None) -> bool:
        """Whether the site would still answer the same, once the letter of a week is out."""
        issue = self.newsletter.archive.issue(week) if week else None
        if issue is None:
            return True
        addresses = survey_with(self.newsletter, issue)
        return all(addresses.why_dead(address) == answer for address, answer in found.answers)

    def _of_edition(self, edition: Edition) -> bytes:
        key = (edition.week, edition.language)
        if key not in self._editions:
            self._editions[key] = digest(edition)
        return self._editions[key]

    @cached_property
    def _editions(self) -> dict[tuple[Week, Language], bytes]:
        return {}

    @cached_property
    def common(self) -> bytes:
        """A digest of what every text is compared with, or made with; the letters and the thoughts are left out."""
        newsletter, root = self.newsletter, self.newsletter.root
        style = [
            (
                language,
                sorted(one.words),
                one.cliches,
                sorted(one.synonyms.items()),
                sorted(one.terms.items()),
            )
            for language, one in newsletter.style.items()
        ]
        return digest(
            root,
            newsletter.settings,
            replace(newsletter.playbook, thoughts={}, drafts=()),
            style,
            newsletter.ignored,
            *_read_all(root / "templates"),
            *_read_all(Path(generator.check.__file__).parent, leave_out=(".py", ".pyc")),
            sorted(path.relative_to(root).as_posix() for path in _walk(root / "docs")),
        )


def make_found(problems: Sequence[Problem], week: Week | None, asked: Mapping[str, str | None]) -> Found:
    """What is kept of a job: its problems, and what the site answered about other letters than that of a week."""
    answers = {
        address: answer
        for address, answer in asked.items()
        if (letter := _LETTER.search(address)) and letter[1] != str(week)
    }
    return Found(tuple(problems), tuple(answers.items()))


def _walk(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _read_all(folder: Path, leave_out: tuple[str, ...] = ()) -> Iterator[bytes]:
    """The names and the bytes of all files in a folder."""
    for path in _walk(folder):
        if path.suffix not in leave_out:
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()
