"""Makes a project with as many weeks of issues as asked: `python -m tests.bench.archives FOLDER WEEKS`.

Everything but the letters is the real thing: pages, templates, site configuration, settings, evidence and thoughts.
The letters are put together from the paragraphs of the real thoughts, so that words, sentences and footnotes have
their real lengths. Each is another combination, the same one in both languages and in every run. As after as many
weeks of use, each letter has a thought of its own in newsletter/thoughts/.
"""

import argparse
import json
import random
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, permutations
from pathlib import Path

from generator.assemble import write_edition
from generator.content import Newsletter, load_newsletter
from generator.content.editions import SECTIONS
from generator.content.markdown.reader import read_marks
from generator.model import Certainty, Edition, Language, Section, Thought, Week
from tests.languages import LANGUAGES, NL

ROOT = Path(__file__).parents[2]

LAST = Week(2026, 48)
"""The week of the newest letter, the one that is edited and made again."""

_COPIED = (
    "docs",
    "templates",
    "mkdocs.yml",
    "mkdocs.en.yml",
    "newsletter/settings.toml",
    "newsletter/evidence.yaml",
    "newsletter/assessment.nl.yaml",
    "newsletter/assessment.en.yaml",
    "newsletter/course",
    "newsletter/STYLE.md",
    *(
        f"newsletter/{name}.{language}.txt"
        for name in ("words", "cliches", "synonyms")
        for language in LANGUAGES
    ),
)
_WORDS = range(115, 176)
"""Of the text alone; introduction, actions and footnotes come on top of it."""
_NOTES = range(1, 4)


@dataclass(frozen=True)
class Letter:
    """What a letter says in both languages, before it is written down."""

    number: int
    """0 is the oldest."""
    week: Week
    certainty: Certainty
    actions: tuple[str, ...]
    parts: tuple[Thought, Thought, Thought]
    """The thoughts whose opening, middle and ending it has, in Dutch."""

    @property
    def slug(self) -> str:
        return f"letter-{self.number + 1:04}"

    def title(self, newsletter: Newsletter, language: Language) -> str:
        return f"{_in(newsletter, language, self.parts[0]).title} ({self.week})"

    def summary(self, newsletter: Newsletter, language: Language) -> str:
        return _in(newsletter, language, self.parts[0]).summary

    def text(self, newsletter: Newsletter, language: Language) -> str:
        opening, middle, ending = (_in(newsletter, language, thought) for thought in self.parts)
        return f"{_split(opening)[0]}\n\n{_split(middle)[1]}\n\n{_split(ending)[2]}"


def make_project(folder: Path, weeks: int) -> None:
    """Make the project in a new folder. Raises ValueError when there are fewer different letters than weeks."""
    folder.mkdir(parents=True)
    for name in _COPIED:
        (folder / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, folder / name)
    (folder / "src").symlink_to(ROOT / "src")  # mkdocs.yml names the hook by its path
    shutil.copytree(ROOT / "newsletter/thoughts", folder / "newsletter/thoughts")
    newsletter = load_newsletter(ROOT)
    before = None
    for letter in plan_letters(newsletter, weeks):
        for language in LANGUAGES:
            _write_thought(folder, newsletter, letter, language)
            _write_letter(folder, newsletter, letter, before, language)
        before = letter


