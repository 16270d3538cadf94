"""Playbook + Archive + Week → a new Issue, from the certainty that is longest ago and a thought that was never used.

The rotation is strict, so that any fourteen weeks hold each certainty twice; the season only chooses among the
thoughts of the certainty whose turn it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.content.archive import FOLDER
from generator.content.certainties import IDS
from generator.content.editions import SECTIONS
from generator.content.thoughts import FOLDER as THOUGHTS
from generator.errors import AssembleError
from generator.model import Edition, Issue, Language, Message, Section, Thought, Week
from generator.reading import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

    from generator.content import Newsletter
    from generator.model import Archive, Playbook


@dataclass(frozen=True, slots=True)
class Plan:
    """What a week brings: an issue that was written, what would be assembled for it, or nothing."""

    week: Week
    certainty: str
    """Empty when the week is skipped."""
    thought: str | None
    """None when every thought of the certainty was used: a person has to write one."""
    written: bool

    @property
    def skipped(self) -> bool:
        """Whether the settings leave this week without a letter."""
        return not self.certainty

    @property
    def missing(self) -> bool:
        """Whether a thought must be written first."""
        return self.thought is None and not self.skipped

    @property
    def state(self) -> str:
        """In words, as `generate plan` and the preview say it."""
        if self.skipped:
            return "skipped"
        if self.written:
            return "written"
        return "to be written" if self.missing else "ready to assemble"


def assemble_issue(
    newsletter: Newsletter, week: Week, certainty: str | None = None, thought: str | None = None
) -> Issue:
    """Make the issue of a week that has none. Raises AssembleError when there is no thought to make it from."""
    playbook, archive = newsletter.playbook, newsletter.archive
    chosen = {
        language: _choose(playbook, archive, week, language, certainty, thought)
        for language in playbook.thoughts
    }
    return Issue(week, {language: _edition(newsletter, week, text) for language, text in chosen.items()})


def plan_weeks(
    playbook: Playbook, archive: Archive, first: Week, count: int, skip: Collection[Week] = ()
) -> list[Plan]:
    """What the coming weeks bring when nobody interferes; the rotation goes on after a week to skip."""
    last = _list_turns(archive, first)
    used = {(issue.certainty, issue.thought) for issue in archive.issues}
    plans: list[Plan] = []
    week = first
    for _ in range(count):
        if week in skip:
            plan = Plan(week, "", None, written=False)
        elif issue := archive.issue(week):
            plan = Plan(week, issue.certainty, issue.thought, written=True)
        else:
            plan = Plan(week, *_next(playbook, week, last, used), written=False)
            if plan.thought is not None:
                used.add((plan.certainty, plan.thought))
        last[plan.certainty] = week
        plans.append(plan)
        week = week.next()
    return plans


def _list_turns(archive: Archive, before: Week) -> dict[str, Week]:
    """When each certainty had its last turn before a week; in a week that is skipped none has."""
    return {
        issue.certainty: issue.week
        for issue in reversed(archive.issues)
        if issue.week < before and not issue.skipped
    }


def count_unused(playbook: Playbook, archive: Archive) -> dict[str, tuple[int, int]]:
    """For each certainty how many of its thoughts were never used, and how many it has."""
    used = {(issue.certainty, issue.thought) for issue in archive.issues}
    counts: dict[str, tuple[int, int]] = {}
    for certainty in IDS:
        slugs = [thought.slug for thought in playbook.first_thoughts if thought.certainty == certainty]
        counts[certainty] = (sum((certainty, slug) not in used for slug in slugs), len(slugs))
    return counts


def say_season(thought: Thought | None, week: Week) -> str:
    """The season of a thought in short, like “dec jan”, and whether it is over or still to come; empty for all year."""
    if thought is None or not thought.season:
        return ""
    names = " ".join(name if name.startswith("W") else name[:3] for name in thought.season)
    return names if thought.suits(week) else f"{names} (not now)"


def write_edition(edition: Edition) -> str:
    """An edition as the Markdown that a person goes on with; read again, it is the same edition."""
    keys = {
        "title": _quote(edition.title),
        "summary": _quote(edition.summary),
        "certainty": edition.certainty,
        "thought": edition.thought if "-" in edition.thought else _quote(edition.thought),
        "actions": f"[{', '.join(edition.actions)}]",
        "published": edition.published.isoformat(),
    }
    front = "\n".join(f"{key}: {value}" for key, value in keys.items())
    return f"---\n{front}\n---\n\n{edition.markdown}\n"


def _choose(  # noqa: PLR0913
    playbook: Playbook,
    archive: Archive,
    week: Week,
    language: Language,
    certainty: str | None,
    slug: str | None,
) -> Thought:
    thoughts = playbook.thoughts[language]
    if certainty is not None and certainty not in IDS:
        raise AssembleError(Message("unknown certainty “{}”{}", certainty, did_you_mean(certainty, IDS)))
    if slug is not None:
        for thought in thoughts:
            if thought.slug == slug and certainty in {None, thought.certainty}:
                return thought
        if any(draft.slug == slug and certainty in {None, draft.certainty} for draft in playbook.drafts):
            raise AssembleError(
                Message("the thought “{}” is a draft; delete “draft: true” in both files first", slug)
            )
        slugs = [thought.slug for thought in thoughts if certainty in {None, thought.certainty}]
        raise AssembleError(Message("unknown thought “{}”{}", slug, did_you_mean(slug, slugs)))
    last = _list_turns(archive, week)
    used = {(issue.certainty, issue.thought) for issue in archive.issues}
    chosen, free = (
        (certainty, _first_unused(playbook, certainty, week, used))
        if certainty
        else _next(playbook, week, last, used)
    )
    if free is None:
        raise AssembleError(
            Message(
                "all thoughts of {} are used; write one in {}/{}/, or reuse one with --thought",
                chosen,
                THOUGHTS,
                chosen,
            )
        )
    return next(thought for thought in thoughts if thought.certainty == chosen and thought.slug == free)


def _next(
    playbook: Playbook, week: Week, last: dict[str, Week], used: Collection[tuple[str, str]]
) -> tuple[str, str | None]:
    """The certainty that is longest ago and still has an unused thought; the longest ago of all when none has."""
    never = Week(1, 1)
    rotation = sorted(IDS, key=lambda certainty: last.get(certainty, never))
    for certainty in rotation:
        slug = _first_unused(playbook, certainty, week, used)
        if slug is not None:
            return certainty, slug
    return rotation[0], None


def _first_unused(
    playbook: Playbook, certainty: str, week: Week, used: Collection[tuple[str, str]]
) -> str | None:
    """The first whose season it is, else the first that fits all year; one of another season rather waits for it."""

    def rank(thought: Thought) -> tuple[int, str]:
        return (0 if thought.suits(week) else 2 if thought.season else 1, thought.slug)

    own = [thought for thought in playbook.first_thoughts if thought.certainty == certainty]
    free = [thought for thought in own if (certainty, thought.slug) not in used]
    return min(free, key=rank).slug if free else None


def _edition(newsletter: Newsletter, week: Week, thought: Thought) -> Edition:
    language = thought.language
    items = [newsletter.playbook.item(language, action)[1] for action in thought.actions]
    checklist = "\n".join(f"- [ ] {item.text} {{ #{item.id} }}" for item in items)
    texts = [
        f"\n{text}\n" for text in (thought.markdown, f"{thought.action}\n\n{checklist}")
    ]  # as they stand below their headings
    published = newsletter.settings.send_time(week)
    return Edition(
        week=week,
        language=language,
        title=thought.title,
        subject=thought.title,
        summary=thought.summary,
        certainty=thought.certainty,
        thought=thought.slug,
        actions=thought.actions,
        published=published,
        updated=published,
        draft=False,
        waive={},
        sections=tuple(Section(*section, line=0) for section in zip(SECTIONS, texts, strict=True)),
        images={},
        source=newsletter.root / FOLDER / str(week) / f"{language}.md",
    )


def _quote(text: str) -> str:
    """A YAML string in double quotes, which holds colons and quotes alike (YAML 1.2 contains JSON)."""
    return json.dumps(text, ensure_ascii=False)
