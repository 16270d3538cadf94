"""`newsletter/assessment.<language>.yaml` → the questions of the assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, create_model

from generator.content.certainties import IDS
from generator.content.documents import parse_yaml
from generator.model import Aspect, Assessment, Language, Message, Problem
from generator.reading import Fields, Line, parse_fields, read_text

if TYPE_CHECKING:
    from pathlib import Path

PATH = "newsletter/assessment.{language}.yaml"
"""Where the questions stand, below the root of the project."""

MOST = 3
"""The points of the last answer; the first one has none."""


def _one_for_each_score(anchors: list[str]) -> list[str]:
    if len(anchors) != MOST + 1:
        raise ValueError(Message("has {} answers", len(anchors)))
    return anchors


class _Aspect(Fields):
    name: Line = Field(description=Message("the name that readers see, like Idea"))
    anchors: Annotated[list[Line], AfterValidator(_one_for_each_score)] = Field(
        description=Message("{}: of 0 to {} points, in that order", MOST + 1, MOST)
    )


class _Aspects(Fields):
    idea: _Aspect = Field(description=Message("a name and its answers"))
    strategy: _Aspect = Field(description=Message("a name and its answers"))
    execution: _Aspect = Field(description=Message("a name and its answers"))


class _Question(Fields):
    idea: Line = Field(description=Message("a question in one line"))
    strategy: Line = Field(description=Message("a question in one line"))
    execution: Line = Field(description=Message("a question in one line"))


_each: dict[str, Any] = {name: (_Question, Field(description=Message("three questions"))) for name in IDS}
_Questions = create_model("_Questions", __base__=Fields, **_each)


class _Assessment(Fields):
    aspects: _Aspects = Field(description=Message("idea, strategy and execution"))
    unknown: Line = Field(description=Message("the answer “I do not know”"))
    questions: _Questions = Field(description=Message("a question for each certainty and aspect"))


def load_assessment(root: Path, language: Language, problems: list[Problem]) -> Assessment | None:
    """Read the questions in one language, or add what is wrong with them."""
    path = root / PATH.format(language=language)
    text = read_text(path, problems)
    parsed = None if text is None else parse_yaml(text, path, 1, problems)
    if parsed is None:
        return None
    data, lines = parsed
    if not isinstance(data, dict):
        problems.append(Problem(path, 1, Message("must be keys with values, starting with “aspects:”")))
        return None
    fields = parse_fields(_Assessment, data, path, lines, problems)
    if fields is None:
        return None
    aspects = {name: getattr(fields.aspects, name) for name in _Aspects.model_fields}
    questions = {name: getattr(fields.questions, name) for name in IDS}
    return Assessment(
        language=language,
        aspects=tuple(Aspect(name, one.name, tuple(one.anchors)) for name, one in aspects.items()),
        unknown=fields.unknown,
        questions={
            name: {aspect: getattr(one, aspect) for aspect in aspects} for name, one in questions.items()
        },
        source=path,
    )
