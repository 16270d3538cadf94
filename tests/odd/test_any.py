"""Texts that nobody wrote: where Markdown did not take something, somebody says so, and the channels agree."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from tests.odd.letters import OTHER_TEXT, Project, Reading
from tests.odd.test_odd import Case, find_lost, find_silence, find_unlike, project

__all__ = ["project"]

WORDS = st.sampled_from(("appel", "peer", "kers", "Jan", "één", "wie?", "(soms)", "“ja”", "e-mail"))
LINE = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
INLINE = st.sampled_from(
    (
        *(
            "**{}**",
            "*{}*",
            "_{}_",
            "~~{}~~",
            "`{}`",
            "***{}***",
            "\\*{}\\*",
            "{}&nbsp;",
            "&#42;{}",
            "H~2~O {}",
        ),
        *("[{}](https://uni.example.org/)", "<https://uni.example.org/{}>", "![{}](ok.png)", "{}\\", "{}  "),
        *("**{}", "*{}", "`{}", "[{}][weg]", "[{}](https://uni.example.org/ x)", "==x==", "{ {} }"),
    )
)
PIECE = st.tuples(INLINE, WORDS).map(lambda pair: pair[0].replace("{}", pair[1])) | LINE
TEXT = st.lists(PIECE, min_size=1, max_size=4).map(" ".join)
ITEMS = st.lists(
    st.tuples(st.sampled_from(("- ", "* ", "1. ", "1) ", "  - ", "    - ", "   1. ", "• ", "-")), TEXT).map(
        "".join
    ),
    min_size=1,
    max_size=4,
).map("\n".join)
CELLS = st.lists(PIECE, min_size=1, max_size=3).map(" | ".join)
TABLE = st.tuples(CELLS, st.integers(1, 3), CELLS).map(
    lambda found: f"| {found[0]} |\n|{' --- |' * found[1]}\n| {found[2]} |"
)
BLOCK = st.one_of(
    TEXT,
    ITEMS,
    TABLE,
    TEXT.map("> {}".format),
    ITEMS.map(lambda text: re.sub("^", "> ", text, flags=re.MULTILINE)),
    TEXT.map("### {}".format),
    TEXT.map("```\n{}\n```".format),
    TEXT.map("    {}".format),
    TEXT.map("!!! note\n    {}".format),
    st.tuples(LINE, TEXT).map(lambda pair: f"{pair[0]}\n:   {pair[1]}"),
    st.just("---"),
)
TEXTS = st.lists(
    st.tuples(BLOCK, st.sampled_from(("\n\n", "\n\n", "\n"))).map("".join), min_size=1, max_size=5
).map("".join)

settings.register_profile("odd", deadline=None, suppress_health_check=list(HealthCheck))
odd = settings(settings.get_profile("odd"), max_examples=60)
many = settings(odd, max_examples=400)


def check_text(project: Project, text: str) -> None:
    """Nothing differs or is left without a word, and no word is lost without one."""
    reading = project.read(text)
    said = [problem for problem in reading.problems if problem.rule not in OTHER_TEXT]
    for problem in reading.problems:
        assert "failed" not in problem.message
        assert "cannot be rendered" not in problem.message
    if reading.channels:
        assert list(find_silence(text, said)) == []
        assert list(find_unlike(reading)) == []
        if not said:
            assert list(find_lost(Case(text), reading)) == []


@given(text=TEXTS)
@odd
def test_what_markdown_did_not_take_is_said(project: Project, text: str) -> None:
    check_text(project, text)


@given(text=TEXTS)
@many
@pytest.mark.slow
def test_what_markdown_did_not_take_is_said_of_many_texts(project: Project, text: str) -> None:
    check_text(project, text)


# --- Footnotes ---

LABELS = ("a", "b", "c", "d")
HOLDERS = ("{}", "- {}\n- kers", "1. {}", "> {}", "| Kop |\n| --- |\n| {} |", "### {}", "!!! note\n    {}")
BODIES = (
    "Noot {}.",
    "Noot {}.\n\n    - punt {}\n    - komma {}",
    "Noot {}.\n\n    Alinea {}.",
    "Noot {}.\n\n    > gezegd {}",
    "Noot {}.\n\n        code {}",
    "Noot {}.\n\n    | Kop {} |\n    | --- |\n    | cel {} |",
)


@st.composite
def footnoted(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text, and the labels of its footnotes in the order in which a reader meets them."""
    marks = draw(st.lists(st.sampled_from((*LABELS, "rel-palmatier-2008")), min_size=1, max_size=6))
    blocks = []
    for number, label in enumerate(marks):
        holder = draw(st.sampled_from(HOLDERS))
        blocks.append(holder.replace("{}", f"Zin {'xyzuvw'[number]}.[^{label}]"))
    notes = draw(st.permutations([label for label in LABELS if label in marks]))
    for label in notes:
        body = draw(st.sampled_from(BODIES)).replace("{}", label * 3)
        blocks.append(f"[^{label}]: {body}")
    return "\n\n".join(blocks), list(dict.fromkeys(marks))


def check_footnotes(project: Project, text: str, order: list[str]) -> None:
    """All channels have the same notes in the order of reading, with what is nested in them."""
    reading = project.read(text)
    assert reading.channels, reading.problems
    words = [f"Noot {label * 3}" if label in LABELS else "Palmatier" for label in order]
    if "rel-palmatier-2008" not in order:
        words.append("Palmatier")  # which the sample cites below
    for channel, found in read_notes(reading):
        assert [next((word for word in words if word in note), note) for note in found] == words, channel
    for channel in ("html", "feed", "page"):
        tree = html.fragment_fromstring(reading.channels[channel], create_parent="div")
        cited = [
            mark.text_content().strip() for mark in tree.iter("sup") if mark.text_content().strip().isdigit()
        ]
        assert list(dict.fromkeys(cited)) == [str(number + 1) for number in range(len(words))], channel
    assert list(find_unlike(reading)) == []
    assert list(find_lost(Case(text), reading)) == []


def read_notes(reading: Reading) -> Iterator[tuple[str, list[str]]]:
    """The words of each note, by channel."""
    text = reading.channels["text"].partition("\nBRONNEN\n")[2]
    yield "text", re.split(r"^[⁰¹²³⁴⁵⁶⁷⁸⁹]+ ", text, flags=re.MULTILINE)[1:]
    for channel, path in (("feed", "ol"), ("page", "ol")):
        tree = html.fragment_fromstring(reading.channels[channel], create_parent="div")
        notes = list(tree.iter(path))
        last = next(found for found in reversed(notes) if "Palmatier" in found.text_content())
        yield channel, [" ".join(note.text_content().split()) for note in last.findall("li")]


@given(found=footnoted())
@settings(odd, max_examples=40)
def test_footnotes_agree_in_all_channels(project: Project, found: tuple[str, list[str]]) -> None:
    check_footnotes(project, *found)


@given(found=footnoted())
@settings(odd, max_examples=300)
@pytest.mark.slow
def test_footnotes_of_many_texts_agree_in_all_channels(
    project: Project, found: tuple[str, list[str]]
) -> None:
    check_footnotes(project, *found)
