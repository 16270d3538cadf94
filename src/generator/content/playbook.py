"""`docs/` and the playbook's part of `newsletter/` → Playbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.content.assessment import load_assessment
from generator.content.certainties import item_ids, load_certainties
from generator.content.evidence import check_citations, load_facts
from generator.content.languages import check_certainties, check_pages, check_thoughts
from generator.content.pages import load_pages
from generator.content.thoughts import load_thoughts
from generator.model import Language, Playbook

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from generator.content.frontmatter import Texts
    from generator.model import Problem


def load_playbook(
    root: Path, texts: Texts, problems: list[Problem], finished: Container[Path] = ()
) -> Playbook:
    """Read the playbook of the project in `root`, adding a problem for everything that is wrong.

    `finished` names thoughts, below the root, that are read as if they were no drafts.
    """
    facts = load_facts(root, problems)
    certainties = {language: load_certainties(root, language, texts, problems) for language in Language}
    pages = {language: load_pages(root, language, texts, problems) for language in Language}
    assessment = {language: load_assessment(root, language, problems) for language in Language}
    items = item_ids(certainties)
    thoughts, drafts = load_thoughts(root, items, facts, texts, problems, finished)
    for path, text in texts.items():
        check_citations(text.marks, facts, path, problems)
    citable = {fact.id for fact in facts.values() if fact.use != "avoid"}
    check_pages(pages, citable, texts, problems)
    check_certainties(certainties, citable, texts, problems)
    check_thoughts(thoughts, items, citable, texts, problems)
    found = {language: one for language, one in assessment.items() if one is not None}
    return Playbook(certainties, pages, found, thoughts, facts, drafts)
