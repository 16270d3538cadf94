"""How a letter begins: its first sentences, as a sample on other pages."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING

from generator.render.markdown import render_letter

if TYPE_CHECKING:
    from generator.content import Newsletter
    from generator.model import Edition

_LONGEST = 280
"""Characters; when the first sentence has more, it is the whole lead."""

_SENTENCE = re.compile(r".+?(?:[.!?…][”’\"')]*(?=\s)|$)", re.DOTALL)


def find_lead(newsletter: Newsletter, edition: Edition) -> str:
    """Whole sentences of its first paragraph, as text; the summary where it begins with something else."""
    (_, thought), *_ = render_letter(newsletter, edition).sections
    first = next(iter(thought), None)
    if first is None or first.tag != "p":
        return edition.summary
    paragraph = deepcopy(first)
    for part in list(paragraph.iter("sup", "del")):  # the number of a footnote, and what is struck out
        part.drop_tree()
    text = " ".join(paragraph.text_content().split())
    return cut(text) or edition.summary


def cut(text: str) -> str:
    """As many whole sentences as are short enough, and one at least."""
    lead = ""
    for sentence in _SENTENCE.findall(text):
        if lead and len(lead) + len(sentence) > _LONGEST:
            break
        lead += sentence
    return lead.strip()
