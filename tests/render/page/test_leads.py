"""How a letter begins, as other pages show it."""

import pytest

from generator.content import Newsletter
from generator.render.page.leads import cut, find_lead
from tests.languages import NL
from tests.render.editions import change_text

LONG = f"{'woord ' * 60}tot slot."


@pytest.mark.parametrize(
    "text, lead",
    [
        ("Kort. En nog iets", "Kort. En nog iets"),
        (f"Kort. Wat? Ja, 5.5 keer! {LONG}", "Kort. Wat? Ja, 5.5 keer!"),
        (f"{LONG} Kort.", LONG),
        (f"“Wie?” vroeg hij. {LONG}", "“Wie?” vroeg hij."),
        ("", ""),
    ],
)
def test_it_is_whole_sentences_and_one_at_least(text: str, lead: str) -> None:
    assert cut(text) == lead


@pytest.mark.parametrize(
    "markdown, lead",
    [
        ("Een *zin* met [een link](https://example.org/) en een noot.[^ref-kumar-2013]\n\nMeer.",
         "Een zin met een link en een noot."),
        ("Een ~~oude~~ nieuwe zin\nover twee regels.", "Een nieuwe zin over twee regels."),
        ("- Een lijst.\n\nDan een zin.", None),
        ("", None),
    ],
)  # fmt: skip
def test_it_is_the_text_of_the_first_paragraph_or_else_the_summary(
    newsletter: Newsletter, markdown: str, lead: str | None
) -> None:
    changed = change_text(newsletter, "2026-W47", markdown)
    edition = changed.archive.issues[0].editions[NL]
    assert find_lead(changed, edition) == (lead or edition.summary)
