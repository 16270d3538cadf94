"""`newsletter/evidence.yaml` → the facts that pages and letters may cite."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field, create_model

from generator.content.certainties import IDS
from generator.content.documents import parse_yaml
from generator.model import Fact, Language, Languages, Message, Problem
from generator.reading import Fields, Line, Text, did_you_mean, parse_fields, read_text
from generator.urls import explain_url
from generator.words import load_languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.content.markdown.marks import Marks

PATH = "newsletter/evidence.yaml"
"""Where the evidence stands, below the root of the project."""


def _url(url: str) -> str:
    trouble = Message("is not an https address") if not url.startswith("https://") else explain_url(url)
    if trouble:
        raise ValueError(trouble)
    return url


class _Fact(Fields):
    """What a fact has in any project; _make_model adds what it has in each language."""

    id: str = Field(pattern=r"^[a-z]+-[a-z0-9-]+$", description=Message("an id like ref-kumar-2007"))
    certainty: str = Field(description=Message("a certainty, or general"))
    name: Any
    claim: Any
    limits: Any
    studied: Any
    concludes: Any
    business: Literal["yes", "partly", "no", "unknown"] = Field(
        description=Message("“yes”, “partly”, “no” or “unknown”, in quotes")
    )
    stance: Literal["against", "qualifies", "supports", "silent"] = Field(
        description=Message("against, qualifies, supports or silent")
    )
    source: Text = Field(description=Message("the reference: authors (year). Title. Journal"))
    doi: str | None = Field(
        None, pattern=r"^10\.\d{4,9}/[!-~]+$", description=Message("a DOI like 10.1509/jm.11.0424")
    )
    doi_checked: bool = Field(True, description=Message("true or false"))
    url: Annotated[str, AfterValidator(_url)] | None = Field(None, description=Message("an https address"))
    verified: Literal["yes", "secondary", "no"] = Field(
        description=Message("“yes”, “secondary” or “no”, in quotes")
    )
    use: Literal["cite", "context", "avoid"] = Field(description=Message("cite, context or avoid"))
    caveat: Any


@lru_cache(maxsize=4)
def _make_model(languages: Languages) -> type[_Fact]:
    """A fact with a key for each language in its texts."""
    names = languages.names
    texts: dict[str, Any] = {
        one: (Text, Field(description=Message("the text in {}", name))) for one, name in names.items()
    }
    phrases: dict[str, Any] = {
        one: (list[Line], Field(min_length=1, description=Message("a list of phrases in {}", name)))
        for one, name in names.items()
    }
    text = create_model("_Text", __base__=Fields, **texts)
    caveats = create_model("_Caveats", __base__=Fields, **phrases)
    return create_model(
        "_Fact",
        __base__=_Fact,
        name=(text, Field(description=Message("the short citation in both languages"))),
        claim=(text, Field(description=Message("what was found, in both languages"))),
        limits=(text, Field(description=Message("the limits of the finding, in both languages"))),
        studied=(text, Field(description=Message("who or what was studied, in both languages"))),
        concludes=(text, Field(description=Message("what the authors conclude, in both languages"))),
        caveat=(
            caveats | None,
            Field(None, description=Message("phrases in both languages, one of which must be in the text")),
        ),
    )


def load_facts(root: Path, problems: list[Problem]) -> dict[str, Fact]:
    """Read the evidence of the project in `root`, adding a problem for each fact that is wrong.

    It returns none at all when a citation cannot be judged by them.
    """
    path, languages = root / PATH, load_languages(root)
    text = read_text(path, problems)
    if text is None:
        return {}
    parsed = parse_yaml(text, path, 1, problems)
    if parsed is None:
        return {
            found: _stand_in(found, languages)
            for found in re.findall(r"^\s*-\s+id:\s*[\"']?([\w-]+)", text, re.MULTILINE)
        }
    entries, lines = parsed
    if not isinstance(entries, list):
        problems.append(Problem(path, 1, Message("must be a list of facts, each starting with “- id: …”")))
        return {}
    facts: dict[str, Fact] = {}
    ambiguous = False
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            problems.append(
                Problem(
                    path, lines[str(index)], Message("is not a fact; start with “- id: …”, one key per line")
                )
            )
            continue
        fields = parse_fields(_make_model(languages), entry, path, lines, problems, under=f"{index}.")
        name = str(entry.get("id"))
        if name in facts:
            message = Message("duplicate fact “{}”; delete one of the two", name)
            problems.append(Problem(path, lines[f"{index}.id"], message))
            ambiguous = True
        facts[name] = _stand_in(name, languages) if fields is None else _fact(fields, languages)
        if fields is not None and fields.certainty not in {*IDS, "general"}:
            hint = did_you_mean(fields.certainty, [*IDS, "general"])
            message = Message("unknown certainty “{}”{}", fields.certainty, hint)
            problems.append(Problem(path, lines[f"{index}.certainty"], message))
        if fields is not None and fields.use == "context" and fields.caveat is None:
            message = Message(
                "the key “caveat” is missing; a fact of use “context” must be cited with one of its caveats"
            )
            problems.append(Problem(path, lines[f"{index}.use"], message))
    return {} if ambiguous else facts


def _fact(fields: _Fact, languages: Languages) -> Fact:
    def read(texts: Any) -> dict[Language, str]:
        return {one: " ".join(getattr(texts, one).split()) for one in languages}

    return Fact(
        id=fields.id,
        certainty=fields.certainty,
        name=read(fields.name),
        claim=read(fields.claim),
        limits=read(fields.limits),
        studied=read(fields.studied),
        concludes=read(fields.concludes),
        business=fields.business,
        stance=fields.stance,
        source=" ".join(fields.source.split()),
        doi=fields.doi,
        doi_checked=fields.doi_checked,
        url=fields.url,
        verified=fields.verified,
        use=fields.use,
        caveat={one: tuple(getattr(fields.caveat, one)) for one in languages} if fields.caveat else {},
    )


def _stand_in(fact: str, languages: Languages) -> Fact:
    """A fact that cannot be read: known by its id, so that who cites it is not blamed. It never leaves this package."""
    unknown = dict.fromkeys(languages, "")
    return Fact(
        id=fact,
        certainty="general",
        name=unknown,
        claim=unknown,
        limits=unknown,
        studied=unknown,
        concludes=unknown,
        business="unknown",
        stance="against",
        source="",
        doi=None,
        doi_checked=False,
        url=None,
        verified="no",
        use="cite",
    )


def check_citations(marks: Marks, facts: Mapping[str, Fact], path: Path, problems: list[Problem]) -> None:
    """Add a problem for each footnote mark that names no fact, or one that must not be cited."""
    if not facts:
        return  # the evidence cannot be read, or not which fact is which: that was said already
    for note, line in marks.footnotes:
        if note in marks.defined:
            continue
        fact = facts.get(note)
        if fact is None:
            problems.append(
                Problem(path, line, Message("unknown source “{}”{}", note, did_you_mean(note, facts)))
            )
        elif fact.use == "avoid":
            problems.append(
                Problem(path, line, Message("the source “{}” must not be cited: {} says “avoid”", note, PATH))
            )
