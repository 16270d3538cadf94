"""The same files, sections, items and sources in every language: each is compared with the default one.

A text that is wrong by itself is not compared: what is missing from it was said already.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol, TypeVar

from generator.content.certainties import is_item_id, list_headings
from generator.content.pages import MARKERS, find_markers
from generator.content.thoughts import is_season
from generator.model import Message, Problem
from generator.reading import exists, nearest
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.content.documents import Texts
    from generator.content.markdown.marks import Item, Marks
    from generator.model import Certainty, Language, Languages, Lesson, Page, Section, Template, Thought


class _Text(Protocol):
    @property
    def source(self) -> Path: ...
    @property
    def language(self) -> Language: ...


T = TypeVar("T", bound=_Text)


def check_pages(
    languages: Languages,
    pages: Mapping[Language, Iterable[Page]],
    facts: Container[str],
    texts: Texts,
    problems: list[Problem],
) -> None:
    """Compare the pages that are not certainties: the same names, sections, markers and sources."""
    for nl, en in _pair(languages, pages, lambda page: page.name, problems):
        sections = [sum(one.level == 2 for one in texts[page.source].marks.headings) for page in (nl, en)]  # noqa: PLR2004
        if sections[0] != sections[1]:
            message = Message(
                "{} sections (##) here, but {} in {}; both languages must have the same",
                sections[1],
                sections[0],
                languages.names[nl.language],
            )
            problems.append(Problem(en.source, en.line, message))
        markers = [find_markers(texts[page.source].marks) for page in (nl, en)]
        if _are_known(markers, MARKERS):
            _compare(Message("marker"), markers, (nl, en), languages, problems)
        found = [_cited(texts[page.source].marks) for page in (nl, en)]
        if _are_known(found, facts):
            _compare(Message("source"), found, (nl, en), languages, problems)


def check_certainties(
    root: Path,
    certainties: Mapping[Language, Iterable[Certainty]],
    facts: Container[str],
    texts: Texts,
    problems: list[Problem],
) -> None:
    """Compare the certainties: the same items in the same order, and the same sources in the same sections."""
    languages = load_languages(root)
    everywhere = {
        language: Counter(
            item.id for text in certainties[language] for item in texts[text.source].marks.items
        )
        for language in languages
    }
    for nl, en in _both(languages, certainties, lambda certainty: certainty.id):
        headings = [list_headings(root, text.language) for text in (nl, en)]
        if not all(map(_are_whole, (nl, en), headings)):
            continue
        items = [texts[text.source].marks.items for text in (nl, en)]
        if all(
            _are_sound(found, everywhere[text.language]) for found, text in zip(items, (nl, en), strict=True)
        ):
            ids = [{str(item.id): item.line for item in found} for found in items]
            _compare(Message("item"), ids, (nl, en), languages, problems)
            if sorted(ids[0]) == sorted(ids[1]) and list(ids[0]) != list(ids[1]):
                message = Message(
                    "the items are in another order than in {}: {}",
                    languages.names[nl.language],
                    ", ".join(ids[0]),
                )
                problems.append(Problem(en.source, items[1][0].line, message))
        for sections in zip(nl.sections, en.sections, strict=True):
            found = [
                _cited(texts[text.source].marks, _lines(section))
                for text, section in zip((nl, en), sections, strict=True)
            ]
            if _are_known(found, facts) and all(section.markdown.strip() for section in sections):
                _compare(Message("source"), found, (nl, en), languages, problems)


def check_templates(
    languages: Languages,
    templates: Mapping[Language, Iterable[Template]],
    facts: Container[str],
    texts: Texts,
    problems: list[Problem],
) -> None:
    """Compare the templates: the same names, certainty, items and sources."""
    for nl, en in _pair(languages, templates, lambda template: template.slug, problems):
        for key, what, found in (
            ("certainty", Message("certainty"), [[template.certainty] for template in (nl, en)]),
            ("items", Message("item"), [template.items for template in (nl, en)]),
        ):
            lines = [texts[one.source].lines[key] for one in (nl, en)]
            ids = [dict.fromkeys(one, line) for one, line in zip(found, lines, strict=True)]
            _compare(what, ids, (nl, en), languages, problems)
        cited = [_cited(texts[template.source].marks) for template in (nl, en)]
        if _are_known(cited, facts):
            _compare(Message("source"), cited, (nl, en), languages, problems)


def check_lessons(  # noqa: PLR0913 (lessons are compared with everything else)
    languages: Languages,
    lessons: Mapping[Language, Iterable[Lesson]],
    items: Mapping[str, frozenset[str]],
    facts: Container[str],
    texts: Texts,
    problems: list[Problem],
) -> None:
    """Compare the lessons of the course: the same item and sources. That one is missing was said already."""
    for nl, en in _both(languages, lessons, lambda lesson: lesson.certainty):
        actions = [
            dict.fromkeys(lesson.actions, texts[lesson.source].lines["actions"]) for lesson in (nl, en)
        ]
        if _are_known(actions, items.get(nl.certainty, ())):
            _compare(Message("action"), actions, (nl, en), languages, problems)
        found = [_cited(texts[lesson.source].marks) for lesson in (nl, en)]
        named = [set(lesson.sources) for lesson in (nl, en)]
        if named == [set(cited) for cited in found] and _are_known(found, facts):
            _compare(Message("source"), found, (nl, en), languages, problems)


def check_thoughts(  # noqa: PLR0913 (thoughts are compared with everything else)
    languages: Languages,
    thoughts: Mapping[Language, Iterable[Thought]],
    items: Mapping[str, frozenset[str]],
    facts: Container[str],
    texts: Texts,
    problems: list[Problem],
) -> None:
    """Compare the thoughts: the same actions, sources and season, and what they argue against."""
    for nl, en in _pair(languages, thoughts, lambda thought: f"{thought.certainty}/{thought.slug}", problems):
        actions = [
            dict.fromkeys(thought.actions, texts[thought.source].lines["actions"]) for thought in (nl, en)
        ]
        if _are_known(actions, items.get(nl.certainty, ())):
            _compare(Message("action"), actions, (nl, en), languages, problems)
        seasons = [
            dict.fromkeys(thought.season, texts[thought.source].lines.get("season", 1))
            for thought in (nl, en)
        ]
        if all(is_season(name) for found in seasons for name in found):
            _compare(Message("season"), seasons, (nl, en), languages, problems)
        if nl.against != en.against:
            here, there = (nl, en) if nl.against else (en, nl)
            name = languages.names[there.language]
            message = Message(
                "“against” is true here, but not in {}; both languages must have the same", name
            )
            problems.append(Problem(here.source, texts[here.source].lines["against"], message))
        found = [_cited(texts[thought.source].marks) for thought in (nl, en)]
        named = [set(thought.sources) for thought in (nl, en)]
        if named == [set(cited) for cited in found] and _are_known(found, facts):
            _compare(Message("source"), found, (nl, en), languages, problems)


def _both(
    languages: Languages, texts: Mapping[Language, Iterable[T]], key: Callable[[T], str]
) -> list[tuple[T, T]]:
    """Each text of another language with that of the default one, where there is one."""
    first, *others = ({key(text): text for text in texts[language]} for language in languages)
    return [(first[name], other[name]) for other in others for name in first if name in other]


def _pair(
    languages: Languages,
    texts: Mapping[Language, Iterable[T]],
    key: Callable[[T], str],
    problems: list[Problem],
) -> list[tuple[T, T]]:
    """The same, adding a problem for each file that exists in the default language or in another one only."""
    for other in languages.others:
        _find_alone(languages, other, texts, key, problems)
    return _both(languages, texts, key)


def _find_alone(
    languages: Languages,
    language: Language,
    texts: Mapping[Language, Iterable[T]],
    key: Callable[[T], str],
    problems: list[Problem],
) -> None:
    default = languages.default
    ours, theirs = ({key(text): text for text in texts[one]} for one in (default, language))
    alone = {
        name: (text, _counterpart(text, language))
        for name, text in ours.items()
        if name not in theirs and not exists(_counterpart(text, language))
    }
    for name, text in theirs.items():
        if name in ours or exists(_counterpart(text, default)):
            continue
        near = nearest(name, alone)
        if near is None:
            alone[name] = text, _counterpart(text, default)
        else:
            meant, _ = alone.pop(near)
            hint = Message("did you mean {}?", meant.source.name)
            if meant.source.parent.name != text.source.parent.name:
                hint = Message(
                    "{} is in {}/; move one of the two", meant.source.name, meant.source.parent.name
                )
            message = Message("there is no {} text with this name; {}", languages.names[default], hint)
            problems.append(Problem(text.source, None, message))
    for text, missing in alone.values():
        if nearest(
            missing.name,
            [problem.path.name for problem in problems if problem.path.parent == missing.parent],
        ):
            continue  # the file is there under a wrong name, which was said already
        name = languages.names[text.language]
        problems.append(
            Problem(
                missing, None, Message("the file is missing; {} exists in {} only", text.source.name, name)
            )
        )


def _counterpart(text: _Text, other: Language) -> Path:
    """The file with the same text in another language: `x.nl.md` → `x.en.md`, `docs/nl/x.md` → `docs/en/x.md`."""
    path, language = text.source, text.language
    if path.name.endswith(f".{language}.md"):
        return path.with_name(path.name.removesuffix(f".{language}.md") + f".{other}.md")
    parts = list(path.parts)
    parts[len(parts) - 1 - parts[::-1].index(language)] = other
    return path.__class__(*parts)


def _are_whole(certainty: Certainty, headings: Mapping[str, str]) -> bool:
    """Whether a page has its sections in their order."""
    return [section.heading for section in certainty.sections] == [*headings.values()]


def _lines(section: Section) -> range:
    return range(section.line, section.line + section.markdown.count("\n") + 2)


def _cited(marks: Marks, lines: Container[int] | None = None) -> dict[str, int]:
    """The facts that are cited in some lines, or in all, each with the line where it is cited last."""
    return {
        note: line
        for note, line in marks.footnotes
        if note not in marks.defined and (lines is None or line in lines)
    }


def _are_sound(items: Collection[Item], everywhere: Mapping[str | None, int]) -> bool:
    """Whether there are items, and their ids can be compared: `everywhere` counts them on all pages of the language."""
    return bool(items) and all(is_item_id(item.id) and everywhere[item.id] == 1 for item in items)


def _are_known(found: Iterable[Iterable[str]], known: Container[str]) -> bool:
    return all(one in known for ids in found for one in ids)


def _compare(
    what: Message,
    found: Sequence[Mapping[str, int]],
    texts: tuple[_Text, _Text],
    languages: Languages,
    problems: list[Problem],
) -> None:
    """Add a problem for each id that only one of two texts has, at its line."""
    for text, here, there in zip(texts, found, reversed(found), strict=True):
        name = languages.names[text.language]
        for one, line in here.items():
            if one not in there:
                problems.append(
                    Problem(text.source, line, Message("the {} “{}” is in the {} text only", what, one, name))
                )
