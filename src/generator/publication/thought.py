"""Start a thought: two files that an author goes on with, one a language.

What they ask stands in comments of the YAML, which nothing of ours reads, so no reader ever sees one. Title, summary,
actions and text are left empty, and `draft: true` says so: until that line is deleted no letter is made from the
thought, and what is wrong with it stops nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.atomic import publish_together
from generator.content.certainties import IDS, item_ids, load_certainties
from generator.content.documents import Texts
from generator.content.evidence import load_facts
from generator.content.thoughts import FOLDER, load_thoughts
from generator.errors import PublishError, RequestError
from generator.model import Artifact, Language, Message
from generator.reading import did_you_mean, list_folder, plain_name
from generator.sentences import count
from generator.words import load_languages, load_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from generator.model import ChecklistItem, Fact, Problem

LONGEST = 60
"""Characters of a name: it becomes part of every letter that is made from the thought."""

_WORDS = range(2, 7)
EXAMPLE = "two to six English words, like who-calls-you"

GENERAL = "general"
"""Where facts belong that every certainty may cite."""

_DRAFT = """\
# Delete the next line in both files when they are finished; until then no letter uses them."""
_TITLE = """\
# Fewer than 50 characters, and clear in an inbox of forty. A question, a figure, an order or a statement: vary."""
_SUMMARY = """\
# 40 to 110 characters. Adds something to the title, does not repeat it, and does not give the ending away."""
_ACTION = """\
# What the reader does this week, alone: one sentence of at most 30 words, which begins with “{plan} …”."""
_ACTIONS = """\
# The same deed as an item of the checklist; two if the text has two. In brackets: how many thoughts use it."""
_SOURCES = """\
# What the text cites, as [^id] after the sentence. Say who was studied; the footnote adds the limits. [] for none."""
_SEASON = """\
# Only if it fits a time of year (months or weeks), or argues against the usual advice with a source:
# season: [november, december]
# against: true"""
STYLE = "newsletter/STYLE.md"


@dataclass(frozen=True, slots=True)
class StartedThought:
    """The files of a new thought, below the root of the project."""

    slug: str
    files: Mapping[Language, PurePosixPath]


def start_thought(root: Path, certainty: str, name: str) -> StartedThought:
    """Write the two files of a new thought; nothing that exists is touched.

    Raises RequestError for an unknown certainty and for what is no name, and PublishError when the name is taken.
    """
    require_certainty(certainty)
    slug = name_thought(name)
    homes = list_folder(root / FOLDER)
    taken = [
        path
        for home in homes
        for path in list_folder(home)
        if plain_name(path.name.lstrip(".")).split(".")[0] == slug
    ]
    if taken:
        place = taken[0].relative_to(root)
        raise PublishError(Message("{} already exists; nothing was written. Choose another name.", place))
    problems: list[Problem] = []  # about other files: generate check tells
    texts = Texts()
    certainties = {
        language: load_certainties(root, language, texts, problems) for language in load_languages(root)
    }
    facts = load_facts(root, problems)
    thoughts, _ = load_thoughts(root, item_ids(certainties), facts, texts, problems)
    uses = Counter(action for thought in next(iter(thoughts.values())) for action in thought.actions)
    words, made = load_words(root), {}
    for language, found in certainties.items():
        items = [item for one in found if one.id == certainty for item in one.items]
        text = write_skeleton(words[language]["thought"], language, certainty, items, uses, facts.values())
        made[language] = Artifact(PurePosixPath(FOLDER, certainty, f"{slug}.{language}.md"), text.encode())
    publish_together({}, new={root: list(made.values())})
    return StartedThought(slug, {language: artifact.path for language, artifact in made.items()})


def require_certainty(certainty: str) -> None:
    """Raise RequestError for what is no certainty."""
    if certainty not in IDS:
        raise RequestError(Message("unknown certainty “{}”{}", certainty, did_you_mean(certainty, IDS)))


def name_thought(words: str) -> str:
    """The name of the files of a thought, from the words that an author typed. Raises RequestError."""
    plain = re.sub("[’']", "", words.lower())
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug or not plain.isascii():
        raise RequestError(Message("“{}” is not a name; use {}", words, EXAMPLE))
    if len(slug) > LONGEST:
        raise RequestError(
            Message(
                "“{}” has {} characters; use two to six English words, at most {} characters",
                slug,
                len(slug),
                LONGEST,
            )
        )
    if slug.count("-") + 1 not in _WORDS:
        raise RequestError(Message("“{}” has {}; use {}", slug, count(slug.count("-") + 1, "word"), EXAMPLE))
    return slug


def write_skeleton(  # noqa: PLR0913 (what it is made of)
    words: Mapping[str, str],
    language: Language,
    certainty: str,
    items: Iterable[ChecklistItem],
    uses: Mapping[str, int],
    facts: Iterable[Fact],
) -> str:
    """The file of a thought in one language before anything was written in it."""
    citable = [fact for fact in facts if fact.certainty in {certainty, GENERAL} and fact.use != "avoid"]
    lines = [
        "---",
        *_comment(words["first"].format(certainty=certainty, style=STYLE)),
        _DRAFT,
        "draft: true",
        _TITLE,
        "title:",
        _SUMMARY,
        "summary:",
        _ACTION.format(plan=words["plan"].partition("|")[0]),
        "action:",
        _ACTIONS,
        *(f"#   {item.id}  {item.text} ({uses.get(item.id, 0)})" for item in items),
        "actions: []",
        _SOURCES,
        *(_show_fact(fact, language) for fact in citable),
        "sources: []",
        _SEASON,
        *_comment(words["text"]),
        "---",
    ]
    return "\n".join(lines) + "\n"


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in text.strip().split("\n")]


def _show_fact(fact: Fact, language: Language) -> str:
    limit = "" if fact.use == "cite" else ", only with its caveat"
    return f"#   {fact.id}  {fact.name[language]}{limit}"
