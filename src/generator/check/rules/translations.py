"""Several languages, one letter: what one edition has and the other has not.

Each edition is compared with that in the default language, and says what differs. Sections, actions and the moment of
publication are compared while the issue is read, in `content`.
"""

from __future__ import annotations

import os.path
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from generator.check.language.detection import is_in
from generator.check.language.knowledge import list_others
from generator.check.rule import Finding, Rule, Spot
from generator.content.certainties import IDS, is_item_id
from generator.model import Message, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from generator.check.manuscripts import Manuscript, Passage
    from generator.check.proofs import Proof
    from generator.content.markdown.marks import Link
    from generator.model import Language, Languages

    Found = Mapping[str, tuple[str, int]]
    """What is compared, and how it is written on which line."""

RATIO = 0.75, 1.35
"""Words for one of the default language. Dutch writes compounds as one word, so English mostly has a few more."""

_IN_LANGUAGE = r"[._-](?:{codes})(?=\.[a-z]+\Z)"
"""A picture with words in it exists once for each language: chart.nl.png and chart.en.png."""
_EDITION = r"\Adocs/(?:{codes})/|(?<=/)(?:{codes})\.md\Z"


def check_images_differ(proof: Proof) -> Iterator[Finding]:
    """Both editions show the same pictures."""
    yield from _compare(proof, Message("picture"), _find_images)


def check_links_differ(proof: Proof) -> Iterator[Finding]:
    """Links of both editions lead to the same pages and addresses."""
    yield from _compare(proof, Message("link"), _find_links)


def check_sources_differ(proof: Proof) -> Iterator[Finding]:
    """Both editions cite the same sources."""
    yield from _compare(proof, Message("source"), _find_sources)


def check_headings_differ(proof: Proof) -> Iterator[Finding]:
    """Each section has as many headings below it in both editions."""
    if proof.original is None:
        return
    here, there = _count_headings(proof), _count_headings(proof.original)
    for section, (one, other) in zip(proof.edition.sections, zip(here, there, strict=True), strict=True):
        if one != other:
            message = Message(
                "“{}” has {} headings below it, but {} in {}",
                section.heading,
                one,
                other,
                proof.original.name,
            )
            yield Finding(message, Spot(section.line))


def check_other_language(manuscript: Manuscript) -> Iterator[Finding]:
    """Title, summary and each paragraph are in the language of the file."""
    for other in list_others(manuscript.language):
        yield from _find_other(manuscript, other)


def _find_other(manuscript: Manuscript, other: Language) -> Iterator[Finding]:
    languages = manuscript.newsletter.settings.languages
    name = languages.names.get(other, other)
    lines = tuple(dict.fromkeys(manuscript.fields.values()))
    if is_in(other, _join(lines)):
        yield Finding(Message("title and summary are in {}", name), lines[0].spot())
    found = [passage for passage in manuscript.passages if is_in(other, passage.text)]
    for passage in found:
        yield Finding(
            Message("this {} is in {}", passage.kind, name), passage.spot(*_first_line(passage.text))
        )
    items = [passage for passage in manuscript.passages if passage.kind == "item"]
    if items and not any(passage.kind == "item" for passage in found) and is_in(other, _join(items)):
        yield Finding(Message("the items are in {}", name), items[0].spot(*_first_line(items[0].text)))


def check_length_ratio(proof: Proof) -> Iterator[Finding]:
    """Neither edition is so much shorter that something must be missing."""
    if proof.original is None:
        return
    english, dutch = proof.edition.words, proof.original.edition.words
    name = proof.newsletter.settings.languages.names[proof.original.edition.language]
    least, most = RATIO
    if not least <= english / max(dutch, 1) <= most:
        message = Message(
            "this edition has {} words, but the {} one has {}; check that nothing is missing",
            english,
            name,
            dutch,
        )
        yield Finding(message, Spot(proof.edition.sections[0].line))


# --- What is compared ---