def plan_letters(newsletter: Newsletter, weeks: int) -> list[Letter]:
    """The letters of the weeks up to LAST, oldest first: the certainties in rotation, one or two actions each."""
    playbook = newsletter.playbook
    thoughts = [
        thought
        for thought in playbook.thoughts[NL]
        if all(_has_parts(_in(newsletter, language, thought)) for language in LANGUAGES)
    ]
    recipes = list(permutations(thoughts, 3))
    random.Random(7).shuffle(recipes)  # noqa: S311 (any choice will do)
    suitable = (parts for parts in recipes if _is_letter(newsletter, parts))
    letters: list[Letter] = []
    certainties = playbook.certainties[NL]
    for number, parts in enumerate(islice(suitable, weeks)):
        friday: date = LAST.friday - timedelta(weeks=weeks - 1 - number)
        certainty = certainties[number % len(certainties)]
        items = [
            certainty.items[(number // 7 + step) % len(certainty.items)].id for step in range(1 + number % 2)
        ]
        letters.append(Letter(number, Week.of(friday), certainty, tuple(items), parts))
    if len(letters) < weeks:
        raise ValueError(f"the thoughts make {len(letters)} different letters, which is fewer than {weeks}")
    return letters


def _has_parts(thought: Thought) -> bool:
    """Whether a thought has an opening and a middle, and a title that can be a link: some are a single paragraph."""
    return thought.markdown.count("\n\n") > 0 and "%" not in thought.title


def _is_letter(newsletter: Newsletter, parts: tuple[Thought, ...]) -> bool:
    """Whether parts of thoughts make a letter of the usual length that has no errors.

    It cites the same in all languages, and a percentage brings its source: a thought may have it in another paragraph.
    """
    cited: set[frozenset[str]] = set()
    for language in LANGUAGES:
        texts = [_split(_in(newsletter, language, thought))[place] for place, thought in enumerate(parts)]
        if sum(len(text.split()) for text in texts) not in _WORDS:
            return False
        paragraphs = [paragraph for text in texts for paragraph in text.split("\n\n")]
        if any("%" in paragraph and not read_marks(paragraph).sources for paragraph in paragraphs):
            return False
        cited.add(frozenset(read_marks("\n".join(texts)).sources))
    return len(cited) == 1 and len(cited.pop()) in _NOTES


def _in(newsletter: Newsletter, language: Language, thought: Thought) -> Thought:
    """The same thought in a language."""
    return next(
        found
        for found in newsletter.playbook.thoughts[language]
        if (found.certainty, found.slug) == (thought.certainty, thought.slug)
    )


def _split(thought: Thought) -> tuple[str, str, str]:
    opening, middle, *ending = thought.markdown.split("\n\n")
    return opening, middle, "\n\n".join(ending)


def _write_thought(folder: Path, newsletter: Newsletter, letter: Letter, language: Language) -> None:
    text = letter.text(newsletter, language)
    path = folder / f"newsletter/thoughts/{letter.certainty.id}/{letter.slug}.{language}.md"
    front = (
        f"title: {json.dumps(letter.title(newsletter, language), ensure_ascii=False)}\n"
        f"summary: {json.dumps(letter.summary(newsletter, language), ensure_ascii=False)}\n"
        f"action: {json.dumps(_in(newsletter, language, letter.parts[0]).action, ensure_ascii=False)}\n"
        f"actions: [{', '.join(letter.actions)}]\n"
        f"sources: [{', '.join(read_marks(text).sources)}]\n"
    )
    path.write_text(f"---\n{front}---\n\n{text}\n", encoding="utf-8")


def _write_letter(
    folder: Path, newsletter: Newsletter, letter: Letter, before: Letter | None, language: Language
) -> None:
    path = folder / f"newsletter/issues/{letter.week}/{language}.md"
    published = newsletter.settings.send_time(letter.week)
    items = "\n".join(
        f"- [ ] {newsletter.playbook.item(language, action)[1].text} {{ #{action} }}"
        for action in letter.actions
    )
    introduction = _introduce(newsletter, letter, before, language)
    edition = Edition(
        week=letter.week,
        language=language,
        title=letter.title(newsletter, language),
        subject=letter.title(newsletter, language),
        summary=letter.summary(newsletter, language),
        certainty=letter.certainty.id,
        thought=letter.slug,
        actions=letter.actions,
        published=published,
        updated=published,
        draft=False,
        waive={},
        sections=(
            Section(SECTIONS[0], letter.text(newsletter, language), 0),
            Section(SECTIONS[1], f"{introduction}\n\n{items}", 0),
        ),
        images={},
        source=path,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_edition(edition), encoding="utf-8")


def _introduce(newsletter: Newsletter, letter: Letter, before: Letter | None, language: Language) -> str:
    """A sentence or two before the actions, in two letters of three with a link: to a page, a letter, another site."""
    certainty = newsletter.playbook.certainty(language, letter.certainty.id)
    sentences = [certainty.summary]
    if letter.number % 3 == 0:
        sentences.append(
            f"[{certainty.title}](../../../docs/{language}/{certainty.page}#{letter.actions[0]})."
        )
    if letter.number % 4 == 0 and before is not None:
        sentences.append(f"[{before.title(newsletter, language)}](../{before.week}/{language}.md).")
    if letter.number % 5 == 0:
        sentences.append(f"[{letter.week}](https://example.com/{letter.slug}).")
    return " ".join(sentences)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.archives", description=__doc__.splitlines()[0]
    )
    parser.add_argument("folder", type=Path, help="folder to create the project in")
    parser.add_argument("weeks", type=int, help="number of letters")
    asked = parser.parse_args()
    make_project(asked.folder, asked.weeks)
