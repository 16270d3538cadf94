"""JSON Schemas of the front matter, for editors that complete keys and mark mistakes while somebody types.

They say what `content` asks of a key by itself; what it compares with other files stays with `generate check`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generator.check.rules import MANUSCRIPT_RULES, PROOF_RULES, RULES
from generator.check.rules.links import EXTERNAL
from generator.content.certainties import IDS, CertaintyFields
from generator.content.editions import EditionFields
from generator.content.pages import PageFields
from generator.content.pages.course import LessonFields
from generator.content.pages.templates import TemplateFields
from generator.content.thoughts import ThoughtFields
from generator.model import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.reading import Fields

_MODELS: Mapping[str, tuple[type[Fields], str]] = {
    "letter": (EditionFields, "a letter: newsletter/issues/<week>/<language>.md"),
    "thought": (ThoughtFields, "a thought: newsletter/thoughts/<certainty>/<slug>.<language>.md"),
    "lesson": (LessonFields, "a lesson of the course: newsletter/course/<certainty>.<language>.md"),
    "certainty": (CertaintyFields, "the page of a certainty: docs/<language>/certainties/<id>.md"),
    "template": (TemplateFields, "a template: docs/<language>/templates/<slug>.md"),
    "page": (PageFields, "a page: docs/<language>/<name>.md"),
}
KINDS = tuple(_MODELS)
"""The kinds of text that have a front matter of their own."""

_ITEM = "^[a-z]{3}-[1-9][0-9]*$"
_ENTRIES: Mapping[str, Mapping[str, Any]] = {
    "actions": {"pattern": _ITEM, "examples": ["ref-2"]},
    "items": {"pattern": _ITEM, "examples": ["ref-2"]},
    "season": {
        "pattern": f"^({'|'.join(MONTHS)}|W(0[1-9]|[1-4][0-9]|5[0-3]))$",
        "examples": ["december", "W01"],
    },
}
"""What other modules ask of each entry of a list."""
_MOMENT = {"examples": ["2026-11-27T06:00:00+01:00"]}
_MORE: Mapping[str, Mapping[str, Any]] = {
    "certainty": {"enum": list(IDS)},
    "id": {"enum": list(IDS)},
    "thought": {"pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
    "published": _MOMENT,
    "updated": _MOMENT,
}
"""What other modules ask of a key, or what helps to write it."""


def make_schema(kind: str) -> dict[str, Any]:
    """The schema of a kind of text."""
    model, about = _MODELS[kind]
    made = model.model_json_schema()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"The front matter of {about}",
        "type": "object",
        "additionalProperties": False,
        "required": made["required"],
        "properties": {key: _property(key, value) for key, value in made["properties"].items()},
    }


def write_schema(kind: str) -> str:
    """The schema of a kind of text as JSON."""
    return json.dumps(make_schema(kind), indent=2, ensure_ascii=False) + "\n"


def _property(key: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """A key as an editor understands it: a sentence, no names of classes, and null only as a type."""
    found = {name: value for name, value in made.items() if name not in {"title", "default"}}
    if made.get("default") is not None:
        found["default"] = made["default"]
    for choice in found.pop("anyOf", ()):
        types = [*([found["type"]] if "type" in found else []), choice["type"]]
        found |= {**choice, "type": types if len(types) > 1 else types[0]}
    found["description"] = _sentence(found["description"])
    if key in _ENTRIES:
        found["items"] = {**found["items"], **_ENTRIES[key]}
    if key == "waive":
        found["additionalProperties"] = False
        found["properties"] = dict(_waivers())
    found |= _MORE.get(key, {})
    return found


def _waivers() -> Iterator[tuple[str, dict[str, str]]]:
    """Each rule that may be waived, with what it asks."""
    asked = {rule.id: str(rule.check.__doc__) for rule in MANUSCRIPT_RULES}
    asked |= {rule.id: str(rule.check.__doc__) for rule in PROOF_RULES}
    asked.setdefault(EXTERNAL, "A link to another site works; checked with --online only.")
    for rule in sorted({*RULES, EXTERNAL}):
        yield rule, {"type": "string", "description": " ".join(asked[rule].split())}


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