def _compare(proof: Proof, what: Message, find: Callable[[Proof], Found]) -> Iterator[Finding]:
    """What stands in one edition only, at its line; what this one lacks is said with its line in the first."""
    if proof.original is None:
        return
    here, there = find(proof), find(proof.original)
    for key, (name, line) in here.items():
        if key not in there:
            yield Finding(Message("the {} “{}” is not in {}", what, name, proof.original.name), Spot(line))
    for key, (name, line) in there.items():
        if key not in here:
            message = Message(
                "the {} “{}” of {}, line {}, is missing here", what, name, proof.original.name, line
            )
            yield Finding(message, Spot(proof.edition.sections[0].line))


def _find_images(proof: Proof) -> Found:
    images = (link for link in proof.manuscript.marks.links if link.image)
    languages = proof.newsletter.settings.languages
    return {_leave_out(_IN_LANGUAGE, languages, image.target): (image.target, image.line) for image in images}


def _find_links(proof: Proof) -> Found:
    links = (link for link in proof.manuscript.marks.links if not link.image)
    return {_target(proof, link): (link.target, link.line) for link in links}


def _find_sources(proof: Proof) -> Found:
    marks = proof.manuscript.marks
    return {note: (note, line) for note, line in reversed(marks.footnotes) if note not in marks.defined}


def _target(proof: Proof, link: Link) -> str:
    """Where a link leads, the same for both languages."""
    facts, settings = proof.newsletter.playbook.facts, proof.newsletter.settings
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", link.target):
        address = link.target.rstrip("/")
        own = settings.site_url
        folders = (f"{own}{settings.languages.prefix(one)}" for one in settings.languages.others)
        folder = next((folder for folder in folders if address.startswith(folder)), own)
        return address.replace(folder, own, 1)
    name, _, anchor = link.target.partition("#")
    path = (
        os.path.normpath(proof.edition.source.parent / unquote(name)) if name else str(proof.edition.source)
    )
    relative = os.path.relpath(path, proof.newsletter.root).replace(os.sep, "/")
    page = _leave_out(_EDITION, settings.languages, relative, "…")
    # The anchor of a heading is made from its words, and so is another one in each language.
    shared = is_item_id(anchor) or anchor in facts or anchor in IDS
    return f"{page}#{anchor if shared else '*' if anchor else ''}"


def _leave_out(pattern: str, languages: Languages, text: str, instead: str = "") -> str:
    """A text without the code of a language."""
    return re.sub(pattern.replace("{codes}", "|".join(languages)), instead, text)


def _count_headings(proof: Proof) -> list[int]:
    counts = [0 for _ in proof.edition.sections]
    for heading in proof.manuscript.marks.headings:
        above = sum(section.line <= heading.line for section in proof.edition.sections)
        if heading.level > 2 and above:  # noqa: PLR2004 (below “##”)
            counts[above - 1] += 1
    return counts


def _join(passages: Iterable[Passage]) -> str:
    return "\n".join(passage.text for passage in passages)


def _first_line(text: str) -> tuple[int, int]:
    start = len(text) - len(text.lstrip())
    return start, start + len(text[start:].partition("\n")[0].rstrip())


MANUSCRIPT_RULES: tuple[Rule[Manuscript], ...] = (
    Rule("other-language", Severity.ERROR, Message("Translate it."), check_other_language),
)
PROOF_RULES: tuple[Rule[Proof], ...] = (
    Rule("images-differ", Severity.ERROR, Message("Show the picture in both editions."), check_images_differ),
    Rule(
        "links-differ",
        Severity.ERROR,
        Message("Use the link in both editions, or waive this with a reason."),
        check_links_differ,
    ),
    Rule(
        "sources-differ", Severity.ERROR, Message("Cite the source in both editions."), check_sources_differ
    ),
    Rule(
        "headings-differ",
        Severity.WARNING,
        Message("Use the same headings in both editions."),
        check_headings_differ,
    ),
    Rule(
        "length-ratio",
        Severity.WARNING,
        Message("Look for what is missing in one edition."),
        check_length_ratio,
    ),
)
